#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Images that are not what they should be, given to trivet-sim and to the demo: the message
# names the image, the cause and what to do; the exit status says which kind of trouble it is.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/ktap.inc

# run CMD...: with a limit, since a pipe must not be waited for
run() {
	rc=0
	timeout 30 "$@" >"$T/out" 2>"$T/err" </dev/null || rc=$?
}

# says STATUS MESSAGE NEXT: of what was run last; one line
says() {
	[ "$rc" = "$1" ] && [ "$(wc -l <"$T/err")" = 1 ] && grep -qF -- "$2" "$T/err" &&
		grep -qF -- "$3" "$T/err"
}

# refused NAME STATUS IMAGE CAUSE NEXT: read-only and writable, and no copy is begun
refused() {
	for how in ro file; do
		run $as "$sim" disk -d "piix4-ide,disk0=$how:$3" read "$T/copy"
		says "$2" "$4" "$5" && grep -qF "'$3'" "$T/err" && [ ! -e "$T/copy" ]
		report $? "$1 ($how:)"
	done
}

# demo [VAR=VALUE]...: the demo in an environment of its own
demo() {
	run $as env -u DISK -u WRITE TRIVET_SIM="$sim" O="$T/o" "$@" tests/demo/demo.sh
}

# Root passes every permission check; root without its capabilities does not.
as=
bare=
if [ "$(id -u)" = 0 ]; then
	bare='setpriv --bounding-set=-all --inh-caps=-all'
	: >"$T/probe"
	chmod 0 "$T/probe"
	if ! $bare true 2>/dev/null || $bare cat "$T/probe" 2>/dev/null; then
		bare=none
	fi
fi

cd "$T"
truncate -s 1M good.img
truncate -s 1M readonly.img
truncate -s 1M secret.img
: >empty.img
truncate -s 1000 odd.img
mkdir dir
mkfifo pipe
ln -s nowhere dangling
truncate -s 1M 'a b.img'
truncate -s 1M 'a,b.img'
cd - >/dev/null

set +e
echo 'KTAP version 1'

refused 'a missing image' 2 "$T/none.img" 'No such file or directory' 'truncate -s 64M FILE'
refused 'a link to nothing' 2 "$T/dangling" 'No such file or directory' 'truncate'
refused 'an empty image' 2 "$T/empty.img" 'is empty' 'truncate -s 64M FILE'
refused 'an odd-sized image' 2 "$T/odd.img" 'has 1000 bytes' 'truncate -s %512 FILE'
refused 'a directory' 2 "$T/dir" 'is not a regular file' 'name a disk image'
refused 'a pipe nobody writes to' 2 "$T/pipe" 'is not a regular file' 'name a disk image'
refused 'a character device' 2 /dev/null 'is not a regular file' 'name a disk image'

if [ "$bare" = none ]; then
	skip 'an unreadable image' 'root cannot drop its privileges here'
	skip 'a read-only image, to be written' 'root cannot drop its privileges here'
	skip 'a read-only image, to be read' 'root cannot drop its privileges here'
	skip 'demo: an unreadable image' 'root cannot drop its privileges here'
	skip 'demo: a read-only image and WRITE=1' 'root cannot drop its privileges here'
else
	as=$bare
	chmod 0 "$T/secret.img"
	chmod 444 "$T/readonly.img"
	refused 'an unreadable image' 4 "$T/secret.img" 'Permission denied' 'give yourself permission'
	run $as "$sim" disk -d "piix4-ide,disk0=file:$T/readonly.img" write "$T/good.img"
	says 4 'Permission denied' 'use ro:FILE'
	report $? 'a read-only image, to be written'
	run $as "$sim" disk -d "piix4-ide,disk0=ro:$T/readonly.img" read -
	[ "$rc" = 0 ] && cmp -s "$T/out" "$T/readonly.img"
	report $? 'a read-only image, to be read'
	demo DISK="$T/secret.img"
	says 4 'secret.img: no permission to read it' 'see: ls -l'
	report $? 'demo: an unreadable image'
	demo DISK="$T/readonly.img" WRITE=1
	says 4 'readonly.img: no permission to write it' 'leave out WRITE=1'
	report $? 'demo: a read-only image and WRITE=1'
	as=
fi

# 8 TiB without a byte in them
if truncate -s 8T "$T/huge.img" 2>/dev/null; then
	last=$((8 * 1024 * 1024 * 1024 * 2 - 1))
	printf '%0512d' 7 >"$T/sector"
	run "$sim" disk -d "piix4-ide,disk0=file:$T/huge.img" -l $last write "$T/sector"
	report $rc 'the last sector of 8 TiB can be written'
	run "$sim" disk -d "piix4-ide,disk0=ro:$T/huge.img" -l $last -c 1 read -
	[ "$rc" = 0 ] && cmp -s "$T/out" "$T/sector" && tail -c 512 "$T/huge.img" | cmp -s - "$T/sector"
	report $? 'and read, and is there for the host'
	run "$sim" disk -d "piix4-ide,disk0=ro:$T/huge.img" -l $((last + 1)) -c 1 read -
	says 2 "block $((last + 1)) is wanted" '--count'
	report $? 'the one behind it cannot'
else
	skip 'the last sector of 8 TiB can be written' 'the file system is too small'
	skip 'and read, and is there for the host' 'the file system is too small'
	skip 'the one behind it cannot' 'the file system is too small'
fi

# The demo with the same images
demo DISK="$T/none.img"
says 2 'none.img: no such file' 'DISK= takes a raw disk image'
report $? 'demo: a missing image'
demo DISK="$T/empty.img"
says 2 'empty.img: it is empty' 'DISK= takes a raw disk image'
report $? 'demo: an empty image'
demo DISK="$T/odd.img"
says 2 'odd.img: 1000 bytes' 'truncate -s %512'
report $? 'demo: an odd-sized image'
demo DISK="$T/dir"
says 2 'dir: not a file' 'DISK= takes a raw disk image'
report $? 'demo: a directory'
demo DISK="$T/pipe"
says 2 'pipe: not a file' 'DISK= takes a raw disk image'
report $? 'demo: a pipe'
demo DISK="$T/good.img" WRITE=yes
says 2 'WRITE=yes' 'it takes 1, or 0'
report $? 'demo: WRITE with another value'
demo WRITE=1
says 2 'WRITE=1 is for an image of yours' 'DISK='
report $? 'demo: WRITE without an image'
demo DISK="$T/good.img" TMPDIR="$T/none"
[ "$rc" = 4 ] && grep -q 'set TMPDIR to one you may write' "$T/err"
report $? 'demo: no temporary directory'
for name in 'a b.img' 'a,b.img'; do
	dd if=/dev/urandom of="$T/$name" bs=64K count=1 conv=notrunc status=none
	cp "$T/$name" "$T/before"
	demo DISK="$T/$name"
	[ "$rc" = 0 ] && [ -s "$T/o/demo/timeline.svg" ] && cmp -s "$T/$name" "$T/before" &&
		! grep -q 'wrote' "$T/out"
	report $? "demo: '$name' is read"
done
demo DISK="$T/a,b.img" WRITE=1
[ "$rc" = 0 ] && grep -q '^- wrote its first 2048 blocks' "$T/out" && cmp -s "$T/a,b.img" "$T/before"
report $? 'demo: and written, if asked for'

ktap_end
