#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A driver that points its device at memory of the kernel's: user-rogue.sh vfio|uio PROGRAM MODULES.
# Behind vfio the IOMMU has to keep it away; with uio the page has to change, or this proves nothing.
set -eu
here=$(dirname "$0")
. "$here/user.inc"
transport=$1 program=$2 modules=$3

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-rogue.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
truncate -s 8M "$work/disk"

user_ide "$transport" "$work/disk"
(user_vm "$transport" -t 240 -d "$ide_args" \
	"$here/guest/user-rogue.sh" "$transport" "$program" "$modules" "$ide_device")
