# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Sourced by run and one: where a seeded bug is, and what it says of itself.

tab=$(printf '\t')

# header NAME PATCH: the value of one of the lines in front of the diff
header() {
	sed -n "/^--- /q; s/^$1: *//p" "$2" | head -n 1
}

# driver_of PATCH: the one driver it changes; fails when that is none or several
driver_of() {
	_drivers=$(sed -n 's,^+++ b/drivers/\([^/]*\)/.*,\1,p' "$1" | sort -u)
	[ -n "$_drivers" ] && [ "$_drivers" = "${_drivers%%[!a-z0-9_]*}" ] &&
		[ "$(grep -c '^+++ ' "$1")" = "$(grep -c "^+++ b/drivers/$_drivers/" "$1")" ] &&
		printf '%s\n' "$_drivers"
}

# name_of PATCH, is_look_alike NAME
name_of() {
	basename "$1" .patch
}

is_look_alike() {
	case $1 in look-alike-*) ;; *) return 1 ;; esac
}

# hash_of FILE...: of what is in them
hash_of() {
	cat "$@" | sha256sum | cut -c 1-12
}

# seconds_since NANOSECONDS: by `date +%s%N`, with two decimals
seconds_since() {
	_ms=$((($(date +%s%N) - $1) / 10000000))
	printf '%d.%02d\n' $((_ms / 100)) $((_ms % 100))
}
