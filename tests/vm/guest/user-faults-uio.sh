#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: what stands between a process and a device behind uio. Prints KTAP.
#
# user-faults-uio.sh TRIVET IDE PROGRAMS
set -u
MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"
. "$(dirname "$0")/user-faults.inc"
trivet=$1 ide=$2 programs=$3
edu=0000:00:04.0 large=0000:00:0b.0 other=0000:00:08.0 nic=0000:00:0c.0
huge=/dev/hugepages
free=/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages

# command_of DEVICE: the lower byte of its command register
command_of() {
	od -An -tu1 -j4 -N1 "$devices/$1/config" | tr -d ' '
}

ends 'no module' 1 'modprobe uio_pci_generic && trivet bind uio' edu uio:$edu
take uio $edu 0000:00:08.0 "$ide"
report $? 'the devices are bound'
pages=$(cat $free)

ends 'it works' 0 'passed' edu uio:$edu
ends 'by its interrupt pin' 0 'allocated, INTx' "$trivet" trace edu -d uio:$edu
is_told 'and it comes' 'edu: handled after'
ends 'two at once, on one line' 0 'passed: [0-9]* ok, 0 failed' edu uio:$edu+0000:00:08.0
ends 'ports by file' 0 'passed' "$trivet" run ide -d "uio:$ide,ports=file" --bench 0

# ---- memory ----

umount $huge
ends 'no hugetlbfs' 1 'no hugetlbfs is mounted; run: mkdir -p /dev/hugepages && mount' edu uio:$edu
mount -t hugetlbfs none $huge
ends 'it is found' 0 'passed' edu uio:$edu
ends 'too few huge pages' 4 "dma=65536K: 32 huge pages of 2048 KiB are needed, and $pages are free" \
	edu "uio:$edu,dma=64M"
echo 0 >/proc/sys/vm/nr_hugepages
ends 'no huge pages' 4 '2 huge pages of 2048 KiB are needed, and 0 are free; as root, run: sysctl' edu uio:$edu
echo "$pages" >/proc/sys/vm/nr_hugepages
[ -z "$(ls $huge)" ]
report $? 'nothing is left there'

take uio $large
report $? 'a device with 8 GiB of registers'
ends 'is opened, all of it mapped that is to be' 1 "$large: of BAR 2, 8192 MiB, drivers reach the first 4095 MiB" \
	"$trivet" regs -d uio:$large

# ---- who ----

ends 'nobody may not' 4 'no permission, it is root.s, mode 0[0-7]*; run as root' nobody "$trivet" run edu -d uio:$edu
chown -R 65534 /dev/uio* $devices/$edu/config $devices/$edu/resource* $huge
ends 'and cannot, for he does not see addresses' 4 'hides addresses from this user; run as root (CAP_SYS_ADMIN)' \
	nobody "$trivet" run edu -d uio:$edu
[ -z "$(ls $huge)" ]
report $? 'he leaves nothing'
chown 0 $huge

# A device of files that is too small for its driver.
fake=/tmp/fake/sys/bus/pci/devices/$edu
mkdir -p $fake/uio/uio9 /tmp/fake/dev
ln -s ../../drivers/uio_pci_generic $fake/driver
: >/tmp/fake/dev/uio9
cp $devices/$edu/config $fake/config
truncate -s 256 $fake/config
truncate -s 4096 $fake/resource0
sed '1s/.*/0x00000000febf1000 0x00000000febf100f 0x0000000000040200/' $devices/$edu/resource >$fake/resource
ends 'its registers do not fit' 1 'the driver did not start: Numerical result out of range' \
	edu "uio:$edu,sysfs=/tmp/fake/sys,dev=/tmp/fake/dev,hugetlbfs=$huge"
is_told 'and how far they do not' "$edu: BAR 0 has 16 bytes, and its driver wants 1048576; see: lspci -vs $edu"

# ---- those who died ----

