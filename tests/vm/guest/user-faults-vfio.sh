#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: what stands between a process and a device behind vfio. Prints KTAP.
#
# user-faults-vfio.sh TRIVET IDE
set -u
MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"
. "$(dirname "$0")/user-faults.inc"
trivet=$1 ide=$2
edu=0000:00:04.0 large=0000:00:0b.0
pair=0000:00:06

ends 'no module' 1 'modprobe vfio-pci && trivet bind vfio' edu vfio:$edu
take vfio $edu 0000:00:08.0 $pair.0 "$ide"
report $? 'the devices are bound'
group=$(basename "$(realpath $devices/$edu/iommu_group)")

ends 'it works' 0 'passed' edu vfio:$edu
ends 'by messages' 0 'allocated, MSI' "$trivet" trace edu -d vfio:$edu
is_told 'and it comes' 'edu: handled after'
ends 'two at once' 0 'passed: [0-9]* ok, 0 failed' edu vfio:$edu+0000:00:08.0

take vfio $large
ends 'a device with 8 GiB of registers' 1 "$large: of BAR 2, 8192 MiB, drivers reach the first 4095 MiB" \
	"$trivet" regs -d vfio:$large

# ---- who ----

ends 'nobody may not' 4 "/dev/vfio/$group: no permission, it is root's, mode 0600; as root, run: chown 65534" nobody "$trivet" run edu -d vfio:$edu
chown 65534 "/dev/vfio/$group"
ends 'once it is his he may, without a capability' 0 'passed' nobody "$trivet" run edu -d vfio:$edu
ulimit -l 1024
ends 'too little memory may be locked' 4 \
	'dma=4096K: 4096 KiB of locked memory are needed, and the limit is 1024 KiB; run: ulimit -l 4096' \
	nobody "$trivet" run edu -d vfio:$edu
ends 'less is enough' 0 'passed' nobody "$trivet" run edu -d "vfio:$edu,dma=512K"
ends 'for root there is no limit' 0 'passed' edu vfio:$edu

exec 9<>"/dev/vfio/$group"
ends 'another process has it' 3 "another process has /dev/vfio/$group; who: fuser -v" edu vfio:$edu
exec 9<&-

# ---- groups ----

ends 'a group of two' 0 'passed' edu vfio:$pair.0
take uio $pair.1
report $? 'the other one goes to another driver'
ends 'so the group is not viable' 3 "group [0-9]* not viable: $pair.1 is bound to uio_pci_generic" edu vfio:$pair.0
unbind $pair.1
take vfio $pair.1
ends 'both in one process' 0 'passed' edu vfio:$pair.0+$pair.1

rmmod vfio_iommu_type1
ends 'no driver for IOMMUs' 1 'modprobe vfio_iommu_type1' edu vfio:$edu
modprobe vfio_iommu_type1

# ---- it has to go ----

busy "vfio:$ide"
report $? 'at work'
timeout 20 sh -c "echo $ide >$devices/$ide/driver/unbind"
report $? 'it can be unbound meanwhile'
[ ! -e "$devices/$ide/driver" ]
report $? 'and is'
wait $busy
[ $? = 1 ] && grep -q 'the kernel wants it back' /tmp/busy && grep -q 'No such device' /tmp/busy
report $? 'the process has ended, and says why'
take vfio "$ide"
busy "vfio:$ide"
kill -KILL $busy
wait $busy 2>/dev/null
ends 'after a process that was killed' 0 'passed' "$trivet" run ide -d "vfio:$ide" --bench 0
ktap_end
