#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The transports vfio and uio without hardware, by sysfs and dev trees of files: what is in the
# way of a device is said with its name, the cause, what to do next, and the exit status for it.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
command=$trivet

set +e
echo 'KTAP version 1'

sys=$T/sys dev=$T/dev
devices=$sys/bus/pci/devices
groups=$sys/kernel/iommu_groups
mkdir -p "$devices" "$groups/7/devices" "$dev/vfio"
me=0000:00:03.0
me_user=$(id -un)
nobody=65534
[ "$(id -u)" = 0 ] || nobody=$(id -u)

# function BDF [DRIVER]: there is one, of QEMU's edu, left bus master
function() {
	mkdir -p "$devices/$1"
	rm -f "$devices/$1/driver"
	[ $# = 1 ] || ln -s "../../drivers/$2" "$devices/$1/driver"
	printf '\064\022\350\021\007\000\020\000' >"$devices/$1/config"
	truncate -s 256 "$devices/$1/config"
	printf '0x00000000febf1000 0x00000000febf1fff 0x0000000000040200\n' >"$devices/$1/resource"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		echo '0x0000000000000000 0x0000000000000000 0x0000000000000000'
	done >>"$devices/$1/resource"
	: >"$devices/$1/resource0"
	echo 11 >"$devices/$1/irq"
}

# on NAME STATUS MESSAGE NEXT TRANSPORT [OPTION...]: with the device and these trees
on() {
	name=$1 want=$2 message=$3 next=$4 transport=$5
	shift 5
	fails "$name" "$want" "$message" run edu -d "$transport:$me,sysfs=$sys,dev=$dev$*"
	is "$name: what to do" grep -qF -- "$next" "$T/err"
}

# as_nobody CMD...: the same without root's privileges, where we have them
as_nobody() {
	command=$T/nobody
	"$@"
	command=$trivet
}
cp "$trivet" "$T/trivet" # where nobody may read, too
printf '#!/bin/sh\nexec %s %s "$@"\n' \
	"$([ "$(id -u)" != 0 ] || echo 'setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all')" \
	"$T/trivet" >"$T/nobody"
chmod 755 "$T/nobody" "$T"

for transport in vfio uio; do
	fails "$transport: no address" 2 'like 0000:00:03.0; see: lspci -D' run edu -d "$transport:3"
	fails "$transport: no such slot" 2 'like 0000:00:03.0' run edu -d "$transport:00:20.0"
	fails "$transport: no address, but a model" 2 'like 0000:00:03.0' run edu -d "$transport:edu"
	on "$transport: no such device" 1 "$me: this machine has no such device" 'lspci -D' $transport
done

function $me
on 'vfio: no driver' 1 "$me: not bound to vfio-pci" \
	"modprobe vfio-pci && trivet bind vfio $me" vfio
on 'uio: no driver' 1 "$me: not bound to uio_pci_generic" \
	"modprobe uio_pci_generic && trivet bind uio $me" uio
function $me ata_piix
on 'vfio: another driver' 3 "$me: the kernel's driver ata_piix has it" \
	"trivet bind vfio $me" vfio
on 'uio: another driver' 3 "$me: the kernel's driver ata_piix has it" \
	"trivet bind uio $me" uio

# ---- vfio ----

function $me vfio-pci
on 'vfio: an unknown option' 2 "unknown option 'mnap'" 'there are: mmap' vfio ,mnap=off
on 'vfio: neither on nor off' 2 'mmap=maybe is neither on nor off' 'neither on nor off' vfio ,mmap=maybe
on 'vfio: no size' 2 'dma=x is not a number' 'from 4096' vfio ,dma=x
on 'vfio: no IOMMU' 1 "$me: not behind an IOMMU" "intel_iommu=on" vfio
ln -s ../../../../kernel/iommu_groups/7 "$devices/$me/iommu_group"
function 0000:00:03.1 i801_smbus
ln -s "$devices/$me" "$groups/7/devices/$me"
ln -s "$devices/0000:00:03.1" "$groups/7/devices/0000:00:03.1"
on 'vfio: a sibling of the kernel' 3 \
	"$me: IOMMU group 7 not viable: 0000:00:03.1 is bound to i801_smbus" \
	'trivet bind vfio 0000:00:03.1' vfio
function 0000:00:03.1
fails 'vfio: twice' 2 "$me is named twice" run edu -d "vfio:$me,sysfs=$sys+$me"
cp "$devices/$me/config" "$T/config"
tr '\0' '\377' </dev/zero | head -c 256 >"$devices/$me/config"
function 0000:00:03.1
on 'vfio: all ones' 1 "$me: it does not answer (all ones)" "$me/remove" vfio
cp "$T/config" "$devices/$me/config"
for driver in pci-stub pcieport vfio-pci; do
	function 0000:00:03.1 $driver
	on "vfio: a sibling under $driver; no module" 1 "$dev/vfio/vfio: No such file" 'modprobe vfio-pci' vfio
done
: >"$dev/vfio/vfio"
on 'vfio: something else is there' 1 "$dev/vfio/vfio: not VFIO" 'modinfo vfio' vfio
chmod 0 "$dev/vfio/vfio"
as_nobody on 'vfio: no permission' 4 "$dev/vfio/vfio: no permission, it is $me_user's, mode 0000" \
	'chmod 666' vfio
: >"$dev/vfio/7"
chmod 0 "$dev/vfio/7"
as_nobody on "vfio: a group of another's" 4 \
	"$me: $dev/vfio/7: no permission, it is $me_user's, mode 0000" \
	"as root, run: chown $nobody $dev/vfio/7" vfio
rm "$dev/vfio/7"

# ---- uio ----

# byte OFFSET: of its configuration space
byte() {
	od -An -tu1 -j"$1" -N1 "$devices/$me/config" | tr -d ' '
}

function $me uio_pci_generic
on 'uio: an unknown option' 2 "unknown option 'port'" 'there are: mmap ports' uio ,port=file
on 'uio: neither way to ports' 2 'ports=x is neither direct nor file' 'nor file' uio ,ports=x
echo DMA-FQ >"$groups/7/type"
on 'uio: an IOMMU in between' 1 "$me: an IOMMU keeps it from memory" "use vfio:$me" uio
echo identity >"$groups/7/type"
on 'uio: no device' 1 "$me: uio_pci_generic has made no device for it" 'dmesg | tail' uio
mkdir -p "$devices/$me/uio/uio5"
on 'uio: no node' 1 "$dev/uio5: No such file" 'modprobe uio_pci_generic' uio
# held NAME FILE: another process has locked that
held() {
	(
		exec 9<"$2"
		flock -n 9 || exit
		on "uio: another process has it$1" 3 "$me: another process has $dev/uio5" \
			"fuser -v $dev/uio5" uio
		exit "$failed"
	) >"$T/busy"
	failed=$?
	cat "$T/busy"
	nr=$((nr + 2))
}
held ', so its node is not opened' "$devices/$me/config"
: >"$dev/uio5"
held '' "$dev/uio5"
is 'uio: nothing was written yet' [ "$(byte 4)" = 7 ]
chmod 0 "$dev/uio5"
chmod 666 "$devices/$me/config"
as_nobody on 'uio: no permission' 4 "$dev/uio5: no permission" 'run as root' uio
chmod 644 "$dev/uio5"
chmod 444 "$devices/$me/config"
as_nobody on 'uio: read-only configuration' 4 "$me/config: no permission" 'run as root' uio
chmod 644 "$devices/$me/config"

run run edu -d "uio:$me,sysfs=$sys,dev=$dev,hugetlbfs=$T"
is 'uio: bus master is cleared before anything can go wrong, and nothing else' [ "$(byte 4)" = 3 ]
is 'uio: which is said' grep -q "$me: was left bus master" "$T/err"
on 'uio: no huge pages there' 1 "$T is no hugetlbfs" 'mount -t hugetlbfs' uio ",hugetlbfs=$T"

# A configuration that can be opened, and not written: as the kernel's is under lockdown.
if command -v python3 >/dev/null 2>&1; then
	mv "$devices/$me/config" "$T/config"
	python3 - "$T/config" >"$T/sealed" <<-'END' &
		import fcntl, os, sys, time
		fd = os.memfd_create("config", os.MFD_ALLOW_SEALING)
		os.write(fd, open(sys.argv[1], "rb").read())
		fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE)
		print("/proc/%d/fd/%d" % (os.getpid(), fd), flush=True)
		time.sleep(120)
	END
	sealer=$!
	for _ in $(seq 100); do
		[ ! -s "$T/sealed" ] || break
		sleep 0.1
	done
	ln -s "$(cat "$T/sealed")" "$devices/$me/config"
	on 'uio: it cannot be written, why is not known' 4 "$me: its configuration cannot be written" \
		"if the kernel is locked down (Secure Boot), use vfio:$me" uio
	mkdir -p "$sys/kernel/security"
	for mode in integrity confidentiality; do
		echo "none $mode" | sed "s/$mode/[&]/" >"$sys/kernel/security/lockdown"
		on "uio: lockdown for $mode" 4 \
			"$me: its configuration cannot be written: the kernel is locked down ($mode, " \
			"use vfio:$me" uio
	done
	echo '[none] integrity confidentiality' >"$sys/kernel/security/lockdown"
	on 'uio: it cannot be written, and that is not lockdown' 1 \
		"$me: its configuration cannot be written; see: dmesg" 'dmesg | tail' uio
	kill "$sealer"
	wait "$sealer" 2>/dev/null
	rm "$devices/$me/config"
else
	skip 'uio: lockdown' 'no python3'
fi
tr '\0' '\377' </dev/zero | head -c 256 >"$devices/$me/config"
on 'uio: all ones' 1 "$me: it does not answer (all ones)" "$me/remove" uio
is 'uio: and nothing was written' [ "$(byte 4)" = 255 ]
ktap_end
