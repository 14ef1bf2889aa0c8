#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# QEMU's PIIX3 IDE function driven by a process behind vfio or uio: user-ide.sh vfio|uio TRIVET.
# What it wrote is then read outside, by the transport qemu.
set -eu
here=$(dirname "$0")
. "$here/user.inc"
transport=$1 trivet=$2

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-ide.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
truncate -s 8M "$work/disk"

user_ide "$transport" "$work/disk"
rc=0
(user_vm "$transport" -t 240 -w "$work" -d "$ide_args" \
	"$here/guest/user-ide.sh" "$transport" "$trivet" "$ide_device") >"$work/ktap" || rc=$?
grep -v '^1\.\.' "$work/ktap"
"$trivet" run ide -d "qemu:piix3-ide,disk=$work/disk" --bench 0 --verify >"$work/verify" 2>&1 ||
	{ sed 's/^/# /' "$work/verify"; printf 'not '; rc=1; }
n=$(($(grep -c '^\(not \)*ok' "$work/ktap") + 1))
echo "ok $n - compared outside, by another transport"
echo "1..$n"
exit $rc
