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
	if "$@" >"$T/log" 2>&1; then
		echo "ok $nr - $name"
	else
		echo "# exit status $?"
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

nothing_left() {
	[ -z "$(find "$T/dest" ! -type d)" ] || { find "$T/dest" ! -type d; return 1; }
}

classes=$(cd ci/skel && echo *)
# shellcheck disable=SC2086
set -- $classes
echo 'KTAP version 1'
echo "1..$((9 + 6 * $#))"

expect 'make install' make -s install O="$O" DESTDIR="$T/dest" PREFIX=/opt/trivet
expect 'nothing installed names the source tree' \
	no_mention_of_the_tree --include='*.mk' --include='*.pc' --include='*.h' "$root"
expect 'pkg-config leads to the headers' pkg_config_finds_headers
expect 'trivet-sim runs where it was put' outside trivet-sim --help
for class; do
	expect "$class: new-driver" outside trivet-new-driver toy "$class" "$T/$class"
	expect "$class: make check" outside make -C "$T/$class" check
	expect "$class: make user" outside make -C "$T/$class" user
	if ci/kmod-build --kdir >/dev/null 2>&1; then
		expect "$class: make kmod" outside make -C "$T/$class" kmod
	else
		nr=$((nr + 1))
		echo "ok $nr - $class: make kmod # SKIP no kernel headers"
	fi
	expect "$class: built from installed files alone" \
		no_mention_of_the_tree --include='*.d' --include='.*.cmd' "$T/$class/build"
	expect "$class: make clean leaves the sources" \
		sh -c "make -s -C '$T/$class' clean && [ ! -e '$T/$class/build' ] && [ -e '$T/$class/toy.c' ]"
done
refuse 'new-driver refuses a name that is no identifier' outside trivet-new-driver 2fast blk "$T/x"
refuse 'new-driver refuses an unknown class' outside trivet-new-driver toy nosuch "$T/x"
refuse 'new-driver refuses a directory in use' outside trivet-new-driver toy "$1" "$T/$1"
refuse 'new-driver asks for a name' outside trivet-new-driver
make -s uninstall O="$O" DESTDIR="$T/dest" PREFIX=/opt/trivet
expect 'make uninstall leaves nothing' nothing_left
exit "$failed"
