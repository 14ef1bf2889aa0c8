#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# trivet bind, unbind and reset, on machines made of files: what is written, what is refused and
# why, and that everything is as before after unbind.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
. tests/cli/machine.inc
command=$trivet
nic=0000:00:02.0 ahci=0000:00:1f.2
record=$M/run/trivet/bind

trv() { # VERB ARG...
	verb=$1
	shift
	run "$verb" --sysfs-root "$M" "$@"
}

# does NAME PATTERN VERB ARG...: status 0 and the pattern on stdout
does() {
	name=$1 pattern=$2
	shift 2
	trv "$@"
	[ "$rc" = 0 ] && grep -qe "$pattern" "$T/out"
	report $? "$name"
}

# untouched NAME: the machine is as state said last, in $T/before
untouched() {
	state | cmp -s "$T/before" - && [ ! -s "$M/log" ]
	report $? "$1: nothing is changed"
}

# refuses NAME STATUS MESSAGE VERB ARG...: that status and message, and the machine is as it was
refuses() {
	name=$1 status=$2 message=$3
	shift 3
	state >"$T/before"
	: >"$M/log"
	trv "$@"
	[ "$rc" = "$status" ] && [ ! -s "$T/out" ] && grep -qF -- "$message" "$T/err"
	report $? "$name"
	untouched "$name"
}

# a NIC alone in its group, and a SATA controller with siblings that have drivers
pc() {
	machine
	device $nic 8086:100e 020000 e1000 3
	device $ahci 8086:2922 010601 ahci 7
	device 0000:00:1f.0 8086:2918 060100 lpc_ich 7
	device 0000:00:1f.3 8086:2930 0c0500 - 7
	device 0000:00:01.0 8086:7010 010180 ata_piix
	device 0000:00:1c.0 8086:3420 060400 pcieport 8
	interface $nic eth7
	disk $ahci sdx 8:16
	disk $ahci sdx1 8:17 sdx
	: >"$(below $nic)/reset"
	echo 'pm bus' >"$(below $nic)/reset_method"
}

set +e
echo 'KTAP version 1'

# ---- there and back ----

pc
kernel
state >"$T/initial"
does 'bind' "^$nic: vfio-pci has it now, e1000 had it" bind vfio $nic
is 'it has' driven $nic vfio-pci
is 'and no other driver may' grep -qx vfio-pci "$(below $nic)/driver_override"
is 'the one before is on record' grep -qx 'driver e1000' "$record/$nic"
printf 'unbind e1000 %s\nprobe %s\n' $nic $nic | cmp -s - "$M/log"
report $? 'the kernel was told nothing else'
does 'bind again' "^$nic: vfio-pci has it already" bind $nic
does 'from vfio to uio' "^$nic: uio_pci_generic has it now, vfio-pci had it" bind uio 00:02.0
is 'uio: no protection is said plainly' grep -q 'nothing protects against rogue DMA' "$T/err"
is 'uio: nor do physical addresses work behind an IOMMU' grep -q 'group 3: DMA-FQ' "$T/err"
is 'the record is of the first' grep -qx 'driver e1000' "$record/$nic"
does 'unbind' "^$nic: back with e1000" unbind $nic
is 'it is' driven $nic e1000
is 'the record is gone' [ ! -e "$record/$nic" ]
rm -r "$M/run"
echo '(null)' >"$(below $nic)/driver_override" # what the kernel makes of an empty line
state | cmp -s "$T/initial" -
report $? 'everything is as before'
does 'unbind again' "^$nic: nothing to undo, driven by e1000" unbind $nic

# A device without a driver gets none back, and an override comes back.
rm "$(below $nic)/driver"
does 'without a driver: bind' 'nobody had it' bind $nic
: >"$M/log"
does 'without a driver: unbind' "^$nic: without a driver" unbind $nic
is 'without a driver: nothing is probed' [ "$(cat "$M/log")" = "unbind vfio-pci $nic" ]
echo trivet_e1000 >"$(below $nic)/driver_override"
driver trivet_e1000
attach $nic trivet_e1000
kernel
does 'an override: bind' 'trivet_e1000 had it' bind $nic
does 'an override: unbind' 'back with trivet_e1000' unbind $nic
is 'an override is as before' grep -qx trivet_e1000 "$(below $nic)/driver_override"

