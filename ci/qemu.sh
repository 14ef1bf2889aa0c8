# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Sourced by the levels that run drivers on QEMU's device models, after level.sh.

# qemu_level FLAVOUR: build the user leg's test programs in that flavour, or skip the level.
qemu_level() {
	require qemu-system-x86_64
	[ -e /usr/include/CUnit/CUnit.h ] || skip_level "CUnit is not installed: run ci/deps"
	build "build-programs-$1"
	programs=$("$MAKE" -s list-programs)
	bin=$O/$1/bin
}

# qemu_suites SECONDS [CHECKER...]: all of them, each with that much time.
qemu_suites() {
	_each=$1
	shift
	for program in $programs; do
		suite "$program" "$_each" "$@" "$bin/$program"
	done
}

# seeded_bugs CHECKER...: those it has to find; none if it is built in.
seeded_bugs() {
	suite 'seeded bugs' 300 sh tests/seeded/memory.sh "$bin/seed_touch" "$@"
}
