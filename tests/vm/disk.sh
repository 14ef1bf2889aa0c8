#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# QEMU's PIIX3 IDE function as a disk of the kernel's: disk.sh MODULES COUNT. COUNT is the name of
# one in ci/counts: how many files.
. "$(dirname "$0")/work.inc"
modules=$1 count=$2
files=$("$here/../../ci/count" "$count")

. "$here/tree.inc"
make_tree "$work/share/tree" "$files"
truncate -s 256M "$work/disk"

"$here/vm" -t 300 -w "$work" -d \
	"-drive file=$work/disk,format=raw,if=none,id=d0 -device ide-hd,drive=d0,bus=ide.0,unit=0,serial=TRIVET1" \
	"$here/guest/disk.sh" \
	"$modules" "$files" "$count"
