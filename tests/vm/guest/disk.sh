#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: the machine's PIIX3 IDE function under trivet_ide, with an empty disk as primary master.
# A file system is made, filled, unmounted, mounted, compared and checked. Prints KTAP.
#
# disk.sh MODULES FILES COUNT (the name of that count)
set -u
MODULES=$1 files=$2
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"

ide=0000:00:01.1
echo "# count $3=$files"

# What was read may be in the page cache: forget it.
forget() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

load trivet_ide; report $? 'the modules are loaded'
[ ! -e "$devices/$ide/driver" ]; report $? 'it takes no device by itself'
bind $ide trivet_ide; report $? 'it takes the one it is given'
ls /dev/trva >/dev/null; report $? 'the disk is /dev/trva'
[ "$(cat /sys/block/trva/model)" = 'QEMU HARDDISK' ]; report $? 'its model'
[ "$(cat /sys/block/trva/serial)" = TRIVET1 ]; report $? 'its serial number'
grep -q DMA /sys/block/trva/mode; report $? 'it moves data by DMA'
grep -q 'write back' /sys/block/trva/queue/write_cache; report $? 'its write cache is known'

sfdisk -q /dev/trva <<-END
	,32M
	,
END
report $? 'partitions are made'
[ -b /dev/trva1 ] && [ -b /dev/trva2 ]; report $? 'and found'
verify 120 trva1; report $? 'random writes and reads of all sizes'
verify_by_one 120 trva1; report $? 'random writes and reads, one at a time'
mkfs.ext4 -q -E nodiscard /dev/trva2; report $? 'mkfs.ext4'
mkdir -p /tmp/mnt
mount /dev/trva2 /tmp/mnt; report $? 'mount'
mountpoint -q /tmp/mnt && cp -a "$SHARE/tree" /tmp/mnt/ && [ "$(find /tmp/mnt/tree -type f | wc -l)" = "$files" ]; report $? "$files files are copied"
umount /tmp/mnt; report $? 'umount'
forget
mount -o ro /dev/trva2 /tmp/mnt; report $? 'mounted again'
diff -r "$SHARE/tree" /tmp/mnt/tree; report $? 'they are the same'
umount /tmp/mnt
fsck.ext4 -fn /dev/trva2 >/tmp/fsck 2>&1; report $? 'fsck is content'

unbind $ide; report $? 'unbind'
[ ! -e /dev/trva ] && [ ! -e /sys/block/trva ]; report $? 'the disk is gone'
bind $ide trivet_ide; report $? 'bind'
mount -o ro /dev/trva2 /tmp/mnt && diff -r "$SHARE/tree" /tmp/mnt/tree; report $? 'still the same'
! rmmod trivet_ide 2>/dev/null; report $? 'rmmod of a mounted disk is refused'
umount /tmp/mnt
for count in errors timeouts requeues late; do
	[ "$(cat /sys/block/trva/$count)" = 0 ]; report $? "no $count"
done
rmmod trivet_ide; report $? 'rmmod'
rmmod trivet; report $? 'rmmod trivet'
ktap_end
