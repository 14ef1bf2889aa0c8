#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# A stranger's way: install, write a driver with new-driver, build it from what was installed
# and from nothing else, pass on the simulator. Every class in ci/skel/ takes it.
set -eu

cd "$(dirname "$0")/../.."
top=$(pwd)
O=$(realpath "${O:-build}")
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
root=$T/dest/opt/trivet
nr=0 failed=0

# expect NAME CMD...: it succeeds.   refuse NAME CMD...: it fails with 2, and says something.
expect() {
	name=$1
	shift
	nr=$((nr + 1))
	status=0
	"$@" >"$T/log" 2>&1 || status=$?
	if [ $status = 0 ]; then
		echo "ok $nr - $name"
	elif [ $status = 77 ]; then
		echo "ok $nr - $name # SKIP needs ${needs:-kernel headers, an image and QEMU}"
	else
		echo "# exit status $status"
		tail -n 40 "$T/log" | sed 's/^/# /'
		echo "not ok $nr - $name"
		failed=1
	fi
}

refuse() {
	name=$1
	shift
	expect "$name" refused "$@"
}

refused() {
	rc=0
	"$@" 2>"$T/err" || rc=$?
	cat "$T/err"
	[ "$rc" = 2 ] && [ -s "$T/err" ]
}

# Away from the tree, with an environment that knows nothing of it.
outside() {
	(cd "$T" && env -i PATH="$root/bin:$PATH" HOME="$T" ${CC:+CC="$CC"} "$@")
}

no_mention_of_the_tree() {
	! grep -rlF "$top/" "$@"
}

pkg_config_finds_headers() {
	flags=$(PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config --cflags trivet-sim)
	echo '#include <trivet/os.h>' >"$T/header.c"
	# shellcheck disable=SC2086 # $flags is a list
	${CC:-gcc} $flags -fsyntax-only "$T/header.c"
}

# Its commands are the indented lines.
readme_commands() {
	sed -n 's/^    //p' "$1/README.md" >"$T/commands"
	[ -s "$T/commands" ] && outside sh -exc "cd '$1'; . '$T/commands'"
}

# A name with capitals makes a driver with a name in lower case.
named() {
	outside trivet-new-driver My_Disk2 "$1" "$T/named/$1" &&
		outside make -C "$T/named/$1" check && outside "$T/named/$1/build/my_disk2-sim" \
		list --drivers | grep '^my_disk2 '
}

# A whole driver in a directory of its own, under another name.
own_module() {
	ci/kmod-build --kdir >/dev/null 2>&1 || return 77
	mkdir -p "$T/own"
	cp drivers/edu/*.[ch] "$T/own/"
	printf '%s\n' 'TRIVET_NAME := own' 'TRIVET_DRIVER_SRCS := $(wildcard *.c)' \
		"include $root/share/trivet/trivet.mk" >"$T/own/Makefile"
	outside make -C "$T/own" kmod WERROR=1 ${KDIR:+KDIR="$KDIR"}
}

own_module_works() {
	[ -e "$T/own/build/kmod/trivet_own.ko" ] || return 77
	cat >"$T/own/script" <<-'END'
		set -eu
		MODULES=$1 . "$2"
		load trivet_own
		[ ! -e $devices/0000:00:04.0/driver ]
		bind 0000:00:04.0 trivet_own
		dmesg | grep 'trivet_own 0000:00:04.0: edu version'
		unbind 0000:00:04.0
		rmmod trivet_own
		rmmod trivet
	END
	VM_KERNEL=$(ci/kmod-build --release) tests/vm/vm -t 60 -d '-device edu,addr=4' \
		sh "$T/own/script" "$T/own/build/kmod" "$(realpath tests/vm/guest/lib.inc)"
}

default_directory() {
	(cd "$T" && "$root/bin/trivet-new-driver" Here "$1" && [ -e here/here.c ])
}

# nbdkit finds it by its path, and runs it without the tree.
plugin_is_there() {
	command -v nbdkit >/dev/null && [ -e "$O/lib/nbdkit-trivet-plugin.so" ] || return 77
	plugin=$(find "$root" -path '*/nbdkit/plugins/nbdkit-trivet-plugin.so')
	[ -e "$root/share/man/man1/nbdkit-trivet-plugin.1" ] &&
		outside nbdkit "$plugin" --dump-plugin | grep "^trivet_version="
}

