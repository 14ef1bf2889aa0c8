#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: devices go to vfio-pci and uio_pci_generic and back; those in use do not. user-bind.sh TRIVET
set -u
trivet=$1
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"

nic=0000:00:04.0 edu=0000:00:05.0 nic2=0000:00:06.0 ahci=0000:00:1f.2
out=/tmp/out err=/tmp/err

# says STATUS PATTERN ARG...: how it ends, and what is in the output
says() {
	want=$1 pattern=$2 rc=0
	shift 2
	"$trivet" "$@" >$out 2>$err || rc=$?
	[ "$rc" = "$want" ] && grep -qe "$pattern" $out $err && return
	echo "# trivet $*: status $rc"
	sed 's/^/# /' $out $err
	return 1
}

driven() { # DEVICE DRIVER
	[ "$(basename "$(realpath "$devices/$1/driver")")" = "$2" ]
}

owned() { # FILE USER
	[ "$(stat -c %U "$1")" = "$2" ]
}

modprobe e1000
within 20 test -d "$devices/$nic/net"; report $? 'a kernel with a NIC'
eth=$(ls "$devices/$nic/net")
group=$(basename "$(realpath "$devices/$nic/iommu_group")")

says 4 'modprobe vfio-pci' bind $nic; report $? 'vfio: its module is missing'
says 1 '^FAIL vfio  vfio-pci .*not loaded' doctor vfio; report $? 'a doctor says so'
modprobe vfio-pci && modprobe vfio_iommu_type1 && modprobe uio_pci_generic
says 0 '^WARN vfio  groups .*no device is bound' doctor vfio; report $? 'all else is there'

# A NIC that is in use, is merely up, is free.
busybox ip link set "$eth" up && busybox ip addr add 10.9.8.7/32 dev "$eth"
says 3 "$eth has the address 10.9.8.7" bind $nic; report $? 'an address without a route'
busybox ip addr del 10.9.8.7/32 dev "$eth" && busybox ip route add 10.9.0.0/16 dev "$eth"
says 3 "$eth has a route to 10.9.0.0/16" bind $nic; report $? 'a route without an address'
says 0 "in use: $eth has a route" status $nic; report $? 'which status shows'
busybox ip route del 10.9.0.0/16 dev "$eth"
driven $nic e1000; report $? 'it is still the kernel'"'"'s'
says 0 'vfio-pci has it now, e1000 had it' bind --user nobody $nic && driven $nic vfio-pci
report $? 'up, and not in use: bound to vfio-pci'
owned "/dev/vfio/$group" nobody; report $? 'its group is the user'"'"'s'
says 0 'vfio-pci, e1000 before, /dev/vfio/' status $nic; report $? 'status tells'
says 0 '^PASS vfio  groups' doctor vfio; report $? 'and so does the doctor'
exec 5<>"/dev/vfio/$group"
says 3 "process $$ .* has /dev/vfio/$group open" unbind $nic; report $? 'held by a process'
exec 5>&-
says 0 'back with e1000' unbind $nic && driven $nic e1000; report $? 'unbound: e1000 has it again'
within 20 test -d "$devices/$nic/net"; report $? 'with its interface'
[ ! -e /run/trivet/bind/$nic ] && grep -qx '(null)' $devices/$nic/driver_override
report $? 'nothing is left'

# What a dry run prints, a shell does.
says 0 driver_override bind --dry-run $nic && driven $nic e1000; report $? 'a dry run changes nothing'
sh -ex $out 2>$err && driven $nic vfio-pci; report $? 'what it prints binds'
says 0 driver_override unbind --dry-run $nic && sh -ex $out 2>$err && driven $nic e1000
report $? 'and unbinds'

says 0 'nothing protects' bind uio --user nobody $nic && driven $nic uio_pci_generic
report $? 'bound to uio_pci_generic'
grep -q 'an IOMMU translates for it' $err; report $? 'with a word about the IOMMU'
owned /dev/uio0 nobody && owned $devices/$nic/resource0 nobody && owned $devices/$nic/config nobody
report $? 'its files are the user'"'"'s'
says 0 'back with e1000' unbind $nic && owned $devices/$nic/resource0 root && owned $devices/$nic/config root
report $? 'unbound: they are root'"'"'s again'

# A device that nobody drove; one whose driver the kernel does not find by itself.
says 0 'nobody had it' bind $edu && says 0 'without a driver' unbind $edu &&
	[ ! -e $devices/$edu/driver ]
report $? 'a device without a driver'

# A disk.
modprobe ahci && modprobe sd_mod
within 20 test -b /dev/sda; report $? 'a disk'
mkfs.ext4 -q /dev/sda && mkdir -p /tmp/mnt && modprobe ext4 && mount /dev/sda /tmp/mnt
says 3 'sda is mounted on /tmp/mnt' bind uio $ahci; report $? 'mounted'
umount /tmp/mnt
unshare -m sh -c 'mount /dev/sda /tmp/mnt && : >/tmp/mounted && while [ ! -e /tmp/stop ]; do sleep 0.1; done' &
within 20 test -e /tmp/mounted
says 3 'sda is claimed' bind uio $ahci; report $? 'mounted where nobody else sees it'
: >/tmp/stop
wait
mkswap /dev/sda >/dev/null && swapon /dev/sda
says 3 'sda is swap' bind uio $ahci; report $? 'swap'
swapoff /dev/sda
exec 5</dev/sda
says 3 "process $$ .* has /dev/sda open" bind uio $ahci; report $? 'open'
exec 5>&-
modprobe i2c_i801
within 20 driven 0000:00:1f.3 i801_smbus
says 3 'is not viable: 0000:00:1f.3 is driven by i801_smbus' bind $ahci
report $? 'free, but in a group with another'
says 0 '0000:00:1f.3: vfio-pci has it now' bind $ahci 00:1f.3 && driven $ahci vfio-pci
report $? 'both together'
says 0 'back with ahci' unbind -s 00:1f && driven 0000:00:1f.3 i801_smbus; report $? 'both are back'
within 20 test -b /dev/sda; report $? 'with the disk'

says 1 'knows no way to reset it' reset $nic; report $? 'no reset'
says 0 "$nic2: reset, by the first of: " reset $nic2; report $? 'a reset'
ktap_end
