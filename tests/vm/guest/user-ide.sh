#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: QEMU's PIIX3 IDE function with a disk, driven by a process: written, read, compared;
# compared once more by another process. Prints KTAP.
#
# user-ide.sh vfio|uio TRIVET DEVICE
set -u
MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"

transport=$1 trivet=$2 device=$3
take "$transport" "$device"
report $? "the device is bound"

# try NAME ARG...: trivet run, and its report
try() {
	_name=$1
	shift
	"$trivet" run ide -d "$transport:$device" --bench 0 "$@" >/tmp/out 2>&1
	_rc=$?
	sed 's/^/# /' /tmp/out
	report "$_rc" "$_name"
}

try 'written, read and compared' --write -v
grep -q 'no interrupt, polling' /tmp/out
report $? 'it has no interrupt, and the log says so'
try 'compared by another process' --verify
[ "$transport" = vfio ] || [ -z "$(ls /dev/hugepages)" ]
report $? 'no DMA memory is left'
ktap_end
