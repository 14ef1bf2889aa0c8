#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The harness itself, on tiny bugs in drivers/edu: each is seen by the layer it was made for and
# by none before; and whatever cannot be graded, or is not as recorded, is a failure.
# timeout: 600
set -eu

cd "$(dirname "$0")/../.."
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
set=tests/mutants/self-test
nr=0 failed=0 rc=0

# is NAME CONDITION...
is() {
	nr=$((nr + 1))
	name=$1
	shift
	if "$@"; then
		echo "ok $nr - $name"
	else
		echo "# exit status $rc"
		sed 's/^/# out: /' "$T/out" | tail -n 15
		echo "not ok $nr - $name"
		failed=1
	fi
}

run() {
	rc=0
	tests/mutants/run -o "$T/table" "$@" >"$T/out" 2>&1 || rc=$?
}

said() {
	grep -q -e "$1" "$T/out"
}

failed_well() { # PATTERN
	[ "$rc" = 1 ] && said "$1"
}

# row NAME: its layers and the kind of deviation that showed it: functional asan checkers depth1 kind
row() {
	awk -F ' *\\| *' -v name="$1" '
		function what(cell) {
			gsub(/[`*]/, "", cell)
			sub(/-[^-]*\.[ch]:.*|-.*@.*/, "", cell)
			return cell
		}
		$2 == name { kind = what($10); sub(/@.*/, "", kind)
			     print what($4), what($5), what($6), $7, kind; exit }' "$T/table"
}

row_is() { # NAME ROW
	[ "$(row "$1")" = "$2" ] || { echo "# $1: $(row "$1")"; return 1; }
}

echo 'KTAP version 1'

run "$set"
is 'what changes nothing is not caught' row_is nothing 'passes - - - -'
is 'what breaks it is seen by all' row_is breaks 'fails expect expect caught -'
is 'and is no seeded bug' failed_well '^not ok .* - breaks: the functional tests see it'
is 'memory that was freed: ASan sees it' \
	row_is freed 'passes asan-use-after-poison use-after-free caught -'
is 'a register: only a checker does' row_is reserved 'passes - reg-reserved caught -'
is 'an error path: only one deviation does' row_is late 'passes - - caught irq_req'
is 'a look-alike is not flagged' said '^ok .* - look-alike-local$'
is 'the totals' grep -q '^| all | 5 | 1 | 2 | 3 | 4 |$' "$T/table"
is 'too few are caught' failed_well '^not ok .* - depth 1 finds 4 of 5 bugs$'

mkdir "$T/learnt"
cp "$set"/breaks.patch "$T/learnt/"
sed '/^| breaks /s/\*\*fails\*\*/passes/' "$T/table" >"$T/learnt/RESULTS.md"
cp "$T/table" "$T/kept"
run "$T/learnt"
is 'a bug on record may be seen by the functional tests' [ "$rc" = 0 ]
cp "$T/kept" "$T/table"

run -c "$set"
is 'the record holds' [ "$rc" = 0 ]
is 'of the one with a deviation' said '^ok .* - late: leak-bar.* in edu/'
is 'and of what was not caught' said '^ok .* - nothing: builds; on record as not caught$'

mkdir "$T/set"
cp "$set"/late.patch "$T/set/"
cp "$T/table" "$T/kept"
sed -i '/^| late /s/leak-bar-[^`]*/leak-mem-edu.c:edu_probe/' "$T/table"
run -c "$T/set"
is 'another finding than the one on record' failed_well '^not ok 1 - late: leak-mem-edu'
sed '/^| late /d' "$T/kept" >"$T/table"
run -c "$T/set"
is 'no record' failed_well '^# it has no record: run make mutants$'
# A look-alike with the bug inside, where the exploration of every check comes by.
sed 's/^| late /| look-alike-late /' "$T/kept" >"$T/table"
mv "$T/set/late.patch" "$T/set/look-alike-late.patch"
sed -i 's/^What: /&Really: /' "$T/set/look-alike-late.patch"
run -c "$T/set"
is 'changed since' failed_well '^# it changed since its record: run make mutants$'
cp "$set/late.patch" "$T/set/look-alike-late.patch"
run -c "$T/set"
is 'a look-alike that is flagged, in brief' failed_well '^#   depth 1  *leak-bar'
run "$T/set"
is 'and at length' failed_well '^not ok 1 - look-alike-late: flagged$'
rm "$T/set"/*

# bad NAME SED-SCRIPT MESSAGE: late.patch, spoilt
bad() {
	sed "$2" "$set/late.patch" >"$T/set/late.patch"
	run "$T/set"
	is "$1" failed_well "$3"
}
bad 'a patch that does not apply' 's/^ \trc = edu_irq_start/ \trc = edu_no_such/' \
	'^# the patch does not apply: '
bad 'code that does not compile' 's/^+\t.*/+\t\treturn no_such;/' \
	'^# it does not compile: .*no_such.* undeclared'
bad 'no class' '/^Class: /d' "^# Class: '' is none of: addressing "
bad 'an unknown class' 's/^Class: .*/Class: other/' "^# Class: 'other' is none of: "
bad 'no sentence' '/^What: /d' '^# it has no line "What: \.\.\." '
bad 'a change outside the driver' 's,^+++ b/drivers/edu/edu.c,+++ b/core/driver.c,' \
	'^# it has to change files of one driver'
rm "$T/set"/*
run "$T/set"
is 'nothing to grade' [ "$rc" = 77 ]
cp "$set/late.patch" "$T/set/"
rm "$T/table"
run -c "$T/set"
is 'not graded yet' [ "$rc" = 77 ]

echo "1..$nr"
exit "$failed"
