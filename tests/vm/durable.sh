#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Durability: durable.sh MODULES CUTS. Four disks, each behind an nbdkit that keeps what is written
# to itself until it is told to flush. A guest writes to them and says what was acknowledged; at
# some moment all nbdkits and the machine are killed at once. What was acknowledged has to be on
# the disks, and the file systems whole once their journals are replayed. A machine killed is four
# cut points. Then the same with drivers that are broken on purpose, which has to be noticed.
# Prints KTAP.
set -u
here=$(dirname "$(realpath "$0")")
. "$here/guest/ktap.inc"
modules=$1 cuts=$2
PATH=$PATH:/usr/sbin:/sbin

tmp=$(mktemp -d "${TMPDIR:-/tmp}/trivet-durable.XXXXXX")
servers='' vm=''
# What is still there of a cut that went wrong.
stop() {
	for _pid in $servers $vm; do
		kill "$_pid" 2>/dev/null && wait "$_pid" 2>/dev/null
	done
	servers='' vm=''
}
cleanup() {
	stop
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
"${CC:-gcc}" -O2 -Wall -o "$tmp/durable" "$here/durable.c" || exit

# soon COMMAND...: it holds within five minutes, while the machine runs
soon() {
	_end=$(($(date +%s) + 300))
	until "$@"; do
		[ "$(date +%s)" -lt $_end ] || return 1
		[ -z "$vm" ] || kill -0 "$vm" 2>/dev/null || return 1
		sleep 0.05
	done
}

# acks N: that many there are by now, and some for each disk
acks() {
	for _disk in 0 1 2 3; do
		grep -q "^ack $_disk " "$work/output" 2>/dev/null || return 1
	done
	[ "$(grep -c '^ack' "$work/output")" -ge "$1" ]
}

start_disk() { # N
	_disk=$work/disk$1
	truncate -s 32M "$_disk"
	[ "$1" = 3 ] || mkfs.ext4 -q -J size=4 "$_disk"
	TMPDIR=$tmp nbdkit -f -U "$work/nbd$1" --filter=cache file "$_disk" cache=writeback \
		>>"$work/nbdkit" 2>&1 &
	servers="$servers $!"
	soon [ -S "$work/nbd$1" ]
}

# cut MODULES ACKS: write, be killed some time after so many acknowledgements. Sets acknowledged,
# lost, unclean and replayed: writes, writes, file systems, journals.
cut() {
	work=$tmp/work devices=''
	stop
	rm -rf "$work"
	mkdir -p "$work/share"
	for n in 0 1 2 3; do
		start_disk $n || { echo '# nbdkit does not start'; cat "$work/nbdkit"; return 1; }
		devices="$devices -drive file=nbd+unix:///?socket=$work/nbd$n,format=raw,if=none,id=d$n,cache=writeback"
		devices="$devices -device ide-hd,drive=d$n,bus=ide.$((n / 2)),unit=$((n % 2))"
	done
	"$here/vm" -t 400 -w "$work" -d "$devices" "$here/guest/durable.sh" "$1" "$tmp/durable" \
		>/dev/null 2>"$work/vm.log" &
	vm=$!
	soon acks "$2" || { echo "# the guest did not come to $2 acknowledged writes:"
			    tail -n 20 "$work/output" "$work/vm.log" "$work/console" | sed 's/^/# /'
			    return 1; }
	sleep "0.$(($2 * 7 % 10))"
	kill -KILL $servers "$(cat "$work/pid" || echo none)" || { echo '# not all of them were alive'; return 1; }
	wait $vm 2>/dev/null || true
	vm='' servers=''

	acknowledged=0 lost=0 unclean=0 replayed=0
	for n in 0 1 2 3; do
		look $n || return
	done
}

look() { # N
	_disk=$work/disk$1 _kind=raw _path=$work/disk$1
	if [ "$1" != 3 ]; then
		_kind=files _path=$work/tree$1
		if dumpe2fs -h "$_disk" 2>/dev/null | grep -q needs_recovery; then
			replayed=$((replayed + 1))
		fi
		e2fsck -y -E journal_only "$_disk" >"$work/replay" 2>&1 || true
		if ! e2fsck -fn "$_disk" >"$work/fsck" 2>&1; then
			unclean=$((unclean + 1))
			sed 's/^/# /' "$work/fsck" | head -n 20
		fi
		mkdir "$_path"
		debugfs -R "rdump / $_path" "$_disk" >/dev/null 2>&1
	fi
	"$tmp/durable" check $_kind "$1" "$_path" <"$work/output" >"$work/check" || true
	grep '^# ' "$work/check" | head -n 5
	_line=$(grep '^acknowledged' "$work/check") || { echo "# disk $1 could not be checked"; return 1; }
	# shellcheck disable=SC2086 # words
	set -- $_line
	acknowledged=$((acknowledged + $2)) lost=$((lost + $4))
}

# broken NAME: modules from sources with that patch; says where
broken() {
	_tree=$tmp/$1
	mkdir "$_tree"
	(cd "$here/../.." && cp -r --parents ci core include os/linux-kmod drivers/ide "$_tree")
	patch -s -p1 -F0 -d "$_tree" <"$here/broken/$1.patch" >&2 &&
		"$_tree/ci/kmod-modules" "$_tree/out" >"$tmp/build.log" 2>&1 ||
		{ tail -n 20 "$tmp/build.log" >&2; return 1; }
	echo "$_tree/out"
}

# How many acknowledged writes before the end: never the same, and in each run the same.
after() { # ROUND
	echo $((20 + $1 * 67 % 397))
}

done=0 round=0 all=0 journals=0
while [ $done -lt "$cuts" ]; do
	round=$((round + 1))
	if cut "$modules" "$(after $round)"; then
		[ $lost = 0 ] && [ $unclean = 0 ]
		report $? "cut $round: of $acknowledged acknowledged writes $lost are lost, of 3 file systems $unclean unclean"
		all=$((all + acknowledged)) journals=$((journals + replayed))
	else
		report 1 "cut $round"
	fi
	done=$((done + 4))
done
echo "# count vm-cuts=$done"
echo "# $all acknowledged writes, $journals journals to replay"
# Otherwise no file system was cut at an awkward moment.
[ $journals -gt 0 ]; report $? 'there were journals to replay'

for patch in "$here"/broken/*.patch; do
	name=$(basename "$patch" .patch)
	if out=$(broken "$name"); then
		round=0 lost=0
		# A commit that was not written through may be saved by the flush of the next one.
		while [ $lost = 0 ] && [ $round -lt 5 ]; do
			round=$((round + 1))
			cut "$out" "$(after $((round + 1)))" >"$tmp/told" || break
		done
		[ $lost -gt 0 ]; report $? "$name: a broken driver is found"
		echo "# cut $round: of $acknowledged acknowledged writes $lost are lost"
		head -n 20 "$tmp/told"
	else
		report 1 "$name: a broken driver is built"
	fi
	rm -rf "${tmp:?}/$name"
done
ktap_end
