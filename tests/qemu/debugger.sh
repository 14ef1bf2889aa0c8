#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# gdb on the user leg: the commands and printers at every moment of a process's life, and time that
# stands while the process does. What a user does with them is in DEBUGGING.md, and debugging.sh.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/ktap.inc
O=$(realpath "${O:-build}")

for tool in gdb qemu-system-x86_64; do
	if ! command -v "$tool" >/dev/null; then
		echo "1..0 # SKIP $tool is not installed: run ci/deps"
		exit 0
	fi
done
if ! gdb -nx -q -batch -ex run --args true 2>&1 | grep -q 'exited normally'; then
	echo '1..0 # SKIP gdb cannot trace a process here'
	exit 0
fi

# debug NAME COMMAND...: gdb's commands come from standard input; what it prints is in $T/out
rc=0
debug() {
	cat >"$T/commands"
	timeout 100 gdb -nx -q -batch -iex "add-auto-load-safe-path $O:$T" -x "$T/commands" --args "$@" \
		>"$T/out" 2>&1 </dev/null
	: >"$T/err"
}

# all: every command, and its outcome where it is an error; gdb's own script goes on after one
all() {
	for verb in dev regs req dma irq trace prd; do
		cat <<-END
			python
			try:
			    gdb.execute("trivet $verb")
			    print("done $verb")
			except gdb.error as e:
			    print("said " + str(e))
			end
		END
	done
}

# says NAME PATTERN...: every pattern was printed, and no traceback
says() {
	name=$1
	shift
	bad=0
	for pattern; do
		grep -qE -- "$pattern" "$T/out" && continue
		bad=1
		echo "# missing: $pattern"
		# A report is longer than what is shown of it.
		grep -E '^ *(#|not ok)' "$T/out" | sed 's/^/# /'
	done
	! grep -qE 'Traceback|Python Exception|Error occurred in Python' "$T/out" || bad=1
	report $bad "$name"
}

set +e
echo 'KTAP version 1'
truncate -s 8M "$T/d.img"
ide="run ide -b 0 -d qemu:piix3-ide,disk=$T/d.img"

{ all; } | debug "$trivet" list
says 'before the program runs' 'said trivet dev: the program does not run' 'said trivet regs: .* does not run'

{ echo 'break user_dev_alloc'; echo run; all; } | debug "$trivet" run edu -d qemu:edu
says 'before there is a device' 'said trivet dev: no hardware is open yet' 'said trivet prd: no hardware'

{ echo 'break edu_probe'; echo run; all; echo 'info locals'; } | debug "$trivet" run edu -d qemu:edu
says 'at the first line of a probe' '1234:11e8 .*edu, in probe' 'BAR0: the driver has not mapped it' \
	'no interrupt: polled' 'said trivet prd: no channel'

{ echo 'break edu_irq_start'; echo run; all; } | debug "$trivet" run edu -d qemu:edu
says 'in the middle of it' 'EDU_ID = 0x010000ed \(MAGIC=0xed' 'EDU_IRQ_ACK: not read: write-only'

# shellcheck disable=SC2086 # $ide is a list
{
	echo 'break ide_probe'
	echo run
	all
	echo 'print *(struct ide_host *)dev->core.drvdata'
} | debug "$trivet" $ide
says 'and of one that has channels' 'done dev' 'said trivet prd: no channel' 'ports: not mapped' \
	'queue: not initialised' 'coherent: not allocated' 'not armed'

{
	echo 'break edu_remove'
	echo run
	all
	echo 'break user_dev_free'
	echo continue
	all
	echo 'delete'
	echo continue
	all
} | debug "$trivet" run edu -d qemu:edu
says 'at its end' 'done dma' 'exited normally' 'said trivet dev: no hardware is open' \
	'said trivet dma: the program does not run'

