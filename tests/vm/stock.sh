#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# QEMU's PIIX4, its disks written by us and read by the kernel's own ata_piix and on this side, and
# the other way round; also where an address needs more than 28 bits, and more than 32:
# stock.sh MODULES
set -eu
here=$(dirname "$0")

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-stock.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

truncate -s 64M "$work/disk0"
truncate -s 200G "$work/disk1"
truncate -s 3T "$work/disk2"

disks=
for n in 0 1 2; do
	disks="$disks -drive file=$work/disk$n,format=raw,if=none,id=d$n"
done
"$here/vm" -t 280 -w "$work" -M q35 -d "-device piix4-ide,id=piix4,addr=5 $disks
	-device ide-hd,drive=d0,bus=piix4.0,unit=0,serial=TRIVET0
	-device ide-hd,drive=d1,bus=piix4.0,unit=1,serial=TRIVET1
	-device ide-hd,drive=d2,bus=piix4.1,unit=0,serial=TRIVET2" \
	"$here/guest/stock.sh" "$1"

# What the guest wrote where: disk, sector, file.
[ -s "$work/share/written" ] || { echo "nothing was written" >&2; exit 1; }
while read -r disk sector file; do
	size=$(stat -c %s "$work/share/$file")
	dd if="$work/$disk" bs=512 skip="$sector" count=$((size / 512)) status=none | cmp - "$work/share/$file" || {
		echo "$disk at $sector: not what $file has" >&2
		exit 1
	}
done <"$work/share/written"
