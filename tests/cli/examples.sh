#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# Every example that --help of trivet-sim or of a verb prints, and every one of the manual page,
# is run as it stands, in a directory that has the files it names, and must succeed. An argument
# that only costs time is made smaller.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/examples.inc
command=$sim
man=os/test-sim/cli/trivet-sim.1

# Ten thousand runs, or an exploration of everything, belong to other tests.
bounded() {
	sed -e 's/^\(trivet-sim twice .*\)-n 10000/\1-n 20/' \
		-e "s,^trivet-sim explore .*--stop-at-first\$,& 'edu/*'," \
		-e "/--with /s/^trivet-sim twice/& -n 20/" -e 's/^trivet-sim bench$/& -s 1/' \
		-e '/^trivet-sim bench/s/--seconds [0-9]*/-s 1/'
}

mkdir -p "$T/away/build-clang/bin"
ln -s "$sim" "$T/path/trivet-sim"
ln -s "$sim" "$T/away/build-clang/bin/trivet-sim"
dd if=/dev/urandom of="$T/away/disk.img" bs=1M count=4 status=none
dd if=/dev/urandom of="$T/away/disc.iso" bs=1M count=2 status=none
dd if=/dev/urandom of="$T/away/boot.bin" bs=512 count=8 status=none

set +e
echo 'KTAP version 1'
run_examples
cmp -s "$T/away/copy.img" "$T/away/disk.img" && cmp -s "$T/away/copy.iso" "$T/away/disc.iso"
report $? 'what they say they copy is copied'
cmp -s -n 4096 -i 1048576:0 "$T/away/disk.img" "$T/away/boot.bin"
report $? 'and what they write is written'

# The test of the test.
example "trivet-sim replay edu/dma -r '#17,#4000000000'"
[ "$rc" = 1 ]
report $? 'an example that rots would be noticed'

ktap_end
