#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: a mounted disk and a CD drive sleep and wake up. The host's files (9p) do not survive
# that, so what comes after it runs in a root of its own, with busybox alone, and ends the machine.
#
# suspend.sh MODULES
set -eu
MODULES=$1
. "$(dirname "$0")/lib.inc"
here=$(realpath "$(dirname "$0")")

load trivet_ide
bind 0000:00:01.1 trivet_ide
mkfs.ext4 -q /dev/trva

mkdir -p /run/own
mount -t tmpfs own /run/own
cd /run/own
mkdir bin proc sys dev mnt
cp "$(command -v busybox)" bin/
bin/busybox --install -s bin 2>/dev/null
for name in bin/*; do
	[ ! -L "$name" ] || ln -sf busybox "$name"
done
cp "$here/suspend-own.sh" "$here/ktap.inc" .
mount --bind /proc proc
mount --rbind /sys sys
mount --bind /dev dev
mount /dev/trva mnt
exec chroot . /bin/sh /suspend-own.sh
