#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Two edu on one interrupt line, driven by processes over vfio and uio and by the kernel, in every
# mix: user-line.sh PROGRAM MODULES. With iommu=pt uio can work beside vfio.
set -eu
here=$(dirname "$0")
. "$here/user.inc"

user_vm vfio -t 400 -c 2 -a iommu=pt -d '-device edu,addr=4 -device edu,addr=8' \
	"$here/guest/user-line.sh" "$@"
