#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# QEMU's PIIX3 IDE function as a disk of the kernel's: disk.sh MODULES COUNT. COUNT is the name of
# one in ci/counts: how many files.
. "$(dirname "$0")/work.inc"
modules=$1 count=$2
files=$("$here/../../ci/count" "$count")

# That many files, small and large, with names that say which they are.
mkdir "$work/share/tree"
awk -v files="$files" -v dir="$work/share/tree" 'BEGIN {
	srand(1)
	for (i = 0; i < files; i++) {
		if (i % 50 == 0)
			system("mkdir -p " dir "/" int(i / 50))
		file = dir "/" int(i / 50) "/" i
		for (n = int(rand() * 60) * (i % 40 ? 1 : 100); n >= 0; n--)
			printf "%d %d %.12f\n", i, n, rand() >file
		close(file)
	}
}'
truncate -s 256M "$work/disk"

"$here/vm" -t 300 -w "$work" -d \
	"-drive file=$work/disk,format=raw,if=none,id=d0 -device ide-hd,drive=d0,bus=ide.0,unit=0,serial=TRIVET1" \
	"$here/guest/disk.sh" \
	"$modules" "$files" "$count"
