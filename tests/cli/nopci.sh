#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# A trivet that was built where libpci is not installed: all but the verbs that need it. And where
# nbdkit's header is not: all but the plugin.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
command=$T/o/bin/trivet

set +e
echo 'KTAP version 1'
rc=0
make -s trivet O="$T/o" LIBPCI= NBDKIT= CFLAGS=-O0 >"$T/out" 2>"$T/err" || rc=$?
report $rc 'it is built'
grep -q 'SKIP .*nbdkit-trivet-plugin.so: nbdkit-plugin-dev is not installed' "$T/out" && [ ! -e "$T/o/lib" ]
report $? 'without a plugin for nbdkit, which is said'
readelf -d "$T/o/bin/trivet" >"$T/out" 2>"$T/err" && ! grep -q libpci "$T/out"
report $? 'it does not ask for libpci'
works 'drivers are there' '^ide ' list
for verb in status 'bind 00:02.0' 'unbind 00:02.0' 'reset 00:02.0'; do
	# shellcheck disable=SC2086 # words
	fails "${verb%% *} says what is missing" 4 \
		'built without libpci, which knows this machine'"'"'s devices; install libpci-dev' $verb
done
works 'a doctor too' '^WARN pci   libpci  .*built without' doctor pci
is 'with what to do' grep -q 'next: apt-get install libpci-dev, and build again' "$T/out"
ktap_end
