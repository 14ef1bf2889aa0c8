#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# The sandbox on QEMU's devices: what the kernel says of a process that drives one, what a driver
# tries in vain that it can do without, what is left of the sandbox under a tool, and what is wrong
# to ask for.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
. tests/qemu/run.inc
command=$trivet

# status KEY: of each thread of $pid
status() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid"/task/*/status
}

# each KEY PATTERN: there are threads, and it is that in all of them
each() {
	status "$1" >"$T/status"
	[ -s "$T/status" ] && ! grep -qvx -- "$2" "$T/status"
}

# busy ARG...: $pid, in the middle of a bench
busy() {
	: >"$T/out"
	TRIVET_TEST_RUN=$$.busy TMPDIR=$T/tmp env --default-signal=INT "$trivet" run ide \
		-d "qemu:piix3-ide,disk=$T/d.img,qmp=$T/there/qmp" -b 60 "$@" \
		>"$T/out" 2>"$T/err" </dev/null &
	pid=$!
	for _ in $(seq 200); do
		! grep -q ' read ' "$T/out" || break
		sleep 0.1
	done
}

ended() {
	kill -INT "$pid"
	rc=0
	wait "$pid" 2>/dev/null || rc=$?
	[ "$rc" = 130 ]
}

# escape ARG...: the driver that tries; what came of it is in $T/err
escape() {
	: >"$T/away/victim"
	rm -f "$T/away/made"
	ESCAPE_FILE=$T/away/made ESCAPE_VICTIM=$T/away/victim
	export ESCAPE_FILE ESCAPE_VICTIM
	run run "$T/escape.so" -d "qemu:edu,qmp=$T/there/qmp" "$@"
}

# attempts WORD NAME...: each of them ended so
attempts() {
	want=$1
	shift
	for attempt; do
		grep -qxE "escape: $attempt ($want)" "$T/err" || return 1
	done
}

set +e
echo 'KTAP version 1'
mkdir "$T/tmp" "$T/there" "$T/away"
truncate -s 8M "$T/d.img"
for part in libcap-ng libseccomp; do
	"$trivet" version | grep -q "^sandbox: .*$part" && continue
	echo "1..0 # SKIP built without $part: run ci/deps"
	exit 0
done
landlock=yes
"$trivet" run edu -d qemu:edu -v --sandbox >"$T/out" 2>"$T/err" || landlock=
traced=$(sed -n 's/^TracerPid:[[:space:]]*//p' /proc/self/status)

# ---- what the kernel says ----

busy
each Seccomp 2
report $? 'at work, in every thread: calls are filtered'
each NoNewPrivs 1
report $? 'in every thread: no new privileges'
for set in CapInh CapPrm CapEff CapAmb; do
	each $set 0000000000000000
	report $? "in every thread: $set is empty"
done
case " ${TRIVET_PLAINLY:-} " in
*' uid '*)
	each CapBnd 0000000000000000
	report $? 'in every thread: CapBnd is empty' ;;
*) skip 'in every thread: CapBnd is empty' 'only root can empty it' ;;
esac
[ "$(status Seccomp | wc -l)" -ge 5 ]
report $? 'there are such threads'
qemu=$(child_of "$pid")
[ "$(sed -n 's/^Seccomp:[[:space:]]*//p' "/proc/$qemu/status")" = "$(sed -n 's/^Seccomp:[[:space:]]*//p' /proc/self/status)" ]
report $? 'its QEMU is as it was'
[ -S "$T/there/qmp" ]
report $? 'which has a socket'
kill -KILL "$qemu"
rc=0
wait "$pid" 2>/dev/null || rc=$?
[ "$rc" = 1 ] && grep -q 'QEMU was killed by signal 9' "$T/err"
report $? 'killed, it is mourned'
[ ! -e "$T/there/qmp" ]
report $? 'and its socket unlinked'
nothing_left $$.busy
report $? 'nothing is left'

busy --no-sandbox
each Seccomp "$(sed -n 's/^Seccomp:[[:space:]]*//p' /proc/self/status)"
report $? 'with --no-sandbox nothing is filtered'
ended
report $? 'it ends by its signal'

busy
ended && nothing_left $$.busy && [ ! -e "$T/there/qmp" ]
report $? 'so it does in the sandbox, and nothing is left'

# ---- what a driver tries ----

# shellcheck disable=SC2086 # a list
${CC:-cc} -shared -fPIC -std=gnu11 -D_GNU_SOURCE -Iinclude -I. -DTRV_OS_LINUX_USER \
	-DTRIVET_VERSION='"test"' -o "$T/escape.so" tests/qemu/escape/escape.c \
	os/linux-user/module/module.c >"$T/out" 2>"$T/err"
rc=$?
report $rc 'a driver that tries to get out is built'

forbidden='open create socket execve fork unshare ptrace vm-read map-executable make-executable
	kill type limit priority bpf dumpable thread-open thread-socket worker-open worker-socket'
