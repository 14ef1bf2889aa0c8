#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 600
#
# Disks for everybody: the plugin for nbdkit on QEMU's devices, asked by nbdinfo, nbdcopy, qemu-io,
# fio, nbdfuse with fuse2fs, and nbdkit.py. Sockets have names here; there is no network.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/ktap.inc
. tests/qemu/run.inc
plugin=$(realpath -m "${NBDKIT_PLUGIN:-${O:-build}/lib/nbdkit-trivet-plugin.so}")
here=$(pwd)/tests/qemu
PATH=$PATH:/usr/sbin:/sbin

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

[ -e "$plugin" ] || skip_all 'the plugin was built without nbdkit-plugin-dev: run ci/deps'
for tool in nbdkit nbdinfo nbdcopy qemu-io fio; do
	command -v $tool >/dev/null || skip_all "$tool is not installed: run ci/deps"
done
python3 -c 'import nbd' 2>/dev/null || skip_all 'python3-libnbd is not installed: run ci/deps'

# ---- servers and clients ----

server='' tag=''
# Whatever goes wrong, no server and no QEMU stays: it is in the background of this script.
trap 'stop_all; rm -rf "$T"' EXIT
trap 'exit 130' INT TERM
# shellcheck disable=SC2317 # by the trap
stop_all() {
	for _pid in $server ${client:-}; do
		kill -KILL "$_pid" 2>/dev/null || true
	done
}

# serve SPEC [ARG...]: $server, in the foreground of a job of ours, on $sock; its words are in $T/log
serve() {
	spec=$1
	shift
	nr_served=$((${nr_served:-0} + 1))
	sock=$T/$nr_served.sock
	uri="nbd+unix:///?socket=$sock"
	tag=$$.nbd.$nr_served
	(cd "$T" && TRIVET_TEST_RUN=$tag TMPDIR=$T/tmp exec nbdkit -f -U "$sock" ${filter:+"$filter"} "$plugin" \
		"device=$spec" "$@") >"$T/log" 2>&1 </dev/null &
	server=$!
	for _ in $(seq 300); do
		[ ! -S "$sock" ] || break
		kill -0 $server 2>/dev/null || break
		sleep 0.1
	done
}

# export_uri NAME: of the server's
export_uri() {
	echo "nbd+unix:///$1?socket=$sock"
}

# does NAME CMD...: it succeeds, within two minutes
does() {
	name=$1
	shift
	rc=0
	timeout -k 5 120 "$@" >"$T/out" 2>"$T/err" </dev/null || rc=$?
	[ "$rc" = 0 ] || sed 's/^/server: /' "$T/log" >>"$T/err"
	report "$rc" "$name"
}

# says PATTERN: what was run last, among other things
says() {
	grep -q -- "$1" "$T/out" "$T/err"
	report $? "$2"
}

# refused NAME PATTERN CMD...: it does not succeed, and says why
refused() {
	name=$1 pattern=$2
	shift 2
	rc=0
	timeout -k 5 120 "$@" >"$T/out" 2>"$T/err" </dev/null || rc=$?
	[ "$rc" != 0 ] && [ "$rc" != 124 ] && grep -q -- "$pattern" "$T/out" "$T/err"
	report $? "$name"
}

# told_to_end: the server ends by that, in a minute; its exit status is in $rc
told_to_end() {
	kill -TERM "$server" 2>/dev/null
	_pid=$server rc=0
	(trap 'kill $_sleep' TERM; sleep 60 & _sleep=$!; wait $_sleep && kill -KILL "$_pid") &
	_watch=$!
	wait "$server" 2>/dev/null || rc=$?
	server=
	kill "$_watch" 2>/dev/null && wait "$_watch" 2>/dev/null
	cp "$T/log" "$T/out"
	rm -f "$sock"
}

# ended NAME: in order, and leaves nothing
ended() {
	told_to_end
	nothing_left "$tag" && [ "$rc" = 0 ] && ! grep -q 'misuse\|contract' "$T/log"
	report $? "$1"
}

py=$here/nbdkit.py

blkdebug() { # RULES IMAGE
	echo "drive0=driver=raw,,file.driver=blkdebug,,file.config=$1,,file.image.driver=file,,file.image.filename=$2"
}

# same FILE FILE [BYTES]
same() {
	cmp -s ${3:+-n "$3"} "$1" "$2"
}

