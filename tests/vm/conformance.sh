#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The conformance suite as a kernel module: conformance.sh MODULES [GLOB]. Two edu share a line,
# and two CPUs take turns. What the suite provokes on purpose is no complaint.
set -eu
here=$(dirname "$0")

allow='lib/refcount.c|refcount_t: |os_impl.h:[0-9]* conf_assert_held|Call Trace:'
# Without MSI, as in the debug kernel, the machine's own 9p is on that line and keeps it open, also
# while a clause raises what it has no handler for.
[ -z "${VM_SLOW:-}" ] || allow="$allow|nobody cared|Disabling IRQ"
exec "$here/vm" -t 420 -c 2 -A "$allow" \
	-d '-device edu,addr=4 -device edu,addr=8' "$here/guest/conformance.sh" "$@"
