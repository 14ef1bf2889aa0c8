#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# A trivet that was built where neither libcap-ng nor libseccomp is installed: it runs, and says
# what is missing; what is demanded is an error. What is left is Landlock, which shows by itself then.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
command=$T/o/bin/trivet

set +e
echo 'KTAP version 1'
rc=0
make -s trivet O="$T/o" LIBCAPNG= LIBSECCOMP= CFLAGS=-O0 >"$T/out" 2>"$T/err" || rc=$?
report $rc 'it is built'
readelf -d "$T/o/bin/trivet" >"$T/out" 2>"$T/err" && ! grep -qE 'libcap-ng|libseccomp' "$T/out"
report $? 'it asks for neither'
works 'it says so' '^sandbox: Landlock$' version
if ! command -v qemu-system-x86_64 >/dev/null 2>&1; then
	skip 'it runs' 'no qemu-system-x86_64'
	ktap_end
fi
run run edu -d qemu:edu
is 'it runs' [ "$rc" = 0 ]
is 'and says: user and capabilities' grep -q \
	'sandbox: user and capabilities stay: built without libcap-ng; install libcap-ng-dev' "$T/err"
is 'and says: system calls' grep -q \
	'sandbox: system calls are not filtered: built without libseccomp; install libseccomp-dev' "$T/err"
works 'not when there is to be none' '^passed: ' run edu -d qemu:edu --no-sandbox
fails 'demanded, it is an error' 4 'no sandbox: user and capabilities stay' \
	run edu -d qemu:edu --sandbox
fails 'another user is an error' 4 'built without libcap-ng, by which one becomes another' \
	run edu -d qemu:edu --user nobody

# shellcheck disable=SC2086 # a list
${CC:-cc} -shared -fPIC -std=gnu11 -D_GNU_SOURCE -Iinclude -I. -DTRV_OS_LINUX_USER \
	-DTRIVET_VERSION='"test"' -o "$T/escape.so" tests/qemu/escape/escape.c \
	os/linux-user/module/module.c >"$T/out" 2>"$T/err"
report $? 'a driver that tries to get out is built'
: >"$T/victim"
export ESCAPE_FILE="$T/made" ESCAPE_VICTIM="$T/victim"
run run "$T/escape.so" -d qemu:edu
is 'it runs' [ "$rc" = 0 ]
if grep -q 'this kernel has no Landlock\|Landlock is switched off' "$T/err"; then
	skip 'files' 'this kernel has no Landlock'
	ktap_end
fi
for attempt in open create unlink worker-open thread-open; do
	grep -qx "escape: $attempt EACCES" "$T/err"
	report $? "Landlock refuses: $attempt"
done
is 'and does' [ ! -e "$T/made" ]
is 'what there is is there' [ -e "$T/victim" ]
grep -qx 'escape: socket done' "$T/err"
report $? 'sockets are none of its business'
ktap_end
