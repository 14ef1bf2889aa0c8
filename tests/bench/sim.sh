#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The simulator's own speed: choice points and IDE life cycles per second.
set -eu
exec "${TRIVET_SIM:?}" bench --seconds "${BENCH_SECONDS:-5}"
