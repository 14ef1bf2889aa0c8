# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Sourced by scripts that run with the top directory as the current one: what tests and tools
# may rely on, whoever called them. All paths are absolute.

TOP=$(pwd)
O=${O:-build}
mkdir -p "$O"
O=$(realpath "$O")
TRIVET=$O/bin/trivet
TRIVET_SIM=$O/bin/trivet-sim
TRIVET_SIM_ASAN=$O/asan/bin/trivet-sim
TRIVET_SIM_SABOTAGE=$O/sabotage/bin/trivet-sim
MAKE=${MAKE:-make}
CC=${CC:-gcc}
LC_ALL=C.UTF-8
export TOP O TRIVET TRIVET_SIM TRIVET_SIM_ASAN TRIVET_SIM_SABOTAGE MAKE CC LC_ALL
