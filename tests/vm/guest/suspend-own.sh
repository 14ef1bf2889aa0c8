#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The second half of suspend.sh: no file of the host's is touched from here on. Prints KTAP.
set -u
export PATH=/bin
. /ktap.inc

# No drop_caches: it would ask the host's files.
again() {
	# The writer's last dd may still be there.
	for _ in 1 2 3 4 5 6 7 8 9; do
		umount /mnt 2>/dev/null && break
		sleep 1
	done
	mount /dev/trva /mnt
}

# asleep SECONDS: until the clock's alarm
asleep() {
	echo 0 >/sys/class/rtc/rtc0/wakealarm
	echo "+$1" >/sys/class/rtc/rtc0/wakealarm
	echo mem >/sys/power/state
}

dd if=/dev/urandom of=/mnt/before bs=64k count=64 2>/dev/null
want=$(md5sum </mnt/before)
(while :; do dd if=/mnt/before of=/mnt/busy bs=64k conv=fsync 2>/dev/null || exit; done) &
busy=$!
sleep 1
asleep 3; report $? 'suspend to RAM, a disk being written to, and back'
grep -q '^success: 1' /sys/kernel/debug/suspend_stats; report $? 'without a failure'
sleep 1
kill $busy && ! wait $busy 2>/dev/null; report $? 'the writer went on'
again; report $? 'umount and mount'
[ "$(md5sum </mnt/before)" = "$want" ]; report $? 'what was there is there'
dd if=/mnt/before of=/mnt/after bs=64k conv=fsync 2>/dev/null; report $? 'the disk is written to'
again && [ "$(md5sum </mnt/after)" = "$want" ]
report $? 'and read'
dd if=/dev/trvb of=/dev/null bs=2k count=100 2>/dev/null; report $? 'the CD drive as well'
for disk in trva trvb; do
	[ "$(cat /sys/block/$disk/errors)" = 0 ] && [ "$(cat /sys/block/$disk/timeouts)" = 0 ]
	report $? "$disk: no errors, no time-outs"
done
echo 0000:00:05.0 works >/sys/module/trivet_edu_test/parameters/run; report $? 'the edu as well'
umount /mnt; report $? 'umount'
# The last to close a disk writes what it has of it, and flushes nothing.
dd if=/last of=/dev/trva bs=64k seek=1023 conv=notrunc 2>/dev/null; report $? 'a write, the last'
(ktap_end)
echo $? >/dev/ttyS2
sleep 1
poweroff -nf
