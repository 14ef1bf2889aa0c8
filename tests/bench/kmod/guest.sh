#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: each arm drives the one disk in turn, forwards and backwards, and does all work; settings
# that the block layer leaves to drivers are made equal, and said. Prints lines for report.
#
# guest.sh count|time MODULES REPEATS LOAD ARMS [HOSTDIR]: to count, one CPU whose idle time goes to
# a soaker; with HOSTDIR each instruction of a few requests is seen as well
set -eu
mode=$1 MODULES=$2 repeats=$3 load=$4 arms=$5 hostdir=${6:-}
here=$(dirname "$0")
. "$here/../../vm/guest/lib.inc"
ide=0000:00:01.1

die() {
	echo "bench: $*" >&2
	exit 1
}

disk_dir() {
	find "$devices/$ide/" -type d -path '*/block/*' -prune 2>/dev/null | head -n 1
}

has_disk() { [ -n "$(disk_dir)" ] && [ -b "/dev/$(basename "$(disk_dir)")" ]; }
has_none() { [ -z "$(disk_dir)" ]; }

kernel() { # DRIVER
	bind $ide "$1" || die "$1 does not take the device"
}

leave() {
	[ ! -e "$devices/$ide/driver" ] || unbind $ide
	within 20 has_none || die "a disk stays"
}

# lines WORD: of the file of arms
lines() {
	sed -n "s/^$1 //p" "$arms"
}

take() { # ARM
	_line=$(lines arm | grep "^$1 ")
	# shellcheck disable=SC2086 # words
	set -- $_line
	arm=$1
	shift
	"$@"
	within 20 has_disk || die "$arm: no disk"
	dir=$(disk_dir) disk=/dev/$(basename "$(disk_dir)")
	sleep 1	# probes that go on in the background
	for _set in scheduler=none add_random=0 iostats=1 rq_affinity=1 nomerges=0; do
		echo "${_set#*=}" >"$dir/queue/${_set%%=*}"
	done
}

# What has to be the same, and how the data move.
settings() {
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

work() { # NAME read|write BYTES TIMES
	_before=$(interrupts)
	_ns=$($pinned "$load" "$2" "$3" "$4" "$disk")
	# Of the time, the least of five: what other work of this computer's has left alone.
	if [ "$mode" = time ]; then
		for _ in 2 3 4 5; do
			_ns=$(printf '%s\n' "$_ns" "$($pinned "$load" "$2" "$3" "$4" "$disk")" | sort -n | head -n 1)
		done
	fi
	_after=$(interrupts)
	[ $((_after - _before)) -ge "$4" ] || die "$arm: $4 requests, $((_after - _before)) interrupts"
	echo "sample $mode $arm $1 $4 $_ns"
}

visit() { # ARM
	take "$1"
	settings
	lines work | while read -r _name _op _bytes _counted _timed; do
		if [ "$mode" = count ]; then _times=$_counted; else _times=$_timed; fi
		work "$_name" "$_op" "$_bytes" "$_times"
	done
	leave
}

# Each instruction and register of three requests, to the pipes of run.
profile() { # ARM
	take "$1"
	export WARM=3
	cat /proc/kallsyms >"$SHARE/symbols.$1"
	lines work | while read -r _name _op _bytes _; do
		# What is logged while somebody waits is thrown away: little of it.
		qmp monitor "[ \"logfile $hostdir/log.$1.$_name\", \"singlestep on\", \"log exec,nochain,trace:ide_*,trace:bmdma_*\" ]" ||
			die 'no log'
		"$load" "$_op" "$_bytes" 3 "$disk" >/dev/null
		qmp monitor "[ \"log none\", \"singlestep off\", \"logfile $hostdir/log.end\" ]"
	done
	leave
}

give $ide nobody
modprobe -a ata_piix sd_mod
load trivet_ide
names=$(lines arm | cut -d ' ' -f 1)
backwards=$(printf '%s\n' $names | tac)
echo "machine kernel=$(uname -r) cpus=$(nproc) clock=$(cat /sys/devices/system/clocksource/*/current_clocksource) preempt=$(uname -v | grep -o 'PREEMPT[A-Z_]*')" \
	"spectre_v2='$(cut -d , -f 1 /sys/devices/system/cpu/vulnerabilities/spectre_v2 | cut -d ';' -f 1)' meltdown='$(cat /sys/devices/system/cpu/vulnerabilities/meltdown)'"
pinned='' soaker=
if [ "$mode" = count ]; then
	chrt -i 0 sh -c 'while :; do :; done' &
	soaker=$!
	export SOAKER=$soaker
else
	echo 1 >/proc/irq/default_smp_affinity
	pinned='taskset -c 0'
fi

i=0
while [ $i -lt "$repeats" ]; do
	i=$((i + 1))
	for name in $names; do visit "$name"; done
	[ $i -lt "$repeats" ] || break
	i=$((i + 1))
	for name in $backwards; do visit "$name"; done
done
if [ -n "$soaker" ]; then
	kill $soaker
	unset SOAKER
fi
if [ -n "$hostdir" ]; then
	for name in $names; do
		[ "$name" = "$(echo $names | cut -d ' ' -f 2)" ] || profile "$name"
	done
fi
rmmod trivet_ide trivet
echo end "$mode"
