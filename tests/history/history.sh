#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Histories: each scenario on our device model and on QEMU's, compared. Then, to show that the
# comparison sees it, with a wrong bit in our models, another one each time.
# timeout: 600
set -eu

cd "$(dirname "$0")/../.."
bin=$(realpath "${O:-build}")
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export TMPDIR="$T" # should a program not come to remove its images
here=tests/history
nr=0 failed=0

result() { # STATUS NAME
	nr=$((nr + 1))
	if [ "$1" = 0 ]; then
		echo "ok $nr - $2"
	else
		echo "not ok $nr - $2"
		failed=1
	fi
}

# file_of DIRECTORY SCENARIO: its history there
file_of() {
	echo "$1/$(echo "$2" | tr / .)"
}

# compare DIRECTORY SCENARIO: with QEMU's
compare() {
	"$bin/user/bin/history_compare" $here/exceptions "$(file_of "$1" "$2")" \
		"$(file_of "$T/qemu" "$2")" "$2"
}

# What differs with this defect in our models: the scenarios, a line each.
noticed() {
	mkdir "$T/$1"
	TRIVET_SABOTAGE=$1 "$bin/sabotage/bin/history_sim" -o "$T/$1" >/dev/null 2>&1 || true
	while read -r scenario; do
		compare "$T/$1" "$scenario" >/dev/null 2>&1 || echo "$scenario"
	done <"$T/scenarios"
	rm -r "${T:?}/$1"
}

# Nothing is compared with what was not recorded: both programs know the same scenarios.
same_scenarios() {
	"$bin/bin/history_sim" --list | cut -f 1 >"$T/scenarios"
	"$bin/user/bin/history_user" --list | cut -f 1 | cmp -s - "$T/scenarios"
}

# Lines of the exceptions that excuse something, as numbers; the others: begins a pair.
of_no_use() {
	awk -v used="$T/used" '
		BEGIN { while ((getline n <used) > 0) seen[n] = 1 }
		$1 == "exception" { name = $2; last = "" }
		$1 == "ours" || ($1 == "theirs" && last != "ours") {
			if (!seen[NR])
				print FILENAME ":" NR ": " name ": " $0
		}
		{ last = $1 }' $here/exceptions
}

for program in bin/history_sim sabotage/bin/history_sim user/bin/history_user \
	user/bin/history_compare; do
	if [ ! -x "$bin/$program" ]; then
		echo "1..0 # SKIP no $program: make build-history"
		exit 77
	fi
done
command -v "${TRIVET_QEMU:-qemu-system-x86_64}" >/dev/null || {
	echo '1..0 # SKIP qemu-system-x86_64 is not installed: run ci/deps'
	exit 77
}

rc=0
same_scenarios || rc=$?
defects=$(grep -oh 'SIM_SAB("model-[^"]*")' os/test-sim/models/*.c | cut -d '"' -f 2 | sort -u)
echo 'KTAP version 1'
echo "1..$(($(wc -l <"$T/scenarios") + 7 + $(echo "$defects" | wc -l)))"

result "$rc" 'both programs have the same scenarios'
mkdir "$T/ours" "$T/plain" "$T/qemu"
for run in "ours $bin/bin/history_sim" "plain $bin/sabotage/bin/history_sim" \
	"qemu $bin/user/bin/history_user"; do
	rc=0
	"${run#* }" -o "$T/${run%% *}" >"$T/err" 2>&1 || rc=$?
	sed 's/^/# /' "$T/err"
	result "$rc" "recorded: ${run%% *}"
done

while read -r scenario; do
	rc=0
	HISTORY_USED="$T/used" compare "$T/ours" "$scenario" >"$T/out" 2>&1 || rc=$?
	sed 's/^/# /' "$T/out"
	result "$rc" "$scenario"
done <"$T/scenarios"

of_no_use >"$T/out"
sed 's/^/# excuses nothing: /' "$T/out"
rc=0
[ ! -s "$T/out" ] || rc=1
result "$rc" 'every line of the exceptions is of use'

# An eleventh, complete in itself, is one too many.
{
	cat $here/exceptions
	for i in $(seq $((11 - $(grep -c '^exception ' $here/exceptions)))); do
		printf 'exception more-%s\nscenarios *\nours      x\nsection   x\nwhy       x\n' "$i"
	done
} >"$T/many"
rc=0
"$bin/user/bin/history_compare" "$T/many" "$T/ours/edu.basic" "$T/qemu/edu.basic" >"$T/out" 2>&1 ||
	rc=$?
[ "$rc" = 2 ] && grep -q 'more than 10' "$T/out" && rc=0
result "$rc" 'the comparer takes at most 10 exceptions'

rc=0
diff -r "$T/ours" "$T/plain" >"$T/out" || rc=$?
head -n 20 "$T/out" | sed 's/^/# /'
result "$rc" 'without a defect the flavour that can have them records the same'

for defect in $defects; do
	noticed "$defect" >"$T/out"
	rc=0
	if [ -s "$T/out" ]; then
		echo "# $defect: $(wc -l <"$T/out") scenarios differ, $(head -n 1 "$T/out") among them"
	else
		rc=1
	fi
	result "$rc" "noticed: $defect"
done
exit "$failed"
