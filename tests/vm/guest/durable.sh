#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: three disks with file systems and one without are written to, and what is acknowledged is
# said, until the machine is killed: durable.sh MODULES PROGRAM
set -eu
MODULES=$1 program=$2
. "$(dirname "$0")/lib.inc"

load trivet_ide
bind 0000:00:01.1 trivet_ide
for n in 0 1 2; do
	disk=/dev/trv$(printf %s abc | cut -c $((n + 1)))
	mkdir "/mnt/$n"
	mount -t ext4 "$disk" "/mnt/$n"
	"$program" write files $n "/mnt/$n" &
done
"$program" write raw 3 /dev/trvd &
wait
