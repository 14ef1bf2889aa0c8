#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: a PIIX4 function under trivet_ide and under ata_piix, in turns. Prints KTAP, and into
# $SHARE/written what is to be found on the disks afterwards.
#
# stock.sh MODULES
set -u
MODULES=$1
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"

ide=0000:00:05.0
edge28=$((1 << 28)) edge32=$((1 << 32))

for n in 1 2; do
	dd if=/dev/urandom of="$SHARE/data$n" bs=64k count=16 status=none
	dd if=/dev/urandom of="$SHARE/edge$n" bs=512 count=16 status=none
done
: >"$SHARE/written"

# store DISK NR SECTOR FILE, same DISK SECTOR FILE: past the cache, 256 sectors at a time
store() {
	echo "disk$2 $3 $4" >>"$SHARE/written"
	dd if="$SHARE/$4" of="/dev/$1" bs=128k seek=$((512 * $3)) oflag=direct,seek_bytes conv=fsync,notrunc status=none
}

same() {
	dd if="/dev/$1" bs=128k skip=$((512 * $2)) count="$(stat -c %s "$SHARE/$3")" \
		iflag=direct,skip_bytes,count_bytes status=none | cmp - "$SHARE/$3"
}

# empty DISK SECTOR: nothing went there
empty() {
	[ "$(dd if="/dev/$1" bs=512 skip="$2" count=16 iflag=direct status=none | tr -d '\0' | wc -c)" = 0 ]
}

# The disks of the kernel's own driver, in the order of the channels.
stock_disks() {
	for _block in $devices/$ide/ata*/host*/target*/*/block/*; do
		[ ! -e "$_block" ] || basename "$_block"
	done
}

three() {
	[ "$(stock_disks | wc -l)" = 3 ]
}

load trivet_ide && bind $ide trivet_ide; report $? 'a PIIX4 is bound'
grep -q UDMA /sys/block/trva/mode; report $? 'it moves data by Ultra DMA'
[ "$(cat /sys/block/trvb/size)" -gt $edge28 ]; report $? 'a disk of more than 2^28 sectors'
[ "$(cat /sys/block/trvc/size)" -gt $edge32 ]; report $? 'a disk of more than 2^32 sectors'
same trva 2048 data0; report $? 'we read what this side wrote'
# 256 is a sector count of 0 to a command of 28 bits.
[ "$(told store trva 0 20480 data1)" = '0xca 0xca 0xca 0xca 0xca 0xca 0xca 0xca 0xea' ]
report $? 'we write, 256 sectors in a command'
[ "$(told same trva 20480 data1)" = '0xc8 0xc8 0xc8 0xc8 0xc8 0xc8 0xc8 0xc8' ]; report $? 'and read'
[ "$(told store trvb 1 $((edge28 - 8)) edge1)" = '0x35 0xea' ] && [ "$(told same trvb $((edge28 - 8)) edge1)" = 0x25 ]
report $? 'across 2^28'
empty trvb 0; report $? 'nothing at its beginning'
[ "$(told store trvc 2 $((edge32 - 8)) edge1)" = '0x35 0xea' ] && [ "$(told same trvc $((edge32 - 8)) edge1)" = 0x25 ]
report $? 'across 2^32'
empty trvc 0 && empty trvc $((edge28 - 8)); report $? 'nothing where too few bits would be'
unbind $ide

modprobe sd_mod && modprobe ata_piix && bind $ide ata_piix; report $? 'ata_piix has the device'
within 30 three; report $? 'and the three disks'
# shellcheck disable=SC2046 # words
set -- $(stock_disks)
same "$1" 20480 data1 && same "$2" $((edge28 - 8)) edge1 && same "$3" $((edge32 - 8)) edge1
report $? 'it reads what we wrote'
store "$1" 0 24576 data2 && store "$2" 1 $((edge28 + 8)) edge2 && store "$3" 2 $((edge32 + 8)) edge2
report $? 'it writes'
unbind $ide

bind $ide trivet_ide; report $? 'we have it again'
same trva 24576 data2 && same trvb $((edge28 + 8)) edge2 && same trvc $((edge32 + 8)) edge2
report $? 'we read what it wrote'
same trva 20480 data1 && same trvb $((edge28 - 8)) edge1 && same trvc $((edge32 - 8)) edge1
report $? 'and what we did'
verify 60 trva; report $? 'random writes and reads'
cat /sys/block/trv[abc]/errors /sys/block/trv[abc]/timeouts | grep -qv '^0$' && r=1 || r=0
report $r 'no errors, no time-outs'
unbind $ide
echo lba48=0 >/sys/module/trivet_ide/parameters/options
bind $ide trivet_ide && end=$(cat /sys/block/trvc/size) && [ "$end" -gt $((edge28 - 1000)) ] && [ "$end" -le $edge28 ]
report $? 'held to 28 bits, the disk ends before 2^28'
[ "$(told store trvc 2 $((end - 16)) edge2)" = '0xca 0xe7' ] && [ "$(told same trvc $((end - 16)) edge2)" = 0xc8 ]
report $? 'its end is written and read'
unbind $ide
rmmod trivet_ide && rmmod trivet; report $? 'rmmod'
ktap_end
