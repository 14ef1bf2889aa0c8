#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# The trivet command on QEMU's devices: what it says, what is on the disk then, and what it leaves.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
. tests/qemu/run.inc
command=$trivet

# block FILE N: how the block begins, from the host's side
block() {
	dd if="$1" bs=512 skip="$2" count=1 status=none | head -c 15
}

# written FILE BLOCKS: the first and the last block, and some between, say which they are
written() {
	for lba in 0 1 127 $(($2 - 128)) $(($2 - 1)); do
		[ "$(block "$1" "$lba")" = "$(printf '%012x.00' "$lba")" ] || return 1
	done
}

# signalled SIGNAL STATUS: in the middle of a bench
signalled() {
	tag=$$.$1
	rc=0
	: >"$T/out"
	# In the background, a shell has SIGINT ignored.
	TRIVET_TEST_RUN=$tag TMPDIR=$T/tmp env --default-signal=INT "$trivet" run ide \
		-d "qemu:piix3-ide,$disks" --write -b 60 \
		>"$T/out" 2>"$T/err" </dev/null &
	pid=$!
	for _ in $(seq 100); do
		! grep -q ' verify ' "$T/out" || break
		sleep 0.2
	done
	for _ in 1 2 3 4 5; do
		left "$tag" >"$T/left"
		! grep -q qemu-system "$T/left" || break
		sleep 1
	done
	cat "$T/left" >>"$T/err"
	grep -q "^$trivet" "$T/left" && grep -q qemu-system "$T/left"
	report $? "SIG$1: it runs, and a QEMU does"
	start=$(date +%s)
	kill "-$1" "$pid"
	wait "$pid" 2>/dev/null || rc=$?
	[ "$rc" = "$2" ] && [ $(($(date +%s) - start)) -lt 15 ]
	report $? "SIG$1: it ends by that, soon"
	nothing_left "$tag"
	report $? "SIG$1: nothing is left"
	works "SIG$1: the disk has what was written" 'ok .*disk 0 verify ' \
		run ide -d "qemu:piix3-ide,disk=$T/d.img" --verify -b 0
}

# drained: what SIGINT ends has flushed before
drained() {
	rules=$T/flush-rules
	# One flush, that of the step "write", is well: the next, at the end, is seen by its complaint.
	printf '[inject-error]\nevent = "flush_to_disk"\nstate = "2"\niotype = "flush"\nerrno = "5"\n' >"$rules"
	printf '[set-state]\nevent = "flush_to_disk"\nstate = "1"\nnew_state = "2"\n' >>"$rules"
	truncate -s 8M "$T/f.img"
	rc=0
	: >"$T/out"
	env --default-signal=INT "$trivet" run ide -b 2 --write \
		-d "qemu:piix3-ide,drive0=driver=raw,,file.driver=blkdebug,,file.config=$rules,,file.image.driver=file,,file.image.filename=$T/f.img" \
		>"$T/out" 2>"$T/err" </dev/null &
	pid=$!
	for _ in $(seq 100); do
		! grep -q 'bench .*random' "$T/out" || break
		sleep 0.2
	done
	sleep 0.5 # among the sequential writes
	! grep -q 'cannot be flushed' "$T/err"
	report $? 'SIGINT: no flush before it'
	kill -INT "$pid"
	wait "$pid" 2>/dev/null || rc=$?
	[ "$rc" = 130 ] && grep -q 'cannot be flushed' "$T/err"
	report $? 'SIGINT: the operation ends, and the cache is flushed'
}

set +e
echo 'KTAP version 1'
mkdir "$T/tmp"
truncate -s 8M "$T/d.img" "$T/e.img"
disks=disk=$T/d.img,disk2=$T/e.img

works 'a disk is read' '^passed: ' run ide -d "qemu:piix3-ide,$disks"
is 'identified' grep -q \
	'ok .*disk 0 identify QEMU HARDDISK, .*16384 blocks of 512 bytes (8.0 MiB), MWDMA2' "$T/out"
is 'measured' grep -q 'ok .*disk 2 bench .* requests/s' "$T/out"
is 'and not written' grep -q 'skipped disk 0 write .*not without --write' "$T/out"
is 'indeed not' cmp -s -n 8388608 "$T/d.img" /dev/zero
ends 'there is nothing to verify yet' 1 'failed .*verify .*block 0 is not what --write writes' \
	run ide -d "qemu:piix3-ide,$disks" --verify -b 0
works 'a disk is written' 'ok .*disk 2 write ' \
	run ide -d "qemu:piix4-ide,$disks" --write -b 0 --power
is 'suspended and resumed' grep -q 'ok .*power ' "$T/out"
is 'the host reads what was written' written "$T/d.img" 16384
is 'on the other disk too' written "$T/e.img" 16384
works 'another process verifies it, by register' 'ok .*disk 2 verify ' \
	run ide -d "qemu:piix3-ide,$disks" --verify -b 0 --set dma=0
is 'which is another mode' grep -q 'identify .*MULTI16' "$T/out"
printf x | dd of="$T/d.img" bs=1 seek=$((127 * 512 + 511)) conv=notrunc status=none
ends 'one wrong byte is found' 1 'failed .*disk 0 verify .*block 127 is not' \
	run ide -d "qemu:piix3-ide,$disks" --verify -b 0
run run ide -d "qemu:piix4-ide,$disks" --json
is 'the report for programs: status' [ "$rc" = 0 ]
is_json 'the report for programs is JSON'
is 'the report for programs: facts' grep -q '"step": "identify".*"blocks": 16384, "block_size": 512' \
	"$T/out"
