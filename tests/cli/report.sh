#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What a failure report says, check by check: the drivers of tests/checkers/ trip it, and each has
# the facts that lead to its mistake. Then its other forms, its id, and the debugger.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/ktap.inc
set +e
echo 'KTAP version 1'

run() {
	rc=0
	"$sim" "$@" >"$T/out" 2>"$T/err" </dev/null || rc=$?
}

# has NAME PATTERN...: of what was run last; the patterns are lines, in that order
has() {
	name=$1
	shift
	printf '%s\n' "$@" >"$T/want"
	awk -v want="$T/want" '
		BEGIN { more = (getline pattern <want) > 0 }
		more && $0 ~ pattern { more = (getline pattern <want) > 0 }
		END { if (more) print "missing: " pattern; exit more }' "$T/out" >>"$T/err"
	report $? "$name"
}

# tripped CHECK SCENARIO PATTERN...: the report of that scenario has these lines, in that order
tripped() {
	check=$1 scenario=$2
	shift 2
	run replay --report "$scenario"
	if [ "$rc" = 0 ]; then
		has "$scenario" "^FAIL $scenario  $check " '^  means     ' '^  what      ' "$@" \
			'^  replay    .* replay ' '^  debug     .* --gdb$' '^  timeline  ' '[*][*][*] '
	else
		report 1 "$scenario"
	fi
}

at() { # FUNCTION: the line after it has the source
	printf '%s' "_drv.c:[0-9]*, $1\(\)"
}
cause='^ *[0-9.]+  (>>> )?[a-z0-9 ]+(, CPU[01])?: '

# The source is at hand here: so are its lines, and the stack.
if command -v addr2line >/dev/null 2>&1; then
	tripped dma-owner checker/dma-owner/trips \
		"$(at dma_touch_owned)" '^            [|] trv_write_once\(j.buf' \
		'^  in        task main, CPU0, at [0-9.]* us$' \
		'^  stack     dma_touch_owned\(\) dma_drv.c:[0-9]' \
		'^  id        dma-owner-dma_drv.c:dma_touch_owned-dma_drv.c:map_job$' \
		"${cause}allocated: memory, 96 bytes" "$(at open_job).*[|] j->buf = trv_zalloc" \
		"${cause}mapped for 0000.*: 96 bytes from the device, address 0x" \
		"$(at map_job).*[|] if \(trv_dma_map"
	tripped use-after-free checker/use-after-free/trips \
		"$(at mem_read_freed)" "^ *[|] return p . trv_read_once" \
		"${cause}allocated: memory, 40 bytes" "$(at new_block)" \
		"${cause}freed: memory, 40 bytes" "$(at mem_read_freed).*[|] trv_free"
else
	skip checker/dma-owner/trips 'no addr2line'
	skip checker/use-after-free/trips 'no addr2line'
fi
tripped dma-stale checker/dma-stale/trips "$(at dma_write_after_unmap)" \
	"${cause}mapped for 0000.*: 96 bytes from the device" "$(at map_job)" \
	"${cause}unmapped: the CPU's again" "$(at dma_write_after_unmap).*[|] trv_dma_unmap" \
	"${cause}the device is told that address: wr DUMMY_DMA_ADDR = " \
	"$(at move).*[|] trv_write64\(j->regs, DUMMY_DMA_ADDR" \
	"${cause}wr DUMMY_DMA_CMD = 0x00000002 \(WRITE\)"
tripped lock-order checker/lock-order/trips "$(at nest)" \
	"${cause}the other order: \"a\" is taken first" "$(at nest).*[|] trv_spin_lock\(outer" \
	"${cause}the other order: \"b\" is taken inside" "$(at nest).*[|] trv_spin_lock\(inner" \
	"${cause}this order: \"b\" is taken first"
tripped lock-irq checker/lock-irq/trips "$(at '[a-z_]*')" \
	"${cause}\".*\" is taken in an interrupt handler" "$(at '[a-z_]*')" \
	"${cause}\".*\" is taken with interrupts on"
tripped sleep-in-atomic checker/sleep-in-atomic/trips "$(at rig_sleep_spin_trips)" \
	"${cause}\"a\" is taken, and held since" "$(at rig_sleep_spin_trips).*[|] trv_spin_lock"
