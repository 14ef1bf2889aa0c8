#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# A second run and two at once, at small scale: the command, the demo, and make in one tree;
# and the directories make refuses.
set -eu

cd "$(dirname "$0")/../.."
O=$(realpath "${O:-build}")
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
sim=$(realpath "${TRIVET_SIM:-$O/bin/trivet-sim}")
nr=0 failed=0

expect() { # NAME CONDITION...
	nr=$((nr + 1))
	if eval "$2"; then
		echo "ok $nr - $1"
	else
		for f in "$T"/one "$T"/two "$T"/err; do
			[ ! -e "$f" ] || tail -n 20 "$f" | sed "s,^,# ${f##*/}: ,"
		done
		echo "not ok $nr - $1"
		failed=1
	fi
}

# both CMD...: at the same time; $rc1, $rc2, $T/one, $T/two
both() {
	"$@" >"$T/one" 2>&1 </dev/null &
	first=$!
	rc2=0
	"$@" >"$T/two" 2>&1 </dev/null || rc2=$?
	rc1=0
	wait $first || rc1=$?
}

small_demo() {
	env -u DISK -u WRITE TRIVET_SIM="$sim" O="$T/o" DEMO_OPS=100 "$@" tests/demo/demo.sh
}

build() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL "${MAKE:-make}" O="$O" all
}

check() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL O="$T/check" ci/check purity
}

# refuses WHY ARG...: make says so before it does anything.
refuses() {
	why=$1
	shift
	rc=0
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL "${MAKE:-make}" O="$O" "$@" >"$T/one" 2>"$T/err" ||
		rc=$?
	[ "$rc" = 2 ] && [ ! -s "$T/one" ] && grep -qF "$why" "$T/err"
}

hashes() {
	sed -n 's/^- read whole.*: //p' "$1" | sort -u
}

echo 'KTAP version 1'
echo 1..17

both "$sim" run -v 'edu/*' 'ide/lifecycle'
# shellcheck disable=SC2016 # eval's
{
expect 'two runs of the same scenarios pass' '[ $rc1$rc2 = 00 ]'
expect 'and tell the same to the last bit' 'cmp -s "$T/one" "$T/two"'
cp "$T/one" "$T/before"
both "$sim" run -v 'edu/*' 'ide/lifecycle'
expect 'so does a second run' 'cmp -s "$T/one" "$T/before"'

both small_demo
expect 'two demos at once pass' '[ $rc1$rc2 = 00 ]'
expect 'and leave one whole picture' 'tail -n 1 "$T/o/demo/timeline.svg" | grep -q "</svg>"'
both small_demo
expect 'and once more' '[ $rc1$rc2 = 00 ]'

truncate -s 1M "$T/disk.img"
both small_demo DISK="$T/disk.img"
expect 'two demos read one image' '[ $rc1$rc2 = 00 ] && [ "$(hashes "$T/one")" = "$(hashes "$T/two")" ]'

# A writer holds the image for as long as its data, from a pipe, have not ended.
mkfifo "$T/data"
"$sim" disk -d "piix4-ide,disk0=file:$T/disk.img" write "$T/data" 2>"$T/one" &
writer=$!
exec 9>"$T/data"
head -c 131072 /dev/zero >&9
rc=0
"$sim" disk -d "piix4-ide,disk0=ro:$T/disk.img" read "$T/copy" 2>"$T/err" || rc=$?
expect 'an image that is being written is busy' \
	'[ $rc = 3 ] && grep -q "disk.img. is in use by another run" "$T/err"'
rc=0
"$sim" disk -d piix4-ide,disk0=mem:1M read "$T/disk.img" 2>"$T/err" || rc=$?
expect 'and is no place for a copy' \
	'[ $rc = 3 ] && grep -q "disk.img. is in use by another run" "$T/err"'
expect 'nor was it touched' '[ "$(stat -c %s "$T/disk.img")" = 1048576 ]'
exec 9>&-
rc=0
wait $writer || rc=$?
expect 'the writer knew nothing of that' '[ $rc = 0 ]'

both build
expect 'two makes in one tree' '[ $rc1$rc2 = 00 ]'
both check
expect 'two checks in one tree' \
	'[ $rc1$rc2 = 00 ] && cmp -s "$T/one" "$T/two" && [ "$(ls -d "$T"/check/results/run.* 2>/dev/null)" = "" ]'

expect 'make refuses a build directory with blanks' \
	'refuses "it takes one path, without blanks" O="$T/a b"'
expect 'an installation with blanks' \
	'refuses "takes an absolute path without blanks" install DESTDIR="$T/d" PREFIX="/opt/a b"'
expect 'a relative prefix' \
	'refuses "takes an absolute path without blanks" install DESTDIR="$T/d" PREFIX=opt'
expect 'and a DESTDIR with blanks' \
	'refuses "choose a path without blanks" install DESTDIR="$T/a b" && [ ! -e "$T/a" ]'
}
exit "$failed"