dd if=/dev/urandom of="$T/cd.iso" bs=2048 count=100 status=none
works 'a channel without a drive is seen at once' '^passed: .* in [0-4]\.[0-9] s' \
	run ide -d "qemu:piix3-ide,disk=$T/d.img" -b 0 -t 5
works 'a CD drive, and one without a disc' 'skipped disk 2 read .*no disc' \
	run ide -d "qemu:piix4-ide,cd=$T/cd.iso,cd2=" --write -b 0
is 'of a disc, nothing is written' grep -q 'skipped disk 0 write .*read-only' "$T/out"
truncate -s $(((1 << 28) * 512 + 65536)) "$T/big.img"
works 'beyond 28 bits' 'ok .*disk 0 verify *1152 blocks' \
	run ide -d "qemu:piix4-ide,disk=$T/big.img,disk2=$T/e.img" --write -b 0
is 'the host finds it there' [ "$(block "$T/big.img" 268435456)" = 000010000000.00 ]
works 'the tutorial driver' 'ok .*power .*suspended and resumed' run edu -d qemu:edu
run run edu -d qemu:edu+edu --json
is_json 'two devices, as JSON'
is 'two devices' [ "$(grep -c '"name": ' "$T/out")" = 2 ]

works 'regs of edu' 'EDU_ID = 0x010000ed (MAGIC=0xed MINOR=0x0 MAJOR=0x1)' regs -d qemu:edu
is 'what is written only is not read' grep -q 'EDU_IRQ_ACK: not read: write-only' "$T/out"
run regs -d qemu:edu --json
is_json 'regs as JSON'
works 'regs of IDE' 'ATA_STATUS: not read: .*--force' regs -d "qemu:piix3-ide,$disks" ide
works 'regs --force' 'ATA_STATUS = 0x50 (DRDY DSC)' regs -d "qemu:piix3-ide,$disks" --force
fails 'regs of what no driver takes' 1 'no driver takes 8086:100e, class 020000' regs -d qemu:e1000

ends 'the wrong device' 1 'driver ide does not take 1234:11e8' run ide -d qemu:edu
ends 'no such model' 1 'no-such-device' run ide -d qemu:no-such-device
ends 'no such property' 1 'colour' run edu -d qemu:edu,colour=red
ends 'an image that is missing' 1 'none.img: No such file' \
	run ide -d "qemu:piix3-ide,disk=$T/none.img"
if [ "$(id -u)" != 0 ]; then
	chmod 444 "$T/cd.iso"
	ends 'an image that cannot be written' 4 'Permission denied' \
		run ide -d "qemu:piix3-ide,disk=$T/cd.iso"
else
	skip 'an image that cannot be written' 'root can'
fi
ends 'one image twice' 3 'Is another process using the image' \
	run ide -d "qemu:piix3-ide,disk=$T/d.img,disk1=$T/d.img"
ends 'one unit twice' 2 'cd and disk0\|disk0 and cd' \
	run ide -d "qemu:piix3-ide,disk0=$T/d.img,cd=$T/cd.iso"
ends 'one unit twice, by one word' 2 'disk0 and disk are the same unit' \
	run ide -d "qemu:piix3-ide,disk=$T/d.img,disk0=$T/e.img"
ends 'an option the driver does not have' 1 '--set dna: driver ide has no such option' \
	run ide -d "qemu:piix3-ide,$disks" --set dna=0 -b 0
ends 'time is up' 1 'not done after 1 s; --timeout gives it longer' \
	run ide -d "qemu:piix3-ide,$disks" -t 1 -b 60
printf '[inject-error]\nevent = "read_aio"\nerrno = "5"\nsector = "0"\n' >"$T/rules"
ends 'a disk that cannot be read' 1 'failed .*disk 0 read .*128 blocks at 0: Input/output error' \
	run ide -q -d "qemu:piix3-ide,drive0=driver=raw,,file.driver=blkdebug,,file.config=$T/rules,,file.image.driver=file,,file.image.filename=$T/d.img,disk2=$T/e.img"

is 'its errors are its own: the other disk is tried' grep -q 'ok .*disk 2 read ' "$T/out"

# impatient: in the middle of an operation that does not end, a first signal waits for it, and a
# second does not
impatient() {
	tag=$$.impatient
	rc=0
	: >"$T/out"
	TRIVET_TEST_RUN=$tag TMPDIR=$T/tmp env --default-signal=INT "$trivet" run ide \
		-d "qemu:piix3-ide,$disks,timeout=600000" -b 60 >"$T/out" 2>"$T/err" </dev/null &
	pid=$!
	for _ in $(seq 200); do
		! grep -q ' read ' "$T/out" || break
		sleep 0.1
	done
	kill -STOP "$(child_of "$pid")"
	sleep 1 # an access is under way
	kill -INT "$pid"
	sleep 2
	kill -0 "$pid" 2>/dev/null
	report $? 'a first SIGINT: the operation under way may end'
	kill -INT "$pid"
	start=$(date +%s)
	wait "$pid" 2>/dev/null || rc=$?
	[ "$rc" = 130 ] && [ $(($(date +%s) - start)) -lt 10 ]
	report $? 'a second one: it ends at once'
	nothing_left "$tag"
	report $? 'a second one: nothing is left, not even a QEMU that stands still'
}

signalled INT 130
signalled TERM 143
signalled HUP 129
signalled KILL 137
drained
impatient
ktap_end
