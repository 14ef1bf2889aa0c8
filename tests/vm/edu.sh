#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# QEMU's edu and its driver: edu.sh MODULES
set -eu
here=$(dirname "$0")

exec "$here/vm" -t 200 -d '-device edu,addr=4' "$here/guest/edu.sh" "$1"
