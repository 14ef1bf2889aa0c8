#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The main job, on the simulated backend: a real ext4 image read, changed and verified
# through the IDE driver. Environment: TRIVET_SIM (the command), O (where the timeline
# goes), DISK=any.img (your own image instead, read-only unless WRITE=1).
# Exit status: 1 it failed, 2 wrong usage, 3 in use, 4 no privilege or a limit.
set -eu
PATH=$PATH:/usr/sbin:/sbin
sim=${TRIVET_SIM:?set TRIVET_SIM to the trivet-sim command}
out=${O:-build}/demo
ops=${DEMO_OPS:-10000}

whole=$((512 << 20)) # of a longer image only the beginning and the end are read
end=$((1 << 20))

step() { printf '%s\n' "- $*"; }
stop() { status=$1; shift; echo "demo: $*" >&2; exit "$status"; }
die() { stop 1 "$@"; }
hash() { sha256sum | cut -d' ' -f1; }

# check_disk: is $DISK an image that can be used as it is asked to be?
check_disk() {
	case ${WRITE:=0} in 0 | 1) ;; *) stop 2 "WRITE=$WRITE: it takes 1, or 0 (read-only)" ;; esac
	[ -e "$DISK" ] || stop 2 "$DISK: no such file; DISK= takes a raw disk image"
	[ -f "$DISK" ] || [ -b "$DISK" ] || stop 2 "$DISK: not a file; DISK= takes a raw disk image"
	[ -r "$DISK" ] || stop 4 "$DISK: no permission to read it; see: ls -l"
	[ "$WRITE" = 0 ] || [ -w "$DISK" ] ||
		stop 4 "$DISK: no permission to write it; leave out WRITE=1"
	if [ -b "$DISK" ]; then
		size=$(blockdev --getsize64 "$DISK")
	else
		size=$(stat -L -c %s "$DISK")
	fi
	[ "$size" -gt 0 ] || stop 2 "$DISK: it is empty; DISK= takes a raw disk image"
	[ $((size % 512)) = 0 ] ||
		stop 2 "$DISK: $size bytes are no whole number of 512-byte sectors; pad a copy with: truncate -s %512 FILE"
	# A mounted image would change under both.
	if [ "$WRITE" = 1 ] && [ -n "$(losetup -n -O NAME -j "$DISK" 2>/dev/null)" ]; then
		stop 3 "$DISK: it is a loop device's; detach that (losetup -d), or leave out WRITE=1"
	fi
}

[ -z "${DISK:-}" ] || check_disk
[ -n "${DISK:-}" ] || [ -z "${WRITE:-}" ] || [ "$WRITE" = 0 ] ||
	stop 2 "WRITE=1 is for an image of yours; name it with DISK="
tmp=$(mktemp -d) || stop 4 "no temporary directory in ${TMPDIR:-/tmp}; set TMPDIR to one you may write"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$out" && [ -w "$out" ] ||
	stop 4 "no permission to write $out; choose another place: make demo O=/tmp/trivet"
same() { cmp -s "$1" "$2" || die "$3"; }

# quiet ARG...: a job whose table row goes to $tmp/row; its failure is ours.
quiet() {
	"$sim" disk "$@" 2>"$tmp/row" || { status=$?; cat "$tmp/row" >&2; exit "$status"; }
}

# disk ARG...: a job for the table.
disk() {
	if [ -s "$tmp/table" ]; then quiet "$@"; else quiet --header "$@"; fi
	cat "$tmp/row" >>"$tmp/table"
}

# part_read HOW FIRST BLOCKS HOST_COMMAND...: by the driver, then as the host sees it.
part_read() {
	dma=0
	[ "$1" = PIO ] || dma=1
	disk -d "piix4-ide,disk0=ro:$img" --set "dma=$dma" --lba "$2" --count "$3" read "$tmp/copy"
	got=$(hash <"$tmp/copy")
	shift 3
	[ "$got" = "$("$@" "$img" | hash)" ] || die "$how: the copy differs from the image"
}

# read_both SIZE: $img, the whole of it, by PIO and by UDMA equals the file.
read_both() {
	for how in PIO UDMA; do
		if [ "$1" -le "$whole" ]; then
			part_read $how 0 $(($1 / 512)) cat
			step "read whole by $how, sha256 equal: $got"
		else
			part_read $how 0 $((whole / 512)) head -c "$whole"
			step "read the first $((whole >> 20)) MiB by $how, sha256 equal: $got"
			part_read $how $((($1 - end) / 512)) $((end / 512)) tail -c "$end"
			step "read the last $((end >> 20)) MiB of $(($1 >> 20)) by $how, sha256 equal: $got"
		fi
	done
}

