#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# What a user gets wrong, or what goes wrong for him: the exit status that scripts rely on, a line
# that says what, why and what to do next, no waiting, and nothing left.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
. tests/qemu/run.inc
command=$trivet

# refuses NAME STATUS PATTERN NEXT ARG...: one line on stderr with both, soon, and nothing left
refuses() {
	name=$1 want=$2 pattern=$3 next=$4
	shift 4
	tag=$$.$nr
	rc=0
	start=$(date +%s)
	TRIVET_TEST_RUN=$tag TMPDIR=$T/tmp "$trivet" "$@" >"$T/out" 2>"$T/err" </dev/null || rc=$?
	[ "$rc" = "$want" ] && [ $(($(date +%s) - start)) -lt 10 ] &&
		[ "$(wc -l <"$T/err")" = 1 ] && [ ! -s "$T/out" ] &&
		grep -q -- "$pattern" "$T/err" && grep -q -- "$next" "$T/err"
	report $? "$name"
	nothing_left "$tag"
	report $? "$name: nothing is left"
}

# A program in QEMU's place.
fake() {
	printf '#!/bin/sh\n%s\n' "$2" >"$T/$1"
	chmod 755 "$T/$1"
}

set +e
echo 'KTAP version 1'
mkdir "$T/tmp" "$T/nothing"
truncate -s 4M "$T/d.img"
truncate -s 3000 "$T/odd.img"
: >"$T/empty.img"

# It takes its time until it is given up: meanwhile, the others.
fake sleeps 'exec sleep 300'
TRIVET_TEST_RUN=$$.sleeps TMPDIR=$T/tmp "$trivet" run edu -d "qemu:edu,qemu=$T/sleeps" \
	>"$T/sleeps.out" 2>"$T/sleeps.err" </dev/null &
sleeper=$!

fake dies 'echo "I do not feel well" >&2; exit 3'
fake quiet 'exit 3'
fake shot 'kill -SEGV $$'
fake talks 'cat /dev/zero >&2; echo enough >&2; exit 1'
ide=qemu:piix3-ide
PATH_BEFORE=$PATH
PATH=$T/nothing:$(dirname "$(command -v env)")
if ! command -v qemu-system-x86_64 >/dev/null; then
	refuses 'no QEMU in PATH' 1 'no qemu-system-x86_64 in PATH' 'install qemu-system-x86' \
		run edu -d qemu:edu
else
	mkdir "$T/few"
	for tool in $(echo date wc grep sed head tr sleep ls rm); do
		ln -s "$(command -v "$tool")" "$T/few/$tool"
	done
	PATH=$T/few
	refuses 'no QEMU in PATH' 1 'no qemu-system-x86_64 in PATH' 'install qemu-system-x86' \
		run edu -d qemu:edu
fi
PATH=$PATH_BEFORE
refuses 'QEMU dies at its start' 1 'I do not feel well' 'QEMU has ended' \
	run edu -d "qemu:edu,qemu=$T/dies"
refuses 'without a word' 1 'exit status 3' 'QEMU has ended' run edu -d "qemu:edu,qemu=$T/quiet"
refuses 'by a signal' 1 'signal 11' 'QEMU was killed' run edu -d "qemu:edu,qemu=$T/shot"
refuses 'it talks without end' 1 'QEMU has ended' '' run edu -d "qemu:edu,qemu=$T/talks"
refuses 'no such model' 1 'no-such-device' '-device help' run edu -d qemu:no-such-device
refuses 'no such property' 1 'colour' '-device MODEL,help' run edu -d qemu:edu,colour=red
refuses 'no image' 1 "disk=$T/none.img: No such file" "truncate -s 64M $T/none.img" \
	run ide -d "$ide,disk=$T/none.img"
refuses 'an empty image' 1 "disk=$T/empty.img: 0 bytes" "truncate -s 64M $T/empty.img" \
	run ide -d "$ide,disk=$T/empty.img"
refuses 'half a block' 1 "disk=$T/odd.img: 3000 bytes" "truncate -s %512 $T/odd.img" \
	run ide -d "$ide,disk=$T/odd.img"
refuses 'a directory as image' 1 "disk=$T: neither a file" '' run ide -d "$ide,disk=$T"
refuses 'half a block of a CD' 1 "cd=$T/odd.img: 3000 bytes" "truncate -s %2048 $T/odd.img" \
	run ide -d "$ide,cd=$T/odd.img"
refuses 'no name' 2 'disk= names no image' 'truncate -s 64M' run ide -d "$ide,disk="
refuses 'disks where there is no controller' 1 "Bus 'dev0.0' not found" 'piix3-ide' \
	run edu -d "qemu:edu,disk=$T/d.img"