tripped leak-irq checker/leak-irq/trips "$(at '[a-z_]*')" \
	"${cause}enters the driver: remove" \
	"${cause}leaves it: remove"
has 'and what is left' "${cause}never given back: interrupt vectors, 1" \
	"${cause}never given back: interrupt handler" "$(at '[a-z_]*').*[|] .*trv_irq_attach"
tripped leak-mem checker/leak-mem/trips "$(at new_block)" \
	"${cause}never given back: memory, 40 bytes" "$(at new_block).*[|] return trv_zalloc"
tripped hang checker/hang/trips "$(at rig_hang_trips)" \
	"${cause}rd DUMMY_DMA_STATUS = 0x00000000: since then [0-9]* times, never another value" \
	"$(at rig_hang_trips).*[|] while \(!\(trv_read32"
tripped irq-storm checker/irq-storm/trips \
	"${cause}the interrupt line goes up, and stays" \
	"${cause}handler rig is called for it: since then 64 times" \
	"${cause}the last time, in the handler: rd DUMMY_IRQ_STATUS = 0x00000001" \
	"${cause}and it returns: irq end 0: handled"
tripped bar-stale checker/bar-stale/trips \
	"${cause}BAR0 is mapped" "$(at '[a-z_]*').*[|] .*trv_bar_map" \
	"${cause}BAR0 is unmapped" "$(at '[a-z_]*').*[|] trv_bar_unmap"

# With two deviations a missing barrier is not the finding for sure, and a cause all the same.
run replay checker/dma-order/trips \
	-r 'spurious@ring_drv.c:ring_wait#1,post@ring_drv.c:ring_start#1'
has 'what was in flight, and what was not seen' '^FAIL checker/dma-order/trips  expect ' \
	'^ *earlier  the device did not see yet what was stored' "$(at order_doorbell_trips)" \
	'^ *[0-9.]+  >>> .*deviation: this write stays in flight' \
	'^ *[0-9.]+  >>> .*deviation: irq 19 fires, and not for this device' \
	'^ *[0-9.]+  the device: a write that was in flight arrives: wr RING_CTRL' \
	'^  deviates  post@.*: 1 of 0 to 1, not 0: this write stays in flight'

# Each answer in its own words, whether the run fails or not.
says() { # ANSWER WORDS
	run replay -v -r "$1" ide/cd-timeout-sense
	has "$1: $2" "^    #[0-9]+ +at [0-9.]+ us: .*$2"
}
says 'race@blk_timeout.c:trv_blkq_watch#1=1' 'it ends late right before the time-out$'
says 'race@blk_timeout.c:trv_blkq_watch#1=4' 'stands behind its first lock, on the other CPU$'
says 'error@ata_fate.c:may_fail#1=2' 'the drive reports a device fault \(DF\)$'
says 'never@ata_fate.c:may_never_end#1=2' 'the command ends, and its interrupt never comes$'

# What failed, by a driver that goes wrong earlier and elsewhere. The hooks tell by which lines.
tripped expect checker/expect/asleep/trips '^  at        .*/told.c:[0-9]*, sleeps\(\)' \
	'^ *[0-9]+ >[|] sim_expect_eq\(look\(t\), 0\);' \
	'^  refused   read #1, [0-9]+ times, from [0-9.]* to [0-9.]* us: queue = -EBUSY' \
	'told_drv.c:[0-9]*, told_queue\(\) read 1 \(1 byte\)  [|] if \(t->asleep\)' \
	'last written [0-9.]* us, task main, CPU0: told_drv.c:[0-9]*, told_suspend\(\)' \
	'^  since     .* task main, CPU0: resume' 'told_resume\(\) read 1 .*if \(!t->forgetful\)' \
	'^  by lines  told_queue\(\) told_drv.c:[0-9]'
has 'a refusal: again and again is once' '^  timeline' 'leave queue = -EBUSY' '[.][.][.]  these [0-9]+ lines [0-9]+ times more'
tripped expect checker/expect/deaf/trips \
	'^  failed    request done read #1 1: -110' '^  irqs      [0-9.]* us: line [0-9]+ high' \
	'taken at [0-9.]* us in irq [0-9]+, CPU0; at [0-9.]* us irq end 0: handled' \
	'by lines told_interrupt\(\) told_drv.c:' 'rd DUMMY_IRQ_STATUS = 0x00000001'