escape
is 'it runs' [ "$rc" = 0 ]
for attempt in $forbidden; do
	attempts EPERM "$attempt"
	report $? "refused: $attempt"
done
is 'no file was made' [ ! -e "$T/away/made" ]
if [ -n "$landlock" ]; then
	attempts EACCES unlink
	report $? 'refused, by Landlock: unlink in a directory that is none of the device'"'"'s'
	is 'the file is there' [ -e "$T/away/victim" ]
else
	skip 'refused, by Landlock: unlink' 'this kernel has none'
	skip 'the file is there' 'this kernel has no Landlock'
fi

escape --no-sandbox
is 'it runs without the sandbox' [ "$rc" = 0 ]
attempts done open create unlink socket fork unshare vm-read map-executable make-executable kill \
	limit priority dumpable thread-open thread-socket worker-open worker-socket
report $? 'where it can do all that'
attempts ENOENT execve && attempts ESRCH ptrace && attempts 'EINVAL|ENOSYS|EPERM|E2BIG|EFAULT' bpf &&
	attempts 'ENOTTY|EIO|EBADF|EFAULT' type
report $? 'or meets other errors'
is 'a file was made, and one unlinked' sh -c '[ -e "$1/made" ] && [ ! -e "$1/victim" ]' sh "$T/away"

# ---- all verbs, and what they say ----

works 'run says nothing of it' '^passed: ' run edu -d qemu:edu
run run edu -d qemu:edu -v
is 'but with -v' grep -qE 'sandbox: no capabilities.*, [0-9]+ system calls' "$T/err"
works 'regs' 'EDU_ID = ' regs -d qemu:edu --sandbox
TMPDIR=$T/tmp works 'trace, with a file that is read back' '^passed: ' trace edu -d qemu:edu --format vcd \
	--record "$T/rec" -o "$T/vcd"
is 'which is whole' grep -q '^\$enddefinitions' "$T/vcd"
TMPDIR=$T/tmp works 'trace, by a temporary file' '^passed: ' trace edu -d qemu:edu --format vcd -o "$T/vcd"
if [ -n "$landlock" ]; then
	works 'all of it can be demanded' '^passed: ' run edu -d qemu:edu --sandbox
else
	fails 'what is demanded and not there is an error' 4 'no sandbox: ' run edu -d qemu:edu --sandbox
fi
works 'oneself is no other user' '^passed: ' run edu -d qemu:edu --user "$(id -u)"
fails 'no such user' 2 "there is no user 'no-such-user'; see: getent passwd" \
	run edu -d qemu:edu --user no-such-user
if [ "$(id -u)" != 0 ]; then
	for verb in run regs "trace -o $T/not"; do
		# shellcheck disable=SC2086 # words
		fails "${verb%% *}: one cannot become another" 4 \
			'only root can become another user; run it as root' $verb edu -d qemu:edu --user root
	done
else
	skip 'one cannot become another' 'root can'
fi
fails 'both' 2 '--sandbox and --no-sandbox' run edu -d qemu:edu --sandbox --no-sandbox
fails 'both, for regs' 2 '--sandbox and --no-sandbox' regs edu -d qemu:edu --sandbox --no-sandbox
fails 'another user without a sandbox' 2 '--user is a part of the sandbox' \
	run edu -d qemu:edu --no-sandbox --user root

# ---- tools ----

if command -v valgrind >/dev/null 2>&1; then
	rc=0
	valgrind -q --error-exitcode=9 "$trivet" run edu -d qemu:edu -v >"$T/out" 2>"$T/err" || rc=$?
	[ "$rc" = 0 ] && grep -q 'sandbox: none, for valgrind' "$T/err"
	report $? 'valgrind: there is none, which is said'
	rc=0
	valgrind -q "$trivet" run edu -d qemu:edu --sandbox >"$T/out" 2>"$T/err" || rc=$?
	[ "$rc" = 4 ] && grep -q 'no sandbox: none, for valgrind' "$T/err"
	report $? 'valgrind: demanded, it is an error'
else
	skip valgrind 'not installed: run ci/deps'
fi
if [ "${traced:-0}" = 0 ] && gdb -nx -q -batch -ex run --args true 2>&1 | grep -q 'exited normally'; then
	rc=0
	timeout 60 gdb -nx -q -batch -ex 'break edu_probe' -ex run -ex 'print (int)open("/dev/null", 0) >= 0' \
		-ex continue --args "$trivet" run edu -d qemu:edu -v >"$T/out" 2>&1 </dev/null || rc=$?
	: >"$T/err"
	is 'gdb: calls are not filtered, which is said' grep -q 'not filtered: it is being debugged' "$T/out"
	is 'gdb: it runs to its end' grep -q 'exited normally' "$T/out"
	is 'gdb: and stops for none of our signals' sh -c '! grep -q "received signal" "$1"' sh "$T/out"
else
	skip 'gdb' 'it is not installed, or may not trace here'
fi
ktap_end
