#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 200
#
# What becomes of root: another user, in every thread; and what only root may do at the end is done,
# by whatever way it comes to that. On a QEMU device; tests/vm/user-devices.sh has the others.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
. tests/qemu/run.inc
command=$trivet

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

[ "$(id -u)" = 0 ] || skip_all 'only root becomes another user'
command -v qemu-system-x86_64 >/dev/null 2>&1 || skip_all 'no qemu-system-x86_64'
"$trivet" version | grep -q '^sandbox: libcap-ng libseccomp' ||
	skip_all 'built without libcap-ng or libseccomp: run ci/deps'
for map in uid gid; do
	awk '$1 <= 65534 && 65534 < $1 + $3 { found = 1 } END { exit !found }' "/proc/self/${map}_map" ||
		skip_all 'a user namespace without nobody'
done

set +e
echo 'KTAP version 1'
mkdir -m 700 "$T/tmp" "$T/roots"
truncate -s 8M "$T/d.img"
chmod 600 "$T/d.img"
default=$(id -u trivet 2>/dev/null || id -u nobody)

# busy ARG...: $pid, in the middle of a bench; $qemu and $steward, its children
busy() {
	: >"$T/out"
	TRIVET_TEST_RUN=$$.busy TMPDIR=$T/tmp env --default-signal=INT "$trivet" run ide \
		-d "qemu:piix3-ide,disk=$T/d.img,qmp=$T/roots/qmp" -b 60 "$@" \
		>"$T/out" 2>"$T/err" </dev/null &
	pid=$!
	for _ in $(seq 200); do
		! grep -q ' read ' "$T/out" || break
		sleep 0.1
	done
	qemu='' steward=''
	for child in $(cat "/proc/$pid"/task/*/children); do
		case $(cat "/proc/$child/comm") in
		qemu*) qemu=$child ;;
		'trv steward') steward=$child ;;
		esac
	done
}

status() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid"/task/*/status
}

each() {
	status "$1" | tr '\t' ' ' >"$T/status"
	[ "$(wc -l <"$T/status")" -ge 5 ] && ! grep -qvxE -- "$2" "$T/status"
}

# ends SIGNAL STATUS: soon, and nothing is left
ends_by() {
	kill "-$1" "$pid"
	rc=0
	wait "$pid" 2>/dev/null || rc=$?
	[ "$rc" = "$2" ]
	report $? "SIG$1: its end"
	nothing_left $$.busy
	report $? "SIG$1: no process is left"
}

busy
each Uid "$default $default $default $default" && each Groups ' *'
report $? 'every thread: the other user, without groups'
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	each $set 0000000000000000
	report $? "every thread: $set is empty"
done
each Seccomp 2 && each NoNewPrivs 1
report $? 'every thread: filtered, without new privileges'
[ "$(stat -c %u "/proc/$pid/fd")" = 0 ]
report $? 'others of that user cannot look into it'
[ -n "$steward" ] && [ "$(find "/proc/$steward/fd" -type l | wc -l)" = 2 ]
report $? 'the child for the end has a socket and QEMU'"'"'s descriptor'
grep -q '^CapEff:[[:space:]]*0000000000000002$' "/proc/$steward/status" &&
	grep -q '^CapBnd:[[:space:]]*0000000000000000$' "/proc/$steward/status" &&
	grep -q '^NoNewPrivs:[[:space:]]*1$' "/proc/$steward/status"
report $? 'and one capability'
ends_by INT 130
[ ! -e "$T/roots/qmp" ]
report $? 'the socket in a directory of root'"'"'s is unlinked'

busy
kill -STOP "$qemu"
ends_by KILL 137
rm -f "$T/roots/qmp"

busy
kill -KILL "$qemu"
rc=0
wait "$pid" 2>/dev/null || rc=$?
[ "$rc" = 1 ] && grep -q 'QEMU was killed by signal 9' "$T/err" && [ ! -e "$T/roots/qmp" ]
report $? 'QEMU is killed: it is told, and the socket unlinked'
nothing_left $$.busy
report $? 'no process is left'

# It cannot be ended then, and is not waited for either.
busy
kill -KILL "$steward"
start=$(date +%s)
kill -TERM "$pid"
rc=0
wait "$pid" 2>/dev/null || rc=$?
[ "$rc" = 143 ] && [ $(($(date +%s) - start)) -lt 40 ] &&
	grep -q "QEMU, process $qemu, cannot be ended: .*; run: kill $qemu" "$T/err"
report $? 'the child is killed: it ends, and says whom it had to leave'
kill -KILL "$qemu" 2>/dev/null
nothing_left $$.busy
report $? 'which ends, too'
rm -f "$T/roots/qmp"

busy -t 1 -b 60
rc=0
wait "$pid" 2>/dev/null || rc=$?
[ "$rc" = 1 ] && [ ! -e "$T/roots/qmp" ]
report $? 'at its end by itself, too'

run run edu -d qemu:edu -v --user daemon
[ "$rc" = 0 ] && grep -q "sandbox: user daemon ($(id -u daemon)), " "$T/err"
report $? 'a user by name'
run run edu -d qemu:edu -v --user 12345
[ "$rc" = 0 ] && grep -q "sandbox: user 12345 (12345), " "$T/err"
report $? 'a user by number'
run run edu -d qemu:edu -v --user root
[ "$rc" = 0 ] && grep -q 'sandbox: no capabilities' "$T/err"
report $? 'root, where it is asked for'
works 'regs' 'EDU_ID = ' regs -d qemu:edu
works 'trace, by a file that root made' '^passed: ' trace edu -d qemu:edu --format vcd \
	--record "$T/roots/rec" -o "$T/roots/vcd"
is 'which is whole' grep -q '^\$enddefinitions' "$T/roots/vcd"

# Without the means, as in some containers.
command=setpriv
run --bounding-set -setuid "$trivet" run edu -d qemu:edu
[ "$rc" = 0 ] && grep -q 'it stays root, without capabilities: it lacks CAP_SETUID' "$T/err"
report $? 'without CAP_SETUID it stays root, and says so'
run --bounding-set -setuid "$trivet" run edu -d qemu:edu --user nobody
[ "$rc" = 4 ] && grep -q 'root cannot become nobody here: it lacks CAP_SETUID' "$T/err"
report $? 'which is an error for somebody in particular'
if unshare --map-root-user true 2>/dev/null; then
	command=unshare
	run --map-root-user "$trivet" run edu -d qemu:edu
	[ "$rc" = 0 ] && grep -q 'there is no such user in this user namespace' "$T/err"
	report $? 'in a user namespace of one'
else
	skip 'in a user namespace of one' 'none can be made here'
fi
ktap_end