busy "uio:$ide+$edu"
report $? 'at work, with two devices'
ends 'another process has it' 3 'another process has /dev/uio' edu uio:$edu
ends 'the one at work too' 3 'another process has /dev/uio' "$trivet" run ide -d "uio:$ide" --bench 0
[ $(($(command_of "$ide") & 4)) = 4 ]
report $? 'whose bus master is left alone by that'
[ -e $huge/trivet-$edu ] && [ -e "$huge/trivet-$ide" ]
report $? 'its memory has a name for each'
kill -KILL $busy
wait $busy 2>/dev/null
left=$(cat $free)
[ "$left" = $((pages - 2)) ] && [ -e $huge/trivet-$edu ] && [ -e "$huge/trivet-$ide" ]
report $? 'killed: they are there, and the memory too'
ends 'one of the two' 0 'DMA memory of a process that died is given back' edu uio:$edu
[ "$(cat $free)" = "$left" ] && [ ! -e $huge/trivet-$edu ] && [ -e "$huge/trivet-$ide" ]
report $? 'the other may still write: the memory stays'
# The kernel has cleared it by now. One that had not:
printf '\007' | dd of="$devices/$ide/config" bs=1 seek=4 conv=notrunc status=none
"$trivet" run ide -d "uio:$ide" --bench 0 >/tmp/out 2>&1
report $? 'the other one'
[ "$(grep -o 'was left bus master\|is given back' /tmp/out | tr '\n' ,)" = 'was left bus master,is given back,' ]
report $? 'bus master was cleared, and then the memory given back'
[ "$(cat $free)" = "$pages" ] && [ -z "$(ls $huge)" ]
report $? 'which it is'

# What a process had elsewhere is found, too.
mkdir -p /tmp/huge
mount -t hugetlbfs none /tmp/huge
busy "uio:$ide,hugetlbfs=/tmp/huge"
[ -e "/tmp/huge/trivet-$ide" ]
report $? 'at work, with memory from another hugetlbfs'
kill -KILL $busy
wait $busy 2>/dev/null
ends 'killed, and the next one does without it' 0 'DMA memory of a process that died is given back' \
	"$trivet" run ide -d "uio:$ide" --bench 0
[ "$(cat $free)" = "$pages" ] && [ -z "$(ls /tmp/huge)" ]
report $? 'it is free'
umount /tmp/huge

# ---- it has to go ----

busy "uio:$ide"
report $? 'at work'
chmod 0640 /dev/uio* # that is not its end, which comes after it
timeout 20 sh -c "echo $ide >$devices/$ide/driver/unbind"
report $? 'it can be unbound meanwhile'
[ $(($(command_of "$ide") & 4)) = 0 ]
report $? 'by which the kernel ends its DMA'
printf '\007' | dd of="$devices/$ide/config" bs=1 seek=4 conv=notrunc status=none # its next driver
wait $busy
[ $? = 1 ] && grep -q 'unbound from uio_pci_generic' /tmp/busy && grep -q 'No such device' /tmp/busy
report $? 'the process has ended, and says why'
[ "$(command_of "$ide")" = 7 ] && [ -z "$(ls $huge)" ]
report $? 'and has let it alone, and leaves nothing'
take uio "$ide"
ends 'bound again' 0 'passed' "$trivet" run ide -d "uio:$ide" --bench 0

# ---- it is pulled out ----

# looked_at DEVICE [ones]: a process has it, and reads its registers; its id is $busy
looked_at() {
	"$programs/aer" "uio:$1" 120 ${2:+"$2"} >/tmp/busy 2>&1 </dev/null &
	busy=$!
	within 60 grep -q ready /tmp/busy
}

# let_go PATTERN: that process ends well, says why, and leaves nothing
let_go() {
	wait $busy
	_rc=$?
	sed 's/^/# /' /tmp/busy
	[ $_rc = 0 ] && grep -q 'unbound from uio_pci_generic, or pulled out' /tmp/busy &&
		grep -q "$1" /tmp/busy && [ -z "$(ls $huge)" ]
}
looked_at $other; report $? 'a process reads registers'
echo 1 >$devices/$other/remove
let_go 'configuration 19'; report $? 'the device is taken off the list, and it says so'
echo 1 >/sys/bus/pci/rescan
within 20 test -e $devices/$other && take uio $other; report $? 'it comes back'
ends 'and works' 0 'passed' edu uio:$other

# Its next driver has the registers for itself: the kernel takes them from whoever has them mapped.
take uio $nic && modprobe e1000 && looked_at $nic ones; report $? 'a process reads those of a NIC'
unbind $nic && bind $nic e1000; report $? 'which goes to the driver of the kernel'
let_go 'read 0xffffffff, by the loop 0xffffffff'; report $? 'they are all ones, for each of its threads'
[ -n "$(ls $devices/$nic/net)" ]; report $? 'the NIC works'

# ---- lockdown: the last, for there is no way back ----

mountpoint -q /sys/kernel/security || mount -t securityfs none /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown
report $? 'the kernel is locked down'
ends 'then it is not to be had' 4 "locked down (integrity, /sys/kernel/security/lockdown), as by Secure Boot; use vfio:$edu" edu uio:$edu
ktap_end
