#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# memory.sh PROGRAM [CHECKER...]: each bug of touch.c is found by a memory checker, the one that
# is built into PROGRAM or the one that runs it, at its line; and what is no bug is not.
set -eu

cd "$(dirname "$0")/../.."
program=$(realpath "$1")
shift
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
source=tests/seeded/touch.c
nr=0 failed=0

report() { # STATUS NAME
	nr=$((nr + 1))
	if [ "$1" = 0 ]; then
		echo "ok $nr - $2"
	else
		echo "# exit status $rc"
		head -n 40 "$T/err" | sed 's/^/# /'
		echo "not ok $nr - $2"
		failed=1
	fi
}

try() { # CHECKER... PROGRAM BUG [far]
	rc=0
	"$@" >"$T/out" 2>"$T/err" </dev/null || rc=$?
}

# found BUG: it failed, and the first place of ours that was named is that line
found() {
	line=$(grep -n "/\* BUG $1 \*/" "$source" | cut -d: -f1)
	[ "$rc" != 0 ] && [ -n "$line" ] &&
		[ "$(grep -o 'touch\.c:[0-9]*' "$T/err" | head -n 1)" = "touch.c:$line" ]
}

echo 'KTAP version 1'
set +e
try "$@" "$program" clean
[ "$rc" = 0 ] && [ ! -s "$T/err" ]
report $? 'nothing is said of what is right'
for bug in read write outside again; do
	try "$@" "$program" $bug
	found $bug
	report $? "$bug: named, in memory the device works on"
	try "$@" "$program" $bug far
	found $bug
	report $? "$bug: named, in memory that is copied"
done
bugs='twice overrun freed'
# AddressSanitizer knows nothing of what was written.
[ $# = 0 ] || bugs="$bugs unwritten"
for bug in $bugs; do
	try "$@" "$program" $bug
	found $bug
	report $? "$bug: named"
done
echo "1..$nr"
exit "$failed"
