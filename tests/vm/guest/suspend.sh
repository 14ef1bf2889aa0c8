#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: a mounted disk, a CD drive and an edu sleep and wake up. The host's files (9p) do not survive
# that, so what comes after it runs in a root of its own, with busybox alone, and ends the machine.
#
# suspend.sh MODULES
set -eu
MODULES=$1
. "$(dirname "$0")/lib.inc"
here=$(realpath "$(dirname "$0")")

load trivet_ide
bind 0000:00:01.1 trivet_ide
load trivet_edu_test
bind 0000:00:05.0 trivet_edu_test
# Of a file system of 60 MiB, on a disk of 64.
mkfs.ext4 -q /dev/trva 60M
dd if=/dev/urandom of=/tmp/last bs=64k count=1 status=none
md5sum </tmp/last >"$SHARE/last"

mkdir -p /run/own
mount -t tmpfs own /run/own
cd /run/own
mkdir bin proc sys dev mnt
cp "$(command -v busybox)" bin/
bin/busybox --install -s bin 2>/dev/null
for name in bin/*; do
	[ ! -L "$name" ] || ln -sf busybox "$name"
done
cp "$here/suspend-own.sh" "$here/ktap.inc" /tmp/last .
mount --bind /proc proc
mount --rbind /sys sys
mount --bind /dev dev
mount /dev/trva mnt
exec chroot . /bin/sh /suspend-own.sh
