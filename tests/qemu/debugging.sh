#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 600
#
# The debugging guide tells the truth: its commands are run in order with an installed Trivet,
# by somebody without privileges (guide.py says how they are judged).
set -eu

cd "$(dirname "$0")/../.."
O=$(realpath "${O:-build}")
guide=$(realpath "${1:-os/linux-user/DEBUGGING.md}")

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

for tool in gdb valgrind python3 qemu-system-x86_64; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed: run ci/deps"
done
# Not every container admits it.
gdb -nx -q -batch -ex run --args true 2>&1 | grep -q 'exited normally' ||
	skip_all 'gdb cannot trace a process here'

# Not below a directory of root's own.
T=$(mktemp -d /tmp/trivet-debugging.XXXXXX)
trap 'rm -rf "$T"' EXIT
trap 'exit 130' INT TERM
mkdir "$T/away"
if ! make -s install O="$O" DESTDIR="$T/dest" PREFIX=/opt/trivet >"$T/out" 2>&1; then
	sed 's/^/# /' "$T/out"
	echo 'Bail out! nothing was installed'
	exit 1
fi
cp tests/qemu/guide.py "$guide" "$T"

as=
if [ "$(id -u)" = 0 ]; then
	chown -R 65534:65534 "$T"
	as='setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all'
fi
cd "$T"
# shellcheck disable=SC2086 # a command and its arguments, or nothing
$as env -i PATH="$T/dest/opt/trivet/bin:$PATH" HOME="$T" ${CC:+CC="$CC"} \
	python3 "$T/guide.py" "$T/$(basename "$guide")" "$T/away"
