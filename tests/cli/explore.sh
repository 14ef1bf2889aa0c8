#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# trivet-sim explore: exit status, options, and what its report says.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/ktap.inc

run() {
	rc=0
	"$sim" explore "$@" >"$T/out" 2>"$T/err" </dev/null || rc=$?
}

# fails NAME MESSAGE ARG...: wrong usage, one line, and nothing on stdout
fails() {
	name=$1 message=$2
	shift 2
	run "$@"
	[ "$rc" = 2 ] && [ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" = 1 ] &&
		grep -qF -- "$message" "$T/err"
	report $? "$name"
}

# is NAME STATUS PATTERN: of what was run last
is() {
	[ "$rc" = "$2" ] && [ ! -s "$T/err" ] && grep -q -- "$3" "$T/out"
	report $? "$1"
}

set +e
echo 'KTAP version 1'
few='irq,late,post,alloc,dma_alloc,dma_map,irq_req,bar,cfg,gone,device'

run --kind "$few" ide/lifecycle edu/probe
is 'two scenarios, every deviation' 0 '^ok 1 - edu/probe$'
is 'in order of name' 0 '^ok 2 - ide/lifecycle$'
is 'the plan has a line for the kinds' 0 '^1\.\.3$'
is 'every kind deviated' 0 '^ok 3 - every kind deviated$'
is 'counts by kind' 0 '^# gone  *hostile '
is 'counts by scenario' 0 '^# edu/probe: [0-9]* points; runs 1 + [0-9]*, '
sed 's/ in [0-9.]* s;/;/' "$T/out" >"$T/one"
for jobs in 1 3; do
	run -j $jobs --kind "$few" ide/lifecycle edu/probe
	sed 's/ in [0-9.]* s;/;/' "$T/out" >"$T/two"
	cmp -s "$T/one" "$T/two"
	report $? "the same report from $jobs processes"
done
run --sites --kind bar edu/probe
is 'counts by place' 0 '^#  *[0-9]*  bar@edu.c:edu_probe$'
run -q --kind bar edu/probe
is 'quiet: results alone' 0 '^ok 1 - edu/probe$'
! grep -q '^# edu/probe' "$T/out"
report $? 'and no figures of it'

run --kind timer,bar edu/probe
is 'a kind that never deviated fails' 1 '^not ok 2 - every kind deviated$'
is 'and says how to do without' 1 "no run deviated by timer: .*--without timer$"
run --kind timer,bar --without timer edu/probe
is 'without it all is well' 0 '^ok 2 - every kind deviated$'
run -d 0 edu/probe
is 'no deviation at all' 0 '^# edu/probe: [0-9]* points; runs 1, '
run --kind bar ide/pio-sizes
is 'a long scenario has its nice day' 1 '^# ide/pio-sizes: .* runs 1, .*; its nice day alone'
run --kind bar --thorough ide/pio-sizes
is 'and all of them if that is asked for' 0 '^# ide/pio-sizes: .* runs 1 + [1-9]'
run --max-points 1 --kind bar edu/probe
is 'too many points fail' 1 'too-many-points-edu/probe'
run --max-points 750 --kind bar edu/probe ide/lifecycle
is 'the core life cycles are small' 0 '^ok 3 - '
# runs_of KIND DOUBLE: with --most 1. Of 1 to 11 that is 1, 2, 4, 8 and 11, or 1 and 11 if DOUBLE
# is 0; each with as many runs as it has answers but 0.
runs_of() {
	"$sim" points ide/lifecycle | awk -v kind="^$1@" -v double="$2" '
	$4 ~ kind {
		split($4, at, "#")
		ways[at[1], ++n[at[1]]] = substr($2, 4)
	}
	END {
		for (where in n) {
			for (i = 1; i < n[where]; i *= double ? 2 : n[where])
				sum += ways[where, i]
			sum += ways[where, n[where]]
		}
		print sum
	}'
}
run --most 1 --kind early ide/lifecycle
is 'few points at each place' 0 '^ok 1 - ide/lifecycle$'
is 'from both ends, and ever fewer between' 0 "^# ide/lifecycle: .* runs 1 + $(runs_of early 1),"
run --most 1 --kind gone ide/lifecycle
is 'of what is hostile from both ends alone' 0 "^# ide/lifecycle: .* runs 1 + $(runs_of gone 0),"
run --stop-at-first --kind bar edu/stuck-factorial ide/udma-read
is 'who looks for one failure gets the smaller scenario first' 0 '^ok 1 - ide/udma-read$'
run --stop-at-first --kind bar --max-points 1000 edu/stuck-factorial ide/udma-read
is 'and a nice day that fails before any deviation' 1 '^not ok 2 - edu/stuck-factorial$'
! grep -q 'runs 1 +' "$T/out"
report $? 'and that alone'
run --class resource --without fault,dma_alloc,error,race,media 'edu/p*'
is 'a class' 0 '^# alloc  *resource '
! grep -q '^# [a-z_]* *\(schedule\|hostile\) ' "$T/out"
report $? 'and no other'
run -d 2 --kind bar,alloc edu/probe
is 'pairs' 0 '^# edu/probe: [0-9]* points; runs 1 + [0-9]* + [0-9]*, '
run --json --kind bar edu/probe
if command -v python3 >/dev/null 2>&1; then
	[ "$rc" = 0 ] && python3 - "$T/out" 2>>"$T/err" <<'END'
import json, sys
d = json.load(open(sys.argv[1]))
s = d["scenarios"][0]
assert s["name"] == "edu/probe" and s["complete"] and not s["failures"]
assert sum(s["runs"]) == d["runs"] and d["incomplete"] == 0
assert [k["name"] for k in d["kinds"]] == ["bar"]
assert d["kinds"][0]["runs"] == sum(x["runs"] for x in d["sites"]) == s["runs"][1]
END
	report $? '--json is JSON, and adds up'
else
	nr=$((nr + 1))
	echo "ok $nr - --json is JSON, and adds up # SKIP no python3"
fi

fails 'an unknown scenario' "no scenario 'no/such'; see: trivet-sim list" no/such
fails 'nothing matches the glob' "no scenario 'no/*'" 'no/*'
fails 'a scenario that must fail' "'checker/use-after-free/trips' is not one to explore: it must end" \
	checker/use-after-free/trips
fails 'an unknown kind' "no kind 'alok'; see: trivet-sim list --kinds" --kind alok
fails 'an empty kind' "no kind ''" --kind bar,
fails 'an unknown class' "no class 'legal': schedule, resource or hostile" --class legal
fails 'an unknown kind to be without' "no kind 'alok'" --without alok
fails 'no kind is left' 'no kind is left' --kind bar --without bar
fails 'too deep' "--depth takes a number from 0 to 3, not '4'" -d 4
fails 'not a depth' "--depth takes a number from 0 to 3, not '-1'" -d -1
fails 'no processes' "--jobs takes a number from 1 to 64, not '0'" -j 0
fails 'no time' "--budget-seconds takes a number" --budget-seconds 0
fails 'not a number of points' "--max-points takes a number" --max-points many

ktap_end
