#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Every check has a page, whose examples are lines of drivers that run, a driver that trips it,
# and one that must not. Whether those do what they should is told by the scenarios themselves.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/ktap.inc

rc=0
: >"$T/out"
"$sim" list --checks >"$T/checks" 2>"$T/err"
# name, and the check it must end with or "null"
"$sim" list --json | sed -n 's,^  {"name": "\(checker/[^"]*\)"\, "expect": "*\([a-z-]*\)"*\, .*,\1 \2,p' \
	>"$T/scenarios"

# nothing_of NAME FILE: passes when there is nothing in it
nothing_of() {
	rc=0
	cp "$2" "$T/out"
	[ ! -s "$2" ] || rc=1
	report $rc "$1"
}

# lacks WHAT SCENARIOS: ids of checks for which no scenario is a WHAT
lacks() {
	while read -r id _; do
		awk -v id="$id" -v what="$1" '
		$1 ~ ("^checker/" id "/([^ ]*/)?" what "[^/]*$") {
			if (what == "trips" ? $2 == id : $2 == "null")
				found = 1
		}
		END { exit !found }' "$2" || echo "$id: no checker/$id/$1"
	done <"$T/checks"
}

[ -s "$T/checks" ] && [ -s "$T/scenarios" ] || rc=1
report $rc 'there are checks, and scenarios for them'
lacks trips "$T/scenarios" >"$T/missing"
nothing_of 'every check has a driver that trips it' "$T/missing"
lacks clean "$T/scenarios" >"$T/missing"
nothing_of 'every check has a driver that must not trip it' "$T/missing"

# The test of the test.
grep -v '^checker/dma-dir/clean ' "$T/scenarios" >"$T/fewer"
lacks clean "$T/fewer" >"$T/missing"
rc=0
[ "$(cat "$T/missing")" = 'dma-dir: no checker/dma-dir/clean' ] || rc=1
report $rc 'a missing one would be noticed'

# A rule of a model may be filed under its own name.
awk '$1 ~ /trips/ && $2 != "rule" { split($1, part, "/"); if (part[2] != $2) print }' \
	"$T/scenarios" >"$T/missing"
nothing_of 'what trips a check is filed under it' "$T/missing"
awk '{ dir = $1; sub("/[^/]*$", "", dir) }
	$2 == "rule" { trips[dir] } $1 ~ "/clean[^/]*$" { clean[dir] }
	END { for (dir in trips) if (!(dir in clean)) print dir ": trips, and nothing clean" }' \
	"$T/scenarios" >"$T/missing"
nothing_of 'every rule that is tripped has a driver that must not' "$T/missing"

: >"$T/missing"
while read -r id what; do
	"$sim" checks "$id" >"$T/page" 2>&1 || echo "$id: exit status $?"
	[ "$(head -n 1 "$T/page")" = "$id: $what" ] || echo "$id: $(head -n 1 "$T/page")"
	for part in 'On real hardware' Wrong Right 'How to mend it' 'See also: '; do
		grep -q "^$part" "$T/page" || echo "$id: nothing about '$part'"
	done
	[ "$(grep -c '^	}$' "$T/page")" -ge 2 ] || echo "$id: no two examples"
done <"$T/checks" >"$T/missing"
nothing_of 'every check has a page, with all that belongs there' "$T/missing"

rc=0
ci/check-pages >"$T/out" 2>&1 || rc=$?
report $rc 'examples on the pages are what the drivers are'

# A tree of its own, to spoil.
mkdir -p "$T/tree/os/test-sim"
cp -r ci "$T/tree/"
cp -r os/test-sim/checks "$T/tree/os/test-sim/"
mkdir "$T/tree/tests"
cp -r tests/checkers "$T/tree/tests/"
sed -i 's/trv_write_once(j.buf\[5\], 1)/trv_write_once(j.buf[6], 1)/' "$T/tree/tests/checkers/dma_drv.c"
rc=0
"$T/tree/ci/check-pages" >"$T/out" 2>&1 || rc=$?
[ $rc = 1 ] && grep -q '^os/test-sim/checks/dma-owner.md: not what' "$T/out" && rc=0
report $rc 'an example that rots would be noticed'
rc=0
"$T/tree/ci/check-pages" --update && "$T/tree/ci/check-pages" >"$T/out" 2>&1 || rc=$?
report $rc 'and is mended by --update'

ktap_end
