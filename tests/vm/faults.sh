#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Three disks and a CD drive on both channels of QEMU's PIIX3, all at once, and what goes wrong
# with them: faults.sh MODULES. One disk has a block that cannot be read (1234) and one that cannot
# be written (40000), and its first flush fails; one can be throttled, and so can the CD drive.
. "$(dirname "$0")/work.inc"

for disk in a b c; do
	truncate -s 64M "$work/$disk"
done
mkdir "$work/share/cd"
for file in 1 2 3 4 5 6 7 8; do
	awk -v file=$file 'BEGIN { for (i = 0; i < 3000; i++) printf "%d %d\n", file, i }' >"$work/share/cd/file $file"
done
genisoimage -quiet -r -o "$work/share/disc1" "$work/share/cd"
awk 'BEGIN { for (i = 0; i < 40000; i++) print i }' | dd of="$work/share/disc2" bs=2048 conv=sync status=none
cat >"$work/rules" <<-END
	[inject-error]
	event = "none"
	iotype = "read"
	errno = "5"
	sector = "1234"
	[inject-error]
	event = "none"
	iotype = "write"
	errno = "5"
	sector = "40000"
	[inject-error]
	event = "none"
	iotype = "flush"
	errno = "5"
	once = "on"
END

"$here/serve" "$work" -t 420 -d "$watched
	-object throttle-group,id=brake
	-blockdev driver=raw,node-name=a,file.driver=file,file.filename=$work/a
	-blockdev driver=throttle,node-name=b,throttle-group=brake,file.driver=raw,file.file.driver=file,file.file.filename=$work/b
	-blockdev driver=raw,node-name=c,file.driver=blkdebug,file.config=$work/rules,file.image.driver=file,file.image.filename=$work/c
	-device ide-hd,drive=a,bus=ide.0,unit=0,serial=TRIVET1
	-device ide-hd,drive=b,bus=ide.0,unit=1,serial=TRIVET2
	-device ide-hd,drive=c,bus=ide.1,unit=0,serial=TRIVET3
	-drive file=$work/share/disc1,format=raw,if=none,id=cd,media=cdrom,readonly=on
	-device ide-cd,drive=cd,bus=ide.1,unit=1,id=cd0" \
	"$here/guest/faults.sh" "$1" "$work"