finish() {
	truncate -s 1M "$tmp/small"
	quiet -d "piix4-ide,disk0=mem:1M" --count 12 --max 16 --svg "$tmp/timeline.svg" \
		exercise "$tmp/small"
	mv "$tmp/timeline.svg" "$out/timeline.svg" # at once: two demos may be running
	echo
	cat "$tmp/table"
	echo
	echo "timeline: $out/timeline.svg"
}

if [ -n "${DISK:-}" ]; then
	img=$tmp/image # a name without commas, which end a path in a device's description
	ln -s "$(realpath "$DISK")" "$img"
	read_both "$size"
	if [ "$WRITE" = 1 ]; then
		blocks=$((size / 512))
		[ "$blocks" -le 2048 ] || blocks=2048
		dd if="$img" of="$tmp/head" bs=512 count="$blocks" status=none
		disk -d "piix4-ide,disk0=file:$img" write "$tmp/head"
		cmp -s -n $((blocks * 512)) "$img" "$tmp/head" ||
			die "$DISK changed: its own data were written to it"
		step "wrote its first $blocks blocks back to it; they are what they were"
	fi
	finish
	exit 0
fi

# --- an ext4 image with a tree of files ----------------------------------------------------
command -v mkfs.ext4 >/dev/null || stop 4 "no mkfs.ext4; run: ci/deps demo"
img=$tmp/disk.img
mkdir -p "$tmp/tree"
i=0
while [ $i -lt 8 ]; do
	mkdir -p "$tmp/tree/dir$i/sub"
	seq $((i * 1000)) $((i * 1000 + 2000)) >"$tmp/tree/dir$i/numbers"
	dd if=/dev/urandom of="$tmp/tree/dir$i/sub/data" bs=4096 count=$((20 + i * 37)) status=none
	i=$((i + 1))
done
dd if=/dev/urandom of="$tmp/tree/target" bs=4096 count=96 status=none
truncate -s 48M "$img"
mkfs.ext4 -q -F -b 4096 -d "$tmp/tree" "$img"
step "made an ext4 image: $(find "$tmp/tree" -type f | wc -l) files, $(stat -c %s "$img") bytes"

read_both "$(stat -c %s "$img")"

# --- overwrite one file's blocks through the driver ----------------------------------------
cp "$img" "$tmp/want.img"
dd if=/dev/urandom of="$tmp/new" bs=4096 count=96 status=none
n=0
for block in $(debugfs -R 'blocks /target' "$img" 2>/dev/null); do
	dd if="$tmp/new" of="$tmp/piece" bs=4096 skip=$n count=1 status=none
	dd if="$tmp/piece" of="$tmp/want.img" bs=4096 seek="$block" conv=notrunc status=none
	n=$((n + 1))
	last=$block
	first=${first:-$block}
done
[ "$n" = 96 ] && [ $((last - first)) = 95 ] || die "the file is not 96 blocks in a row"
disk -d "piix4-ide,disk0=file:$img" write --lba $((first * 8)) "$tmp/new"
same "$img" "$tmp/want.img" "the image is not the old one with exactly that file's blocks changed"
debugfs -R "dump /target $tmp/seen" "$img" 2>/dev/null
same "$tmp/seen" "$tmp/new" "the host reads other data in /target than were written"
e2fsck -fn "$img" >"$tmp/fsck" 2>&1 || { cat "$tmp/fsck" >&2; die "e2fsck found damage"; }
step "overwrote /target's $n blocks by UDMA; the host and e2fsck -fn see exactly that change"

# --- random reads and writes on a scratch slave --------------------------------------------
truncate -s 32M "$tmp/scratch.img"
truncate -s 32M "$tmp/expect.img"
disk -d "piix4-ide,disk0=ro:$img,disk1=file:$tmp/scratch.img" --unit 1 exercise \
	--count "$ops" "$tmp/expect.img"
same "$tmp/scratch.img" "$tmp/expect.img" "the scratch disk does not hold what was written last"
step "$ops random reads and writes of 1 to 256 sectors on the slave; the host's cmp agrees"

finish
