#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# ci/coverage-report on a tree of four small files: what counts, and what makes it fail.
set -eu

cd "$(dirname "$0")/../.."
for tool in lcov gcc; do
	command -v $tool >/dev/null && continue
	echo "1..0 # SKIP $tool is not installed: run ci/deps"
	exit 0
done
T=$(realpath "$(mktemp -d)")
trap 'rm -rf "$T"' EXIT
nr=0 failed=0
top=$T/tree

# Of ten lines that count six are reached, and one way of two.
mkdir -p "$top/drivers/toy" "$top/core" "$top/os/test-sim"
cat >"$top/drivers/toy/toy.c" <<'END'
int never(int x);
int core(int x);
int sim(int x);
int main(int n, char **arg)
{
	if (n > 1)
		return never(n) + sim(n);
	return core(n);
}
END
cat >"$top/drivers/toy/never.c" <<'END'
int never(int x);
int never(int x)
{
	x++;
	return x;
}
END
sed 's/never/core/' "$top/drivers/toy/never.c" >"$top/core/core.c"
sed 's/never/sim/' "$top/drivers/toy/never.c" >"$top/os/test-sim/sim.c"

# build: everything of the tree but what is named left.c, as the real one is built, and run
build() {
	rm -rf "$T/o"
	objects=
	for f in $(cd "$top" && find . -name '*.c' ! -name left.c); do
		mkdir -p "$T/o/$(dirname "$f")"
		(cd "$top" && gcc --coverage -c -o "$T/o/${f%c}o" "${f#./}")
		objects="$objects $T/o/${f%c}o"
	done
	# shellcheck disable=SC2086 # a list
	gcc --coverage -o "$T/toy" $objects
	"$T/toy" || [ $? = 2 ]
}

# says NAME STATUS LINES BRANCHES PATTERN: report with these bounds
says() {
	nr=$((nr + 1)) rc=0
	ci/coverage-report "$top" "$T/o" "$T/out" "$3" "$4" >"$T/text" 2>&1 || rc=$?
	if [ "$rc" = "$2" ] && grep -q -- "$5" "$T/text"; then
		echo "ok $nr - $1"
	else
		echo "# exit status $rc, expected $2 and '$5'"
		sed 's/^/# /' "$T/text"
		echo "not ok $nr - $1"
		failed=1
	fi
}

echo 'KTAP version 1'
build
says 'a table of the files that count' 0 0 0 '^drivers/toy/toy.c .* 3/4 .* 75.0 %.* 1/2 .* 50.0 %'
says 'the sum is over them' 0 60 50 '^drivers/ and core/ .* 6/10 .* 60.0 %'
says 'what never ran counts with nothing' 0 0 0 '^drivers/toy/never.c .* 0/3 .* 0.0 %'
says 'and is listed' 0 0 0 '^drivers/toy/never.c: lines 2 4-5$'
says 'so is a way not taken' 0 0 0 '^drivers/toy/toy.c: a branch of 6$'
says 'the simulator is reported' 0 60 50 '^os/test-sim/ .* 0/3 .* 0.0 %'
says 'lines below the bound fail' 1 60.1 50 \
	'^below the bound: 60.0 % of lines, 50.0 % of branches; it takes 60.1 and 50$'
says 'branches below the bound fail' 1 60 50.1 '^below the bound: '
says 'the figures for ci/counts' 0 0 0 '^# count coverage-lines=60$'
[ -s "$T/out/html/index.html" ]
says 'and a browsable form' 0 0 0 "^in a browser: $T/out/html/index.html$"

cp "$top/drivers/toy/never.c" "$top/drivers/toy/left.c"
says 'what was never compiled counts with nothing' 1 60 50 '^drivers/toy/left.c .* 0/6 .* 0.0 %'
says 'and is named' 0 37 50 '^drivers/toy/left.c: never compiled$'
rm "$top/drivers/toy/left.c"

sed -i 's,x++;,& /* LCOV_EXCL_LINE */,' "$top/drivers/toy/never.c"
build
says 'a mark that hides code fails' 1 0 0 '^drivers/toy/never.c: a mark excludes code'
echo "1..$nr"
exit "$failed"