nothing_left() {
	[ -z "$(find "$T/dest" ! -type d)" ] || { find "$T/dest" ! -type d; return 1; }
}

classes=$(cd ci/skel && echo *)
# shellcheck disable=SC2086
set -- $classes
echo 'KTAP version 1'
echo "1..$((18 + 10 * $#))"
strict='-O2 -g -Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith -Wvla -Wundef -Werror'

expect 'make install' make -s install O="$O" DESTDIR="$T/dest" PREFIX=/opt/trivet
if [ "$failed" != 0 ]; then
	echo 'Bail out! nothing was installed'
	exit 1
fi
expect 'nothing installed names the source tree' \
	no_mention_of_the_tree --include='*.mk' --include='*.pc' --include='*.h' "$root"
expect 'pkg-config leads to the headers' pkg_config_finds_headers
expect 'trivet-sim runs where it was put' outside trivet-sim --help
needs='nbdkit and nbdkit-plugin-dev' expect 'the plugin for nbdkit is one' plugin_is_there
for class; do
	expect "$class: new-driver" outside trivet-new-driver toy "$class" "$T/$class"
	expect "$class: make check" outside make -C "$T/$class" check
	expect "$class: README's commands" readme_commands "$T/$class"
	expect "$class: no warning" outside make -C "$T/$class" BUILD="$T/strict/$class" \
		CFLAGS="$strict" sim user
	expect "$class: make user" outside make -C "$T/$class" user
	if ci/kmod-build --kdir >/dev/null 2>&1; then
		expect "$class: make kmod" outside make -C "$T/$class" kmod WERROR=1
		expect "$class: a module" [ -s "$T/$class/build/kmod/trivet_toy.ko" ]
	else
		nr=$((nr + 1))
		echo "ok $nr - $class: make kmod # SKIP no kernel headers"
		nr=$((nr + 1))
		echo "ok $nr - $class: a module # SKIP no kernel headers"
	fi
	expect "$class: built from installed files alone" \
		no_mention_of_the_tree --include='*.d' --include='.*.cmd' "$T/$class/build"
	expect "$class: make clean leaves the sources" \
		sh -c "make -s -C '$T/$class' clean && [ ! -e '$T/$class/build' ] && [ -e '$T/$class/toy.c' ]"
	expect "$class: a name with capitals and an underscore" named "$class"
done
expect 'a driver from elsewhere: make kmod' own_module
expect 'its module is loaded and drives a device' own_module_works
refuse 'new-driver refuses a name that is no identifier' outside trivet-new-driver 2fast blk "$T/x"
refuse 'new-driver refuses a name with a dash' outside trivet-new-driver my-disk blk "$T/x"
refuse 'new-driver refuses a prefix of Trivet' outside trivet-new-driver Trv blk "$T/x"
refuse 'new-driver refuses an unknown class' outside trivet-new-driver toy nosuch "$T/x"
refuse 'new-driver refuses a path for a class' outside trivet-new-driver toy ../skel/blk "$T/x"
refuse 'new-driver refuses a directory in use' outside trivet-new-driver toy "$1" "$T/$1"
refuse 'new-driver asks for a name' outside trivet-new-driver
refuse 'new-driver asks for a class' outside trivet-new-driver toy
refuse 'new-driver takes three arguments' outside trivet-new-driver toy blk "$T/x" "$T/y"
expect 'new-driver makes a directory of that name' default_directory blk
make -s uninstall O="$O" DESTDIR="$T/dest" PREFIX=/opt/trivet
expect 'make uninstall leaves nothing' nothing_left
exit "$failed"
