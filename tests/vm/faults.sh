#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Three disks and a CD drive on both channels of QEMU's PIIX3, all at once, and what goes wrong
# with them: faults.sh MODULES. One disk has a block that cannot be read (1234) and one that cannot
# be written (40000), one can be throttled.
set -eu
here=$(dirname "$0")

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-faults.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

mkdir "$work/share"
for disk in a b c; do
	truncate -s 64M "$work/$disk"
done
for disc in 1 2; do
	awk -v disc=$disc 'BEGIN { for (i = 0; i < 20000; i++) printf "%d %d\n", disc, i }' |
		dd of="$work/share/disc$disc" bs=2048 conv=sync status=none
done
cat >"$work/rules" <<-END
	[inject-error]
	event = "read_aio"
	errno = "5"
	sector = "1234"
	[inject-error]
	event = "write_aio"
	errno = "5"
	sector = "40000"
END

rc=0
"$here/serve" "$work" -t 420 -d "
	-object throttle-group,id=brake
	-blockdev driver=raw,node-name=a,file.driver=file,file.filename=$work/a
	-blockdev driver=throttle,node-name=b,throttle-group=brake,file.driver=raw,file.file.driver=file,file.file.filename=$work/b
	-blockdev driver=raw,node-name=c,file.driver=blkdebug,file.config=$work/rules,file.image.driver=file,file.image.filename=$work/c
	-device ide-hd,drive=a,bus=ide.0,unit=0,serial=TRIVET1
	-device ide-hd,drive=b,bus=ide.0,unit=1,serial=TRIVET2
	-device ide-hd,drive=c,bus=ide.1,unit=0,serial=TRIVET3
	-drive file=$work/share/disc1,format=raw,if=none,id=cd,media=cdrom,readonly=on
	-device ide-cd,drive=cd,bus=ide.1,unit=1,id=cd0" \
	"$here/guest/faults.sh" "$1" "$work" || rc=$?
exit $rc
