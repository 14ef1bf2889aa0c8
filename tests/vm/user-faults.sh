#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What stands between a process and a device behind vfio or uio, in a kernel that has both:
# privileges, limits, others who have it, and what is left by those who died: user-faults.sh
# vfio|uio TRIVET. Two edu in slots 4 and 8, two in one slot, 6, one with 8 GiB of
# registers, a NIC, a disk on a PIIX3 IDE function. Programs of tests/vm/user are beside TRIVET.
set -eu
here=$(dirname "$0")
. "$here/user.inc"
transport=$1 trivet=$2

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-faults.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
truncate -s 8M "$work/disk"

user_ide "$transport" "$work/disk"
machine() {
	rm -rf "$work/vm"
	mkdir "$work/vm"
	(user_vm "$transport" -t 300 -w "$work/vm" -d "$ide_args" \
		-d '-device edu,addr=4 -device edu,addr=8' \
		-d '-device edu,addr=6.0,multifunction=on -device edu,addr=6.1' \
		-d '-device pci-testdev,membar=8G,addr=b -device e1000,addr=c' \
		"$here/guest/user-faults-$transport.sh" "$trivet" "$ide_device" "$(dirname "$trivet")") >"$work/out" 2>"$work/err"
}

rc=0
machine || rc=$?
# A disk whose function is unbound in the middle of a transfer is more than QEMU 7.2 always survives.
if grep -q 'ide_cancel_dma_sync: Assertion' "$work/err"; then
	rc=0
	machine || rc=$?
fi
cat "$work/out"
cat "$work/err" >&2
exit "$rc"
