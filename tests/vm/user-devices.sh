#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Other devices than edu driven by a process behind vfio or uio: user-devices.sh vfio|uio TRIVET
# PROGRAMS. A disk on a PIIX3 IDE function, and what it was told is then read outside, by the
# transport qemu; by tests/qemu's programs, function reset (NVMe), MSI-X (two e1000e), several messages (xHCI).
# What the process may do meanwhile.
set -eu
here=$(dirname "$0")
. "$here/user.inc"
transport=$1 trivet=$2 programs=$3

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-devices.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
truncate -s 8M "$work/disk"
chmod 755 "$work"
# A driver that tries to get out of its process.
${CC:-cc} -shared -fPIC -std=gnu11 -D_GNU_SOURCE -I"$here/../../include" -I"$here/../.." \
	-DTRV_OS_LINUX_USER -DTRIVET_VERSION='"test"' -o "$work/escape.so" \
	"$here/../qemu/escape/escape.c" "$here/../../os/linux-user/module/module.c"

user_ide "$transport" "$work/disk"
rc=0
(user_vm "$transport" -t 240 -w "$work" -d "$ide_args" \
	-d '-device nvme,serial=1,addr=6 -device e1000e,addr=7 -device e1000e,addr=8 -device edu,addr=9' \
	-d '-device nec-usb-xhci,msi=on,msix=off,addr=a' \
	"$here/guest/user-devices.sh" "$transport" "$trivet" "$programs" "$ide_device" "$work/escape.so") \
	>"$work/ktap" || rc=$?
grep -v '^1\.\.' "$work/ktap"
"$trivet" run ide -d "qemu:piix3-ide,disk=$work/disk" --bench 0 --verify >"$work/verify" 2>&1 ||
	{ sed 's/^/# /' "$work/verify"; printf 'not '; rc=1; }
n=$(($(grep -c '^\(not \)*ok' "$work/ktap") + 1))
echo "ok $n - compared outside, by another transport"
echo "1..$n"
exit $rc
