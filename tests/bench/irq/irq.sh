#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: interrupts of edu in a process, by hand and by the user leg. As ../vm/guest.inc is called.
set -eu
here=$(dirname "$0")/../vm
. "$here/guest.inc"
edu=0000:00:04.0
irq="setarch -R $programs/bench_irq"

# transport WORK: the device is bound to what that kind of interrupt takes
transport() {
	[ ! -e "$devices/$edu/driver" ] || unbind $edu
	take "${1%%-*}" $edu || die "edu is not bound for $1"
}

visit() { # ARM
	lines work | while read -r _name _times; do
		transport "$_name"
		# shellcheck disable=SC2046,SC2086 # words
		set -- "$1" $($irq "$(way "$1")" "$_name" $edu "$_times")
		[ $# = 4 ] || die "$1 $_name: nothing was measured"
		echo "sample $mode $1 $_name 1 $2 0"
		echo "note $1 $_name: nine in ten of $_times between $3 and $4"
	done
}

way() { # ARM
	lines arm | sed -n "s/^$1  *//p"
}

profile() { # ARM
	lines work | while read -r _name _; do
		transport "$_name"
		export MAPS=/tmp/maps
		# shellcheck disable=SC2086 # words
		logged "$1" "$_name" $irq "$(way "$1")" "$_name" $edu 10 >/dev/null
		symbols "$1" /tmp/maps
	done
}

bench
echo end "$mode"
