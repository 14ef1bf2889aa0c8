#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The same run every time: in another process, at other addresses, alone or after others,
# recorded or not, and under every compiler and sanitizer that there is a build of.
# timeout: 600
set -eu

cd "$(dirname "$0")/../.."
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
sim=${TRIVET_SIM:-${O:-build}/bin/trivet-sim}
nr=0 failed=0

# hashes PROGRAM OUT: one line per scenario, name and hash
hashes() {
	"$1" run -v --all 2>/dev/null | awk '
		/^#   hash / { hash = $3; sub(/,/, "", hash) }
		/^(not )?ok / { sub(/^(not )?ok [0-9]+ - /, ""); print $0, hash }' |
		sort >"$2" || true
}

# same NAME A B: the scenarios both know have the same hash in both
same() {
	nr=$((nr + 1))
	join "$2" "$3" | awk '$2 != $3 { print "# " $1 ": " $2 " " $3 }' >"$T/diff"
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
hashes "$sim" "$T/first"

# Address layout is different in each process; rare collisions want more than a few.
runs=$(ci/count determinism-runs)
: >"$T/other"
i=0
while [ "$i" -lt "$runs" ]; do
	i=$((i + 1))
	hashes "$sim" "$T/now"
	cmp -s "$T/first" "$T/now" || cp "$T/now" "$T/other"
done
[ -s "$T/other" ] || cp "$T/first" "$T/other"
same "in $runs more processes" "$T/first" "$T/other"
echo "# count determinism-runs=$runs"

if command -v setarch >/dev/null 2>&1 && setarch -R true 2>/dev/null; then
	printf '#!/bin/sh\nexec setarch -R "%s" "$@"\n' "$sim" >"$T/fixed"
	chmod +x "$T/fixed"
	hashes "$T/fixed" "$T/now"
	same 'without address randomisation' "$T/first" "$T/now"
else
	skip 'without address randomisation' 'setarch -R is not allowed here'
fi

# Alone: nothing is left of the scenario before.
awk 'NR % 20 == 1 { print $1 }' "$T/first" >"$T/names"
while read -r name; do
	echo "$name $("$sim" replay "$name" 2>/dev/null | awk '$1 == "hash" { print $2 }')"
done <"$T/names" >"$T/now"
same 'each twentieth alone, and recorded' "$T/first" "$T/now"

# The builds are kept: the second time they cost nothing.
if ci/build -s build-asan >"$T/log" 2>&1; then
	hashes "${TRIVET_SIM_ASAN:-${O:-build}/asan/bin/trivet-sim}" "$T/now"
	same 'under AddressSanitizer' "$T/first" "$T/now"
else
	skip 'under AddressSanitizer' 'it cannot be built here'
fi
case ${CC:-gcc} in *clang*) other=gcc ;; *) other=clang ;; esac
build=${O:-build}/sim/$other
if command -v "$other" >/dev/null 2>&1; then
	O="$build" ci/build -s CC="$other" build-sim >"$T/log" 2>&1 || sed 's/^/# /' "$T/log"
	hashes "$build/bin/trivet-sim" "$T/now"
	same "compiled by $other" "$T/first" "$T/now"
else
	skip "compiled by $other" "no $other"
fi

echo "1..$nr"
exit "$failed"
