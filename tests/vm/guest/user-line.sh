#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: two edu of one interrupt line, in slots 4 and 8. Both raise interrupts, one after the other,
# at the same time; each has to come, for its own handler, once. The kernel's is trivet_edu_test.
# Prints KTAP.
#
# user-line.sh PROGRAM MODULES
set -u
program=$1 MODULES=$2
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"
a=0000:00:04.0 b=0000:00:08.0
count=2000

# start NAME HARDWARE: a process that raises $count, and more until /tmp/stop; $started is its id
start() {
	rm -f "/tmp/out.$1"
	"$program" "$2" $count /tmp/stop >"/tmp/out.$1" 2>&1 </dev/null &
	started=$!
}

reached() { # NAME [TIMES]
	[ "$(grep -c ready "/tmp/out.$1")" = "${2:-1}" ]
}

shows() { # NAME...
	for _name; do sed "s/^/# $_name: /" "/tmp/out.$_name"; done
}

# one_line HANDLER HANDLER: both are on the same, in whichever order (patterns of awk's)
one_line() {
	awk -v a="$1" -v b="$2" '$0 ~ "IO-APIC.*(" a ".*, .*" b "|" b ".*, .*" a ")" { found = 1 }
		END { exit !found }' /proc/interrupts || { sed 's/^/# /' /proc/interrupts; return 1; }
}

# handler_of HARDWARE: as /proc/interrupts has it
handler_of() {
	case $1 in
	vfio:*) echo "vfio-intx.${1#vfio:}." ;;
	uio:*) echo uio_pci_generic ;;
	esac
}

# both NAME HARDWARE HARDWARE: two processes, each at least $count while the other is at it
both() {
	rm -f /tmp/stop
	start one "$2"; _one=$started
	start two "$3"; _two=$started
	within 120 reached one && within 120 reached two && one_line "$(handler_of "$2")" "$(handler_of "$3")"
	_rc=$?
	: >/tmp/stop
	wait $_one || _rc=1
	wait $_two || _rc=1
	shows one two
	report $_rc "$1: none is lost, none comes twice"
}

# run DEVICE OPERATION: by trivet_edu_test
run() {
	/bin/echo "$1" "$2" >/sys/module/trivet_edu_test/parameters/run
}

# by_kernel: its interrupts, a hundred at a time, until /tmp/stop; at least once
by_kernel() {
	while run $b raise; do
		[ ! -e /tmp/stop ] || return 0
	done
	return 1
}

# beside_kernel NAME HARDWARE
beside_kernel() {
	rm -f /tmp/stop
	by_kernel &
	_kernel=$!
	start one "$2"; _one=$started
	within 120 reached one && one_line "$(handler_of "$2")" edu
	_rc=$?
	: >/tmp/stop
	wait $_one || _rc=1
	shows one
	report $_rc "$1: of the process's none is lost, none comes twice"
	wait $_kernel
	report $? "$1: of the kernel's none is lost"
}

load trivet_edu_test && take uio $a && unbind $a && take vfio $a $b
report $? 'both are bound to vfio-pci'

both 'vfio and vfio' vfio:$a vfio:$b
rm -f /tmp/stop
start one vfio:$a+$b
within 120 reached one 2
rc=$?
: >/tmp/stop
wait $started || rc=1
shows one
report $rc 'vfio, both in one process: none is lost, none comes twice'

unbind $b && take uio $b
report $? 'one goes to uio_pci_generic'
both 'vfio and uio' vfio:$a uio:$b

unbind $b && echo 0 >$devices/$b/msi_bus && bind $b trivet_edu_test && run $b works
report $? 'one goes to a driver in the kernel'
beside_kernel 'vfio and the kernel' vfio:$a

unbind $a && take uio $a
report $? 'the other goes to uio_pci_generic'
beside_kernel 'uio and the kernel' uio:$a

unbind $b && take uio $b
report $? 'both are bound to uio_pci_generic'
both 'uio and uio' uio:$a uio:$b

# A device that cannot hold its interrupt back has a line for itself, or none.
unbind $a && unbind $b && rmmod vfio-pci && modprobe vfio-pci nointxmask=1 && take vfio $a &&
	bind $b trivet_edu_test
report $? 'vfio-pci takes it for a device without Interrupt Disable'
"$program" vfio:$a 1 >/tmp/out.one 2>&1 </dev/null
rc=$?
shows one
[ $rc = 3 ] && grep -q 'INTx: another driver has its line, .* cat /proc/interrupts' /tmp/out.one
report $? 'the kernel has the line: there is no interrupt, and why'
run $b raise; report $? 'the kernel goes on'
unbind $b
"$program" vfio:$a $count >/tmp/out.one 2>&1 </dev/null
rc=$?
shows one
report $rc 'the line to itself: they come'
ktap_end
