#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What tests/vm/dkms-build made, or is making, in DIR: installed into a kernel, found by modprobe,
# used and removed. dkms.sh DIR plain|autoload
. "$(dirname "$0")/work.inc"
dir=$(realpath "$1")

for _ in $(seq 240); do
	[ ! -e "$dir/rc" ] || break
	sleep 1
done
[ "$(cat "$dir/rc" 2>/dev/null)" = 0 ] || { tail -n 30 "$dir/log" >&2; exit 1; }
if grep -E '\.[chS]:[0-9].*(warning|note):' "$dir"/tree/trivet/*/*/*/log/make.log >&2; then
	exit 1
fi
read -r version release <"$dir/names"

truncate -s 16M "$work/disk"
"$here/vm" -k "$release" -t 200 -w "$work" -d "-device edu,addr=4
	-drive file=$work/disk,format=raw,if=none,id=d -device ide-hd,drive=d,bus=ide.0,unit=0" \
	"$here/guest/dkms.sh" "$dir" "$version" "$release" "$2"
