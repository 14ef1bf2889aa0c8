#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What the abstraction costs the hot paths of trivet_ide.ko: nothing that is called, see allow.
# hot.sh MODULES. Prints KTAP.
set -u
here=$(dirname "$(realpath "$0")")
. "$here/../../vm/guest/ktap.inc"
modules=$(realpath "$1")
cd "$here/../../.."

tmp=$(mktemp -d "${TMPDIR:-/tmp}/trivet-hot.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

walk() { # OBJECT-NAME FILE
	"$here/walk" "$here/allow" "$@"
}

# spoilt HEADER SED: the driver's two hot files, with that header changed
spoilt() {
	rm -rf "$tmp/tree" "$tmp/out"
	mkdir -p "$tmp/tree"
	cp -r include os "$tmp/tree"
	sed "$2" "$1" >"$tmp/tree/$1"
	! cmp -s "$1" "$tmp/tree/$1" || { echo "# $1: nothing to spoil"; return 1; }
	ci/kmod-build hot "$tmp/out" "-I$tmp/tree/include" "-I$tmp/tree" -- drivers/ide/*.h \
		drivers/ide/ide_io.c drivers/ide/ide_irq.c >"$tmp/log" 2>&1 || { tail "$tmp/log"; return 1; }
}

# found PATTERN: the spoilt build fails, and says that
found() {
	! walk trivet_ide "$tmp/out/hot.o" >"$tmp/said" || return 1
	grep "^trivet_ide: $1" "$tmp/said" | head -n 1 | sed 's/^/# /'
	grep -q "^trivet_ide: $1" "$tmp/said"
}

for module in trivet_ide trivet; do
	walk $module "$modules/$module.ko"
	report $? "$module.ko: the hot paths reach what they may"
done

spoilt include/trivet/types.h 's/define TRV_HOT static __always_inline/define TRV_HOT static noinline __maybe_unused/' &&
	found 'trv_port_write8[^ ]* is a function'
report $? 'an accessor that is not inlined is found'
spoilt os/linux-kmod/blk_impl.h 's/rc = ops->queue(q, req)/rc = READ_ONCE(q->ops)->queue(q, req)/' &&
	found '.* through a pointer'
report $? 'a call through a pointer is found'

# sizes DIRECTORY MODULE...
sizes() {
	_dir=$1
	shift
	for _name; do
		[ ! -e "$_dir/$_name.ko.xz" ] || xz -dc "$_dir/$_name.ko.xz" >"$tmp/$_name.ko"
		[ ! -e "$_dir/$_name.ko" ] || cp "$_dir/$_name.ko" "$tmp"
		[ -e "$tmp/$_name.ko" ] || { echo "# $_name.ko is not here"; continue; }
		size "$tmp/$_name.ko" | awk -v name="$_name" 'NR == 2 { print "# size of", name ".ko:", $1 + $2 + $3, "bytes, code", $1 }'
	done
}
sizes "$modules" trivet_ide trivet
sizes "/lib/modules/$(ci/kmod-build --release)/kernel/drivers/ata" ata_piix libata
ktap_end
