#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: the IDE driver in a process, with DMA that goes to a page of trv_page.ko. Prints KTAP.
# Of DMA that the IOMMU keeps from memory QEMU's PIIX3 knows nothing, as a device on PCI Express does
# not know it of its writes: a transfer ends well, and the data are not there. Of a table of regions
# that it cannot read it makes one without an end, and the driver has to lose patience.
#
# user-rogue.sh vfio|uio PROGRAM MODULES IDE
set -u
transport=$1 program=$2 MODULES=$3 ide=$4
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"
page=/sys/kernel/debug/trv_page

# rogue read|write|table: from a disk that works to one that does
rogue() {
	echo 1 >$page/fill
	[ "$transport" = uio ] || sleep 6 # the kernel tells of so many faults in five seconds
	dmesg -C
	"$program" "$transport:$ide" "$address" "$1" >/tmp/out 2>&1
	_rc=$?
	_changed=$(cat $page/changed)
	dmesg >/tmp/dmesg
	sed 's/^/# /' /tmp/out
	echo "# $_changed bytes of the page have changed"
	report $_rc "$1: the disk works before, and after"
}

# told WORD...: the program's line
told() {
	grep -qx "$*" /tmp/out
}

# stopped Read|Write: the kernel's log has that fault of this device, at that address
stopped() {
	grep DMAR: /tmp/dmesg | sed 's/^/# /'
	grep -q "DMAR: \[DMA $1.*device \[${ide#*:}\] fault addr $address " /tmp/dmesg
}

insmod "$MODULES/trv_page.ko" && take "$transport" "$ide"
report $? 'a page of the kernel; the disk is bound'
address=$(cat $page/address)

if [ "$transport" = uio ]; then
	rogue read
	[ "$_changed" -gt 4000 ]; report $? 'read: the page is overwritten'
	told data missing; report $? 'read: and the driver has no data'
	rogue write
	told disk page; report $? 'write: what is in the page is on the disk'
else
	rogue table
	told ended Connection timed out; report $? 'table: the driver gives up in time'
	grep -q 'read of 8 blocks at 64: no answer in 10000 ms' /tmp/out; report $? 'table: and says so'
	stopped Read; report $? 'table: the IOMMU has stopped it, and the kernel says so'
	rogue read
	[ "$_changed" = 0 ]; report $? 'read: the page is untouched'
	stopped Write; report $? 'read: the IOMMU has stopped it, and the kernel says so'
	told data missing; report $? 'read: there are no data'
	rogue write
	[ "$_changed" = 0 ]; report $? 'write: the page is untouched'
	stopped Read; report $? 'write: the IOMMU has stopped it, and the kernel says so'
	! told disk page; report $? 'write: nothing of the page is on the disk'
fi
rmmod trv_page; report $? 'rmmod'
ktap_end
