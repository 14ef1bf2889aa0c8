#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# trivet status, on a machine made of files, and on the one this runs on.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
. tests/cli/machine.inc
command=$trivet
nic=0000:00:02.0

trv() {
	run status --sysfs-root "$M" "$@"
}

# shows NAME PATTERN ARG...: status 0 and a line of that pattern
shows() {
	name=$1 pattern=$2
	shift 2
	trv "$@"
	[ "$rc" = 0 ] && grep -qe "$pattern" "$T/out"
	report $? "$name"
}

# lists NAME DEVICES ARG...: those, in that order
lists() {
	name=$1 want=$2
	shift 2
	trv "$@"
	[ "$rc" = 0 ] && [ "$(sed -n 's/^\([0-9a-f]*:[^ ]*\) .*/\1/p' "$T/out" | tr '\n' ' ')" = "$want" ]
	report $? "$name"
}

# says NAME EXPRESSION: of the JSON that was printed last, in Python: all are its devices by name
says() {
	if command -v python3 >/dev/null 2>&1; then
		python3 -c 'import json, sys
all = {d["device"]: d for d in json.load(sys.stdin)}
sys.exit(0 if eval(sys.argv[1]) else 1)' "$2" <"$T/out" 2>>"$T/err"
		report $? "$1"
	else
		skip "$1" 'no python3'
	fi
}

set +e
echo 'KTAP version 1'

machine
trv
[ "$rc" = 0 ] && [ ! -s "$T/out" ]
report $? 'no devices'
trv --json
is_json 'no devices: JSON'

device 0000:00:1f.3 8086:2930 0c0500 i801_smbus 7
device 0000:00:1f.2 8086:2922 010601 ahci 7
device $nic 8086:100e 020000 e1000 3
device 0000:00:01.1 8086:7010 010180 -
device 0000:00:04.0 1234:11e8 00ff00 -
device 10000:e1:00.0 8086:5845 010802 - 9
interface $nic eth7
printf 'eth7\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n' >>"$M/proc/net/route"
disk 0000:00:1f.2 sdx 8:16
echo '36 35 8:16 / / rw - ext4 /dev/sdx rw' >"$M/proc/self/mountinfo"
echo -1 >"$(below 0000:00:04.0)/numa_node"

lists 'all of them' '0000:00:01.1 0000:00:02.0 0000:00:04.0 0000:00:1f.2 0000:00:1f.3 10000:e1:00.0 '
lists 'a device' "$nic " $nic
lists 'a device, in short' "$nic " 00:02.0
lists 'two' "0000:00:04.0 $nic " 00:04.0 $nic
lists '-s bus:device' '0000:00:1f.2 0000:00:1f.3 ' -s 00:1f
lists '-s device.function' '0000:00:1f.2 ' -s 1f.2
lists '-s .function' '0000:00:01.1 ' -s .1
lists '-s domain' '10000:e1:00.0 ' -s 10000::
lists '-d vendor' '0000:00:04.0 ' -d 1234:
lists '-d device' "$nic " -d :100e
lists '-d class' "$nic " -d ::0200
lists '-s and -d' '0000:00:1f.3 ' -s 1f -d 8086:2930
lists 'nothing fits' '' -d dead:beef
shows 'names' "^$nic 8086:100e Intel Corporation 82540EM" $nic
shows 'a driver' '^    driver e1000;' $nic
shows 'no driver' '^    driver none;' 00:04.0
shows "a driver of ours" "; trivet's edu takes it" 00:04.0
shows "another, by its IDs" "; trivet's ide takes it" 00:01.1
shows 'its IOMMU group' '; IOMMU group 7; NUMA node 1$' 00:1f.2
shows 'which others are in' '^    its group: 0000:00:1f.3 (i801_smbus)$' 00:1f.2
shows 'no IOMMU group, no NUMA node' '; no IOMMU group$' 00:04.0
shows 'an interface in use' '^    in use: eth7 has the default route$' $nic
shows 'a disk in use' '^    in use: sdx is mounted on /$' 00:1f.2

trv --json
is_json 'JSON'
says 'JSON: all of them' 'len(all) == 6'
says 'JSON: who it is' "all['$nic']['id'] == '8086:100e' and all['$nic']['class'] == '020000'"
says 'JSON: its driver' "all['$nic']['driver'] == 'e1000' and not all['$nic']['bound']"
says 'JSON: no driver' "all['0000:00:04.0']['driver'] is None"
says 'JSON: ours' "all['0000:00:04.0']['takes'] == 'edu' and all['$nic']['takes'] is None"
says 'JSON: group' "all['0000:00:1f.2']['iommu_group'] == '7'"
says 'JSON: its members' "{'device': '0000:00:1f.3', 'driver': 'i801_smbus'} in all['0000:00:1f.2']['iommu_group_members']"
says 'JSON: no group' "all['0000:00:04.0']['iommu_group'] is None"
says 'JSON: NUMA node' "all['$nic']['numa_node'] == 1 and all['0000:00:04.0']['numa_node'] is None"
says 'JSON: in use' "all['$nic']['used_by'] == ['eth7 has the default route']"
says 'JSON: not in use' "all['0000:00:04.0']['used_by'] == [] and all['0000:00:04.0']['unknown'] == []"

# After bind.
rm "$M/proc/net/route" "$(below $nic)/driver"
trv $nic
grep -q 'note: some uses cannot be seen' "$T/err"
report $? 'what cannot be seen is said'
trv --json
says 'JSON: what cannot be seen' "all['$nic']['unknown'] != []"
attach $nic vfio-pci
rm -r "$(below $nic)/net"
mkdir -p "$M/run/trivet/bind"
printf 'id 8086:100e\ndriver e1000\n' >"$M/run/trivet/bind/$nic"
process 4711 mydriver /dev/vfio/3
shows 'bound' '^    driver vfio-pci, e1000 before, /dev/vfio/3;' $nic
shows 'by whom it is driven' '^    in use: process 4711 (mydriver) has /dev/vfio/3 open$' $nic
trv --json
says 'JSON: bound' "all['$nic']['bound'] and all['$nic']['previous_driver'] == 'e1000'"
says 'JSON: the file' "all['$nic']['nodes'] == ['/dev/vfio/3']"

fails 'no such device' 1 'no device 00:07.0' status --sysfs-root "$M" 00:07.0
fails 'no place' 2 "'eth7': Invalid slot number" status --sysfs-root "$M" eth7
fails 'no filter of places' 2 "'00:zz': Invalid slot number" status --sysfs-root "$M" -s 00:zz
fails 'no filter of IDs' 2 "-d 'zz'" status --sysfs-root "$M" -d zz
fails 'devices and a filter' 2 'devices, or -s and -d' status --sysfs-root "$M" -d 1234: $nic
fails 'no tree' 2 "--sysfs-root '/nonexistent': No such file" status --sysfs-root /nonexistent
mkdir "$T/path"
fails 'no PCI' 1 'no PCI devices to be seen' status --sysfs-root "$T/path"

# This machine: what lspci would say, whatever it is.
if [ -d /sys/bus/pci/devices ]; then
	run status --json
	is_json 'this machine'
	says 'this machine: all of it' "sorted(all) == sorted(__import__('os').listdir('/sys/bus/pci/devices'))"
else
	skip 'this machine' 'no PCI'
fi
ktap_end
