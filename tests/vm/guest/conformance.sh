#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: the conformance suite on two edu of one interrupt line, in slots 4 and 8, and on the
# machine's own IDE function. Prints the suite's KTAP.
#
# conformance.sh MODULES [GLOB]
set -eu
MODULES=$1
. "$(dirname "$0")/lib.inc"

echo 1 >/proc/irq/default_smp_affinity
give 0000:00:04.0 trivet_conf
give 0000:00:08.0 trivet_conf_companion
give 0000:00:01.1 trivet_conf_companion
load trivet_conf "only=${2:-*}"
cat /sys/kernel/debug/trivet_conf/run >/tmp/ktap
cat /tmp/ktap
rmmod trivet_conf
rmmod trivet
! grep -q '^not ok' /tmp/ktap
