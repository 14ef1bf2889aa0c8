#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: hdparm, smartctl, lsblk, udev and iostat on trva, a disk, and trvb, a CD drive; and
# what there is in debugfs. Prints KTAP.
#
# tools.sh MODULES
set -u
MODULES=$1
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"

ide=0000:00:01.1
debug=/sys/kernel/debug/trivet/$ide
rules=$(realpath "$(dirname "$0")/../../../os/linux-kmod/60-trivet.rules")

# has FILE PATTERN...: a line for each
has() {
	_file=$1
	shift
	for _pattern; do
		grep -Eq "$_pattern" "$_file" || { echo "no line '$_pattern' in:"; cat "$_file"; return 1; }
	done
}

load trivet_ide && bind $ide trivet_ide; report $? 'bound'

# --- identity ---
hdparm -I /dev/trva >/tmp/out 2>&1 &&
	has /tmp/out 'Model Number: +TRIVET_DISK *$' 'Serial Number: +TRV-0815' 'Firmware Revision: +1.23' \
	    'device size with M = 1024\*1024: +64 MBytes' 'LBA48? +user addressable sectors: +131072' 'SMART'
report $? 'hdparm -I'
hdparm -i /dev/trva >/tmp/out 2>&1 && has /tmp/out 'Model=TRIVET_DISK, FwRev=1.23, SerialNo=TRV-0815'
report $? 'hdparm -i'
hdparm -I /dev/trvb >/tmp/out 2>&1 && has /tmp/out 'ATAPI CD-ROM' 'Model Number: +QEMU DVD-ROM' 'Serial Number: +TRV-0816'
report $? 'hdparm -I of the CD drive'
hdparm -C /dev/trva >/tmp/out 2>&1 && has /tmp/out 'active/idle'; report $? 'hdparm -C'
smartctl -d ata -i -H /dev/trva >/tmp/out 2>&1 &&
	has /tmp/out 'Device Model: +TRIVET_DISK' 'Serial Number: +TRV-0815' 'Firmware Version: +1.23' \
	    'User Capacity: +67,108,864 bytes' 'SMART support is: +Enabled' 'self-assessment test result: PASSED'
report $? 'smartctl -d ata -i -H'
mode=$(cat /sys/block/trva/mode)
! hdparm -X udma0 /dev/trva >/tmp/out 2>&1 && [ "$(cat /sys/block/trva/mode)" = "$mode" ]
report $? 'a command that changes its mode is refused'
verify 60 trva; report $? 'and it works'
chmod 666 /dev/trva
setpriv --reuid=65534 --clear-groups hdparm -C /dev/trva >/tmp/out 2>&1
has /tmp/out 'drive state is: +unknown'
report $? 'commands are for root'
chmod 660 /dev/trva
[ "$(cat /sys/block/trva/errors)" = 0 ]; report $? 'none of it is an error of the disk'

# --- names ---
echo ',,' | sfdisk -q /dev/trva; report $? 'a partition'
mkdir -p /etc/udev/rules.d
cp "$rules" /etc/udev/rules.d/
export SYSTEMD_IGNORE_CHROOT=1
/lib/systemd/systemd-udevd --daemon &&
	udevadm trigger --action=add --subsystem-match=block --settle; report $? 'udev'
[ "$(realpath /dev/disk/by-id/ata-TRIVET_DISK_TRV-0815)" = /dev/trva ]; report $? '/dev/disk/by-id'
[ "$(realpath /dev/disk/by-id/ata-TRIVET_DISK_TRV-0815-part1)" = /dev/trva1 ]; report $? 'and of the partition'
[ "$(realpath /dev/disk/by-id/ata-QEMU_DVD-ROM_TRV-0816)" = /dev/trvb ]; report $? 'and of the CD drive'
lsblk -dnro NAME,MODEL,SERIAL /dev/trva /dev/trvb >/tmp/out 2>&1 &&
	has /tmp/out '^trva TRIVET_DISK TRV-0815$' '^trvb QEMU[_ x\\20]*DVD-ROM TRV-0816$'; report $? 'lsblk'
udevadm control --exit

# --- figures ---
# kB that iostat and bytes that QEMU say were read so far.
read_by_us() {
	iostat -dk trva | awk '$1 == "trva" { print $6 }'
}
read_by_qemu() {
	qmp query-blockstats && python3 -c 'import json, sys
for it in json.load(sys.stdin):
    if it["device"] == "disk":
        print(it["stats"]["rd_bytes"])' <"$SHARE/result"
}
us=$(read_by_us) qemu=$(read_by_qemu)
dd if=/dev/trva of=/dev/null bs=64k count=48 iflag=direct status=none; report $? '3 MiB are read'
us=$(($(read_by_us) - us)) qemu=$(($(read_by_qemu) - qemu))
echo "# iostat: $us kB, QEMU: $qemu bytes"
[ "$us" = 3072 ] && [ "$qemu" = 3145728 ]; report $? 'iostat counts as QEMU does'

# --- debugfs ---
cat $debug/regs >/tmp/out && has /tmp/out '^BAR 0 \(ide_cmd_regs\)$' '0x002  ATA_COUNT = 0x' 'ATA_STATUS: a read has side effects' \
	'ATA_ALTSTATUS = 0x50 \(DRDY DSC\)' '^BAR 4 ' 'BM_COMMAND = 0x'
report $? 'registers are decoded'
cat $debug/counters >/tmp/out && has /tmp/out '^trva errors=0 timeouts=0 requeues=0 late=0 ' '^trvb ' \
	'^vector0 irq=14 attached=1 masks=0$' '^vector1 irq=15 attached=1 masks=0$'
report $? 'counters'
[ -z "$(cat $debug/errors)" ]; report $? 'no errors'

# --- in use ---
exec 3</dev/trva
! rmmod trivet_ide 2>/tmp/out && has /tmp/out 'in use'; report $? 'rmmod while it is open: in use'
! rmmod trivet 2>/tmp/out && has /tmp/out 'in use'; report $? 'and of trivet while a driver is there'
exec 3<&-
rmmod trivet_ide; report $? 'rmmod'
[ ! -e $debug ]; report $? 'its files are gone'
rmmod trivet; report $? 'rmmod trivet'
[ ! -e "$(dirname $debug)" ]; report $? 'and the directory'
ktap_end