refuses 'QEMU is a directory' 1 "qemu=$T: Is a directory" 'command -v qemu-system-x86_64' \
	run edu -d "qemu:edu,qemu=$T"
refuses 'QEMU may not be run' 4 "qemu=$T/d.img: Permission denied" 'command -v qemu-system-x86_64' \
	run edu -d "qemu:edu,qemu=$T/d.img"
refuses 'one image twice' 3 'Is another process using the image' "fuser -v" \
	run ide -d "$ide,disk=$T/d.img,disk1=$T/d.img"
refuses 'a monitor where there is a file' 3 "qmp=$T/d.img" 'remove it' \
	run edu -d "qemu:edu,qmp=$T/d.img"
is 'which is still there' [ -s "$T/d.img" ]
refuses 'a monitor nowhere' 1 'No such file' '/nowhere/qmp' run edu -d qemu:edu,qmp=/nowhere/qmp
truncate -s 16M "$T/ram"
refuses 'no socket' 1 "$T/no.sock: No such file" "-qtest unix:$T/no.sock,server=on" \
	run edu -d "qtest:$T/no.sock,addr=4.0,ram=$T/ram,timeout=500"
refuses 'a socket that is a file' 1 "$T/ram: Connection refused" '-qtest unix:' \
	run edu -d "qtest:$T/ram,addr=4.0,ram=$T/ram"
refuses 'memory that is too little' 1 "ram=$T/d.img: less than 16 MiB" '' \
	run edu -d "qtest:$T/no.sock,addr=4.0,ram=$T/d.img"
refuses 'no memory' 1 'ram=/nowhere/ram: No such file' 'memory-backend-file,share=on' \
	run edu -d "qtest:$T/no.sock,addr=4.0,ram=/nowhere/ram"
long=$(printf '%0120d' 0)
refuses 'a name too long for a socket' 2 'too long' "$long" \
	run edu -d "qtest:$T/$long,addr=4.0,ram=$T/ram"
if [ "$(id -u)" != 0 ]; then
	truncate -s 4M "$T/closed.img"
	chmod 400 "$T/closed.img"
	refuses 'an image that cannot be written' 4 'Permission denied' "ls -l $T/closed.img" \
		run ide -d "$ide,disk=$T/closed.img"
	chmod 0 "$T/closed.img"
	refuses 'an image that cannot be read' 4 'Permission denied' "ls -l $T/closed.img" \
		run ide -d "$ide,cd=$T/closed.img"
	refuses 'memory that may not be used' 4 "ram=$T/closed.img: Permission denied" '' \
		run edu -d "qtest:$T/no.sock,addr=4.0,ram=$T/closed.img"
else
	skip 'an image that cannot be written' 'root can'
	skip 'an image that cannot be read' 'root can'
fi

limited() {
	command="$T/limited"
	fake limited "ulimit $1 && exec '$trivet' \"\$@\""
	fails "$2" 4 'see: ulimit -a' run edu -d qemu:edu
	command=$trivet
}
limited '-n 12' 'too few files'
limited '-n 20' 'too few, later'
limited '-f 1' 'files too short'
limited '-v 150000' 'too little memory'

# Two at once: the second is told.
"$trivet" run ide -d "$ide,disk=$T/d.img" -b 60 >"$T/first.out" 2>&1 </dev/null &
first=$!
for _ in $(seq 100); do
	! grep -q ' read ' "$T/first.out" || break
	sleep 0.1
done
refuses 'an image another process uses' 3 'Is another process using the image' 'fuser -v' \
	run ide -d "$ide,disk=$T/d.img"
kill -TERM "$first"
wait "$first" 2>/dev/null
is 'which is no trouble for that one' grep -q 'failed .*bench .*interrupted' "$T/first.out"

# What is in a name.
cd "$T" || exit
truncate -s 4M a:b.img
works 'a colon in the name of an image' 'ok .*disk 0 read' run ide -d "$ide,disk=a:b.img" -b 0
name=$(printf 'n\303\244\377.img')
truncate -s 4M "$name"
run run ide -d "$ide,disk=$name" -b 0 --json
is 'a name that is not UTF-8, in JSON' sh -c 'iconv -f UTF-8 -t UTF-8 <"$1" | python3 -m json.tool >/dev/null' \
	sh "$T/out"
is 'of which the rest is told' grep -q "$(printf 'disk=n\303\244[\\]ufffd.img')" "$T/out"
cd - >/dev/null || exit
works 'the first disk by both its names' 'serial BOTH' \
	run ide -d "$ide,disk=$T/d.img,disk0.serial=BOTH" -b 0
works 'and the other way round' 'serial BOTH' run ide -d "$ide,disk0=$T/d.img,disk.serial=BOTH" -b 0
works 'a gigabyte' '^passed: ' run edu -d qemu:edu,ram=1G

