#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The aggregator believes good reports and no others.
set -eu

cd "$(dirname "$0")/../.."
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
printf '# comment\nruns 10 100\nmust 5 5 here\n' >"$T/counts"
nr=0 failed=0

# expect NAME SUMMARY [OPTION...] <REPORT: the last line and, from it, the exit status
expect() {
	name=$1 want=$2
	shift 2
	nr=$((nr + 1))
	cat >"$T/here.ktap"
	rc=0
	env -u NIGHTLY ci/ktap-sum "$@" "$T/here.ktap" >"$T/out" 2>&1 || rc=$?
	case $want in *' 0 failed'*) want_rc=0 ;; *) want_rc=1 ;; esac
	if [ "$(tail -n 1 "$T/out")" = "$want" ] && [ "$rc" = "$want_rc" ]; then
		echo "ok $nr - $name"
	else
		sed 's/^/# /' "$T/out"
		echo "# exit status $rc; wanted $want"
		echo "not ok $nr - $name"
		failed=1
	fi
}

echo 'KTAP version 1'
echo 1..23

expect 'a flat report' '2 passed, 0 failed, 0 skipped' <<'E'
KTAP version 1
1..2
ok 1 - a
ok 2 b
E
expect 'leaves are counted, parents are not' '3 passed, 0 failed, 1 skipped' <<'E'
KTAP version 1
1..2
  KTAP version 1
  # Subtest: s
  1..2
    1..2
    ok 1 - x
    ok 2 - y # SKIP no reason
  ok 1 - deep
  ok 2 - z
ok 1 - s
ok 2 - t
E
expect 'not ok' '1 passed, 1 failed, 0 skipped' <<'E'
1..2
ok 1 - a
# why
not ok 2 - b
E
expect 'a failed leaf fails once, not with each parent' '0 passed, 1 failed, 0 skipped' <<'E'
1..1
  1..1
    1..1
    not ok 1 - x
  not ok 1 - s
not ok 1 - t
E
expect 'no plan' '1 passed, 1 failed, 0 skipped' <<'E'
KTAP version 1
ok 1 - a
E
expect 'nothing at all' '0 passed, 1 failed, 0 skipped' </dev/null
expect 'fewer than planned' '1 passed, 1 failed, 0 skipped' <<'E'
1..2
ok 1 - a
E
expect 'more than planned' '2 passed, 1 failed, 0 skipped' <<'E'
1..1
ok 1 - a
ok 2 - b
E
expect 'numbers out of order' '2 passed, 1 failed, 0 skipped' <<'E'
1..2
ok 2 - a
ok 1 - b
E
expect 'a crash inside a nested report' '1 passed, 1 failed, 0 skipped' <<'E'
1..1
  1..3
  ok 1 - a
not ok 1 - s
E
expect 'a crash with the parent gone too' '1 passed, 2 failed, 0 skipped' <<'E'
1..1
  1..3
  ok 1 - a
E
expect 'a parent that fails by itself' '1 passed, 1 failed, 0 skipped' <<'E'
1..1
  1..1
  ok 1 - a
# leak at exit
not ok 1 - s
E
expect 'a parent that says ok over a failure' '0 passed, 2 failed, 0 skipped' <<'E'
1..1
  1..1
  not ok 1 - a
ok 1 - s
E
expect 'bail out' '1 passed, 1 failed, 0 skipped' <<'E'
1..1
ok 1 - a
Bail out! no more
E
expect 'an empty plan without a reason' '0 passed, 1 failed, 0 skipped' <<'E'
1..0
E
expect 'a skipped level' '0 passed, 0 failed, 1 skipped' <<'E'
1..0 # SKIP no machine
E
expect 'a skipped level, strictly' '0 passed, 1 failed, 0 skipped' -s <<'E'
1..0 # SKIP no machine
E
expect 'a skipped test is no skipped level, strictly' '1 passed, 0 failed, 1 skipped' -s <<'E'
1..2
ok 1 - a # SKIP runs as root
ok 2 - b
E
expect 'a known failure is a failure' '0 passed, 1 failed, 0 skipped' <<'E'
1..1
not ok 1 - a # TODO later
E
expect 'enough repetitions' '1 passed, 0 failed, 0 skipped' -c "$T/counts" <<'E'
1..1
  # count runs=10
# count must=5
ok 1 - a
E
expect 'too few repetitions' '1 passed, 1 failed, 0 skipped' -c "$T/counts" <<'E'
1..1
# count runs=9
# count must=5
ok 1 - a
E
expect 'an unknown count' '1 passed, 1 failed, 0 skipped' -c "$T/counts" <<'E'
1..1
# count walks=9
# count must=5
ok 1 - a
E
expect 'a count that was never reported' '1 passed, 1 failed, 0 skipped' -c "$T/counts" <<'E'
1..1
ok 1 - a
E

exit "$failed"
