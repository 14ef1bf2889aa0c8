#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: modules that DKMS has built are installed, loaded by name or by alias, and removed.
# Prints KTAP.
#
# dkms.sh DIR VERSION RELEASE plain|autoload
set -u
MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/ktap.inc"
dir=$1 version=$2 release=$3 kind=$4

ide=0000:00:01.1 edu=0000:00:04.0
PATH=$PATH:/usr/sbin:/sbin

dkms_here() {
	dkms "$@" -m trivet -v "$version" --sourcetree "$dir/source" --dkmstree "$dir/tree" >/tmp/dkms 2>&1 ||
		{ tail -n 20 /tmp/dkms; return 1; }
}

driver_of() {
	basename "$(realpath "$devices/$1/driver")"
}

# depmod has the new modules to look at, and not some thousand others, whose part is over.
mount -t tmpfs none "/lib/modules/$release/kernel"

dkms_here install -k "$release"; report $? 'dkms install'
modinfo -k "$release" trivet_ide | grep -q '^filename: .*/updates/'; report $? 'modinfo finds it'
modinfo -k "$release" -F sig_key trivet_ide | grep -q .; report $? 'it is signed'
modinfo -k "$release" -F alias trivet_ide >/tmp/aliases
if [ "$kind" = autoload ]; then
	[ "$(cat /tmp/aliases)" = 'pci:v00008086d00007010sv*sd*bc01sc01i*
pci:v00008086d00007111sv*sd*bc01sc01i*
pci:v*d*sv*sd*bc01sc01i*' ]; report $? 'it has aliases'
	modprobe "$(cat $devices/$edu/modalias)" && [ "$(driver_of $edu)" = trivet_edu ]
	report $? 'a device is bound by its alias'
	modprobe "$(cat $devices/$ide/modalias)" && [ "$(driver_of $ide)" = trivet_ide ]
	report $? 'and another one'
else
	[ ! -s /tmp/aliases ]; report $? 'it has no aliases'
	! modprobe "$(cat $devices/$edu/modalias)" 2>/dev/null; report $? 'no alias leads to a module'
	modprobe trivet_ide && modprobe trivet_edu; report $? 'modprobe'
	echo $ide >/sys/bus/pci/drivers_probe
	echo $edu >/sys/bus/pci/drivers_probe
	[ ! -e $devices/$ide/driver ] && [ ! -e $devices/$edu/driver ]; report $? 'they take no device'
	bind $ide trivet_ide && bind $edu trivet_edu; report $? 'but those they are given'
fi
dd if=/dev/urandom of=/tmp/data bs=64k count=4 status=none
dd if=/tmp/data of=/dev/trva bs=64k oflag=direct conv=fsync status=none &&
	dd if=/dev/trva bs=64k count=4 iflag=direct status=none | cmp - /tmp/data
report $? 'the disk is written and read'
modprobe -r trivet_ide && modprobe -r trivet_edu; report $? 'modprobe -r'
[ ! -d /sys/module/trivet ]; report $? 'trivet is gone, too'
dkms_here remove --all; report $? 'dkms remove'
! modprobe trivet_ide 2>/dev/null; report $? 'nothing is left to load'
[ -z "$(find "/lib/modules/$release/updates" -name 'trivet*' 2>/dev/null)" ]; report $? 'no file'
ktap_end
