#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What stands between a process and a device behind vfio or uio, in a kernel that has both:
# privileges, limits, others who have it, and what is left by those who died: user-faults.sh
# vfio|uio TRIVET. Two edu in slots 4 and 8, two in one slot, 6, a disk on a PIIX3 IDE function.
set -eu
here=$(dirname "$0")
. "$here/user.inc"
transport=$1 trivet=$2

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-faults.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
truncate -s 8M "$work/disk"

user_ide "$transport" "$work/disk"
(user_vm "$transport" -t 300 -w "$work" -d "$ide_args" \
	-d '-device edu,addr=4 -device edu,addr=8' \
	-d '-device edu,addr=6.0,multifunction=on -device edu,addr=6.1' \
	"$here/guest/user-faults-$transport.sh" "$trivet" "$ide_device")
