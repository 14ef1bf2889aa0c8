#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: a device below a root port in a process, by vfio, when the bus reports an error of it that
# cannot be corrected. Prints KTAP.
#
# user-aer.sh PROGRAM
set -u
program=$1 MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"
port=0000:00:06.0 dev=0000:01:00.0

# byte DEVICE OFFSET [VALUE]: of its configuration space, as a number; or make it that
byte() {
	if [ $# = 2 ]; then
		od -An -tu1 -j"$2" -N1 "$devices/$1/config" | tr -d ' '
	else
		# shellcheck disable=SC2059 # an octal escape
		printf "\\$(printf %o "$3")" | dd of="$devices/$1/config" bs=1 seek="$2" conv=notrunc status=none
	fi
}

# express DEVICE: where its PCI Express capability is
express() {
	_at=$(byte "$1" 52)
	while [ "$_at" != 0 ] && [ "$(byte "$1" "$_at")" != 16 ]; do
		_at=$(byte "$1" $((_at + 1)))
	done
	echo "$_at"
}

# reported: the device tells the port of errors, and the port passes them on. No firmware has seen to it.
reported() {
	byte $port 62 $(($(byte $port 62) | 2)) &&		# Bridge Control: SERR#
		byte $dev 5 $(($(byte $dev 5) | 1)) &&		# Command: SERR#
		byte $dev $(($(express $dev) + 8)) 7 &&		# Device Control: all kinds
		[ $(($(byte $dev $(($(express $dev) + 8))) & 7)) = 7 ]
}

start() {
	"$program" vfio:$dev "$1" >/tmp/out 2>&1 </dev/null &
	process=$!
	within 60 grep -q ready /tmp/out
}

# ended STATUS: so did the process
ended() {
	wait $process
	_rc=$?
	sed 's/^/# /' /tmp/out
	[ $_rc = "$1" ]
}

[ ! -e $devices/$dev/driver ] || unbind $dev
take vfio $dev; report $? 'bound'
start 2 && ended 1 && grep -q 'nothing came' /tmp/out
report $? 'without an error nothing is told'

start 120; report $? 'a process has it'
reported; report $? 'errors are reported'
dmesg -C
qmp monitor '["pcie_aer_inject_error rng9 COMP_TIME"]'; report $? 'a completion that did not come'
ended 0; report $? 'the process hears of it, and every entry says that the device has gone'
grep -q 'the bus reports an error that cannot be corrected' /tmp/out; report $? 'the log says why'
[ $(($(byte $dev 4) & 4)) = 0 ]; report $? 'bus master is off'
dmesg | grep AER: | sed 's/^/# /'
dmesg | grep -q "AER: .*received from $dev"; report $? 'as does the kernel'"'"'s'
start 2 && ended 1; report $? 'another process can have it'

# Nobody passes on what is for its bus any more: all ones.
bus=$(byte $port 25)
byte $port 25 255
[ "$(byte $dev 0)" = 255 ]; report $? 'a device that does not answer'
timeout 60 "$program" vfio:$dev 2 >/tmp/out 2>&1 </dev/null
rc=$?
sed 's/^/# /' /tmp/out
[ $rc = 1 ] && grep -q "$dev: it does not answer (all ones)" /tmp/out; report $? 'it is not waited for, and said why'
byte $port 25 "$bus"
start 2 && ended 1; report $? 'it answers again, and can be had'
ktap_end
