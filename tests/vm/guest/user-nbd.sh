#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: QEMU's PIIX3 IDE function with an empty disk, served by nbdkit. First a file system that is
# nobody's but processes', then one of the kernel's, with several clients. Prints KTAP.
#
# user-nbd.sh vfio|uio PLUGIN IDE FILES COUNT (the name of that count)
set -u
MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"
transport=$1 plugin=$2 ide=$3 files=$4
fuse_tree=$(dirname "$0")/../../qemu/fuse-tree
echo "# count $5=$files"
sock=/tmp/nbd.sock
uri="nbd+unix:///?socket=$sock"
# Some files of the tree, for what is slower.
mkdir /tmp/some && cp -r "$SHARE/tree/0" /tmp/some/

# try NAME CMD...: it succeeds, or what it says
try() {
	_name=$1 _rc=0
	shift
	"$@" >/tmp/out 2>&1 || _rc=$?
	[ "$_rc" = 0 ] || { sed 's/^/# /' /tmp/out; sed 's/^/# server: /' /tmp/server; }
	report "$_rc" "$_name"
}

# serve [ARG...]: in the background; it is there when the command has ended
serve() {
	rm -f $sock
	nbdkit -P /tmp/pid -U $sock "$@" "$plugin" "device=$transport:$ide"
}

# ended: in order, and the kernel has the device back as it was lent
ended() {
	kill "$(cat /tmp/pid)"
	within 30 gone
}

gone() {
	[ ! -e "/proc/$(cat /tmp/pid)" ]
}

: >/tmp/server
take "$transport" "$ide"
report $? 'the device is bound'
try 'nbdkit, for clients of single bytes' serve --filter=blocksize
try 'it has the disk' nbdinfo "$uri"
grep -q 'export-size: 33554432 ' /tmp/out
report $? 'of its size'

# ---- without a file system in the kernel ----

modprobe fuse
mkdir /tmp/file /tmp/fs
try 'nbdfuse, fuse2fs: files are copied, compared and checked' "$fuse_tree" "$uri" /tmp/file /tmp/fs /tmp/some
! grep -q ext4 /proc/filesystems
report $? 'which this kernel does not know'
try 'nbdkit ends' ended
[ "$transport" != uio ] || [ -z "$(ls /dev/hugepages)" ]
report $? 'nothing is left'

# ---- with one ----

modprobe nbd
try 'nbdkit' serve
try 'nbd-client, two connections' nbd-client -unix $sock /dev/nbd0 -connections 2 -timeout 120
[ "$(blockdev --getsize64 /dev/nbd0)" = 33554432 ] && [ "$(blockdev --getss /dev/nbd0)" = 512 ]
report $? 'a disk of its size and blocks'
cat /sys/block/nbd0/queue/fua /sys/block/nbd0/queue/write_cache >/tmp/out
[ "$(tr '\n' , </tmp/out)" = '1,write back,' ]
report $? 'with a cache that can be flushed and written through'

# By a process, beside the kernel.
timeout $((200 * SLOW)) fio --name=other --ioengine=nbd --uri="$uri" --rw=randrw --bsrange=512-256k --offset=16M \
	--size=2M --iodepth=4 --verify=crc32c --verify_fatal=1 --thread --randrepeat=0 --eta=never \
	--output=/tmp/fio.other >/dev/null 2>&1 &
other=$!
verify 200 nbd0
report $? 'random writes and reads of all sizes'
wait $other
report $? 'and of another client, at the same time'

try 'mkfs.ext4' mkfs.ext4 -q -F -E nodiscard /dev/nbd0
mkdir -p /tmp/mnt
try 'mount' mount -t ext4 /dev/nbd0 /tmp/mnt
mountpoint -q /tmp/mnt && cp -a "$SHARE/tree" /tmp/mnt/ && [ "$(find /tmp/mnt/tree -type f | wc -l)" = "$files" ]
report $? "$files files are copied"
try 'umount' umount /tmp/mnt
sync
echo 3 >/proc/sys/vm/drop_caches
try 'mounted again' mount -t ext4 -o ro /dev/nbd0 /tmp/mnt
try 'they are the same' diff -r "$SHARE/tree" /tmp/mnt/tree
umount /tmp/mnt
try 'fsck is content' fsck.ext4 -fn /dev/nbd0
try 'nbd-client -d' nbd-client -d /dev/nbd0
# Whoever comes later sees it too.
try 'nbdcopy' nbdcopy "$uri" /tmp/copy
try 'the file system is in it' fsck.ext4 -fn /tmp/copy
try 'nbdkit ends, once more' ended
[ "$transport" != uio ] || [ -z "$(ls /dev/hugepages)" ]
report $? 'nothing is left'

# ---- it is taken away, for which with vfio the kernel waits ----

try 'nbdkit, for the last time' serve
timeout $((60 * SLOW)) sh -c "echo $ide >$devices/$ide/driver/unbind"
report $? 'unbound while nobody asks for anything'
within 30 gone
report $? 'nbdkit ends by itself'
[ "$transport" != uio ] || [ -z "$(ls /dev/hugepages)" ]
report $? 'nothing is left'
ktap_end
