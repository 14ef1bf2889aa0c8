#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: QEMU's PIIX3 IDE function with a disk, driven by a process: written, read, compared,
# and compared once more by another process. NVMe, e1000e and xHCI by programs of tests/qemu, which
# find them by TRIVET_HARDWARE. The sandbox of a process that root starts, and of one that a user
# does, to whom root has given the device. Prints KTAP.
#
# user-devices.sh vfio|uio TRIVET PROGRAMS IDE ESCAPE
set -u
MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"
. "$(dirname "$0")/user-faults.inc"
transport=$1 trivet=$2 programs=$3 ide=$4 escape=$5

take "$transport" "$ide" 0000:00:06.0 0000:00:07.0 0000:00:08.0 0000:00:09.0 0000:00:0a.0
report $? 'the devices are bound'
export TRIVET_HARDWARE="$transport nvme=0000:00:06.0 e1000e=0000:00:07.0 e1000e=0000:00:08.0 edu=0000:00:09.0 nec-usb-xhci=0000:00:0a.0"

# try NAME CMD...: it succeeds, and what it says
try() {
	_name=$1
	shift
	"$@" >/tmp/out 2>&1
	_rc=$?
	sed 's/^/# /' /tmp/out
	report "$_rc" "$_name"
}

try 'IDE: written, read and compared' "$trivet" run ide -d "$transport:$ide" --bench 0 --write -v
grep -q 'no interrupt, polling' /tmp/out
report $? 'IDE: it has no interrupt, and the log says so'
try 'IDE: compared by another process' "$trivet" run ide -d "$transport:$ide" --bench 0 --verify
try 'NVMe: a function reset' "$programs/qemu_reset" reset.function_level
try 'edu: it has none' "$programs/qemu_reset" reset.no_method
if [ "$transport" = vfio ]; then
	try 'e1000e: MSI-X, each vector' "$programs/qemu_msix" msix.each_vector
	try 'e1000e: MSI-X, masked' "$programs/qemu_msix" msix.masked
	try 'e1000e: MSI-X before MSI' "$programs/qemu_msix" msix.first_of_kinds
	try 'xHCI: several messages' "$programs/qemu_msix" msix.several_messages
else
	[ -z "$(ls /dev/hugepages)" ]
	report $? 'no DMA memory is left'
fi

# ---- the sandbox ----

# each KEY PATTERN: there are threads of $busy, and it is that in all of them
each() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$busy"/task/*/status >/tmp/status
	[ "$(wc -l </tmp/status)" -ge 4 ] && ! grep -qvx -- "$2" /tmp/status
}

# confined NAME: what the kernel says of $busy
confined() {
	each Uid '65534[[:space:]]65534[[:space:]]65534[[:space:]]65534' &&
		each Gid '65534[[:space:]]65534[[:space:]]65534[[:space:]]65534' && each Groups '[[:space:]]*'
	report $? "$1: nobody, without a group, in every thread"
	each CapInh 0000000000000000 && each CapPrm 0000000000000000 && each CapEff 0000000000000000 &&
		each CapBnd 0000000000000000 && each CapAmb 0000000000000000
	report $? "$1: no capability in any set"
	each Seccomp 2 && each NoNewPrivs 1
	report $? "$1: calls are filtered, and no privilege can be gained"
}

# is_master: of the bus, the IDE function
is_master() {
	[ $(($(od -An -tu1 -j4 -N1 "$devices/$ide/config") & 4)) = 4 ]
}

# stopped SIGNAL STATUS: $busy ends by it, soon
stopped() {
	kill "-$1" $busy
	_rc=0
	wait $busy 2>/dev/null || _rc=$?
	[ "$_rc" = "$2" ]
}

left_quiet() {
	! is_master
	report $? "$1: it is not bus master any more"
	[ "$transport" = vfio ] || [ -z "$(ls /dev/hugepages)" ]
	report $? "$1: no DMA memory is left"
	! grep -qx 'trv steward' /proc/[0-9]*/comm 2>/dev/null
	report $? "$1: and no process"
}

busy "$transport:$ide"
report $? 'root starts it'
confined 'root'
is_master
report $? 'root: it is bus master'
stopped TERM 143
report $? 'root: it ends by SIGTERM'
left_quiet 'root'

# The escapes that need nothing of what a test may not touch.
"$trivet" run "$escape" -d "$transport:$ide" -v >/tmp/out 2>&1 </dev/null
report $? 'a driver that tries to get out'
sed -n 's/^escape: //p' /tmp/out | grep -E '^(open|socket|execve|fork|bpf|kill|worker-open|thread-open) ' >/tmp/tried
[ "$(wc -l </tmp/tried)" = 8 ] && ! grep -qv ' EPERM$' /tmp/tried
report $? 'tries in vain'
if [ "$transport" = uio ]; then
	grep -qx 'escape: port instruction' /tmp/out
else
	grep -qx 'escape: port call' /tmp/out
fi
report $? 'but has its ports, in a thread started since'
"$trivet" run "$escape" -d "$transport:$ide" --no-sandbox >/tmp/out 2>&1 </dev/null
grep -qx 'escape: open done' /tmp/out && grep -qx 'escape: socket done' /tmp/out
report $? 'without a sandbox, not in vain'
grep -E '^CONFIG_SECURITY_LANDLOCK=y' "/boot/config-$(uname -r)" >/dev/null &&
	"$trivet" run edu -d "$transport:0000:00:09.0" -v --sandbox >/tmp/out 2>&1 </dev/null &&
	grep -q 'sandbox: user nobody (65534), no capabilities, Landlock ABI [1-9]' /tmp/out
report $? 'all of it is there: it can be demanded'
"$trivet" run edu -d "$transport:0000:00:09.0" -v --user daemon >/tmp/out 2>&1 </dev/null &&
	grep -q 'sandbox: user daemon (1), ' /tmp/out
report $? 'root may choose who'

if [ "$transport" = vfio ]; then
	# A user's own, once root has given it to him.
	"$trivet" unbind "$ide" >/tmp/out 2>&1
	"$trivet" bind vfio --user nobody "$ide" >>/tmp/out 2>&1
	_rc=$?
	sed 's/^/# /' /tmp/out
	report $_rc 'root binds it for nobody'
	# Not by a function, which would be one process more.
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all --bounding-set -all \
		"$trivet" run ide -d "vfio:$ide" --bench 60 >/tmp/busy 2>&1 </dev/null &
	busy=$!
	within 20 grep -q 'ok .* read ' /tmp/busy
	report $? 'who drives it'
	confined 'nobody'
	is_master
	report $? 'nobody: it is bus master'
	stopped TERM 143
	report $? 'nobody: it ends by SIGTERM'
	left_quiet 'nobody'
fi
ktap_end
