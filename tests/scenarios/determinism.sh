#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The same run every time: in another process, at other addresses, alone or after others,
# recorded or not, and under every compiler and sanitizer that there is a build of. And the
# check sees it when it is not: each noise of the sabotage flavour makes it fail.
# timeout: 600
set -eu

cd "$(dirname "$0")/../.."
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
sim=${TRIVET_SIM:-${O:-build}/bin/trivet-sim}
sabotaged=${TRIVET_SIM_SABOTAGE:-${O:-build}/sabotage/bin/trivet-sim}
nr=0 failed=0

# hashes PROGRAM OUT: one line per scenario, name and hash
hashes() {
	"$1" run --hashes --all 2>/dev/null | awk '
		/^#   hash / { hash = $3; sub(/,/, "", hash) }
		/^(not )?ok / { sub(/^(not )?ok [0-9]+ - /, ""); print $0, hash }' |
		sort >"$2" || true
}

# Does the order in which the device sees a driver's stores matter there? Without hooks nobody
# knows it.
store_order() {
	[ -n "$("$sim" points -k order "$1")" ] ||
		"$sim" replay --trace "$1" | grep -q 'the device did not see yet what was stored'
}

# same NAME A B [EXCUSE]: the scenarios both know have the same hash in both
same() {
	nr=$((nr + 1))
	join "$2" "$3" | awk '$2 != $3' >"$T/differ"
	while read -r name one two; do
		${4:-false} "$name" || echo "# $name: $one $two"
	done <"$T/differ" >"$T/diff"
	n=$(join "$2" "$3" | wc -l)
	if [ ! -s "$T/diff" ] && [ "$n" -gt 0 ]; then
		echo "# $n scenarios"
		echo "ok $nr - $1"
	else
		head -n 20 "$T/diff"
		echo "not ok $nr - $1"
		failed=1
	fi
}

skip() {
	nr=$((nr + 1))
	echo "ok $nr - $1 # SKIP $2"
}

echo 'KTAP version 1'

# Each nice day, in every way there is, at the same time. The builds are kept: the second time
# they cost nothing.
asan=
if ci/build -s build-asan >"$T/log" 2>&1; then
	asan=${TRIVET_SIM_ASAN:-${O:-build}/asan/bin/trivet-sim}
	hashes "$asan" "$T/asan" &
fi
fixed=
if command -v setarch >/dev/null 2>&1 && setarch -R true 2>/dev/null; then
	fixed=$T/run-fixed
	printf '#!/bin/sh\nexec setarch -R "%s" "$@"\n' "$sim" >"$fixed"
	chmod +x "$fixed"
fi
hashes "$sim" "$T/first"
[ -z "$fixed" ] || hashes "$fixed" "$T/fixed"
wait

# twice NAME ARG...: trivet-sim twice, as one result
twice() {
	name=$1 rc=0
	shift
	nr=$((nr + 1))
	"$sim" twice "$@" >"$T/out" || rc=$?
	sed '/^KTAP /d; /^1\.\./d; /^ok /d; s/^not ok /# &/' "$T/out"
	if [ "$rc" = 0 ] &&
	   awk '/^# kind /,0 { none += $3 == 0 && NF == 3 } END { exit !none }' "$T/out"; then
		echo '# there is a kind that was never deviated by'
		rc=1
	fi
	case $rc in
	0) echo "ok $nr - $name" ;;
	77) echo "ok $nr - $name # SKIP $(sed -n 's/^1\.\.0 # SKIP //p' "$T/out")" ;;
	*)
		echo "not ok $nr - $name"
		failed=1
		;;
	esac
	echo "$rc" >"$T/rc"
}

# Long scenarios, with their long survey, where the runs are many.
thorough=${NIGHTLY:+--thorough}
runs=$(ci/count determinism-runs)
twice 'twice, each time in a fresh process' --runs "$runs" $thorough
echo "# count determinism-runs=$runs"

# noticed NOISE: what may not matter does, and twice says so
noticed() {
	rc=0
	nr=$((nr + 1))
	TRIVET_NOISE=$1 "$sabotaged" twice --runs 60 'edu/*' 'ring/*' ide/lifecycle >"$T/out" || rc=$?
	if [ "$rc" = 1 ] && grep -q '^not ok 1 ' "$T/out"; then
		sed -n 's/^#   differ in/#  /p' "$T/out" | sed -n 1p
		echo "ok $nr - dependence on the $1 is noticed"
	else
		sed 's/^/# /' "$T/out"
		echo "not ok $nr - dependence on the $1 is noticed (exit status $rc)"
		failed=1
	fi
}

for noise in address clock heap pid environment; do
	if [ "$(cat "$T/rc")" = 77 ]; then
		skip "dependence on the $noise" 'addresses are not random here'
	else
		noticed "$noise"
	fi
done

if [ -n "$fixed" ]; then
	same 'without address randomisation' "$T/first" "$T/fixed"
else
	skip 'without address randomisation' 'setarch -R is not allowed here'
fi

# Alone: nothing is left of the scenario before.
awk 'NR % 20 == 1 { print $1 }' "$T/first" >"$T/names"
while read -r name; do
	echo "$name $("$sim" replay "$name" 2>/dev/null | awk '$1 == "hash" { print $2 }')"
done <"$T/names" >"$T/now"
same 'each twentieth alone, and recorded' "$T/first" "$T/now"

if [ -n "$asan" ]; then
	same 'under AddressSanitizer' "$T/first" "$T/asan" store_order
else
	skip 'under AddressSanitizer' 'it cannot be built here'
fi
case ${CC:-gcc} in *clang*) other=gcc ;; *) other=clang ;; esac
build=${O:-build}/sim/$other
runs=$(ci/count determinism-compiler-runs)
if ! command -v "$other" >/dev/null 2>&1; then
	skip "compiled by $other" "no $other"
elif O="$build" ci/build -s CC="$other" build-sim >"$T/log" 2>&1; then
	twice "compiled by $other" --runs "$runs" $thorough --with "$build/bin/trivet-sim"
else
	sed 's/^/# /' "$T/log"
	nr=$((nr + 1)) failed=1
	echo "not ok $nr - compiled by $other"
fi
echo "# count determinism-compiler-runs=$runs"

echo "1..$nr"
exit "$failed"
