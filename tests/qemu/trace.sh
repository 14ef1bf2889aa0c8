#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# trivet trace on QEMU's devices: what it tells, in each form; that recordings read back the same;
# what it does with files that cannot be written or read; and the probes.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
command=$trivet

# has NAME PATTERN FILE
has() {
	grep -qE -- "$2" "$3"
	report $? "$1"
}

# ends NAME STATUS PATTERN ARG...: that status, and the pattern on stderr
ends() {
	name=$1 want=$2 pattern=$3
	shift 3
	run "$@"
	[ "$rc" = "$want" ] && grep -qE -- "$pattern" "$T/err"
	report $? "$name"
}

# lines PATTERN FILE: how many
lines() {
	grep -cE -- "$1" "$2"
}

# balanced NAME PATTERN PATTERN FILE: as many lines of one as of the other, and some
balanced() {
	a=$(lines "$2" "$4") b=$(lines "$3" "$4")
	[ "$a" -gt 0 ] && [ "$a" = "$b" ]
	report $? "$1"
}

# reads FILE: how many reads of registers, folded or not
reads() {
	awk '/ R [A-Z0-9 ]*[A-Z_0-9+x]* = / && !/ R cfg / {
		n++
		if (match($0, /  x [0-9]+ in /)) n += substr($0, RSTART + 4, RLENGTH - 8) - 1
	} END { print n + 0 }' "$1"
}

