#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# Every example that --help of trivet or of a verb prints, of its manual page and of the READMEs is
# run as it stands, in a directory that has the files it names, and must succeed.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/examples.inc
. tests/cli/machine.inc
command=$trivet
man=os/linux-user/cli/trivet.1

# Devices of a machine, but not of this one. The user of an example is who runs this.
bounded() {
	sed -e "s,^trivet \(status\|bind\|unbind\|reset\|doctor [vu]\)\( \|$\),trivet \1 --sysfs-root $M\2," \
		-e "s/--user nobody/--user $(id -u)/"
}

readme_examples() {
	sed -n '/^```sh/,/^```/s,^.*\(build/bin/trivet .*\),\1,p' README.md | sed 's/  *#.*//; s/^/README|/'
	# Those on a device of this machine need one: check-vm-user runs the like.
	sed -n 's/^	\(trivet .*\)/\1/p' os/linux-user/README.md os/linux-user/TRACING.md |
		sed '/ -d \(vfio\|uio\):/d; s/	*#.*//; s/^/leg|/'
}

mkdir -p "$T/away/build/bin"
ln -s "$trivet" "$T/path/trivet"
ln -s "$trivet" "$T/away/build/bin/trivet"
${CC:-gcc} -shared -fPIC -std=gnu11 -Iinclude -I. -DTRV_OS_LINUX_USER -DTRIVET_VERSION='"test"' \
	-o "$T/away/build/mine.so" drivers/edu/edu.c os/linux-user/module/module.c
truncate -s 4M "$T/away/d.img" "$T/away/scratch.img"
readme_examples >"$T/readme"
machine
device 0000:00:02.0 8086:100e 020000 e1000 3
device 0000:00:04.0 1234:11e8 00ff00 -
: >"$(below 0000:00:02.0)/reset"
kernel

set +e
echo 'KTAP version 1'
grep -q '^README|' "$T/readme" && grep -q '^leg|' "$T/readme"
report $? 'the READMEs have examples'
run_examples "$T/readme"
[ "$(head -c 16 "$T/away/scratch.img")" = 000000000000.00 ]
report $? 'what they say they write is written'
grep -q 'd\.img.*--write' "$T/readme" && [ "$(head -c 16 "$T/away/d.img")" = 000000000000.00 ]
report $? 'by those of the READMEs too'

# The test of the test.
example 'trivet run ide -d qemu:edu'
[ "$rc" = 1 ]
report $? 'an example that rots would be noticed'
ktap_end
