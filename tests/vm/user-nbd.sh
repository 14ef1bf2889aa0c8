#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A disk for the whole system: an IDE function behind vfio or uio, driven by nbdkit's plugin, as a
# disk of the kernel's (nbd-client) and as a file system without it (nbdfuse, fuse2fs):
# user-nbd.sh vfio|uio PLUGIN COUNT. COUNT is the name of one in ci/counts: how many files.
set -eu
here=$(dirname "$0")
. "$here/user.inc"
. "$here/tree.inc"
transport=$1 plugin=$2 count=$3
PATH=$PATH:/usr/sbin:/sbin

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

[ -e "$plugin" ] || skip_all 'the plugin was built without nbdkit-plugin-dev: run ci/deps'
for tool in nbdkit nbd-client nbdinfo nbdcopy nbdfuse fuse2fs mkfs.ext4 fio; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed: run ci/deps"
done
files=$("$here/../../ci/count" "$count")

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-nbd.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/share"
make_tree "$work/share/tree" "$files"
truncate -s 32M "$work/disk"

user_ide "$transport" "$work/disk"
rc=0
(user_vm "$transport" -t 300 -m 384 -w "$work" -d "$ide_args" "$here/guest/user-nbd.sh" \
	"$transport" "$plugin" "$ide_device" "$files" "$count") >"$work/ktap" || rc=$?
grep -v '^1\.\.' "$work/ktap"
n=$(grep -Ec '^(not )?ok ' "$work/ktap" || true)

# outside NAME CMD...: of the disk, when the machine is off
outside() {
	_name=$1 _not=
	shift
	"$@" >"$work/said" 2>&1 || { sed 's/^/# /' "$work/said"; _not='not '; rc=1; }
	n=$((n + 1))
	echo "${_not}ok $n - outside: $_name"
}

# shellcheck disable=SC2317 # by outside
same_files() {
	mkdir "$work/back"
	debugfs -R "rdump /tree $work/back" "$work/disk" && diff -r "$work/share/tree" "$work/back/tree"
}

outside 'fsck is content' e2fsck -fn "$work/disk"
outside 'the files are the same' same_files
echo "1..$n"
exit $rc