# Not one line, but a report: it began.
ends 'the wrong driver' 1 'driver edu does not take 8086:7010' run edu -d "$ide,disk=$T/d.img"
is 'which is no success' sh -c '! grep -q ^passed "$1"' sh "$T/out"
run run edu -d qemu:e1000+edu
[ "$rc" = 1 ] && grep -q 'ok .*power' "$T/out" && grep -q '^FAILED' "$T/out"
report $? 'one of two: the other is tried, and it is no success'
run run ide -d "$ide"
[ "$rc" = 0 ] && grep -q 'skipped .*no disk was found; .*disk=FILE' "$T/out"
report $? 'a controller without a disk says so'
truncate -s 512 "$T/one.img"
works 'a disk of one block' 'ok .*disk 0 verify *1 blocks' run ide -d "$ide,disk=$T/one.img" --write -b 0
truncate -s 66048 "$T/two.img"
works 'a disk of a piece and a block' 'ok .*disk 0 verify *129 blocks' \
	run ide -d "$ide,disk=$T/two.img" --write -b 0
printf '[inject-error]\nevent = "none"\niotype = "write"\nerrno = "5"\n' >"$T/rules"
ends 'a disk that cannot be written' 1 'failed .*disk 0 write .*128 blocks at 0: Input/output error' \
	run ide -q -d "$ide,drive0=driver=raw,,file.driver=blkdebug,,file.config=$T/rules,,file.image.driver=file,,file.image.filename=$T/d.img" --write -b 0
printf '[inject-error]\nevent = "none"\niotype = "flush"\nerrno = "5"\n' >"$T/rules"
ends 'a disk that cannot be flushed' 1 'failed .*disk 0 write .*flush: Input/output error' \
	run ide -q -d "$ide,drive0=driver=raw,,file.driver=blkdebug,,file.config=$T/rules,,file.image.driver=file,,file.image.filename=$T/d.img" --write -b 0

# QEMU is killed, and is stopped, in the middle.
for signal in KILL STOP; do
	tag=$$.$signal
	rc=0
	: >"$T/out"
	TRIVET_TEST_RUN=$tag TMPDIR=$T/tmp "$trivet" run ide -d "$ide,disk=$T/d.img,timeout=1000" -b 60 \
		>"$T/out" 2>"$T/err" </dev/null &
	pid=$!
	for _ in $(seq 100); do
		! grep -q ' read ' "$T/out" || break
		sleep 0.1
	done
	kill "-$signal" "$(child_of "$pid")" || kill "$pid"
	start=$(date +%s)
	wait "$pid" || rc=$?
	[ "$rc" = 1 ] && grep -q 'failed .*disk 0 bench .*No such device' "$T/out" &&
		[ $(($(date +%s) - start)) -lt 20 ]
	report $? "SIG$signal for QEMU: it is told, soon"
	case $signal in
	KILL) is 'SIGKILL for QEMU: why' grep -q 'QEMU was killed by signal 9' "$T/err" ;;
	STOP) is 'SIGSTOP for QEMU: why' grep -qE 'QEMU hangs: (no answer in 1000|it has said nothing for 2000) ms' "$T/err" ;;
	esac
	nothing_left "$tag"
	report $? "SIG$signal for QEMU: nothing is left"
done

# Nobody has to sit out a QEMU that does not begin.
for verb in run regs; do
	rc=0
	TRIVET_TEST_RUN=$$.$verb TMPDIR=$T/tmp env --default-signal=INT "$trivet" $verb edu \
		-d "qemu:edu,qemu=$T/sleeps" >"$T/out" 2>"$T/err" </dev/null &
	pid=$!
	for _ in $(seq 100); do
		[ -z "$(child_of "$pid")" ] || break
		sleep 0.1
	done
	start=$(date +%s)
	kill -INT "$pid"
	wait "$pid" 2>/dev/null || rc=$?
	[ "$rc" = 130 ] && [ $(($(date +%s) - start)) -lt 10 ]
	report $? "SIGINT for $verb, while QEMU does not begin"
	nothing_left "$$.$verb"
	report $? "SIGINT for $verb, while QEMU does not begin: nothing is left"
done

rc=0
wait "$sleeper" || rc=$?
cp "$T/sleeps.out" "$T/out"
cp "$T/sleeps.err" "$T/err"
[ "$rc" = 1 ] && grep -q 'QEMU hangs: no answer in 30000 ms' "$T/err" && [ ! -s "$T/out" ]
report $? 'a QEMU that does not begin'
nothing_left "$$.sleeps"
report $? 'a QEMU that does not begin: nothing is left'
ktap_end
