#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# trivet doctor on machines made of files: each check with all that it can find.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
. tests/cli/machine.inc
command=$trivet

trv() {
	run doctor --sysfs-root "$M" "$@"
}

# finds NAME VERDICT CHECK PATTERN [FIX]: in the area $area; the exit status goes with FAIL
finds() {
	trv "$area"
	[ ! -s "$T/err" ] && grep -qE "^$2 +$area +$3 +$4" "$T/out" &&
		{ [ "$2" = PASS ] || grep -A 1 -E "^$2 +$area +$3 " "$T/out" | grep '^     next: ' | grep -qF -- "$5"; } &&
		if grep -q '^FAIL' "$T/out"; then [ "$rc" = 1 ]; else [ "$rc" = 0 ]; fi
	report $? "$area: $1"
}

limits() { # KBYTES or unlimited
	case $1 in unlimited) _n=$1 ;; *) _n=$(($1 * 1024)) ;; esac
	printf 'Limit Soft Limit Hard Limit Units\nMax locked memory         %s  %s  bytes\n' \
		"$_n" "$_n" >"$M/proc/self/limits"
}

capable() { # HEXADECIMAL
	printf 'Name:\ttrivet\nCapEff:\t%016x\n' "$1" >"$M/proc/self/status"
}

# Everything that vfio and uio want.
good() {
	machine
	device 0000:00:02.0 8086:100e 020000 e1000 3
	echo identity >"$M/sys/kernel/iommu_groups/3/type"
	mkdir -p "$M/sys/module/vfio_iommu_type1" "$M/sys/kernel/security" \
		"$M/sys/kernel/mm/hugepages/hugepages-2048kB"
	: >"$M/dev/vfio/vfio"
	: >"$M/dev/vfio/3"
	chmod 666 "$M/dev/vfio/vfio" "$M/dev/vfio/3"
	echo '[none] integrity confidentiality' >"$M/sys/kernel/security/lockdown"
	echo 64 >"$M/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
	echo 60 >"$M/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"
	echo 'hugetlbfs /dev/hugepages hugetlbfs rw 0 0' >"$M/proc/self/mounts"
	limits unlimited
	capable $((1 << 21 | 1 << 17))
}

set +e
echo 'KTAP version 1'

area=vfio
good
trv vfio
[ "$rc" = 0 ] && [ "$(grep -c '^PASS' "$T/out")" = 7 ] && [ "$(wc -l <"$T/out")" = 7 ]
report $? 'vfio: all is well'
finds 'an IOMMU' PASS iommu 'an IOMMU is on: 1 groups'
rm -r "$M/sys/kernel/iommu_groups/3"
finds 'no IOMMU at all' FAIL iommu 'no IOMMU is on' 'switch on VT-d or AMD-Vi in the firmware'
mkdir -p "$M/sys/firmware/acpi/tables"
: >"$M/sys/firmware/acpi/tables/IVRS"
finds "AMD's is off" FAIL iommu 'no IOMMU is on' 'without the kernel argument amd_iommu=off'
: >"$M/sys/firmware/acpi/tables/DMAR"
finds "Intel's is off" FAIL iommu 'no IOMMU is on' 'intel_iommu=on'
good
rmdir "$M/sys/bus/pci/drivers/vfio-pci"
finds 'no vfio-pci' FAIL vfio-pci 'vfio-pci is not loaded' 'modprobe vfio-pci'
good
rmdir "$M/sys/module/vfio_iommu_type1"
finds 'no type1' FAIL type1 'vfio_iommu_type1 is not loaded' 'modprobe vfio_iommu_type1'
good
rm "$M/dev/vfio/vfio"
finds 'no container' FAIL container 'there is no /dev/vfio/vfio' 'modprobe vfio'
good
rm "$M/dev/vfio/3"
finds 'nothing is bound' WARN groups 'no device is bound' 'trivet bind vfio --user NAME DEVICE'
good
limits 8192
finds "the kernel's default" PASS memlock '8192 KiB'
limits 4095
finds 'not memory enough' FAIL memlock '4095 KiB of memory may be locked' 'ulimit -l unlimited'
limits 64
finds 'next to no memory' FAIL memlock '64 KiB of memory may be locked' 'ulimit -l unlimited'
capable $((1 << 14))
finds 'but CAP_IPC_LOCK' PASS memlock 'this process may lock any amount'
rm "$M/proc/self/limits" "$M/proc/self/status"
finds 'no limits to read' WARN memlock 'how much memory may be locked is not known: No such file' 'ulimit -l unlimited'
good
echo 'none integrity [confidentiality]' >"$M/sys/kernel/security/lockdown"
finds 'lockdown is no matter' PASS lockdown 'kernel lockdown: confidentiality'

