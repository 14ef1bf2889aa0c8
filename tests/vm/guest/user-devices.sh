#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: QEMU's PIIX3 IDE function with a disk, driven by a process: written, read, compared,
# and compared once more by another process. NVMe, e1000e and xHCI by programs of tests/qemu, which
# find them by TRIVET_HARDWARE. Prints KTAP.
#
# user-devices.sh vfio|uio TRIVET PROGRAMS IDE
set -u
MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"
transport=$1 trivet=$2 programs=$3 ide=$4

take "$transport" "$ide" 0000:00:06.0 0000:00:07.0 0000:00:08.0 0000:00:09.0 0000:00:0a.0
report $? 'the devices are bound'
export TRIVET_HARDWARE="$transport nvme=0000:00:06.0 e1000e=0000:00:07.0 e1000e=0000:00:08.0 edu=0000:00:09.0 nec-usb-xhci=0000:00:0a.0"

# try NAME CMD...: it succeeds, and what it says
try() {
	_name=$1
	shift
	"$@" >/tmp/out 2>&1
	_rc=$?
	sed 's/^/# /' /tmp/out
	report "$_rc" "$_name"
}

try 'IDE: written, read and compared' "$trivet" run ide -d "$transport:$ide" --bench 0 --write -v
grep -q 'no interrupt, polling' /tmp/out
report $? 'IDE: it has no interrupt, and the log says so'
try 'IDE: compared by another process' "$trivet" run ide -d "$transport:$ide" --bench 0 --verify
try 'NVMe: a function reset' "$programs/qemu_reset" reset.function_level
try 'edu: it has none' "$programs/qemu_reset" reset.no_method
if [ "$transport" = vfio ]; then
	try 'e1000e: MSI-X, each vector' "$programs/qemu_msix" msix.each_vector
	try 'e1000e: MSI-X, masked' "$programs/qemu_msix" msix.masked
	try 'e1000e: MSI-X before MSI' "$programs/qemu_msix" msix.first_of_kinds
	try 'xHCI: several messages' "$programs/qemu_msix" msix.several_messages
else
	[ -z "$(ls /dev/hugepages)" ]
	report $? 'no DMA memory is left'
fi
ktap_end
