#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: inject.c, on a disk and a CD drive. Prints KTAP.
#
# inject.sh MODULES PROGRAM FAILURES COUNT (the name of that count)
set -u
MODULES=$1 program=$2 failures=$3
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"

ide=0000:00:01.1

# Also where somebody could wait until there is memory.
for what in failslab fail_page_alloc; do
	echo N >/sys/kernel/debug/$what/ignore-gfp-wait
done
echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
echo 0 >/sys/kernel/debug/fail_page_alloc/min-order

load trivet_ide && bind $ide trivet_ide; report $? 'bound'
"$program" $ide trva trvb "$failures" >/tmp/inject; report $? "$failures failures, and all is well after each"
cat /tmp/inject
echo "# count $4=$(sed -n 's/^# injected //p' /tmp/inject)"
verify 60 trva; report $? 'random writes and reads'
unbind $ide
rmmod trivet_ide && rmmod trivet; report $? 'rmmod'
ktap_end