has 'a lost interrupt: its handler as a whole' '^  timeline' 'enter queue' 'leave queue = 0' 'irq 0 told' 'rd DUMMY_IRQ_STATUS' 'irq end 0: handled' \
	'[.][.][.]  nothing else happens for [0-9.]* ms'
tripped expect checker/expect/slow/trips '^  failed    check_events = -EBUSY' \
	'^  by lines  told_check_events\(\)' \
	'^  time      30.0 ms in 30 waits for time to pass: told_drv.c:[0-9]* in told_check_events'
has 'a long wait: in its call' '^  timeline' 'enter check_events' 'waited for time to pass  told_drv.c:[0-9]*  x30' \
	'leave check_events = -EBUSY'
tripped expect checker/expect/unlocked/trips \
	'^  failed    request done read #1 1: -5, at [0-9.]* us in task worker, CPU1' \
	'by told_complete\(\) told_drv.c:[0-9]* < told_work\(\) told_drv.c:' \
	"under no lock of the driver's" 'let go of "setup" at [0-9.]* us: told_drv.c:[0-9]*, told_work'
has 'a request ended behind a mutex' '^  timeline' 'later: queue told_work\(\)' 'work told_work\(\)' 'unlock setup' 'request done read #1'

# A screen is about fifty lines.
for scenario in checker/dma-stale/trips checker/hang/trips checker/irq-storm/trips \
	checker/expect/asleep/trips checker/expect/deaf/trips; do
	run replay --report "$scenario"
	[ "$(sed -n '/^FAIL/,$p' "$T/out" | wc -l)" -le 50 ]
	report $? "$scenario: no more than a screen"
done

# For programs: the same facts.
if command -v python3 >/dev/null 2>&1; then
	run replay --json checker/dma-stale/trips
	python3 - "$T/out" <<-'END' >"$T/err" 2>&1
		import json, sys
		r = json.load(open(sys.argv[1]))
		assert r["check"] == "dma-stale" and r["deviations"] == [] and "passes" not in r
		assert r["at"]["function"] == "dma_write_after_unmap"
		assert r["at"]["source"].startswith("trv_dma_unmap(")
		what = [c["what"] for c in r["causes"]]
		assert any(w.startswith("unmapped") for w in what), what
		told = [c for c in r["causes"] if c["what"].startswith("the device is told")]
		assert told[0]["at"]["function"] == "move" and told[0]["time_us"] < r["time_us"]
	END
	report $? 'JSON has the same facts'
	run replay --json checker/expect/asleep/trips
	python3 - "$T/out" <<-'END' >"$T/err" 2>&1
		import json, sys
		r = json.load(open(sys.argv[1]))
		assert r["scenario_at"]["function"] == "sleeps"
		parts = {p["part"]: p["lines"] for p in r["parts"]}
		assert any("told_suspend()" in line for line in parts["refused"]), parts
		assert any("resume" in line for line in parts["since"]), parts
	END
	report $? 'and the parts that lead to a refusal'
else
	skip 'JSON has the same facts' 'no python3'
	skip 'and the parts that lead to a refusal' 'no python3'
fi

# The debugger stops at the deviation, in the driver's function. Not every container admits it.
point=$("$sim" points -k alloc edu/probe | awk 'NR == 1 { print $NF }')
if ! command -v gdb >/dev/null 2>&1; then
	skip 'gdb stops at the deviation' 'no gdb'
	skip 'and shows the stack from there' 'no gdb'
elif ! gdb -q -batch -ex run --args true 2>&1 | grep -q 'exited normally'; then
	skip 'gdb stops at the deviation' 'gdb cannot trace a process here'
	skip 'and shows the stack from there' 'gdb cannot trace a process here'
else
	rc=0
	printf 'info frame\nbt\n' | "$sim" replay edu/probe -r "$point" --gdb >"$T/out" 2>"$T/err" ||
		rc=$?
	function=${point#*:}
	has 'gdb stops at the deviation' "^deviation here: .*, ${function%#*}\(\)"
	has 'and shows the stack from there' '#0  .*sim_deviation_here' "${function%#*} \(" \
		'edu_probe \(|trv_core_probe \('
fi

ktap_end