set +e
echo 'KTAP version 1'
mkdir "$T/tmp"
nbdkit "$plugin" --dump-plugin >"$T/out" 2>&1
says '^thread_model=serialize_requests\|^thread_model=parallel' 'requests of a connection: as many as this nbdkit survives'
nbdkit "$plugin" --dump-plugin parallel=true >"$T/out" 2>&1
says '^thread_model=parallel' 'or as somebody wants'

# ---- what a client is told ----

dd if=/dev/urandom of="$T/random" bs=1M count=12 status=none
cp "$T/random" "$T/d.img"
truncate -s 12M "$T/e.img"
serve "qemu:piix3-ide,disk=d.img,disk0.serial=FIRST,drive2=file=e.img,,format=raw,,discard=unmap,drive2.rotation_rate=1"
does 'nbdinfo' nbdinfo "$uri"
says 'export-size: 12582912 ' 'the size'
says 'export="0"' 'the first disk, if none is named'
says 'description: QEMU HARDDISK, serial FIRST, MWDMA2$' 'what it is'
for fact in 'block_size_minimum: 512' 'block_size_preferred: 4096' 'block_size_maximum: 33554432' \
	'is_rotational: true' 'is_read_only: false' 'can_flush: true' 'can_fua: true' 'can_trim: true' \
	'can_multi_conn: true' 'can_zero: true' 'can_fast_zero: true'; do
	says "	$fact\$" "$fact"
done
does 'nbdinfo --list' nbdinfo --list "$uri"
[ "$(grep -c '^export="[02]":$' "$T/out")" = 2 ] && [ "$(grep -c '^export=' "$T/out")" = 2 ]
report $? 'both disks'
does 'the other disk' nbdinfo "$(export_uri 2)"
says 'is_rotational: false' 'is_rotational: false'
refused 'no such disk' 'No such file\|server replied with error' nbdinfo "$(export_uri 1)"
grep -q "no export '1'; nbdinfo --list shows" "$T/log"
report $? 'the server says why'

