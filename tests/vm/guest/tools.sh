#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: hdparm, smartctl, lsblk, udev and iostat on trva, a disk, and trvb, a CD drive; and
# what there is in debugfs and to be traced. Prints KTAP.
#
# tools.sh MODULES
set -u
MODULES=$1
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"

ide=0000:00:01.1
debug=/sys/kernel/debug/trivet/$ide
tracing=/sys/kernel/tracing
top=$(realpath "$(dirname "$0")/../../..")
rules=$top/os/linux-kmod/60-trivet.rules

# has FILE PATTERN...: a line for each
has() {
	_file=$1
	shift
	for _pattern; do
		grep -Eq "$_pattern" "$_file" || { echo "no line '$_pattern' in:"; cat "$_file"; return 1; }
	done
}

# traced: the events so far, which are then forgotten
traced() {
	grep -v '^#' $tracing/trace
	echo >$tracing/trace
}

# steps LBA FILE: the events from the beginning to the end of the request there, and to the end of the interrupt
steps() {
	awk -v lba="lba=$1" '
		/trivet_/ { at = match($0, /trivet_[a-z_]*/); event = substr($0, at + 7, RLENGTH - 7) }
		event == "req_start" && index($0, lba " ") { on = 1 }
		on { printf "%s%s", sep, event; sep = " " }
		event == "req_done" && index($0, lba " ") { ended = 1 }
		ended && event == "irq_done" { exit }' "$2"
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
# by_qemu FIGURE...: of the disk
by_qemu() {
	qmp query-blockstats && python3 -c 'import json, sys
for it in json.load(sys.stdin):
    if it["device"] == "disk":
        print(*[it["stats"][name] for name in sys.argv[1:]])' "$@" <"$SHARE/result"
}
us=$(read_by_us) qemu=$(by_qemu rd_bytes)
dd if=/dev/trva of=/dev/null bs=64k count=48 iflag=direct status=none; report $? '3 MiB are read'
us=$(($(read_by_us) - us)) qemu=$(($(by_qemu rd_bytes) - qemu))
echo "# iostat: $us kB, QEMU: $qemu bytes"
[ "$us" = 3072 ] && [ "$qemu" = 3145728 ]; report $? 'iostat counts as QEMU does'

# --- what is to last, and what is not needed ---
# since NUMBER NUMBER COMMAND...: how much more writes and flushes there are after it
since() {
	_writes=$1 _flushes=$2
	shift 2
	"$@" || return
	by_qemu wr_operations flush_operations | {
		read -r w f
		echo $((w - _writes)) $((f - _flushes))
	}
}
write_blocks() {
	dd if=/dev/urandom of=/dev/trva bs=512 count=3 seek=40000 oflag="$1" conv=notrunc status=none
}
# shellcheck disable=SC2046 # words
[ "$(since $(by_qemu wr_operations flush_operations) write_blocks direct)" = '3 0' ]; report $? 'writes are not flushed'
# shellcheck disable=SC2046 # words
[ "$(since $(by_qemu wr_operations flush_operations) sync /dev/trva)" = '0 1' ]; report $? 'a flush is one'
# A drive without FUA: the write has a flush, and the fsync() that the kernel adds has one.
# shellcheck disable=SC2046 # words
[ "$(cat /sys/block/trva/queue/fua) $(since $(by_qemu wr_operations flush_operations) write_blocks direct,dsync)" = '0 3 6' ]
report $? 'FUA is a flush behind the write'
dd if=/dev/urandom of=/tmp/data bs=1M count=4 status=none
dd if=/tmp/data of=/dev/trva bs=1M seek=20 oflag=direct status=none
blkdiscard -f -o 21M -l 2M /dev/trva && [ "$(by_qemu unmap_operations unmap_bytes)" = '1 2097152' ]; report $? 'two MiB are discarded'
{ dd if=/tmp/data bs=1M count=1; head -c 2M /dev/zero; dd if=/tmp/data bs=1M skip=3; } 2>/dev/null >/tmp/want
dd if=/dev/trva bs=1M skip=20 count=4 iflag=direct status=none | cmp - /tmp/want; report $? 'those, and no others'

# --- debugfs ---
cat $debug/regs >/tmp/out && has /tmp/out '^BAR 0 \(ide_cmd_regs\)$' '0x002  ATA_COUNT = 0x' 'ATA_STATUS: a read has side effects' \
	'ATA_ALTSTATUS = 0x50 \(DRDY DSC\)' '^BAR 4 ' 'BM_COMMAND = 0x'
report $? 'registers are decoded'
cat $debug/counters >/tmp/out && has /tmp/out '^trva errors=0 timeouts=0 requeues=0 late=0 ' '^trvb ' \
	'^vector0 irq=14 attached=1 masks=0$' '^vector1 irq=15 attached=1 masks=0$'
report $? 'counters'
[ -z "$(cat $debug/errors)" ]; report $? 'no errors'

# --- trace events ---
events=$tracing/events/trivet
# Not irq_raise: it is the kernel's to know (irq:irq_handler_entry); nor registers.
probes=$(sed -n '/^#define USER_PROBES(/,/[^\\]$/p' "$top/os/linux-user/probes.h" | grep -o 'X([a-z_]*)' | tr -d 'X()' |
	grep -Ev '^(reg_.*|irq_raise)$' | sed 's/^/trivet_/' | sort)
[ "$(cd $events && printf '%s\n' trivet_*)" = "$probes" ]; report $? 'trace events have the names of the probes'
echo 1 >$events/enable
dd if=/dev/trva of=/dev/null bs=4k count=1 skip=300 iflag=direct status=none
dd if=/dev/zero of=/dev/trva bs=512 count=2 seek=5000 oflag=direct,sync conv=notrunc status=none
traced >/tmp/out
has /tmp/out "trivet_req_start: $ide disk=0 tag=[0-9]+ op=read lba=2400 blocks=8\$" \
	"trivet_req_done: $ide disk=0 tag=[0-9]+ op=read lba=2400 blocks=8 status=0\$" \
	"trivet_req_done: $ide disk=0 tag=[0-9]+ op=write lba=5000 blocks=1 status=0\$" \
	"trivet_req_done: $ide disk=0 tag=[0-9]+ op=write lba=5001 blocks=1 status=0\$" \
	"trivet_req_done: $ide disk=0 tag=[0-9]+ op=flush lba=0 blocks=0 status=0\$" \
	"trivet_irq: $ide vec=0 name=" "trivet_irq_done: $ide vec=0 name=.* ret=handled\$"
report $? 'requests and interrupts are traced'
[ "$(steps 2400 /tmp/out)" = 'req_start dma_map irq dma_unmap req_done irq_done' ]
report $? 'what a read is, step by step'
awk '/dma_map: .* bytes=4096 dir=from_device/ { mapped[$(NF - 2)]++; maps++ }
	/dma_unmap: .* bytes=4096 dir=from_device/ { if (mapped[$(NF - 2)]-- > 0) unmaps++ }
	END { exit !(maps == 1 && unmaps == 1) }' /tmp/out; report $? 'its memory is mapped and unmapped'
unbind $ide
bind $ide trivet_ide
echo 0 >$events/enable
traced >/tmp/out
has /tmp/out "trivet_unbind: $ide driver=ide\$" "trivet_unbind_done: $ide\$" "trivet_dma_free: $ide addr=0x" \
	"trivet_bind: $ide driver=ide\$" "trivet_bind_done: $ide driver=ide rc=0\$" \
	"trivet_dma_alloc: $ide addr=0x[0-9a-f]+ bytes=" "trivet_cfg_read: $ide off=0x[0-9a-f]+ bytes=[124] val=0x[0-9a-f]+ rc=0\$"
report $? 'and a driver that leaves and comes'
dd if=/dev/trva of=/dev/null bs=4k count=1 iflag=direct status=none
[ -z "$(traced)" ]; report $? 'nobody looks: nothing is traced'

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