# Two drivers would take it: it is that one's.
pc
kernel
does 'two drivers: bind' 'e1000 had it' bind $nic
driver other
kernel
echo other >"$M/native/$nic"
does 'two drivers: unbind' 'back with e1000' unbind $nic --timeout 1

# What somebody else has bound goes where the kernel wants it.
rm "$(below $nic)/driver"
attach $nic vfio-pci
echo e1000 >"$M/native/$nic"
does 'bound by others: unbind' "^$nic: " unbind $nic
is 'bound by others: the kernel finds one' driven $nic e1000
rm "$(below $nic)/driver"
attach $nic vfio-pci
does 'bound by others, then by us' 'uio_pci_generic has it now' bind uio $nic
does 'bound by others, then by us: unbind' "^$nic: " unbind $nic
is 'bound by others, then by us: the kernel finds one' driven $nic e1000

# Moved by somebody else after we had bound it: that is what comes back.
rm "$(below $nic)/driver"
attach $nic e1000
does 'moved by others: bind' 'e1000 had it' bind $nic
rm "$(below $nic)/driver"
echo '(null)' >"$(below $nic)/driver_override"
attach $nic other
does 'moved by others: bind again' 'other had it' bind $nic
does 'moved by others: unbind' 'back with other' unbind $nic --timeout 1
rm "$(below $nic)/driver"
attach $nic e1000
does 'an override of others: bind' 'e1000 had it' bind $nic
rm "$(below $nic)/driver"
echo other >"$(below $nic)/driver_override"
attach $nic other
does 'an override of others: unbind' "^$nic: " unbind $nic
is 'an override of others: it is theirs' driven $nic other
is 'an override of others: it stays' grep -qx other "$(below $nic)/driver_override"
echo '(null)' >"$(below $nic)/driver_override"
rm "$(below $nic)/driver"
attach $nic e1000

# A record of a device that was exchanged is none.
does 'another device: bind' 'e1000 had it' bind $nic
echo 0x1533 >"$(below $nic)/device"
echo igb >"$M/native/$nic"
driver igb
kernel
does 'another device: unbind' "^$nic: " unbind $nic
is 'another device: the kernel finds one' driven $nic igb

# ---- several at once ----

pc
rm "$M/sys/kernel/iommu_groups/7/devices/0000:00:1f.0"
driver i801_smbus
attach 0000:00:1f.3 i801_smbus
echo i801_smbus >"$M/native/0000:00:1f.3"
kernel
refuses 'a group: one alone' 3 'its IOMMU group 7 is not viable: 0000:00:1f.3 is driven by i801_smbus' \
	bind $ahci
does 'a group: both' '^0000:00:1f.3: vfio-pci has it now' bind $ahci 0000:00:1f.3 00:1f.2
is 'a group: each once' [ "$(grep -c unbind "$M/log")" = 2 ]
does 'a group: back, by a filter' 'back with i801_smbus' unbind -s 00:1f
is 'a group: both are back' driven $ahci ahci
does 'filters: by ID' "^$nic: vfio-pci has it now" bind -d :100e
is 'filters: and no other' driven $ahci ahci
does 'filters: by class' "^$nic: back with e1000" unbind -d ::0200

# ---- dry runs ----

pc
kernel
state >"$T/before"
: >"$M/log"
does 'dry run: bind' "^printf 'vfio-pci.n' >$(echo "$M" | sed 's/[.]/[.]/g')/sys/bus/pci/devices/$nic/driver_override" \
	bind --dry-run $nic
untouched 'dry run: bind'
# What it prints does what it would do.
cp "$T/out" "$T/script"
step_by_step() {
	while IFS= read -r line; do
		sh -c "$line" || return 1
		sleep 0.2
	done <"$T/script"
}
is 'dry run: a shell does what it prints' step_by_step
state >"$T/by_hand"
cp "$M/log" "$T/by_hand.log"
pc
kernel
trv bind $nic
state | diff "$T/by_hand" - >>"$T/err" && cmp -s "$M/log" "$T/by_hand.log"
report $? 'dry run: which is what bind does'
state >"$T/before"
: >"$M/log"
trv unbind --dry-run $nic
cp "$T/out" "$T/script"
untouched 'dry run: unbind'
is 'dry run: a shell unbinds' step_by_step
is 'dry run: it has' driven $nic e1000
is 'dry run: the record is gone' [ ! -e "$record/$nic" ]
state >"$T/before"
: >"$M/log"
does 'dry run: reset' "^printf '1.n' >.*/$nic/reset" reset --dry-run $nic
untouched 'dry run: reset'

