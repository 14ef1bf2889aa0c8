#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Suspend to RAM with a mounted file system on QEMU's PIIX3, and a CD drive: suspend.sh MODULES
set -eu
here=$(dirname "$0")

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-suspend.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
truncate -s 64M "$work/disk"
truncate -s 1M "$work/cd"

rc=0
"$here/vm" -t 280 -w "$work" -a no_console_suspend -d "
	-drive file=$work/disk,format=raw,if=none,id=a -device ide-hd,drive=a,bus=ide.0,unit=0
	-drive file=$work/cd,format=raw,if=none,id=cd,media=cdrom,readonly=on
	-device ide-cd,drive=cd,bus=ide.1,unit=0" \
	"$here/guest/suspend.sh" "$1" || rc=$?
exit $rc
