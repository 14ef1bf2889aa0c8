#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Suspend to RAM with a mounted file system on QEMU's PIIX3, a CD drive, and an edu; and the end of
# the machine: suspend.sh MODULES. Prints KTAP.
. "$(dirname "$0")/work.inc"
. "$here/guest/ktap.inc"

truncate -s 64M "$work/disk"
truncate -s 1M "$work/cd"

rc=0
"$here/vm" -t 280 -w "$work" -a no_console_suspend -d "$watched -device edu,addr=5
	-drive file=$work/disk,format=raw,if=none,id=a -device ide-hd,drive=a,bus=ide.0,unit=0
	-drive file=$work/cd,format=raw,if=none,id=cd,media=cdrom,readonly=on
	-device ide-cd,drive=cd,bus=ide.1,unit=0" \
	"$here/guest/suspend.sh" "$1" >"$work/ktap" || rc=$?
results_of "$work/ktap" $rc
report $rc 'the machine is turned off'

# What the guest wrote last, it did not flush.
tail -n 4 "$work/share/commands" | sed 's/^/# /'
[ "$(tail -c 65536 "$work/disk" | md5sum)" = "$(cat "$work/share/last")" ] && rc=0 || rc=1
report $rc 'what was written last is on the disk'
sed -n 's/.*ide_exec_cmd .*cmd //p' "$work/share/commands" | awk '
	/^0x(ca|35)$/ { flushed = 0 }
	/^0x(e7|ea)$/ { flushed = 1 }
	END { exit !flushed }' && rc=0 || rc=1
report $rc 'it was flushed when the machine was turned off'
ktap_end
