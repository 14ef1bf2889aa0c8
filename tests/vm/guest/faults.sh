#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: trva and trvb share a channel, trvc has a bad block and shares the other one with the CD
# drive trvd. What goes wrong, and that all is well afterwards. Prints KTAP.
#
# faults.sh MODULES DIR (DIR on the host's side, for QEMU)
set -u
MODULES=$1 dir=$2
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"

ide=0000:00:01.1
tracing=/sys/kernel/tracing
debug=/sys/kernel/debug/trivet/$ide
options=/sys/module/trivet_ide/parameters/options

# block DISK N: read that block, past the cache
block() {
	dd if="/dev/$1" of=/dev/null bs=512 count=1 skip="$2" iflag=direct status=none 2>/dev/null
}

# write_block DISK N: the same for a write, of zeroes
write_block() {
	dd if=/dev/zero of="/dev/$1" bs=512 count=1 seek="$2" oflag=direct conv=notrunc status=none 2>/dev/null
}

count() {
	cat "/sys/block/$1/$2"
}

# load_disk DISK: keep it busy until it fails
load_disk() {
	fio --eta=never --output=/dev/null --allow_file_create=0 --name=load --filename="/dev/$1" --direct=1 --ioengine=libaio \
		--iodepth=8 --rw=randrw --bs=4k --offset=8M --size=8M --time_based --runtime=120 2>/dev/null &
	load=$!
	within 20 moving "$1"
}

moving() {
	[ "$(awk '{ print $1 + $5 }' "/sys/block/$1/stat")" -gt 50 ]
}

cd_fails() {
	! cd_read "$1"
}

ended() {
	! kill -0 "$1" 2>/dev/null
}

there() {
	[ -b /dev/trva ] && [ -b /dev/trvd ]
}

load trivet_ide options=timeout_ms=3000
bind $ide trivet_ide; report $? 'bound'
there; report $? 'three disks and a CD drive'
verify 120 trva trvb trvc; report $? 'all disks at once'
verify_by_one 120 trva trvb trvc; report $? 'one request at a time'

# --- a bad block ---
block trvc 1233 && ! block trvc 1234 && block trvc 1235; report $? 'the bad block fails, alone'
[ "$(count trvc errors)" = 1 ] && [ "$(count trva errors)" = 0 ]; report $? 'and is counted once'
write_block trvc 39999 && ! write_block trvc 40000 && write_block trvc 40001; report $? 'one that cannot be written, alone'
for _ in 1 2 3 4; do
	! block trvc 1234 && ! write_block trvc 40000 || echo "no error in round $_"
done
[ "$(count trvc errors)" = 10 ]; report $? 'ten errors in ten tries are counted'
[ "$(count trvc timeouts) $(count trvc late) $(count trva errors)" = '0 0 0' ]; report $? 'and nothing else'
grep -q '^trvc errors=10 timeouts=0 requeues=0 late=0 ' $debug/counters; report $? 'in debugfs, too'
[ "$(grep -c 'disk 2: read of 1 blocks at 1234: -\(EIO\|5\)$' $debug/errors) \
$(grep -c 'disk 2: write of 1 blocks at 40000: -\(EIO\|5\)$' $debug/errors) $(wc -l <$debug/errors)" = '5 5 10' ]; report $? 'each with its place'

# --- a flush that fails ---
for _ in 1 2; do
	write_block trvc 500; report $? 'a block is written'
done
! sync /dev/trvc 2>/dev/null; report $? 'the flush fails'
[ "$(count trvc errors) $(count trva errors)" = '11 0' ]; report $? 'and is counted'
grep -q 'disk 2: flush of 0 blocks at 0: -\(EIO\|5\)$' $debug/errors; report $? 'with what it was'
sync /dev/trvc; report $? 'the next one does not'
[ "$(count trvc errors) $(count trvc timeouts)" = '11 0' ]; report $? 'nor is it counted'
verify 60 trvc; report $? 'the disk works'

# --- a CD drive ---
[ "$(cat /sys/block/trvd/queue/logical_block_size)" = 2048 ]; report $? 'the CD has blocks of 2048 bytes'
cmp /dev/trvd "$SHARE/disc1"; report $? 'its data'
mkdir -p /tmp/cd
mount -t iso9660 -o ro /dev/trvd /tmp/cd && diff -r /tmp/cd "$SHARE/cd"; report $? 'mounted, its files'
umount /tmp/cd
! dd if=/dev/zero of=/dev/trvd bs=2048 count=1 status=none 2>/dev/null; report $? 'it is read-only'
qmp eject '{ "id": "cd0", "force": true }' &&
	qmp blockdev-change-medium "{ \"id\": \"cd0\", \"filename\": \"$dir/share/disc2\", \"format\": \"raw\" }"
report $? 'another disc'
within 10 cmp -s /dev/trvd "$SHARE/disc2"; report $? 'its data'