# ---- another user's ----

if [ "$(id -u)" = 0 ]; then
	who=nobody
else
	who=$(id -un)
fi
owner() { # FILE
	[ "$(stat -c %U "$1")" = "$who" ]
}
does 'vfio --user' 'vfio-pci has it now' bind --user "$who" $nic
is 'the group is theirs' owner "$M/dev/vfio/3"
does 'uio --user' 'uio_pci_generic has it now' bind uio --user "$who" $nic
is 'the node is theirs' owner "$M/dev/uio0"
is 'the registers are' owner "$(below $nic)/resource0"
does 'from uio to vfio' 'vfio-pci has it now' bind $nic
[ "$(stat -c %U "$(below $nic)/resource0")" = "$(id -un)" ]
report $? 'the registers are not any more, under vfio'
does 'and to uio' 'uio_pci_generic has it now' bind uio --user "$who" $nic
does '--user: unbind' 'back with e1000' unbind $nic
[ "$(stat -c %U "$(below $nic)/resource0")" = "$(id -un)" ]
report $? 'the registers are not any more'
ln -s "$M" "$T/a b;c"
run bind --sysfs-root "$T/a b;c" --dry-run $nic
is 'dry run: a path is one word' grep -qF " >'$T/a b;c/sys/bus/pci/devices/$nic/driver_override'" "$T/out"
does 'a user by number' "^chown 4711 $M/dev/vfio/3" bind --dry-run --user 4711 $nic
refuses 'no such user' 2 "no user 'nosuch'" bind --user nosuch $nic


# Who had the registers is on record before the first of them is given away, and a dry run prints it.
pc
kernel
file=$(below $nic)/resource0
does 'uio --user: a dry run' "owner $(id -u) $(id -g) .*/$nic/resource0" bind uio --dry-run --user 4711 $nic
is 'in the record, which is the first' sh -c "head -n 2 '$T/out' | tail -n 1 | grep -q 'owner.*resource0'"
cp "$T/out" "$T/script"
if [ "$(id -u)" = 0 ]; then
	# By hand, for as long as it can be: there is no chown without root.
	is 'which a shell writes' step_by_step
	[ "$(stat -c %u "$file")" = 4711 ] && driven $nic uio_pci_generic
	report $? 'and the files are given away'
	does 'and unbind knows' 'back with e1000' unbind $nic
	[ "$(stat -c %u "$file")" = 0 ]
	report $? 'whose they were'
	# Killed where the first file would be given away: a chown that does not come back.
	if command -v gdb >/dev/null 2>&1; then
		gdb -q -batch -ex 'set breakpoint pending on' -ex 'catch syscall chown' -ex run -ex kill \
			--args "$trivet" bind uio --sysfs-root "$M" --user 4711 $nic >"$T/out" 2>"$T/err" </dev/null
		grep -q "owner 0 0 .*/resource0" "$record/$nic" && [ "$(stat -c %u "$file")" = 0 ]
		report $? 'killed before the first is given away: it is on record'
		does 'killed: unbind' 'back with e1000' unbind $nic
	else
		skip 'killed before the first is given away' 'no gdb'
	fi
	# Bound already, and given away later.
	does 'uio' 'has it now' bind uio $nic
	does 'uio, given away later' 'has it already' bind uio --user 4711 $nic
	is 'it is on record' grep -q "owner 0 0 .*/resource0" "$record/$nic"
	does 'to another' 'has it already' bind uio --user 4712 $nic
	is 'the record is of the first' [ "$(grep -c "owner 0 0 .*/resource0" "$record/$nic")" = 1 ]
	does 'both are forgotten' 'back with e1000' unbind $nic
	[ "$(stat -c %u "$file")" = 0 ]
	report $? 'it is whose it was'
else
	skip 'files that are given away' 'not root'
