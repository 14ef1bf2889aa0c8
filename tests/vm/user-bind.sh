#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The verbs status, bind, unbind, reset and doctor in a kernel, with devices that it uses:
# user-bind.sh TRIVET
set -eu
here=$(dirname "$0")

disk=$(mktemp "${TMPDIR:-/tmp}/trivet-bind.XXXXXX")
trap 'rm -f "$disk"' EXIT
trap 'exit 130' INT TERM
truncate -s 64M "$disk"

# On a busy machine the kernel's test of its timer, early in its start, fails behind that IOMMU, and
# it panics.
"$here/vm" -t 280 -M q35 -a 'intel_iommu=on no_timer_check' -d "-device intel-iommu,intremap=on,caching-mode=on
	-device e1000,addr=4 -device edu,addr=5 -device e1000e,addr=6
	-drive file=$disk,format=raw,if=none,id=d0 -device ide-hd,drive=d0,bus=ide.0" \
	"$here/guest/user-bind.sh" "$(realpath "$1")"
