#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Every single deviation of every scenario; `make check` takes the first few points of a kind at
# each place in the source, and of scenarios with many points the nice day. Then, in the two core life cycles, every pair as well if that is
# asked for: those may not grow.
# timeout: 14400
set -eu

cd "$(dirname "$0")/../.."
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
sim=${TRIVET_SIM:-${O:-build}/bin/trivet-sim}
nr=0 failed=0 runs=0

# explore NAME ARG...: one result; the failures, and the table of kinds
explore() {
	name=$1 rc=0
	nr=$((nr + 1))
	shift
	"$sim" explore -q "$@" >"$T/out" 2>&1 || rc=$?
	sed '/^ok /d; /^KTAP /d; /^1\.\./d; s/^not ok /# &/' "$T/out"
	n=$(sed -n 's/^# \([0-9]*\) runs, .*/\1/p' "$T/out")
	runs=$((runs + ${n:-0}))
	if [ "$rc" = 0 ]; then
		echo "ok $nr - $name"
	else
		echo "# exit status $rc"
		echo "not ok $nr - $name"
		failed=1
	fi
}

most=$(ci/count explore-most)
long=$(ci/count explore-long)
depth=$(ci/count explore-depth)

echo 'KTAP version 1'
explore 'every scenario, one deviation' --most "$most" --long "$long"
# Those marked as long have millions of points: no night is long enough for all of them.
[ -z "${NIGHTLY:-}" ] || explore 'long scenarios too, at the ends of each place' --most 1 --thorough
# One disk, one task, no time-out, doorbells that are plain writes, no disc to change: these
# kinds have nothing to do there.
explore "core life cycles, $depth" -d "$depth" --max-points 750 \
	--without switch,timer,fault,spurious,order,media ide/lifecycle edu/probe
echo "# count explore-runs=$runs"
echo "# count explore-most=$most"
echo "# count explore-long=$long"
echo "# count explore-depth=$depth"
echo "1..$nr"
exit "$failed"
