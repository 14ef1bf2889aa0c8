#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# trivet-sim disk: what it moves arrives, what it cannot do it says, and no file that was not
# meant is touched. The images that cannot be opened are in images.sh.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/ktap.inc

# disk DEVICE ARG...
disk() {
	rc=0
	device=$1
	shift
	"$sim" disk -d "$device" "$@" >"$T/out" 2>"$T/err" </dev/null || rc=$?
}

# fails NAME STATUS MESSAGE DEVICE ARG...: that status, that message, one line
fails() {
	name=$1 want=$2 message=$3
	shift 3
	disk "$@"
	[ "$rc" = "$want" ] && [ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" = 1 ] &&
		grep -qF -- "$message" "$T/err"
	report $? "$name"
}

cd "$T"
dd if=/dev/urandom of=random.img bs=64K count=16 status=none
dd if=/dev/urandom of=piece bs=512 count=100 status=none
cp random.img keep.img
truncate -s 1M zero.img
truncate -s 1000 odd
truncate -s 200000 long-odd
echo precious >precious
mkdir dir

set +e
echo 'KTAP version 1'

# What it is for
for model in piix3-ide piix4-ide pci-ide; do
	for set in dma=0 dma=1; do
		disk "$model,disk0=ro:random.img" --set $set read copy
		[ "$rc" = 0 ] && cmp -s copy random.img
		report $? "$model, $set: read whole"
	done
done
disk piix4-ide,disk0=ro:random.img -l 7 -c 300 -m 13 read copy
dd if=random.img of=want bs=512 skip=7 count=300 status=none
[ "$rc" = 0 ] && cmp -s copy want
report $? 'read some blocks, in small requests'
disk piix4-ide,disk3=file:zero.img -u 3 -l 500 write piece
truncate -s 1M want.img
dd if=piece of=want.img bs=512 seek=500 conv=notrunc status=none
[ "$rc" = 0 ] && cmp -s zero.img want.img
report $? 'write some blocks on the fourth disk, and only those'
"$sim" disk -d piix4-ide,disk0=ro:random.img read - 2>"$T/err" |
	"$sim" disk -d piix4-ide,disk0=file:zero.img write - 2>"$T/err"
cmp -s zero.img random.img
report $? 'through a pipe'
cp zero.img copy
disk piix3-ide,disk0=file:zero.img -c 200 -m 40 --svg a.svg --header exercise copy
[ "$rc" = 0 ] && cmp -s zero.img copy && ! cmp -s zero.img random.img
report $? 'exercise changes image and account alike'
grep -q '</svg>' a.svg && [ "$(wc -l <"$T/err")" = 2 ] && grep -q '^model ' "$T/err"
report $? 'with a picture, and a table of two lines'
truncate -s 1M blank
disk piix4-ide,disk0=file:random.img -c 20 exercise blank
[ "$rc" = 1 ] && grep -q 'differ from what was written' "$T/err"
report $? 'exercise notices an account of another disk'
cp keep.img random.img

# A CD drive: 2048-byte blocks, and read-only
for set in dma=0 dma=1; do
	disk piix4-ide,disk0=mem:1M,disk1=cd:random.img --set $set -u 1 read copy
	[ "$rc" = 0 ] && cmp -s copy random.img
	report $? "a CD beside a disk, $set: read whole"
done
disk pci-ide,disk0=cd:random.img -l 3 -c 200 -m 7 read copy
dd if=random.img of=want bs=2048 skip=3 count=200 status=none
[ "$rc" = 0 ] && cmp -s copy want
report $? 'read some blocks of a CD, in small requests'
fails 'blocks beyond the end of a CD' 2 'block 512 is wanted, but the disk has 512' \
	piix4-ide,disk0=cd:random.img -l 510 -c 3 read copy
fails 'an empty CD drive' 2 'there is no disc in disk 0; give it one: disk0=cd:disc.iso' \
	piix4-ide,disk0=cd: read copy
fails 'writing a CD' 2 'disk 0 is a CD drive, which can only read' \
	piix4-ide,disk0=cd:random.img write piece
fails 'exercising a CD' 2 'disk 0 is a CD drive, which can only read' \
	piix4-ide,disk0=cd:random.img exercise copy
truncate -s 3072 half.iso
: >empty.iso
for iso in half.iso odd; do
	fails "a CD of $iso blocks" 2 \
		'not a whole number of 2048-byte blocks; pad it with: truncate -s %2048 FILE' \
		piix4-ide,disk0=cd:$iso read copy
done
fails 'a CD in memory of half a block' 2 'is not a whole number of 2048-byte blocks' \
	piix4-ide,disk0=cdmem:3072 read copy
for iso in none empty; do
	fails "a CD of $iso" 2 'name the image of a disc, or none for an empty tray' \
		piix4-ide,disk0=cd:$iso.iso read copy
done

# Wrong usage
M=piix4-ide,disk0=mem:1M
fails 'an unknown model' 2 "no device model 'nosuch'; there are: " nosuch read copy
fails 'an unknown option of it' 2 "unknown option 'bogus'; there are: " $M,bogus=1 read copy
fails 'an option twice' 2 'given twice' $M,disk0=mem:2M read copy
fails 'an option without a value' 2 'not an option of the form key=value' $M,lba48 read copy
fails 'a comma in a path' 2 'a path with a comma needs a link' piix4-ide,disk0=ro:a,b.img read copy
fails 'no kind of disk' 2 'none of mem:SIZE, sparse:SIZE, file:PATH, ro:PATH' \
	piix4-ide,disk0=random.img read copy
fails 'no size' 2 'is not a size' piix4-ide,disk0=mem:x read copy
fails 'a huge size' 2 'larger than a disk can be' piix4-ide,disk0=mem:999P read copy
fails 'a device without disks' 2 "'edu' has no disk 0" edu read copy
fails 'a controller without disks' 2 'has no disk 0; give it one, as in -d' piix4-ide read copy
fails 'a unit that is not there' 2 'has no disk 1' $M -u 1 read copy
fails 'a unit that cannot be' 2 '--unit takes a number from 0 to 3' $M -u 4 read copy
fails 'a driver option that is none' 2 "has no option 'nosuch'" $M --set nosuch=1 read copy
fails 'a driver option without a value' 2 "--set takes NAME=NUMBER, not 'dma'" $M --set dma read copy
fails 'a count of nothing' 2 '--count takes a number' $M -c 0 read copy
fails 'a negative count' 2 '--count takes a number' $M -c -1 read copy
fails 'a huge block number' 2 '--lba takes a number' $M -l 9223372036854775808 read copy
fails 'a block number beyond the end' 2 'but the disk has 2048' $M -l 9223372036854775807 read copy
fails 'blocks beyond the end' 2 'block 2048 is wanted, but the disk has 2048' $M -l 2040 -c 9 read copy
fails 'no job' 2 'a job (read, write, exercise) and a file are wanted' $M
fails 'no file' 2 'see: trivet-sim disk --help' $M read
fails 'two files' 2 'see: trivet-sim disk --help' $M read copy copy2
fails 'another job' 2 "no job 'frob'; there are: read, write, exercise" $M frob copy
fails 'a file without a name' 2 "cannot open ''" $M read ''
fails 'a missing file' 2 "cannot open 'none': No such file" $M write none
fails 'a directory' 2 "cannot open 'dir': Is a directory" $M write dir
fails 'odd data, all of which is refused' 2 "'long-odd' has 200000 bytes" \
	piix4-ide,disk0=file:random.img write long-odd
fails 'more than fits, all of which is refused' 2 'on the disk has 10; choose a smaller file' \
	piix4-ide,disk0=file:random.img -l 2038 write piece
fails 'an account that is too small' 2 'make it with: cp IMAGE FILE' $M exercise odd
fails 'an account that is no file' 2 'make it with: cp IMAGE FILE' $M exercise -
fails 'writing a read-only disk' 2 'disk 0 is read-only; for write, write disk0=file:random.img' \
	piix4-ide,disk0=ro:random.img write piece
cmp -s random.img keep.img
report $? 'the image is what it was'

# A refused read leaves the file as it was, and makes none
fails 'a read beyond the end, of a CD' 2 'block 514 is wanted, but the disk has 512' \
	piix4-ide,disk2=cd:random.img -u 2 -l 510 -c 5 read precious
fails 'a read from beyond the end' 2 'block 2049 is wanted' $M -l 2049 read precious
[ "$(cat precious)" = precious ]
report $? 'what the file held is still there'
fails 'a read beyond the end, into a new file' 2 'block 2048 is wanted' $M -l 2040 -c 9 read new
[ ! -e new ]
report $? 'which is not made'

# The file beside the disk
fails 'a copy onto the image itself' 3 "is the disk's own image" \
	piix4-ide,disk0=ro:random.img read random.img
ln -sf random.img link
fails 'a copy onto a link to it' 3 "is the disk's own image" piix4-ide,disk0=ro:random.img read link
deep=$(printf '%0200d' 0)/$(printf '%0200d' 0)
mkdir -p "$deep"
ln random.img "$deep/long.img"
fails 'a copy onto it by a long name' 3 "is the disk's own image" \
	"piix4-ide,disk0=ro:$deep/long.img" read "$deep/long.img"
cmp -s random.img keep.img
report $? 'the image is what it was'
fails 'one image for two disks' 3 'is in use by' \
	piix4-ide,disk0=file:random.img,disk1=file:random.img read copy
fails 'no disk, so no copy is begun' 2 'No such file' piix4-ide,disk0=ro:none read precious
[ "$(cat precious)" = precious ]
report $? 'and what the file held is still there'
disk $M read /dev/null
report $rc 'a copy into /dev/null'
if [ -e /dev/full ]; then
	fails 'a full disk' 1 "cannot write '/dev/full': No space left" $M read /dev/full
else
	skip 'a full disk' 'no /dev/full'
fi
fails 'a picture into no directory' 1 "cannot write 'none/a.svg': No such file" \
	$M --svg none/a.svg -c 1 read precious
[ "$(cat precious)" = precious ]
report $? 'is refused before anything is done'

# Limits, and standard streams that are not there: a message must not end up in an image.
rc=0
(ulimit -f 64 && exec "$sim" disk -d piix4-ide,disk0=ro:random.img read big) 2>"$T/err" || rc=$?
[ "$rc" = 1 ] && grep -q "cannot write 'big': File too large" "$T/err"
report $? 'a limit on file sizes is an error, not a crash'
cp random.img account
rc=0
"$sim" disk -d piix4-ide,disk0=file:random.img -c 50 exercise account <&- >&- 2>&- || rc=$?
[ "$rc" = 0 ] && cmp -s random.img account && [ "$(stat -c %s random.img account | sort -u)" = 1048576 ]
report $? 'no standard stream: image and account hold data alone'
rc=0
"$sim" disk -d piix4-ide,disk0=ro:random.img read copy 2>&- || rc=$?
[ "$rc" = 0 ] && cmp -s copy random.img
report $? 'no standard error: the copy holds data alone'
rc=0
"$sim" disk -d piix4-ide,disk0=ro:random.img read - >&- 2>"$T/err" || rc=$?
[ "$rc" = 1 ] && grep -q "cannot write '-': Bad file descriptor" "$T/err"
report $? 'a copy to a standard output that is closed'

ktap_end
