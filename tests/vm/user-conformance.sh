#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The conformance suite in a process, on edu behind vfio or uio: user-conformance.sh vfio|uio
# PROGRAM [GLOB].
set -eu
here=$(dirname "$0")
. "$here/user.inc"

user_vm "$1" -t 420 -c 2 -d '-device edu,addr=4 -device edu,addr=8' \
	"$here/guest/user-conformance.sh" "$@"
