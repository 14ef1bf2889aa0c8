#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: an edu in slot 4 under trivet_edu, and under a module that has the same driver and calls
# it (tests/vm/edu). Prints KTAP.
#
# edu.sh MODULES
set -u
MODULES=$1
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"

edu=0000:00:04.0
debug=/sys/kernel/debug/trivet/$edu

run() {
	/bin/echo $edu "$1" >/sys/module/trivet_edu_test/parameters/run
}

# interrupted KIND: by such interrupts, some of which have come
interrupted() {
	awk -v kind="$1" '$NF == "edu" && $2 > 0 && index($0, kind) { found = 1 } END { exit !found }' /proc/interrupts
}

# ended_by COMMAND...: what takes long is under way, and that ends it, soon
ended_by() {
	for _ in 1 2 3 4 5; do
		run long 2>/tmp/said &
		_long=$!
		for _ in $(seq 200); do
			! grep -q COMPUTING $debug/regs || break
		done
		"$@"
		wait $_long && _rc=0 || _rc=$?
		if [ $_rc != 0 ]; then
			sed 's/^/# /' /tmp/said
			grep -q 'Operation canceled' /tmp/said
			return
		fi
		# It had come to its end.
		comes_back
	done
	return 1
}

# On a busy machine the device may compute for longer than the driver waits for it.
comes_back() {
	[ -e $devices/$edu ] || echo 1 >/sys/bus/pci/rescan
	within 20 bind $edu trivet_edu_test && run works
}

leave() {
	echo 1 >$devices/$edu/remove
}

load trivet_edu && bind $edu trivet_edu; report $? 'bound'
grep -q '^  0x000  EDU_ID = 0x010000ed' $debug/regs; report $? 'its registers'
unbind $edu
rmmod trivet_edu; report $? 'rmmod'

load trivet_edu_test && bind $edu trivet_edu_test; report $? 'bound to one that calls it'
run works; report $? 'registers, factorial, DMA both ways'
interrupted PCI-MSI; report $? 'by MSI'
unbind $edu
echo 0 >$devices/$edu/msi_bus
bind $edu trivet_edu_test; report $? 'bound without messages'
run works; report $? 'registers, factorial, DMA both ways'
interrupted IO-APIC; report $? 'by INTx'
ended_by unbind $edu; report $? 'unbound while it is at work'
! run works 2>/dev/null; report $? 'nobody is there'
comes_back; report $? 'bound again: works'
ended_by leave; report $? 'removed while it is at work'
[ ! -e $devices/$edu ]; report $? 'the device is gone'
comes_back; report $? 'found again: works'
rmmod trivet_edu_test && rmmod trivet; report $? 'rmmod'
ktap_end
