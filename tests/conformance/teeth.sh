#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Has the conformance suite teeth? For each clause each of its sabotages, a defect of the
# simulator's backend that breaks this very sentence of os.h, is switched on, and then the
# clause must fail; without any, every clause must pass. Prints how each one was caught.
# timeout: 600
set -eu

cd "$(dirname "$0")/../.."
sim=${TRIVET_SIM_SABOTAGE:-${O:-build}/sabotage/bin/trivet-sim}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
nr=0 failed=0

if [ ! -x "$sim" ]; then
	echo '1..0 # SKIP no simulator of the sabotage flavour: make build-sabotage'
	exit 77
fi

result() {
	nr=$((nr + 1))
	if [ "$1" = 0 ]; then
		echo "ok $nr - $2"
	else
		echo "not ok $nr - $2"
		failed=1
	fi
}

# Lines of stdin, which are what is wrong.
nothing_of() {
	rc=0
	if [ -s "$T/wrong" ]; then
		sed 's/^/# /' "$T/wrong"
		rc=1
	fi
	result "$rc" "$1"
}

tests/conformance/list-clauses >"$T/clauses"
"$sim" list >"$T/list"
n=$(awk -F '\t' '{ n += split($4, all, " ") } END { print n }' "$T/clauses")
echo 'KTAP version 1'
echo "1..$((n + 3))"

# ---- the table against the tree ------------------------------------------------------------

awk -F '\t' '$4 == "" { print $1 "/" $2 " has no sabotage" }' "$T/clauses" >"$T/wrong"
nothing_of 'every clause has a sabotage'

# All names in SIM_SAB(...), which may be chosen by a condition, but not "sleeps:...", nor those
# of device models, which tests/history has to notice.
cat os/test-sim/*.[ch] os/test-sim/*/*.[ch] | tr '\n' ' ' |
	grep -o 'SIM_SAB([^()]*\(([^()]*)[^()]*\)*)' | grep -o '"[^"]*"' | tr -d '"' |
	grep -v '^model-' | sort -u >"$T/hooks"
cut -f 4 "$T/clauses" | tr ' ' '\n' | grep -v '^sleeps:' | sort -u >"$T/claimed"
{
	comm -23 "$T/hooks" "$T/claimed" | sed 's/$/: no clause claims this defect/'
	comm -13 "$T/hooks" "$T/claimed" | sed 's/$/: the tree has no such defect/'
} >"$T/wrong"
nothing_of 'the defects in the tree are the ones clauses claim'

# ---- without sabotage ----------------------------------------------------------------------

rc=0
"$sim" run 'conformance/*' >"$T/out" 2>&1 || rc=$?
[ "$rc" = 0 ] || grep -A 3 '^# FAIL' "$T/out" | sed 's/^#*/#/' || true
result "$rc" "$(sed -n '$s/^# //p' "$T/out") without sabotage"

# ---- with ----------------------------------------------------------------------------------

# caught: what found it, from the report of the first failing run
caught() {
	case $1 in
	0 | 124) ;; # a simulator that does not come back has noticed nothing
	*) sed -n 's/^# FAIL [^ ]*  \(.*\)  (.*/\1/p' "$T/out" | sed -n '1{
		s/^expect$/conformance check/
		s/^no finding$/no report/
		t named
		/^hang$/b named
		/^deadlock$/b named
		s/^/checker: /
		:named
		p
		}' ;;
	esac
}

# The variants of a clause: one or many.
scenarios() {
	awk -v name="conformance/$1" '$1 == name || index($1, name "/") == 1 { print $1 }' "$T/list"
}

# Of how many variants how many fail.
share() {
	printf '%s/%s' "$(grep -c '^not ok' "$T/out")" "$(grep -c -E '^(not )?ok' "$T/out")"
}

# A line for each: its number, the clause, the sabotage, the names of the scenarios.
tab=$(printf '\t')
n=0
while IFS=$tab read -r entry id _ sabotages _; do
	names=$(scenarios "$entry/$id" | tr '\n' ' ' | sed 's/ $//')
	for sabotage in $sabotages; do
		n=$((n + 1))
		echo "$n $entry/$id $sabotage ${names:-no/such}"
	done
done <"$T/clauses" >"$T/jobs"

# On every processor, and read in order afterwards.
export T
# shellcheck disable=SC2016 # for the shell it starts
xargs -L 1 -P "$(nproc)" sh -c '
	n=$1 sabotage=$3 rc=0
	shift 3
	TRIVET_SABOTAGE=$sabotage timeout 60 "$0" run "$@" >"$T/out.$n" 2>&1 || rc=$?
	echo "$rc" >"$T/rc.$n"
' "$sim" <"$T/jobs"
while read -r n clause sabotage names; do
	rc=$(cat "$T/rc.$n")
	mv "$T/out.$n" "$T/out"
	how=$(caught "$rc")
	if [ "$names" != no/such ] && [ -n "$how" ]; then
		result 0 "$clause: $sabotage: $how, $(share)"
		echo "$how" >>"$T/how"
	else
		sed 's/^#*/#/' "$T/out" | tail -n 5
		result 1 "$clause: $sabotage is not noticed (exit status $rc)"
	fi
done <"$T/jobs"
echo '# caught by:'
sort "$T/how" | uniq -c | sort -rn | sed 's/^/#/'
exit "$failed"
