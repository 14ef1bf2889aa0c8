#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The unit for systemd: it is understood, its example is what it wants, and little is left open.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/ktap.inc
here=os/linux-user/systemd

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}
command -v systemd-analyze >/dev/null 2>&1 || skip_all 'systemd-analyze is not installed'
# It asks systemd's own directories, and some containers have neither.
systemd-analyze --version >/dev/null 2>&1 || skip_all 'systemd-analyze does not run here'

# verify: what it has to say of the unit as it would be installed; of the unit alone
verify() {
	rc=0
	SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no --recursive-errors=no \
		"$T/trivet-nbd@disk.service" >"$T/out" 2>"$T/err" || rc=$?
	grep 'trivet-nbd@' "$T/err" >"$T/said"
}

set +e
echo 'KTAP version 1'
sed "s|@BINDIR@|$(dirname "$trivet")|; s|@NBDKIT@|/bin/true|" "$here/trivet-nbd@.service.in" \
	>"$T/trivet-nbd@disk.service"
rc=0
grep -c "@[A-Z]*@" "$T/trivet-nbd@disk.service" >"$T/out" 2>"$T/err"
[ "$(cat "$T/out")" = 0 ]
report $? 'every place is filled in'
verify
[ "$rc" = 0 ] && [ ! -s "$T/said" ]
report $? 'the unit is understood'
sed -i 's/^ProtectSystem=strict/ProtectSystem=stricter/' "$T/trivet-nbd@disk.service"
verify
grep -q 'protect system' "$T/said"
report $? 'one that is wrong is not'
sed -i 's/^ProtectSystem=stricter/ProtectSystem=strict/' "$T/trivet-nbd@disk.service"

rc=0
systemd-analyze security --offline=true --threshold=25 "$T/trivet-nbd@disk.service" >"$T/out" 2>"$T/err" || rc=$?
[ "$rc" = 0 ] && grep -q 'exposure level' "$T/out"
report $? 'and leaves little open: 2.5 of 10 at most'

# What the unit takes from the file, the example has; and the other way round.
# The file: lines that are set, and those one might.
sed -n 's/^#\{0,1\}\([A-Z]\{1,\}\)=.*/\1/p' "$here/nbd.conf.example" | sort -u >"$T/has"
grep '^Exec' "$here/trivet-nbd@.service.in" | grep -oE '\$\{?[A-Z]+' | tr -d '${' | sort -u >"$T/takes"
rc=0
cmp "$T/has" "$T/takes" >"$T/out" 2>"$T/err"
report $? 'the example has what the unit takes'
device=$(sed -n 's/^DEVICE=//p' "$here/nbd.conf.example")
"$trivet" run edu -d "$device,sysfs=$T" >"$T/out" 2>"$T/err"
rc=$?
grep -q 'this machine has no such device' "$T/err"
report $? 'its device is one'
ktap_end
