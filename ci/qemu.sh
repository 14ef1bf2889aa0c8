# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Sourced by the levels that run drivers on QEMU's device models, after level.sh. What they
# run is run by ci/plainly: without root, without network.

# qemu_level FLAVOUR: build the user leg's test programs in that flavour, or skip the level.
qemu_level() {
	PATH=$PATH:/usr/sbin:/sbin
	require qemu-system-x86_64 setpriv unshare mke2fs debugfs
	[ -e /usr/include/CUnit/CUnit.h ] || skip_level "CUnit is not installed: run ci/deps"
	build "build-programs-$1"
	programs=$("$MAKE" -s list-programs)
	bin=$O/$1/bin

	# A place for whoever they are run as, to find their leavings in.
	export TRIVET_PLAINLY_TMP="$TMPDIR/plain"
	mkdir "$TRIVET_PLAINLY_TMP"
}

# qemu_suites SECONDS [CHECKER...]: all of them, each with that much time.
qemu_suites() {
	_each=$1
	shift
	for program in $programs; do
		suite "$program" "$_each" ci/plainly "$@" "$bin/$program"
	done
}

# qemu_scripts FILE...: as run_scripts.
qemu_scripts() {
	for _script; do
		_seconds=$(sed -n 's/^# timeout: *//p' "$_script")
		suite "$(basename "$_script" .sh)" "${_seconds:-120}" ci/plainly sh "$_script"
	done
}

# qemu_leavings: the last step.
qemu_leavings() {
	step 'nothing is left' 10 sh -c 'ls -A "$1" >&2 && [ -z "$(ls -A "$1")" ]' sh "$TRIVET_PLAINLY_TMP"
}

# seeded_bugs CHECKER...: those it has to find; none if it is built in.
seeded_bugs() {
	suite 'seeded bugs' 300 sh tests/seeded/memory.sh "$bin/seed_touch" "$@"
}