fi

# ---- two at once ----

pc
kernel
mkdir -p "$M/run/trivet"
state >"$T/before"
: >"$M/log"
hold() { # SECONDS
	flock -F "$M/run/trivet/lock" sh -c ": >'$T/held'; exec sleep $1" &
	holder=$!
	for _ in $(seq 100); do
		[ ! -e "$T/held" ] || break
		sleep 0.1
	done
	rm "$T/held"
}
hold 100
for verb in bind unbind reset; do
	trv $verb --timeout 1 $nic
	[ "$rc" = 3 ] && [ ! -s "$T/out" ] &&
		grep -qF "another trivet has been changing devices for 1 s; who: fuser -v $M/run/trivet/lock" "$T/err"
	report $? "$verb: another is at it"
done
does 'a dry run waits for nobody' driver_override bind --dry-run $nic
untouched 'another is at it'
"$trivet" bind --sysfs-root "$M" $nic >"$T/second" 2>&1 </dev/null &
second=$!
sleep 1
untouched 'the other has not ended'
kill $holder
wait $holder 2>/dev/null
wait $second
report $? 'then it goes on'
is 'and has bound it' driven $nic vfio-pci
does 'and let go of the lock' 'back with e1000' unbind --timeout 1 $nic
is 'the lock stays, for nobody' flock -n "$M/run/trivet/lock" true

# ---- refusals ----

mount="36 35 8:17 / /mnt/a\\040b rw - ext4 /dev/sdx1 rw"
alone() { # the disk's controller alone in its group
	pc
	rm "$M/sys/kernel/iommu_groups/7/devices/0000:00:1f.0"
}
alone
kernel
printf '%s\n' "$mount" >"$M/proc/self/mountinfo"
refuses 'mounted' 3 "$ahci: sdx1 is mounted on /mnt/a b" bind $ahci
is 'and how to do it' grep -q 'nothing was changed; --force' "$T/err"
refuses 'mounted: uio' 3 'sdx1 is mounted on' bind uio $ahci
refuses 'mounted: not even another' 3 'sdx1 is mounted on' bind $nic $ahci
refuses 'mounted: a dry run' 3 'sdx1 is mounted on' bind --dry-run $ahci
: >"$(below $ahci)/reset"
refuses 'mounted: a reset' 3 'sdx1 is mounted on' reset $ahci
does 'mounted: forced' 'vfio-pci has it now' bind --force $ahci
is 'and still said' grep -q 'forced all the same: sdx1 is mounted on' "$T/err"
alone
echo '36 35 0:41 / /mnt rw - btrfs /dev/sdx rw' >"$M/proc/self/mountinfo"
refuses 'mounted, by name' 3 'sdx is mounted on /mnt' bind $ahci
rm "$M/proc/self/mountinfo"
refuses 'nobody knows what is mounted' 3 "cannot tell what is mounted of sdx" bind $ahci
alone
echo '/dev/sdx1 partition 1 0 -2' >>"$M/proc/swaps"
refuses 'swap' 3 "$ahci: sdx1 is swap" bind $ahci
alone
mkdir -p "$M/sys/class/block/dm-0/dm"
echo vg-root >"$M/sys/class/block/dm-0/dm/name"
: >"$M/sys/class/block/sdx1/holders/dm-0"
: >"$M/sys/class/block/sdx/holders/md9"
refuses 'a volume' 3 "$ahci: sdx1 is part of dm-0 (vg-root)" bind $ahci
is 'an array' grep -q "$ahci: sdx is part of md9" "$T/err"
alone
process 4711 dd /dev/sdx
refuses 'a process has the disk' 3 'process 4711 (dd) has /dev/sdx open' bind $ahci
pc
refuses 'siblings' 3 'its IOMMU group 7 is not viable: 0000:00:1f.0 is driven by lpc_ich' bind $ahci
kernel
does 'siblings: no matter to uio' 'uio_pci_generic has it now' bind uio $ahci