# filtered VALUE: Seccomp, in every thread of the server
filtered() {
	sed -n 's/^Seccomp:[[:space:]]*//p' "/proc/$server"/task/*/status >"$T/out"
	[ "$(wc -l <"$T/out")" -ge 4 ] && ! grep -qvx "$1" "$T/out"
}
if "$trivet" version | grep -q '^sandbox: .*libseccomp'; then
	filtered 2
	report $? 'the server is in a sandbox'
else
	skip 'the server is in a sandbox' 'built without libseccomp: run ci/deps'
fi

# ---- data ----

does 'nbdcopy from it' nbdcopy --connections=4 "$uri" "$T/copy"
same "$T/copy" "$T/random"
report $? 'it is the image'
does 'nbdcopy to it' nbdcopy --flush --connections=4 "$T/random" "$(export_uri 2)"
same "$T/e.img" "$T/random"
report $? 'the image is it'
does 'in requests of 4 MiB' nbdcopy --flush --request-size=4194304 "$(export_uri 2)" "$uri"
same "$T/d.img" "$T/random"
report $? 'from one disk to the other, the same'

does 'qemu-io: writes, longer than all buffers, and reads' qemu-io -f raw -c 'write -P 0x55 4k 8k' \
	-c 'write -P 0x66 66048 9999872' -c 'read -P 0x55 4k 8k' -c 'read -P 0x66 66048 9999872' \
	-c 'write -P 0x77 10240k 512' -c 'read -P 0x77 10240k 512' -c flush "$uri"
tr '\0' '\146' </dev/zero | head -c 9999872 >"$T/want"
dd if="$T/d.img" bs=512 skip=129 count=19531 status=none | cmp -s - "$T/want"
report $? 'qemu-io: the image has it'
does 'qemu-io: FUA, zeroes, trim' qemu-io -f raw -c 'write -f -P 0x11 1M 64k' -c 'read -P 0x11 1M 64k' \
	-c 'write -z 2M 128k' -c 'read -P 0 2M 128k' -c 'read -P 0x11 1M 64k' "$(export_uri 2)"
before=$(stat -c %b "$T/e.img")
does 'qemu-io: discard' qemu-io -f raw -d unmap -c 'discard 4M 4M' -c flush "$(export_uri 2)"
[ $((before - $(stat -c %b "$T/e.img"))) -ge 8000 ]
report $? 'the image is so much smaller'
does 'what is no whole block is refused' "$py" unaligned "$uri"
grep -q 'read of 512 bytes at 256: not whole blocks of 512 bytes; --filter=blocksize' "$T/log"
report $? 'the server says what to do'
does 'one client reads what another writes' "$py" two "$uri"

# verify URI NAME OFFSET: one process of fio
verify() {
	timeout -k 5 240 fio --name="$2" --ioengine=nbd --uri="$1" --rw=randrw --bsrange=512-256k \
		--offset="$3" --size=4M --iodepth=8 --verify=crc32c --verify_fatal=1 --thread \
		--randrepeat=0 --eta=never --output="$T/fio.$2" >/dev/null 2>&1
}
verify "$uri" low 0 &
one=$!
verify "$uri" high 6M &
two=$!
verify "$(export_uri 2)" other 0 &
three=$!
rc=0
for client in $one $two $three; do
	wait "$client" || rc=$?
done
client=
cat "$T"/fio.* >"$T/out"
report $rc 'fio: two clients on one disk and one on the other, at once: what is written is read'
for _ in 1 2 3 4 5; do
	timeout -k 5 60 "$py" leaving "$uri"
done
does 'clients may go away with requests under way' nbdinfo "$uri"
ended 'the end'

# Clients of single bytes.
filter=--filter=blocksize
serve qemu:piix3-ide,disk=d.img
does 'the filter "blocksize" takes any request' nbdinfo "$uri"
says 'block_size_minimum: 1$' 'and says so'
does 'it is well with both' qemu-io -f raw -c 'write -P 0x21 1000 3000' -c 'read -P 0x21 1000 3000' "$uri"
ended 'the end, with a filter'
filter=

# ---- CD drives ----

dd if=/dev/urandom of="$T/a.iso" bs=2048 count=300 status=none
dd if=/dev/urandom of="$T/b.iso" bs=2048 count=500 status=none
serve 'qemu:piix3-ide,cd0=a.iso,cd1=,qmp=qmp'
does 'a disc' nbdinfo "$uri"
says 'is_read_only: true' 'is read-only'
says 'block_size_minimum: 2048' 'has longer blocks'
says 'is_rotational: true' 'turns'
does 'nbdcopy from it' nbdcopy "$uri" "$T/copy"
same "$T/copy" "$T/a.iso" && [ "$(stat -c %s "$T/copy")" = 614400 ]
report $? 'it is the image'
refused 'nothing is written to it' 'Permission denied\|ead-only' qemu-io -f raw -c 'write 0 2048' "$uri"
does 'a drive without a disc' nbdinfo --size "$(export_uri 1)"
says '^0$' 'is empty'
mkfifo "$T/go"
timeout -k 5 180 "$py" medium "$uri" 614400 <"$T/go" >"$T/medium" 2>&1 &
client=$!
exec 8>"$T/go"
for _ in $(seq 600); do
	! grep -q ready "$T/medium" || break
	sleep 0.1
done
does 'another disc is put in' python3 tests/vm/qmp "$T/qmp" blockdev-change-medium \
	'{"id": "dev0-0", "filename": "b.iso", "format": "raw"}'
does 'who connects now' nbdinfo --size "$uri"
says '^1024000$' 'sees that one'
does 'and reads it' nbdcopy "$uri" "$T/copy"
same "$T/copy" "$T/b.iso"
report $? 'as it is'
echo >&8
exec 8>&-
rc=0
wait $client || rc=$?
client=
cp "$T/medium" "$T/out"
report $rc 'who was connected before does not'
ended 'the end of the drives'

# ---- errors ----

printf '[inject-error]\nevent = "read_aio"\nerrno = "5"\nsector = "3000"\n' >"$T/rules"
serve "qemu:piix3-ide,$(blkdebug "$T/rules" "$T/d.img"),disk2=e.img"
does 'a block that cannot be read is an error, and no other is' "$py" bad-block "$uri" 3000
does 'nor is the other disk' nbdcopy "$(export_uri 2)" "$T/copy"
refused 'nbdcopy does not pass it over' 'Input/output error' nbdcopy "$uri" "$T/copy"
grep -q 'disk 0: read of .* bytes at .*: Input/output error' "$T/log"
report $? 'the server says where'
ended 'the end after errors'

printf '[inject-error]\nevent = "flush_to_disk"\niotype = "flush"\nerrno = "5"\n' >"$T/rules"
serve "qemu:piix3-ide,$(blkdebug "$T/rules" "$T/d.img")"
does 'FUA and flush reach the disk' "$py" fua "$uri"
told_to_end
grep -q 'disk 0: its cache cannot be flushed at the end: Input/output error' "$T/log"
report $? 'and a flush does at the end'

# QEMU lets the first request through, and has the others wait for its sake.
serve "qemu:edu+piix3-ide,drive0=file=d.img,,format=raw,,throttling.bps-read=65536" timeout=1
does 'another device beside it' nbdinfo "$uri"
says 'export="1.0"' 'disks have the names of both'
refused 'a request that takes too long is an error' 'Input/output error' qemu-io -f raw -c 'read 0 1M' -c 'read 1M 1M' "$uri"
grep -q 'no answer in 1000 ms' "$T/log"
report $? 'after the time that was given'
ended 'the end after that'

# ---- the end in the middle ----

truncate -s 12M "$T/w.img"
serve qemu:piix3-ide,disk=w.img
: >"$T/acks"
timeout -k 5 180 "$py" writing "$uri" "$T/acks" >"$T/out" 2>"$T/err" &
client=$!
for _ in $(seq 600); do
	[ "$(wc -l <"$T/acks")" -lt 500 ] 2>/dev/null || break
	sleep 0.1
done
ended 'SIGTERM while somebody writes'
wait $client
client=
# Block N % 2000 has the last of those numbers, or one that was not acknowledged any more.
python3 - "$T/acks" "$T/w.img" >"$T/out" 2>"$T/err" <<'END'
import sys
last = {}
for n in map(int, open(sys.argv[1])):
    last[n % 2000] = n
image = open(sys.argv[2], 'rb').read()
lost = [n for b, n in last.items() if int(image[b * 4096:b * 4096 + 15]) < n]
print(len(last), 'blocks', lost)
sys.exit(bool(lost) or len(last) < 100)
END
rc=$?
report $rc 'nothing is lost that was acknowledged'

serve qemu:piix3-ide,disk=d.img
timeout -k 5 180 "$py" dying "$uri" >"$T/dying" 2>&1 &
client=$!
for _ in $(seq 600); do
	! grep -q ready "$T/dying" || break
	sleep 0.1
done
qemu=$(child_of $server)
kill -KILL "$qemu"
rc=0
wait $client || rc=$?
client=
cp "$T/dying" "$T/out"
report $rc 'QEMU is killed: every client is told, soon, and each time'
for _ in $(seq 300); do
	kill -0 $server 2>/dev/null || break
	sleep 0.1
done
! kill -0 $server 2>/dev/null
report $? 'the server ends without a device, by itself'
rc=0
wait $server || rc=$?
server=
[ $rc = 0 ] && nothing_left "$tag"
report $? 'in order, and leaves nothing'
grep -q 'no device is left; start nbdkit again when there is one' "$T/log"
report $? 'and says why'
[ "$(grep -c 'No such device' "$T/log")" -le 1 ]
report $? 'the log has it once'

# ---- the start ----

# wrong NAME PATTERN ARG...: nbdkit says so and fails; in the foreground, in the background, and
# of the first kinds one with a client that is its own
hows='foreground background --run'
wrong() {
	name=$1 pattern=$2
	shift 2
	for how in $hows; do
		tag=$$.nbd.wrong.$nr
		rc=0
		# shellcheck disable=SC2016 # a shell of nbdkit's gets the last
		case $how in
		foreground) how=-f ;;
		background) how='' ;;
		--run) how='--run=nbdinfo $uri' ;;
		esac
		rm -f "$T/s.sock"
		(cd "$T" && TRIVET_TEST_RUN=$tag TMPDIR=$T/tmp timeout -k 5 60 nbdkit -U "$T/s.sock" \
			${how:+"$how"} "$plugin" "$@" >"$T/out" 2>"$T/err" </dev/null) || rc=$?
		[ "$rc" = 1 ] && grep -q -- "$pattern" "$T/err" && nothing_left "$tag"
		report $? "$name (nbdkit${how:+ ${how%%=*}})"
	done
}
: >"$T/plain.so"
disk=device=qemu:piix3-ide,disk=d.img
wrong 'no device' 'which disk? device=qemu:'
wrong 'an empty device' 'device= is empty' device=
wrong 'two devices' "device= is given twice: 'qemu:edu' and 'vfio:0'" device=qemu:edu device=vfio:0
wrong 'hardware that is none' "'nvme' names no hardware; try qemu:edu" device=nvme
wrong 'no such image' 'disk=none.img: No such file or directory; a new one: truncate -s 64M none.img' \
	device=qemu:piix3-ide,disk=none.img
wrong 'no such device' '0000:00:1d.7: this machine has no such device' device=vfio:0000:00:1d.7
hows='foreground background'
wrong 'no such driver' "no driver 'idf'; see: trivet list" $disk driver=idf
wrong 'no driver in a file' 'plain.so' $disk "driver=$T/plain.so"
wrong 'the wrong driver' 'driver edu does not take 8086:7010' $disk driver=edu
wrong 'no driver for it' 'no driver takes 8086:100e' device=qemu:e1000
wrong 'a device without a disk' 'no disk was found; on qemu, disk=FILE' device=qemu:edu
wrong 'no such disk' 'disk=2: no such disk; there are: 0' $disk disk=2
wrong 'no such option of the driver' 'option.dna: driver ide has no such option' $disk option.dna=1
wrong 'an option without a name' 'option.= names no option' $disk option.=1
wrong 'an option that is no number' 'option.dma' $disk option.dma=on
wrong 'no time' 'timeout=0: seconds, from 1 to 86400' $disk timeout=0
wrong 'no such parameter' "unknown parameter 'colour'; there are: device, driver" $disk colour=red
wrong 'parallel or not' 'parallel\|boolean' $disk parallel=perhaps

# In the background: ready when the command has ended, and paths are those of where it was given.
tag=$$.nbd.daemon
rm -f "$T/s.sock"
rc=0
(cd "$T" && TRIVET_TEST_RUN=$tag TMPDIR=$T/tmp timeout -k 5 60 nbdkit -P "$T/pid" -U "$T/s.sock" \
	"$plugin" qemu:piix3-ide,disk0=d.img,disk1=e.img disk=1 driver=ide option.dma=0 timeout=20 \
	>"$T/out" 2>"$T/err" </dev/null) || rc=$?
report $rc 'in the background'
server=$(cat "$T/pid")
sock=$T/s.sock uri="nbd+unix:///?socket=$sock"
does 'it is there' nbdinfo "$uri"
says 'export="1"' 'disk= is the one, if none is named'
says 'MULTI16' 'and the driver has its option'
[ "$(readlink "/proc/$server/cwd")" = / ]
report $? 'the server is in /'
kill -TERM "$server"
nothing_left $tag
report $? 'and ends'
server=

# A driver of somebody's own; ours, built as one.
if ${CC:-gcc} -shared -fPIC -D_GNU_SOURCE -DTRV_OS_LINUX_USER -DTRIVET_VERSION='"0"' -Iinclude -I. \
	-o "$T/own.so" os/linux-user/module/module.c drivers/ide/*.c >"$T/out" 2>"$T/err"; then
	serve qemu:piix3-ide,disk=d.img "driver=$T/own.so"
	does 'a driver of somebody'"'"'s own' nbdcopy "$uri" "$T/copy"
	same "$T/copy" "$T/d.img"
	report $? 'reads the same'
	ended 'the end of it'
else
	skip 'a driver of somebody'"'"'s own' 'no compiler'
fi

# ---- a file system that no kernel knows ----

fuse() {
	truncate -s 24M "$T/f.img"
	mkdir "$T/m" "$T/n"
	filter=--filter=blocksize
	serve qemu:piix3-ide,disk=f.img
	filter=
	does 'nbdfuse, fuse2fs: a tree is copied, compared and checked' \
		unshare -Urm sh "$here/fuse-tree" "$uri" "$T/m" "$T/n" "$(pwd)/ci"
	ended 'the end after a file system'
	does 'and what is on the disk is a file system' e2fsck -fn "$T/f.img"
	debugfs -R 'cat /tree/check' "$T/f.img" >"$T/copy" 2>"$T/err"
	same "$T/copy" ci/check
	report $? 'with the files in it'
}
if ! command -v nbdfuse >/dev/null || ! command -v fuse2fs >/dev/null; then
	skip 'nbdfuse, fuse2fs' 'not installed: run ci/deps'
elif ! unshare -Urm sh -c '[ -r /dev/fuse ] && [ -w /dev/fuse ] && : <>/dev/fuse' 2>/dev/null; then
	skip 'nbdfuse, fuse2fs' '/dev/fuse cannot be used here'
else
	fuse
fi
ktap_end
