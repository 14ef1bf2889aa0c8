#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What people's tools say of a disk and a CD drive, beside what QEMU knows: tools.sh MODULES
. "$(dirname "$0")/work.inc"

truncate -s 64M "$work/disk"
truncate -s 1M "$work/cd"

"$here/serve" "$work" -t 300 -d "
	-drive file=$work/disk,format=raw,if=none,id=disk,discard=unmap
	-device ide-hd,drive=disk,bus=ide.0,unit=0,serial=TRV-0815,model=TRIVET_DISK,ver=1.23
	-drive file=$work/cd,format=raw,if=none,id=cd,media=cdrom,readonly=on
	-device ide-cd,drive=cd,bus=ide.1,unit=0,serial=TRV-0816" \
	"$here/guest/tools.sh" "$1"
