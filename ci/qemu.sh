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

# qemu_suites SECONDS: all of them, each with that much time.
qemu_suites() {
	for program in $programs; do
		suite "$program" "$1" "$bin/$program"
	done
}
