#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The CUnit reporter: a failing test is seen, a crash leaves a report that says so.
set -eu

cd "$(dirname "$0")/../.."
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
prog=${O:-build}/bin/unit_ktap_selftest
nr=0 failed=0

# expect NAME CONDITION: a shell condition over $rc, $T/out and $T/sum
expect() {
	nr=$((nr + 1))
	if eval "$2"; then
		echo "ok $nr - $1"
	else
		sed 's/^/# /' "$T/out" "$T/sum"
		echo "not ok $nr - $1"
		failed=1
	fi
}

run() {
	rc=0
	"$prog" "$@" >"$T/out" 2>"$T/err" || rc=$?
	ci/ktap-sum "$T/out" >"$T/sum" 2>&1 || true
}

summary_is() {
	[ "$(tail -n 1 "$T/sum")" = "$1" ]
}

echo 'KTAP version 1'
echo 1..8
run
expect 'a failing test fails the program' '[ $rc = 1 ]'
expect 'and is reported' 'grep -q "^  not ok 1 - fails$" "$T/out"'
expect 'with file, line and condition' \
	'grep -q "^  # tests/unit/ktap_selftest.c:[0-9]*: CU_ASSERT_EQUAL(1 + 1,3)$" "$T/out"'
expect 'the rest still runs' 'summary_is "6 passed, 2 failed, 1 skipped"'
run good prepared_suite
expect 'chosen suites pass by themselves' '[ $rc = 0 ]'
run 'last.p*'
expect 'a pattern chooses tests' 'summary_is "1 passed, 0 failed, 0 skipped"'
export KTAP_SELFTEST_CRASH=1
run last
expect 'a crash is a failure, what passed before it stays' \
	'[ $rc -gt 128 ] && summary_is "1 passed, 2 failed, 0 skipped"'
run nothing_of_that_name
expect 'an unknown test is a usage error' '[ $rc = 2 ]'
exit "$failed"