# Files that somebody else may open.
good
chmod 755 "$T"
chmod 600 "$M/dev/vfio/vfio" "$M/dev/vfio/3"
if [ "$(id -u)" != 0 ]; then
	chmod 000 "$M/dev/vfio/vfio" "$M/dev/vfio/3"
fi
command=ci/plainly
run "$trivet" doctor --sysfs-root "$M" vfio
[ "$rc" = 1 ] && grep -q '^FAIL vfio  container .*may not be opened: Permission denied' "$T/out" &&
	grep -q '     next: chmod 666 /dev/vfio/vfio' "$T/out"
report $? 'vfio: a container that may not be opened'
is 'vfio: a group that may not' grep -q '^WARN vfio  groups .*may not open groups: 3$' "$T/out"
command=$trivet

area=uio
good
finds 'a driver' PASS uio_pci_generic 'uio_pci_generic is loaded'
is 'uio: no FAIL where all is well' [ "$rc" = 0 ]
finds 'no protection' WARN protection 'uio is unprotected against rogue DMA' 'use vfio where there is an IOMMU'
is 'uio: that is the only complaint' [ "$(grep -vc '^PASS' "$T/out")" = 2 ]
rmdir "$M/sys/bus/pci/drivers/uio_pci_generic"
finds 'no driver' FAIL uio_pci_generic 'uio_pci_generic is not loaded' 'modprobe uio_pci_generic'
finds 'pages' PASS hugepages '60 huge pages of 2 MiB are free, of 64'
echo 1 >"$M/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"
finds 'too few pages are free' FAIL hugepages '1 huge pages of 2 MiB are free, of 64; 2 are needed' 'echo 72 >/sys/kernel/mm'
rm -r "$M/sys/kernel/mm/hugepages"
finds 'no huge pages' FAIL hugepages 'this kernel has no huge pages' 'CONFIG_HUGETLBFS'
finds 'a file system for them' PASS hugetlbfs 'hugetlbfs is mounted on /dev/hugepages'
echo 'proc /proc proc rw 0 0' >"$M/proc/self/mounts"
finds 'no file system for them' FAIL hugetlbfs 'hugetlbfs is not mounted' 'mount -t hugetlbfs none /dev/hugepages'
finds 'privileges' PASS privileges 'may ask'
capable $((1 << 21))
finds 'no ports' WARN privileges 'no CAP_SYS_RAWIO' 'start it as root'
capable 0
finds 'no privileges' FAIL privileges 'no CAP_SYS_ADMIN' 'start it as root'
finds 'no lockdown' PASS lockdown 'kernel lockdown: none$'
rm "$M/sys/kernel/security/lockdown"
finds 'lockdown is not known' PASS lockdown 'kernel lockdown: none to be seen'
echo 'none [integrity] confidentiality' >"$M/sys/kernel/security/lockdown"
finds 'lockdown' FAIL lockdown 'kernel lockdown: integrity; it forbids' 'switch off Secure Boot'
finds 'no translation' PASS addresses 'DMA is to physical addresses'
echo DMA-FQ >"$M/sys/kernel/iommu_groups/3/type"
finds 'translation' WARN addresses 'an IOMMU translates for 1 of 1 groups' 'use vfio'