# NVMe with several paths: the disk is elsewhere.
pc
device 0000:00:05.0 8086:5845 010802 nvme 9
disk 0000:00:05.0 nvme0c0n1 259:1
echo 1 >"$M/sys/class/block/nvme0c0n1/hidden"
rm "$M/sys/class/block/nvme0c0n1/dev" # a hidden disk has no number
mkdir -p "$M/sys/class/block/nvme0n1" "$M/sys/class/block/nvme0n1p2" "$M/sys/class/block/nvme0n10"
echo 259:3 >"$M/sys/class/block/nvme0n1p2/dev"
echo 259:5 >"$M/sys/class/block/nvme0n10/dev"
echo '36 35 259:5 / /mnt/ten rw - xfs /dev/nvme0n10 rw' >"$M/proc/self/mountinfo"
trv bind --dry-run 00:05.0
is 'NVMe: another disk' [ "$rc" = 0 ]
echo '36 35 259:3 / /mnt rw - xfs /dev/nvme0n1p2 rw' >>"$M/proc/self/mountinfo"
refuses 'NVMe: by a path to it' 3 'nvme0n1p2 is mounted on /mnt' bind 00:05.0

# Interfaces: merely up is not in use.
pc
echo 'fe80000000000000020000fffe000002 02 40 20 80 eth7' >"$M/proc/net/if_inet6"
{
	echo 'fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth7'
	echo 'ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000004 00000000 00000001 eth7'
} >"$M/proc/net/ipv6_route"
trv bind --dry-run $nic
is 'an interface that is up' [ "$rc" = 0 ]
echo '20010db8000000000000000000000007 02 40 00 80 eth7' >>"$M/proc/net/if_inet6"
refuses 'an address' 3 "$nic: eth7 has the address 2001:db8::7" bind $nic
pc
echo '00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth7' \
	>"$M/proc/net/ipv6_route"
refuses 'the default IPv6 route' 3 'eth7 has the default IPv6 route' bind $nic
pc
printf 'eth7\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n' >>"$M/proc/net/route"
refuses 'a route' 3 'eth7 has a route to 10.0.2.0/24' bind $nic
pc
printf 'eth7\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n' >>"$M/proc/net/route"
refuses 'the default route' 3 'eth7 has the default route' bind $nic
sed -i 's/^eth7/eth77/' "$M/proc/net/route"
trv bind --dry-run $nic
is 'of another interface' [ "$rc" = 0 ]
rm "$M/proc/net/route"
refuses 'nobody knows the routes' 3 'cannot tell routes of eth7' bind $nic
pc
mkdir "$M/sys/class/net/br0"
ln -s ../../../../class/net/br0 "$(below $nic)/net/eth7/master"
: >"$(below $nic)/net/eth7/upper_br0"
: >"$(below $nic)/net/eth7/upper_vlan5"
refuses 'a bridge' 3 'eth7 belongs to br0' bind $nic
is 'a VLAN' grep -q 'eth7 carries vlan5' "$T/err"
pc
rm -r "$(below $nic)/net/eth7"
refuses 'an interface of another namespace' 3 'cannot tell who uses its interface, which is in another' bind $nic
pc
echo 1 >"$(below $nic)/boot_vga"
refuses 'the console' 3 "it is the console's display" bind $nic
pc
refuses 'a bridge of the bus' 1 "a bridge is the kernel's" bind --force 00:1c.0
refuses 'no IOMMU' 4 'no IOMMU stands before it; trivet doctor vfio' bind 00:01.0
rmdir "$M/sys/bus/pci/drivers/uio_pci_generic"
refuses 'no module' 4 'the kernel has no driver uio_pci_generic now; as root: modprobe uio_pci_generic' \
	bind uio 00:01.0

# A process that drives it.
pc
kernel
trv bind $nic
process 4711 mydriver /dev/vfio/3
refuses 'unbind: in use' 3 'process 4711 (mydriver) has /dev/vfio/3 open' unbind $nic
refuses 'from vfio to uio: in use' 3 'process 4711 (mydriver) has /dev/vfio/3 open' bind uio $nic
refuses 'reset: in use' 3 'process 4711 (mydriver) has /dev/vfio/3 open' reset $nic
does 'unbind: forced' 'back with e1000' unbind --force $nic
pc
kernel
trv bind uio $nic
process 4712 mydriver "/sys/devices/pci0000:00/$nic/resource0"
refuses 'unbind: its registers are in use' 3 "process 4712 (mydriver) has /sys/devices" unbind $nic