# --- a request that takes too long ---
qmp qom-set '{ "path": "/objects/brake", "property": "limits", "value": { "bps-read": 100 } }'
report $? 'the disk becomes very slow'
ends=$tracing/events/trivet/trivet_req_done
echo 1 >$ends/enable
start=$(date +%s)
block trvb 2000
! block trvb 2100; report $? 'a read ends in an error'
took=$(($(date +%s) - start))
[ $took -ge 2 ] && [ $took -le 15 ]; report $? "after its time-out: $took s"
[ "$(count trvb timeouts)" -ge 1 ]; report $? 'which is counted'
echo 0 >$ends/enable
[ "$(sed -n 's/.* disk=1 .* lba=\([0-9]*\) .*/\1/p' $tracing/trace | tr '\n' ' ')" = '2000 2100 ' ] &&
	grep -q 'lba=2100 .* status=-110$' $tracing/trace; report $? 'both reads ended once'
qmp qom-set '{ "path": "/objects/brake", "property": "limits", "value": { "bps-read": 0 } }'
report $? 'and fast again'
verify 120 trvb trva; report $? 'both disks of that channel work'

# --- and a CD drive that does ---
cd_speed() {
	qmp block_set_io_throttle "{ \"id\": \"cd0\", \"bps\": 0, \"bps_rd\": $1, \"bps_wr\": 0, \"iops\": 0, \"iops_rd\": 0, \"iops_wr\": 0 }"
}
# So much that it takes a while; the drive is then in debt, and the next one waits from the start.
cd_read() {
	dd if=/dev/trvd of=/dev/null bs=64k count=1 skip="$1" iflag=direct status=none 2>/dev/null
}
cd_speed 2048; report $? 'the CD drive becomes slow'
start=$(date +%s)
cd_read 1
told cd_fails 2 >/tmp/told; report $? 'a read of the CD ends in an error'
took=$(($(date +%s) - start))
[ $took -ge 2 ] && [ $took -le 15 ]; report $? "after its time-out: $took s"
[ "$(count trvd timeouts)" -ge 1 ]; report $? 'which is counted'
grep -qw 0x08 /tmp/told; report $? 'DEVICE RESET, for the CD drive alone'
block trvc 600; report $? 'its neighbour works'
cd_speed 0; report $? 'and fast again'
cmp /dev/trvd "$SHARE/disc2"; report $? 'its data'

# --- somebody turns off the interrupts of the first channel ---
late=$(count trva late)
printf '\002' | dd of=/dev/port bs=1 seek=$((0x3f6)) conv=notrunc status=none; report $? 'nIEN is set behind our back'
start=$(date +%s)
! block trva 3000; report $? 'a read ends in an error'
took=$(($(date +%s) - start))
[ $took -ge 2 ] && [ $took -le 15 ]; report $? "after its time-out: $took s"
[ "$(count trva timeouts) $(count trva errors)" = '1 1' ] && [ "$(count trva late)" = "$late" ]
report $? 'which is counted, once'
block trva 3000; report $? 'the next one is well'
verify 120 trva trvb; report $? 'both disks of that channel work'

# --- the driver leaves, the device leaves ---
load_disk trva; report $? 'a disk is busy'
unbind $ide; report $? 'unbind'
within 20 ended $load; report $? 'whoever used it was told'
wait $load 2>/dev/null
bind $ide trivet_ide && there; report $? 'bind'
load_disk trva
echo 1 >$devices/$ide/remove; report $? 'the PCI device is removed'
within 20 ended $load; report $? 'whoever used it was told'
wait $load 2>/dev/null
echo 1 >/sys/bus/pci/rescan
bind $ide trivet_ide && there; report $? 'and found again'
verify 120 trva; report $? 'it works'

# --- other ways to move data ---
unbind $ide
echo dma=0 >$options
bind $ide trivet_ide && ! grep -q DMA /sys/block/trva/mode; report $? 'by register'
verify 120 trva trvc; report $? 'it works'
cmp /dev/trvd "$SHARE/disc2"; report $? 'the CD as well'
unbind $ide
echo irq=0 >$options
bind $ide trivet_ide && ! grep -q 'trivet\|ide-' /proc/interrupts; report $? 'without interrupts'
verify 120 trva trvc; report $? 'it works'
unbind $ide
echo "0000:00:1f.0/dma=0,multi=4,bogus=1" >$options
bind $ide trivet_ide && grep -q DMA /sys/block/trva/mode; report $? 'options for another device'
dmesg | grep -q 'option bogus=1: this driver knows no such option'; report $? 'an unknown option is named'
dmesg | grep -q 'option multi=4: this driver' && r=1 || r=0; report $r 'and no other'
unbind $ide
rmmod trivet_ide && rmmod trivet; report $? 'rmmod'
ktap_end