# Programs, by a PATH of our own.
area=qemu
mkdir "$T/path"
pretend() { # PROGRAM SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" >"$T/path/$1"
	chmod +x "$T/path/$1"
}
command=$T/doctor
printf '#!/bin/sh\nPATH=%s exec %s "$@"\n' "$T/path" "$trivet" >"$command"
chmod +x "$command"
unset TRIVET_QEMU
finds 'none' FAIL qemu 'no qemu-system-x86_64 to run' 'apt-get install qemu-system-x86'
pretend qemu-system-x86_64 'echo "QEMU emulator version 7.2.22 (Debian)"'
finds 'the one we know' PASS qemu 'QEMU 7.2'
pretend qemu-system-x86_64 'echo "QEMU emulator version 10.0.1"'
finds 'a newer one' PASS qemu 'QEMU 10.0'
pretend qemu-system-x86_64 'echo "QEMU emulator version 5.2.0"'
finds 'an old one' WARN qemu 'QEMU 5.2 was never tried' 'install QEMU 7.2 or newer'
pretend qemu-system-x86_64 'echo no'
finds 'something else' FAIL qemu 'qemu-system-x86_64 does not say that it is a QEMU' 'apt-get install qemu-system-x86'
pretend mine 'echo "QEMU emulator version 8.2.0"'
TRIVET_QEMU=mine
export TRIVET_QEMU
finds 'one that is named' PASS qemu 'QEMU 8.2'
unset TRIVET_QEMU
area=debug
finds 'no gdb' WARN gdb 'no gdb: trivet run --gdb needs it' 'apt-get install gdb'
is 'debug: which is no failure' [ "$rc" = 0 ]
finds 'no valgrind' WARN valgrind 'no valgrind' 'apt-get install valgrind'
pretend gdb 'echo GNU gdb 13.1'
pretend valgrind 'echo valgrind-3.19.0'
finds 'gdb' PASS gdb 'GNU gdb 13.1'
finds 'valgrind' PASS valgrind 'valgrind-3.19.0'
# Programs that do not end, or say no end of things: a doctor has other patients.
pretend gdb 'trap "" ALRM TERM; while :; do :; done'
start=$(date +%s)
finds 'one that is silent' WARN gdb 'gdb does not answer within 10 s' 'gdb --version'
[ $(($(date +%s) - start)) -lt 60 ]
report $? 'debug: which does not take for ever'
pretend gdb 'echo GNU gdb 13.1'
pretend valgrind 'while :; do printf x; done'
finds 'one without an end of its line' PASS valgrind 'xxxx'
pretend valgrind 'echo valgrind-9; exec 1>&-; while :; do :; done'
finds 'one that stays' PASS valgrind 'valgrind-9'
pretend valgrind 'echo valgrind-3.19.0'
area=qemu
pretend qemu-system-x86_64 'while :; do :; done'
finds 'one that is silent' FAIL qemu 'qemu-system-x86_64 does not answer within 10 s' 'qemu-system-x86_64 --version'
command=$trivet

area=pci
finds 'libpci' PASS libpci 'this program has it'

# All of it.
machine
trv
[ "$rc" = 1 ] && grep -q '^FAIL vfio' "$T/out" && grep -q '^FAIL uio' "$T/out" && grep -q ' qemu  qemu' "$T/out"
report $? 'all areas'
trv --json
is_json 'JSON'
is 'JSON: a failure fails' [ "$rc" = 1 ]
is 'JSON: with a command' grep -q '"fix": "modprobe vfio_iommu_type1"' "$T/out"
good
trv vfio --json
[ "$rc" = 0 ] && grep -q '"verdict": "PASS", "area": "vfio", "check": "iommu"' "$T/out" && ! grep -q next "$T/out"
report $? 'JSON: all is well'
trv vfio pci
[ "$rc" = 0 ] && grep -q ' vfio ' "$T/out" && grep -q ' pci ' "$T/out" && ! grep -q ' uio ' "$T/out"
report $? 'two areas'
fails 'an unknown area' 2 "nothing is known of 'nvme'; see: trivet doctor --help" doctor nvme
fails 'an unknown one among others' 2 "nothing is known of 'nvme'" doctor vfio nvme
fails 'no tree' 2 "--sysfs-root '/nonexistent': No such file" doctor --sysfs-root /nonexistent
ktap_end
