#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: the conformance suite in a process, on two edu of one interrupt line, in slots 4 and 8.
# Prints the suite's KTAP.
#
# user-conformance.sh vfio|uio PROGRAM [GLOB]
set -eu
MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"

transport=$1 program=$2
take "$transport" 0000:00:04.0 0000:00:08.0
exec "$program" -d "$transport:0000:00:04.0+0000:00:08.0" ${3:+"$3"}