# vcd_keeps FILE: what is used was declared, and the time only goes on
vcd_keeps() {
	awk '
	/^\$var / { if ($4 in known) bad = "declared twice: " $0; known[$4] = 1; kind[$4] = $2; n++; next }
	/^\$enddefinitions/ { body = 1; next }
	!body || /^\$/ { next }
	/^#/ { t = substr($0, 2) + 0; if (t < last) bad = "back in time: " $0; last = t; next }
	/^b/ { id = $2; if ($1 !~ /^b([01]+|x)$/) bad = "no value: " $0 }
	/^[01x]/ { id = substr($0, 2) }
	!/^[b01x#$]/ { bad = "what is this: " $0 }
	!(id in known) { bad = "not declared: " $0 }
	END { if (bad == "" && (!n || !last)) bad = "empty"; if (bad != "") { print bad; exit 1 } }' \
		"$1" >>"$T/err"
}

# pulses NAME FILE: how often a signal of that name becomes 1
pulses() {
	awk -v name="$1" '
	/^\$var / && $5 == name { id = $4 }
	/^1/ && substr($0, 2) == id { n++ }
	END { print n + 0 }' "$2"
}

# vcd_is_read FILE: another program takes it, and gives back the same signals and pulses
vcd_is_read() {
	vcd2fst "$1" "$T/fst" >"$T/out" 2>>"$T/err" && fst2vcd -f "$T/fst" -o "$T/back.vcd" >>"$T/out" 2>>"$T/err" &&
		[ "$(grep '^\$var' "$1" | awk '{ print $2, $3, $5 }' | sort)" = \
			"$(grep '^\$var' "$T/back.vcd" | awk '{ print $2, $3, $5 }' | sort)" ] || return 1
	for signal in irq0_handler irq0_raised from_device; do
		[ "$(pulses "$signal" "$1")" = "$(pulses "$signal" "$T/back.vcd")" ] || return 1
	done
}

set +e
echo 'KTAP version 1'
truncate -s 8M "$T/d.img" "$T/e.img"
ide=qemu:piix3-ide,disk=$T/d.img

# Text, as it goes on: the trace on stdout, the report on stderr.
run trace ide -d "$ide"
is 'ide: it runs' [ "$rc" = 0 ]
has 'ide: the report is on stderr' 'ok .*disk 0 read ' "$T/err"
has 'ide: and measures nothing' '^passed: 3 ok' "$T/err"
cp "$T/out" "$T/ide.txt"
has 'ide: a register by name, decoded' ' R BAR1 ATA_ALTSTATUS = 0x50 \(DRDY DSC\)' "$T/ide.txt"
has 'ide: a register as it is called when written' ' W BAR0 ATA_COMMAND = 0xec$' "$T/ide.txt"
has 'ide: what changed' 'W BM_COMMAND = 0x09 \(START TO_MEMORY\)  \+START' "$T/ide.txt"
has 'ide: a FIFO' ' R BAR0 ATA_DATA 256 x 2 bytes: 40 00 .*digest [0-9a-f]{16}$' "$T/ide.txt"
has 'ide: polls, folded' ' R BAR[13] ATA_ALTSTATUS = .*  x [0-9]+ in [0-9.]+ us$' "$T/ide.txt"
has 'ide: an interrupt' '^ +[0-9.]+ +irq   irq 0 ide: handled after [0-9.]+ [mu]s' "$T/ide.txt"
has 'ide: a request' 'req disk 0 tag 0: read 128 blocks at 0, done after ' "$T/ide.txt"
balanced 'ide: each mapping ends' 'dma_map 0x' 'dma_unmap 0x' "$T/ide.txt"
balanced 'ide: each handler returns' 'irq 0 ide: handler$' 'irq 0 ide: handled' "$T/ide.txt"
balanced 'ide: coherent memory is freed' 'dma_alloc 0x' 'dma_free 0x' "$T/ide.txt"
has 'ide: configuration space' ' W cfg COMMAND = 0x0005' "$T/ide.txt"
has 'ide: from bind' 'task  bind ide$' "$T/ide.txt"
has 'ide: to unbind' 'task  unbind_done after' "$T/ide.txt"

works 'to a file: the report is on stdout' '^passed: ' trace ide -d "$ide" -o "$T/o.txt" --record "$T/run.trace"
works 'a recording' ' bind ide$' trace --read "$T/run.trace"
is 'reads back as what was printed' cmp -s "$T/out" "$T/o.txt"
run trace --read "$T/run.trace" --no-fold
cp "$T/out" "$T/all.txt"
is 'folding hides no read' [ "$(reads "$T/o.txt")" = "$(reads "$T/all.txt")" ]
is 'and folds some' [ "$(wc -l <"$T/o.txt")" -lt "$(wc -l <"$T/all.txt")" ]
works '--only irq' 'irq 0 ide: handler' trace --read "$T/run.trace" --only irq
is 'nothing else' [ "$(lines ' irq 0 ' "$T/out")" = "$(wc -l <"$T/out")" ]
works '--only of two' 'dma_map' trace --read "$T/run.trace" --only req,dma
is 'those two' [ "$(lines ' (dma_|req )' "$T/out")" = "$(wc -l <"$T/out")" ]
run trace --read "$T/run.trace" --json
is_json 'json'
is 'json: as many facts' [ "$(lines '"kind"' "$T/out")" = "$(wc -l <"$T/all.txt")" ]
has 'json: a register' '"kind": "reg_write".*"register": "ATA_COMMAND", "value": "0xec"' "$T/out"
has 'json: a request' '"kind": "req_done".*"operation": "read", "lba": 0, "blocks": 128, "took_ns"' "$T/out"
run trace --read "$T/run.trace" --format json --only life
is_json 'json of little'
run trace ide -d "$ide" --format json -o "$T/o.json" --set dma=0 --write
is 'json of a run' [ "$rc" = 0 ]
cp "$T/o.json" "$T/out"
is_json 'which is JSON'
has 'written by register' '"kind": "reg_write_rep".*"register": "ATA_DATA".*"count": [0-9]+, "bytes": [1-9]' "$T/o.json"

works 'vcd' '^\$enddefinitions \$end' trace --read "$T/run.trace" --format vcd
cp "$T/out" "$T/run.vcd"
is 'vcd: keeps the rules' vcd_keeps "$T/run.vcd"
has 'vcd: a register of both directions' '^\$var reg 8 [!-~]+ BAR0_ATA_STATUS \$end' "$T/run.vcd"
has 'vcd: and as it is written' '^\$var reg 8 [!-~]+ BAR0_ATA_COMMAND \$end' "$T/run.vcd"
is 'vcd: a pulse for each handler' \
	[ "$(pulses irq0_handler "$T/run.vcd")" = "$(lines 'irq 0 ide: handler' "$T/all.txt")" ]
is 'vcd: and for each time data are mapped' \
	[ "$(pulses from_device "$T/run.vcd")" = "$(lines 'dma_map.* from device' "$T/all.txt")" ]
run trace edu -d qemu:edu+edu --format vcd -o "$T/edu.vcd"
is 'vcd of a run with two devices' [ "$rc" = 0 ]
is 'vcd of a run: keeps the rules' vcd_keeps "$T/edu.vcd"
is 'vcd of a run: two devices' [ "$(lines '^\$scope module dev_' "$T/edu.vcd")" = 2 ]
if command -v vcd2fst >/dev/null 2>&1; then
	is 'vcd: GTKWave reads it' vcd_is_read "$T/run.vcd"
	is 'vcd: GTKWave reads it of two devices' vcd2fst "$T/edu.vcd" "$T/fst"
	sed 's/^#\([0-9]\)/@\1/' "$T/run.vcd" >"$T/bad.vcd"
	! vcd_is_read "$T/bad.vcd"
	report $? 'vcd: and would not read just anything'
else
	skip 'vcd: GTKWave reads it' 'no vcd2fst; gtkwave has it'
fi
: >"$T/err"

run trace edu -d qemu:edu
cp "$T/out" "$T/edu.txt"
has 'edu: its registers' ' R EDU_ID = 0x010000ed \(MAGIC=0xed' "$T/edu.txt"
has 'edu: its message' 'irq 0 to 0 allocated, MSI$' "$T/edu.txt"
has 'edu: an interrupt' 'irq 0 edu: handled after' "$T/edu.txt"
has 'edu: power' 'task  resume_done after' "$T/edu.txt"
run trace edu -d qemu:edu+edu
has 'two devices are told apart' 'task  0000:00:04.0 R EDU_ID' "$T/out"

# Options and files that will not do.
fails 'an unknown format' 2 "--format is text, json or vcd, not 'xml'" trace --read x --format xml
fails 'an unknown group' 2 "not 'dmx'" trace --read x --only regs,dmx
fails 'no group' 2 "not ''" trace --read x --only ''
fails 'nothing to trace' 2 'needs a driver' trace -d qemu:edu
fails 'no hardware' 2 '-d names it' trace edu
fails '--read and -d' 2 'nothing to run' trace --read x -d qemu:edu edu
fails '--read and --record' 2 'nothing to run' trace --read x --record y
fails 'a file in two roles' 2 'two files at once' trace --read x -o x
fails 'a file in two roles, which is made' 2 'two files at once' \
	trace edu -d qemu:edu -o "$T/two" --record "$T/./two"
is 'and not left' [ ! -e "$T/two" ]
cp "$T/run.trace" "$T/one.trace"
ln "$T/one.trace" "$T/same.trace"
for name in "$T/./one.trace" "$T/same.trace"; do
	fails 'a recording by another name' 2 'two files at once' trace --read "$T/one.trace" -o "$name"
	is 'which is still there' cmp -s "$T/run.trace" "$T/one.trace"
done
if [ "$(id -u)" != 0 ]; then
	mkdir "$T/closed"
	chmod 500 "$T/closed"
	for option in -o --record; do
		fails "$option where nothing may be written" 4 "closed/x': Permission denied" \
			trace edu -d qemu:edu $option "$T/closed/x"
	done
else
	skip 'where nothing may be written' 'root may'
fi
fails 'a directory that is not there' 1 "cannot write '/nowhere/o'" trace edu -d qemu:edu -o /nowhere/o
fails 'a directory that is not there, to record in' 1 "cannot write '/nowhere/o'" \
	trace edu -d qemu:edu --record /nowhere/o
fails 'no such recording' 2 "none.trace': No such file" trace --read "$T/none.trace"
fails 'a directory' 2 'Is a directory' trace --read "$T"
: >"$T/empty"
fails 'an empty file' 1 'too short for a recording' trace --read "$T/empty"
fails 'no recording at all' 1 'it is no recording' trace --read "$T/run.vcd"
cp "$T/o.txt" "$T/keep"
run trace --read "$T/run.vcd" -o "$T/keep"
is 'which nothing is written over for' cmp -s "$T/o.txt" "$T/keep"
fails 'a driver that is not there' 2 "no driver 'nosuch'" trace --read "$T/run.trace" nosuch
head -c 3000 "$T/run.trace" >"$T/cut.trace"
for form in text json vcd; do
	ends "a recording that was cut off: $form" 1 "cut.trace': damaged at byte [0-9]*: it was cut off" \
		trace --read "$T/cut.trace" --format $form
	is 'what is there is printed' [ "$(wc -l <"$T/out")" -gt 20 ]
done
is 'by all means as a waveform' vcd_keeps "$T/out"
run trace --read "$T/cut.trace" --json
is_json 'and as JSON'
(head -c 1000 "$T/run.trace" && head -c 5000 "$T/run.vcd") >"$T/bad.trace"
ends 'a recording that goes wrong' 1 "bad.trace': damaged at byte" trace --read "$T/bad.trace"
if [ -e /dev/full ]; then
	ends 'no room for the trace' 1 "cannot write '/dev/full': No space left" \
		trace edu -d qemu:edu -o /dev/full
	has 'which the driver does not mind' '^passed: ' "$T/out"
	ends 'no room for the recording' 1 "cannot record to '/dev/full': No space left" \
		trace edu -d qemu:edu --record /dev/full
	ends 'no room for a recording read back' 1 "cannot write '/dev/full': No space left" \
		trace --read "$T/run.trace" -o /dev/full --json
else
	skip 'no room' 'no /dev/full'
fi
mkfifo "$T/fifo"
sleep 60 <"$T/fifo" &
pid=$!
ends 'a recording nobody takes' 1 'it ends early: Resource temporarily unavailable' \
	trace ide -d "$ide" --set dma=0 --write --record "$T/fifo" -o "$T/o.txt"
has 'which the driver does not mind either' '^passed: ' "$T/out"
has 'nor does the trace' 'unbind_done after' "$T/o.txt"
kill $pid
wait $pid 2>/dev/null

# Interrupted, it is whole.
"$trivet" trace ide -d "$ide" -b 60 --json -o "$T/o.json" --record "$T/int.trace" >"$T/out" 2>"$T/err" &
pid=$!
for _ in $(seq 100); do
	! grep -q ' read ' "$T/out" || break
	sleep 0.2
done
kill -TERM $pid
rc=0
wait $pid 2>/dev/null || rc=$?
is 'interrupted: it ends by that' [ "$rc" = 143 ]
run trace --read "$T/int.trace" --only life
is 'interrupted: what was recorded is whole' [ "$rc" = 0 ]
has 'interrupted: to the end' 'unbind_done after' "$T/out"
cp "$T/o.json" "$T/out"
is_json 'interrupted: what was printed as well'

# Killed, too: nothing waits in memory to be written.
"$trivet" trace ide -d "$ide" -b 60 --record "$T/kill.trace" -o /dev/null >"$T/out" 2>"$T/err" &
pid=$!
for _ in $(seq 100); do
	! grep -q ' read ' "$T/out" || break
	sleep 0.2
done
kill -KILL $pid
wait $pid 2>/dev/null
works 'killed: what was recorded is whole' 'req disk 0 tag 0: read 128 blocks at 0, done' \
	trace --read "$T/kill.trace" --only req

# Without sys/sdt.h.
rc=0
for source in os/linux-user/*.c; do
	${CC:-gcc} -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Werror -fsyntax-only -Iinclude -I. \
		-D_GNU_SOURCE -DTRV_OS_LINUX_USER -DTRIVET_NO_PROBES "$source" >"$T/out" 2>"$T/err" || rc=$?
done
is 'probes can be left out' [ "$rc" = 0 ]

# Probes: those in the table are those in the program, and they fire.
sed -n '/^## Probes/,$s/^| `\([a-z_]*\)` |.*/\1/p' os/linux-user/TRACING.md | sort >"$T/documented"
if ! "$trivet" version | grep -q '^probes: USDT'; then
	skip 'probes' 'built without; systemtap-sdt-dev has sys/sdt.h'
else
	readelf -n "$trivet" | awk '/Provider: trivet$/ { on = 1 } on && /Name:/ { print $2; on = 0 }' |
		sort -u >"$T/there"
	diff "$T/documented" "$T/there" >"$T/out"
	is 'probes: the table is right' [ ! -s "$T/out" ]
	cat >"$T/probes.gdb" <<-'END'
		set breakpoint pending on
		break -probe-stap trivet:req_start
		commands
		silent
		printf "start %s disk %d op %d at %d + %d\n", $_probe_arg0, $_probe_arg1, $_probe_arg3, $_probe_arg4, $_probe_arg5
		continue
		end
		break -probe-stap trivet:irq_done
		commands
		silent
		printf "irq %s %d %s returned %d\n", $_probe_arg0, $_probe_arg1, $_probe_arg2, $_probe_arg3
		continue
		end
		break -probe-stap trivet:dma_unmap
		commands
		silent
		printf "unmap %d bytes, direction %d\n", $_probe_arg2, $_probe_arg3
		continue
		end
		run
	END
	if command -v gdb >/dev/null 2>&1; then
		rc=0
		timeout 60 gdb -nx -batch -x "$T/probes.gdb" --args "$trivet" run ide -d "$ide" -b 0 \
			>"$T/out" 2>"$T/err" </dev/null || rc=$?
		if grep -qiE 'ptrace|Operation not permitted' "$T/err"; then
			skip 'probes: they fire' 'gdb may not trace here'
		else
			has 'probes: they fire' '^start 0000:00:03.0 disk 0 op 0 at 0 \+ 128$' "$T/out"
			has 'probes: in handlers too' '^irq 0000:00:03.0 0 ide returned 1$' "$T/out"
			has 'probes: with their arguments' '^unmap 65536 bytes, direction 2$' "$T/out"
			has 'probes: and the program runs on' 'passed: 3 ok' "$T/out"
			sed -n 's/^	(gdb) //p' os/linux-user/TRACING.md >"$T/probes.gdb"
			timeout 60 gdb -nx -batch -ex 'set breakpoint pending on' -x "$T/probes.gdb" \
				--args "$trivet" run ide -d "$ide" -b 0 >"$T/out" 2>"$T/err" </dev/null
			has 'probes: as the guide says' '^disk 0: 0$' "$T/out"
		fi
	else
		skip 'probes: they fire' 'no gdb'
	fi
fi
ktap_end