# ---- what the kernel does not do ----

pc
echo vfio-pci >"$M/broken"
kernel
trv bind $nic --timeout 1
[ "$rc" = 1 ] && grep -q 'vfio-pci did not take it' "$T/err" && grep -q "$nic: back with e1000" "$T/err"
report $? 'the driver refuses it'
is 'it is back' driven $nic e1000
is 'with no record' [ ! -e "$record/$nic" ]
pc
echo e1000 >"$M/stuck"
kernel
trv bind $nic --timeout 1
[ "$rc" = 1 ] && grep -q 'e1000 does not let go of it' "$T/err"
report $? 'the driver does not let go'
is 'and keeps it' driven $nic e1000
is 'without an override' grep -vq vfio "$(below $nic)/driver_override"
pc
kernel
trv bind $nic
echo e1000 >"$M/broken"
trv unbind $nic --timeout 1
[ "$rc" = 1 ] && grep -q 'e1000 does not take it back; is its module loaded?' "$T/err"
report $? 'the driver does not take it back'
is 'the record is kept' grep -qx 'driver e1000' "$record/$nic"
: >"$M/broken"
does 'later it does' 'back with e1000' unbind $nic
pc
mkfifo "$M/sys/bus/pci/drivers_probe"
driver e1000
mkfifo "$M/sys/bus/pci/drivers/e1000/unbind" # nobody reads
start=$(date +%s)
trv bind $nic --timeout 1
[ "$rc" = 1 ] && grep -q 'is not done after 1 s' "$T/err" && [ $(($(date +%s) - start)) -lt 20 ]
report $? 'a kernel that does not answer'

# ---- reset ----

pc
does 'reset' "^$nic: reset, by the first of: pm bus" reset $nic
is 'by the file for it' grep -qx 1 "$(below $nic)/reset"
refuses 'no reset' 1 'the kernel knows no way to reset it' reset 00:01.0
rm "$(below $nic)/reset"
mkdir "$(below $nic)/reset"
refuses 'a reset that fails' 1 'cannot write' reset $nic

# ---- bad input ----

pc
for verb in bind unbind reset; do
	refuses "$verb: which device?" 2 'which device? see: trivet status' "$verb"
	refuses "$verb: no such device" 1 'no device 00:07.0; see: trivet status' "$verb" 00:07.0
	refuses "$verb: none by that filter" 1 'no such device' "$verb" -d dead:beef
	refuses "$verb: no place" 2 "'eth7': Invalid slot number" "$verb" eth7
	refuses "$verb: no filter of places" 2 "'00:zz': Invalid slot number" "$verb" -s 00:zz
	refuses "$verb: no filter of IDs" 2 "-d 'zz'" "$verb" -d zz
	refuses "$verb: ambiguous" 2 "00:1f may be 0000:00:1f.0, $ahci and others; -s 00:1f takes all 3" \
		"$verb" 00:1f
	refuses "$verb: no number" 2 "--timeout takes a number from 1 to 3600, not 'x'" "$verb" $nic -t x
	refuses "$verb: one that is there, one that is not" 1 'no device 00:07.0' "$verb" $nic 00:07.0
	fails "$verb: no tree" 2 "--sysfs-root '/nonexistent': No such file" \
		"$verb" --sysfs-root /nonexistent $nic
	fails "$verb: a tree that is a file" 2 'not a directory' "$verb" --sysfs-root /etc/passwd $nic
	fails "$verb: a tree without devices" 1 'no PCI devices to be seen' "$verb" --sysfs-root "$T" $nic
done
refuses 'bind: a driver that is none' 2 "'igb': Invalid slot number" bind igb $nic

# For somebody else, if this is root.
chmod 755 "$T"
chmod a-w "$M"
state >"$T/before"
command=ci/plainly
run "$trivet" bind --sysfs-root "$M" $nic
[ "$rc" = 4 ] && grep -qF "cannot make $M/run: Permission denied; root can" "$T/err"
report $? 'no privilege'
untouched 'no privilege'
run "$trivet" bind --dry-run --sysfs-root "$M" $nic
is 'no privilege: a dry run needs none' [ "$rc" = 0 ]
chmod u+w "$M"
ktap_end
