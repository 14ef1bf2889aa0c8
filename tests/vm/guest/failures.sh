#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: calls of ours that may fail do, each of them once; then a DMA that never ends. The
# modules are built with FAULT_POINTS=1 and AUTOLOAD=1. trva and trvb are disks and trvc a CD drive;
# and there is an edu. Prints KTAP.
#
# failures.sh MODULES
set -u
MODULES=$1
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"

ide=0000:00:01.1 edu=0000:00:04.0
fault=/sys/module/trivet/parameters/fault
debug=/sys/kernel/debug/trivet
options=0000:00:01.1/timeout_ms=3000

driver_for() {
	case $1 in
	"$edu") echo trivet_edu ;;
	*) echo trivet_ide ;;
	esac
}

# fail NAME [TIMES]: see os/linux-kmod/fault.h. The log says when it happens.
fail() {
	dmesg -C
	echo "$*" >$fault
}

failed() {
	dmesg | grep -qF "trivet: fault: $1 in "
}

# --- what there is to do with a driver; each of these may fail, and nobody minds here ---

bind_all() {
	for dev in $ide $edu; do
		[ -e $devices/$dev/driver ] || echo $dev >/sys/bus/pci/drivers_probe
	done
}

unbind_all() {
	for dev in $ide $edu; do
		[ ! -e $devices/$dev/driver ] || unbind $dev
	done
}

copy_out() {
	dd if=/dev/trva of=/dev/null bs=64k count=1 iflag=direct status=none
	dd if=/dev/zero of=/dev/trvb bs=64k count=1 oflag=direct status=none
	dd if=/dev/trvc of=/dev/null bs=2k count=8 iflag=direct status=none
}

commands() {
	hdparm -i /dev/trva
	hdparm -I /dev/trva
}

registers() {
	cat $debug/$edu/regs $debug/$ide/regs
}

# The suite of os.h, for entries no driver here uses. Clauses that fail are right to.
clauses() {
	unbind_all
	give $edu trivet_conf
	load trivet_conf 'only=alloc*'
	cat /sys/kernel/debug/trivet_conf/run
	rmmod trivet_conf
	load trivet_conf 'only=dma_map*'
	cat /sys/kernel/debug/trivet_conf/run
	rmmod trivet_conf
	give $edu trivet_edu
}

again() {
	rmmod trivet_edu
	insmod "$MODULES/trivet_edu.ko"
}

from_the_start() {
	rmmod trivet_edu
	rmmod trivet_ide
	rmmod trivet
	dmesg -C
	insmod "$MODULES/trivet.ko" "fault=\"$1\""
}

# --- and afterwards ---

loaded() {
	for module in trivet_ide trivet_edu; do
		[ -d /sys/module/$module ] || load $module options=$options || return 1
	done
}

# Data of its own, written and read again, past the cache.
usable() {
	dd if=/dev/urandom of=/tmp/data bs=64k count=1 status=none
	for disk; do
		dd if=/tmp/data of="/dev/$disk" bs=64k seek=5 oflag=direct conv=notrunc status=none &&
			dd if="/dev/$disk" bs=64k skip=5 count=1 iflag=direct status=none | cmp - /tmp/data || return 1
	done
}

recovered() {
	[ ! -e $fault ] || echo >$fault
	unbind_all
	loaded || return 1
	for dev in $ide $edu; do
		[ -e $devices/$dev/driver ] || bind $dev "$(driver_for $dev)" || return 1
	done
	usable trva trvb && cmp -n 65536 /dev/trvc "$SHARE/disc" && hdparm -i /dev/trva >/dev/null &&
		registers >/dev/null
}

# place NAME: it fails once, wherever it is met first
place() {
	unbind_all
	fail "$1"
	for step in bind_all copy_out commands registers clauses again; do
		$step >/tmp/step 2>&1
		! failed "$1" || return 0
	done
	from_the_start "$1" >/tmp/step 2>&1
	failed "$1"
}