{
	cat <<-'END'
		break edu_probe
		run
		set var *(unsigned char *)dev->transport = 0xa5
		set var dev->core.disks = (struct trv_disk *)8
		set var dev->dma = (struct user_dma *)8
		set var dev->core.drv = (void *)16
		set var dev->vecs[0].handler = (void *)24
		set var dev->n_vecs = 1
	END
	all
	for type in trv_dev trv_req trv_disk trv_blkq trv_mmio trv_port trv_dma_mem trv_dma_map trv_timer \
		trv_work trv_event trv_spin trv_mutex user_dma; do
		echo "python print('$type:', gdb.parse_and_eval('*(struct $type *)64').format_string())" |
			sed 's/^python \(.*\)/python\ntry:\n    \1\nexcept gdb.error as e:\n    print("said", e)\nend/'
		echo "print *(struct $type *)dev->events"
	done
	echo kill
} | debug "$trivet" run edu -d qemu:edu
says 'with nonsense in every pointer' '(said|trv_req:).*' 'said trivet dma: Cannot access memory' \
	'said trivet dev: ' '^\$[0-9]+ = '

{ echo 'break qtest_send if $_thread == 1'; echo run; echo 'up 3'; echo 'trivet regs'; } |
	debug "$trivet" run edu -d qemu:edu
says 'in the middle of an access, registers are not read' 'trivet regs: (no hardware|this thread is in the middle)'
{
	cat <<-'END'
		break edu_probe
		run
		break qtest_send
		continue
	END
	echo 'trivet regs'
} | debug "$trivet" run edu -d qemu:edu
says 'nor where a lock is held' 'trivet regs: this thread is in the middle of qtest_send\(\)'

# A read too many would drop the interrupt: the request would time out.
# shellcheck disable=SC2086
{
	cat <<-'END'
		break ide_line_irq
		commands
		  silent
		  trivet regs
		  continue
		end
		run
	END
} | debug "$trivet" $ide
says 'reading registers while an interrupt is pending changes nothing' 'ATA_STATUS: not read' \
	'BM_STATUS = 0x.*INTR' 'passed: 3 ok' 'exited normally'
! grep -q 'no answer' "$T/out"
report $? 'no request was lost'

{
	cat <<-'END'
		break edu_interrupt
		run
		set scheduler-locking step
		python
		def now():
		    gdb.execute("maint flush register-cache", to_string=True)
		    return gdb.execute("info all-registers", to_string=True)
		before = now()
		gdb.execute("trivet regs")
		print("the thread's: %s, of %d" % ("the same" if now() == before else "others", before.count("\n")))
		end
		print 4711
		show scheduler-locking
		info breakpoints
		trivet irq
	END
} | debug "$trivet" run edu -d qemu:edu
says 'breakpoints and locking are as they were' 'EDU_IRQ_STATUS = 0x' 'is "step"' 'keep y .*edu_interrupt' \
	'0: edu, edu_interrupt\(\), [0-9]+ so far, running'
# Vector registers are among them, which some gdbs cannot write: see os/linux-user/gdb.c.
says 'and registers, and the history of values' "the thread's: the same, of [0-9]{2,}" '^\$1 = 4711'

cp "$trivet" "$T/naked"
objcopy --strip-debug --keep-section=.debug_gdb_scripts "$T/naked"
{ echo 'break trv_user_close'; echo run; all; } | debug "$T/naked" run edu -d qemu:edu
says 'without debug information' 'said trivet dev: this program has no user_hosts: .* built with -g'

# Time.
STAND_STILL=debugger
export STAND_STILL
debug "$O/user/bin/qemu_clock" <<-'END'
	break stand_still
	commands
	  silent
	  shell sleep 3
	  continue
	end
	run
END
says 'while a debugger holds the process, no time passes' '^ +ok 1 - stopped_in_a_request' \
	'^ +ok 2 - stopped' 'exited normally'
says 'while it runs, it does' '^ +ok 2 - running_in_a_request' '^ +ok 1 - running' 'exited normally'
ktap_end
