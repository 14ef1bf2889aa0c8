#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Failures below functions of ours: inject.sh MODULES COUNT. COUNT is the name of one in ci/counts:
# how many. The kernel prints the stack of each it makes, which is no complaint.
set -eu
here=$(dirname "$0")
modules=$1 count=$2
failures=$("$here/../../ci/count" "$count")

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-inject.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

"${CC:-gcc}" -O2 -Wall -o "$work/inject" "$here/inject.c"
truncate -s 16M "$work/a"
truncate -s 1M "$work/b"

rc=0
"$here/vm" -t $((300 + failures * 2)) -w "$work" -A 'Call Trace:' -d "
	-drive file=$work/a,format=raw,if=none,id=a -device ide-hd,drive=a,bus=ide.0,unit=0
	-drive file=$work/b,format=raw,if=none,id=b,media=cdrom,readonly=on -device ide-cd,drive=b,bus=ide.1,unit=0" \
	"$here/guest/inject.sh" "$modules" "$work/inject" "$failures" "$count" || rc=$?
exit $rc