for module in trivet trivet_ide trivet_edu; do
	objcopy -O binary -j trv_faults "$MODULES/$module.ko" /tmp/names
	tr '\0' '\n' </tmp/names | grep .
done | sort >/tmp/all
# What nothing in here leads to: nobody asks an edu for transfers in a kernel, and QEMU has no IDE
# function in native mode, whose one line is the second one attached there.
native=$(sed -n '/trv_irq_attach/s/:.*//p' /tmp/all | sort | uniq -d)
beyond="drivers/edu/edu.c:[0-9]* trv_dma_map|$(grep "^$native:.* trv_irq_attach" /tmp/all | tail -n 1)"
grep -Evx "$beyond" /tmp/all >/tmp/places
grep -Ex "$beyond" /tmp/all | sed 's/^/# not reached here: /'
total=$(wc -l </tmp/places)
[ "$total" -gt 30 ] && [ $(($(wc -l </tmp/all) - total)) = 2 ]; report $? "$total places where something may fail"

loaded; report $? 'the modules are loaded'
recovered; report $? 'and all devices are bound'
while read -r name; do
	place "$name"; report $? "it fails: $name"
	recovered; report $? 'and all is well afterwards'
done </tmp/places

# --- often ---
fail dma_map_sg 200
verify 60 trva trvb; report $? 'data that cannot be mapped'
[ "$(cat $fault)" -ge 50 ]; report $? "$(cat $fault) times"
[ "$(cat /sys/block/trva/errors) $(cat /sys/block/trvb/errors)" = '0 0' ]; report $? 'is no error'

# --- a DMA that never ends ---
fields() {
	awk -v from="$2" -v to="$3" '{ s = 0; for (i = from; i <= to; i++) s += $i; print s }' "/sys/block/$1/stat"
}
recovered
before=$(fields trva 1 1)
fail ide_dma_start 1
for n in 1 2 3 4 5 6 7 8; do
	(dd if=/dev/trva of=/dev/null bs=4k count=1 skip=$((n * 100)) iflag=direct status=none 2>/dev/null
	echo $? >/tmp/status.$n) &
done
wait
# By the log's clock: this machine may be slow to start eight programs.
took=$(dmesg | awk '{ sub(/^\[ */, "") } / in ide_dma_start/ { from = $1 } /no answer in/ { to = $1 }
	END { print int(to - from) }')
[ "$(cat $fault)" = 1 ]; report $? 'of eight reads one DMA does not end'
[ "$(cat /tmp/status.? | sort | uniq -c | awk '{ printf "%s:%s ", $2, $1 }')" = '0:7 1:1 ' ]
report $? 'that read fails, and no other'
[ $took -ge 2 ] && [ $took -le 15 ]; report $? "after its time-out: $took s"
[ "$(cat /sys/block/trva/errors) $(cat /sys/block/trva/timeouts) $(cat /sys/block/trva/late)" = '1 1 0' ]
report $? 'which is counted, once'
[ $(($(fields trva 1 1) - before)) = 8 ] && [ "$(fields trva 9 9)" = 0 ]; report $? 'each is completed, once'
verify 60 trva trvb; report $? 'both disks of that channel work'
fail ide_dma_start 1
! dd if=/dev/zero of=/dev/trvb bs=4k count=1 oflag=direct status=none 2>/dev/null; report $? 'a write that does not end'
[ "$(cat /sys/block/trvb/errors) $(cat /sys/block/trvb/timeouts)" = '1 1' ]; report $? 'is counted, too'
fail ide_dma_start 1
! dd if=/dev/trvc of=/dev/null bs=2k count=1 skip=40 iflag=direct status=none 2>/dev/null; report $? 'and a read of the CD'
recovered; report $? 'all is well afterwards'

unbind_all
rmmod trivet_ide && rmmod trivet_edu && rmmod trivet; report $? 'rmmod'
ktap_end
