#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# QEMU's PIIX4, its disks written by us and read by the kernel's own ata_piix and on this side, and
# the other way round; also where an address needs more than 28 bits, and more than 32:
# stock.sh MODULES. Prints KTAP.
. "$(dirname "$0")/work.inc"
. "$here/guest/ktap.inc"

truncate -s 64M "$work/disk0"
truncate -s 200G "$work/disk1"
truncate -s 3T "$work/disk2"
dd if=/dev/urandom of="$work/share/data0" bs=64k count=4 status=none
dd if="$work/share/data0" of="$work/disk0" bs=512 seek=2048 conv=notrunc status=none

disks=
for n in 0 1 2; do
	disks="$disks -drive file=$work/disk$n,format=raw,if=none,id=d$n"
done
rc=0
"$here/vm" -t 280 -w "$work" -M q35 -d "$watched -device piix4-ide,id=piix4,addr=5 $disks
	-device ide-hd,drive=d0,bus=piix4.0,unit=0,serial=TRIVET0
	-device ide-hd,drive=d1,bus=piix4.0,unit=1,serial=TRIVET1
	-device ide-hd,drive=d2,bus=piix4.1,unit=0,serial=TRIVET2" \
	"$here/guest/stock.sh" "$1" >"$work/ktap" || rc=$?
results_of "$work/ktap" $rc

# What the guest wrote where: disk, sector, file.
found() {
	while read -r disk sector file; do
		size=$(stat -c %s "$work/share/$file")
		dd if="$work/$disk" bs=512 skip="$sector" count=$((size / 512)) status=none |
			cmp - "$work/share/$file" || { echo "# $disk at $sector: not what $file has"; return 1; }
	done <"$work/share/written"
	[ -s "$work/share/written" ]
}
found && rc=0 || rc=1
report $rc 'all of it is found in the files of the disks'
ktap_end
