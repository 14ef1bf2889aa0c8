#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The main job, on the simulated backend: a real ext4 image read, changed and verified
# through the IDE driver. Environment: TRIVET_SIM (the command), O (where the timeline
# goes), DISK=any.img (your own image instead, read-only unless WRITE=1).
set -eu
PATH=$PATH:/usr/sbin:/sbin
sim=${TRIVET_SIM:?set TRIVET_SIM to the trivet-sim command}
out=${O:-build}/demo
ops=${DEMO_OPS:-10000}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$out"

step() { printf '%s\n' "- $*"; }
die() { echo "demo: $*" >&2; exit 1; }
hash() { sha256sum "$1" | cut -d' ' -f1; }
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

# read_both IMAGE: the whole image by PIO and by UDMA equals the file.
read_both() {
	want=$(hash "$1")
	for how in PIO UDMA; do
		dma=0
		[ "$how" = PIO ] || dma=1
		disk -d "piix4-ide,disk0=ro:$1" --set "dma=$dma" read "$tmp/copy"
		[ "$(hash "$tmp/copy")" = "$want" ] || die "$how: the copy differs from $1"
		step "read whole by $how, sha256 equal: $want"
	done
}

finish() {
	truncate -s 1M "$tmp/small"
	quiet -d "piix4-ide,disk0=mem:1M" --count 12 --max 16 --svg "$out/timeline.svg" \
		exercise "$tmp/small"
	echo
	cat "$tmp/table"
	echo
	echo "timeline: $out/timeline.svg"
}

if [ -n "${DISK:-}" ]; then
	[ -f "$DISK" ] || die "$DISK: no such image; DISK= takes a raw disk image"
	read_both "$DISK"
	if [ "${WRITE:-0}" = 1 ]; then
		want=$(hash "$DISK")
		blocks=$(($(stat -c %s "$DISK") / 512))
		[ "$blocks" -le 2048 ] || blocks=2048
		dd if="$DISK" of="$tmp/head" bs=512 count="$blocks" status=none
		disk -d "piix4-ide,disk0=file:$DISK" write "$tmp/head"
		[ "$(hash "$DISK")" = "$want" ] || die "$DISK changed: its own data were written to it"
		step "wrote its first $blocks blocks back to it; the image is what it was"
	fi
	finish
	exit 0
fi

# --- an ext4 image with a tree of files ----------------------------------------------------
command -v mkfs.ext4 >/dev/null || die "no mkfs.ext4; run: ci/deps demo"
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
mkfs.ext4 -q -F -b 4096 -d "$tmp/tree" "$img" 48M
step "made an ext4 image: $(find "$tmp/tree" -type f | wc -l) files, $(stat -c %s "$img") bytes"

read_both "$img"

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
