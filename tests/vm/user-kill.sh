#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The process that drives a disk is killed, again and again, while others write through it:
# user-kill.sh vfio|uio PLUGIN KILLS, where PLUGIN is that of nbdkit. Nothing that was acknowledged is
# lost, and it can always be started again.
set -eu
here=$(dirname "$0")
. "$here/user.inc"
transport=$1 plugin=$2 kills=$3
PATH=$PATH:/usr/sbin:/sbin

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}
[ -e "$plugin" ] || skip_all 'the plugin was built without nbdkit-plugin-dev: run ci/deps'
for tool in nbdkit nbd-client fio; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed: run ci/deps"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-kill.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
truncate -s 8M "$work/disk"
"${CC:-gcc}" -O2 -Wall -o "$work/durable" "$here/durable.c"

user_ide "$transport" "$work/disk"
rc=0
(user_vm "$transport" -t $((120 + 20 * kills)) -w "$work" -d "$ide_args" "$here/guest/user-kill.sh" "$transport" \
	"$plugin" "$work/durable" "$ide_device" "$kills") || rc=$?
exit $rc
