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

case $transport in
vfio) device=0000:00:05.0 bus=ide9 controller='-device piix3-ide,id=ide9,addr=5' ;;
*) device=0000:00:01.1 bus=ide controller= ;; # the machine's own
esac
rc=0
(user_vm "$transport" -t 240 -w "$work" \
	-d "$controller -drive file=$work/disk,format=raw,if=none,id=d0" \
	-d "-device ide-hd,drive=d0,bus=$bus.0,unit=0,serial=TRIVET1" \
	"$here/guest/user-ide.sh" "$transport" "$trivet" "$device") >"$work/ktap" || rc=$?
grep -v '^1\.\.' "$work/ktap"
"$trivet" run ide -d "qemu:piix3-ide,disk=$work/disk" --bench 0 --verify >"$work/verify" 2>&1 ||
	{ sed 's/^/# /' "$work/verify"; printf 'not '; rc=1; }
n=$(($(grep -c '^\(not \)*ok' "$work/ktap") + 1))
echo "ok $n - compared outside, by another transport"
echo "1..$n"
exit $rc
