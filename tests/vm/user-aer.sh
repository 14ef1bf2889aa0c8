#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# An error of the bus (AER), injected by QEMU, which vfio-pci tells the process of: user-aer.sh
# PROGRAM. Of QEMU's devices those of virtio report such errors to the root port.
here=$(dirname "$0")
. "$here/work.inc"
. "$here/user.inc"

command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed: run ci/deps'; exit 77; }
user_run="serve $work"
(user_vm vfio -t 200 -d '-device pcie-root-port,id=root9,chassis=1,addr=6' \
	-d '-device virtio-rng-pci,aer=on,id=rng9,bus=root9' "$here/guest/user-aer.sh" "$1")
