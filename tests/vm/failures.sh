#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Failures of calls, one place after the other, and a DMA that never ends: failures.sh MODULES,
# which are built with FAULT_POINTS=1 and AUTOLOAD=1.
set -eu
here=$(dirname "$0")

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-failures.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

mkdir "$work/share"
for disk in a b; do
	truncate -s 16M "$work/$disk"
done
dd if=/dev/urandom of="$work/share/disc" bs=64k count=4 status=none

rc=0
"$here/vm" -t 600 -w "$work" -d "
	-drive file=$work/a,format=raw,if=none,id=a -device ide-hd,drive=a,bus=ide.0,unit=0
	-drive file=$work/b,format=raw,if=none,id=b -device ide-hd,drive=b,bus=ide.0,unit=1
	-drive file=$work/share/disc,format=raw,if=none,id=c,media=cdrom,readonly=on -device ide-cd,drive=c,bus=ide.1,unit=0
	-device edu,addr=4" \
	"$here/guest/failures.sh" "$1" || rc=$?
exit $rc
