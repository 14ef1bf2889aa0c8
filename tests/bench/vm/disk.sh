#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: each arm drives the one disk in turn, and does all work; settings that the block layer
# leaves to drivers are made equal, and said. As guest.inc is called.
set -eu
here=$(dirname "$0")
. "$here/guest.inc"
ide=$(lines device)

disk_dir() {
	find "$devices/$ide/" -type d -path '*/block/*' -prune 2>/dev/null | head -n 1
}

has_disk() { [ -n "$(disk_dir)" ] && [ -b "/dev/$(basename "$(disk_dir)")" ]; }
has_none() { [ -z "$(disk_dir)" ]; }

# ---- ways to drive it, those of arms: load_by says what does the work ----

kernel() { # DRIVER
	bind $ide "$1" || die "$1 does not take the device"
	within 20 has_disk || die "$arm: no disk"
	dir=$(disk_dir) disk=/dev/$(basename "$(disk_dir)")
	sleep 1	# probes that go on in the background
	for _set in scheduler=none add_random=0 iostats=1 rq_affinity=1 nomerges=0; do
		echo "${_set#*=}" >"$dir/queue/${_set%%=*}"
	done
	load_by=$load
}

# A process over vfio or uio, which calls the class itself.
process() { # vfio|uio
	take "$1" $ide || die "$arm: not bound"
	disk=$1:$ide dir='' load_by="setarch -R $programs/bench_direct"
}

leave() {
	[ ! -e "$devices/$ide/driver" ] || unbind $ide
	within 20 has_none || die "a disk stays"
}

start() { # ARM
	_line=$(lines arm | grep "^$1 ")
	# shellcheck disable=SC2086 # words
	set -- $_line
	arm=$1
	shift
	"$@"
}

# What has to be the same, and how the data move.
settings() {
	[ -n "$dir" ] || return 0
	printf 'settings %s' "$arm"
	for _name in scheduler add_random iostats rq_affinity nomerges write_cache nr_requests rotational wbt_lat_usec max_sectors_kb; do
		printf ' %s=%s' $_name "$(tr -s ' ' _ <"$dir/queue/$_name")"
	done
	printf ' mode=%s\n' "$(cat "$dir/mode" 2>/dev/null || cat "${dir%%/host*}"/link*/dev*.0/ata_device/dev*/xfer_mode |
		head -n 1 | sed 's/XFER_MW_DMA_/MWDMA/; s/XFER_UDMA_/UDMA/')"
}

interrupts() {
	awk '$1 == "14:" { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' /proc/interrupts
}

# throttle RATE: the disk moves so many bytes a second, 0: as many as it can
throttle() {
	[ "$1" != "$(cat /tmp/rate 2>/dev/null || echo 0)" ] || return 0
	qmp qom-set "{\"path\": \"/objects/limit\", \"property\": \"limits\", \"value\": {\"bps-total\": $1}}" ||
		die 'no throttle'
	echo "$1" >/tmp/rate
}

work() { # NAME OP BYTES TIMES
	_before=$(interrupts)
	# shellcheck disable=SC2086 # words
	_ns=$($pinned $load_by "$2" "$3" "$4" "$disk") || die "$arm: no $1"
	# Of the time, the least of several: what other work of this computer's has left alone.
	_again=$again
	while [ "$_again" -gt 1 ]; do
		_again=$((_again - 1))
		# shellcheck disable=SC2086 # words
		_ns=$(printf '%s\n' "$_ns" "$($pinned $load_by "$2" "$3" "$4" "$disk")" | sort -n | head -n 1)
	done
	_after=$(interrupts)
	[ -z "$dir" ] || [ $((_after - _before)) -ge "$4" ] ||
		die "$arm: $4 requests, $((_after - _before)) interrupts"
	echo "sample $mode $arm $1 $4 $_ns"
}

visit() { # ARM
	start "$1"
	settings
	lines work | while read -r _name _op _bytes _counted _timed _rate; do
		throttle "${_rate:-0}"
		if [ "$mode" = count ]; then _times=$_counted; else _times=$_timed; fi
		[ "$_times" = 0 ] || work "$_name" "$_op" "$_bytes" "$_times"
	done
	leave
}

# Each instruction and register of three requests.
profile() { # ARM
	start "$1"
	export WARM=3 MAPS=/tmp/maps
	lines work | while read -r _name _op _bytes _counted _ _rate; do
		[ "$_counted" != 0 ] || continue
		throttle "${_rate:-0}"
		# shellcheck disable=SC2086 # words
		logged "$1" "$_name" $load_by "$_op" "$_bytes" 3 "$disk" >/dev/null
	done
	if [ -n "$dir" ]; then symbols "$1"; else symbols "$1" /tmp/maps; fi
	leave
}

give $ide nobody
modprobe -a ata_piix sd_mod
load trivet_ide
pinned='' again=1
if [ "$mode" = count ]; then
	soak
else
	echo 1 >/proc/irq/default_smp_affinity
	pinned='taskset -c 0' again=$(lines again)
fi
bench
rmmod trivet_ide trivet
echo end "$mode"
