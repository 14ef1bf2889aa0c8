#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Whether mistakes are noticed: bad.sh MODULES. In the debug kernel trv_bad.ko makes one for each
# of its detectors, and for each the kernel's words have to be there, and be a complaint to
# tests/vm/complaints; and the machine as a whole has to fail. Prints KTAP.
set -u
here=$(dirname "$0")
. "$here/guest/ktap.inc"

work=$(mktemp -d "${TMPDIR:-/tmp}/trivet-bad.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

rc=0
"$here/vm" -t 240 -w "$work" -a kasan_multi_shot -d '-device edu,addr=4' \
	"$here/guest/bad.sh" "$1" >"$work/said" 2>&1 || rc=$?
[ $rc = 126 ]; report $? "a machine with complaints has failed: status $rc"
if [ ! -s "$work/share/list" ]; then
	sed 's/^/# /' "$work/said" | tail -n 40
	report 1 'trv_bad.ko is bound'
	ktap_end
fi

# What the console has from one mistake to the next, in a file for each; before: with none yet.
awk -v dir="$work" '
	BEGIN { name = "before" }
	/trv_bad: [a-z-]+ begins/ { name = $0; sub(/ begins.*/, "", name); sub(/.*trv_bad: /, "", name) }
	{ print >(dir "/said." name) }' "$work/console"

"$here/complaints" "$work/said.before"; report $? 'no complaint before the first mistake'
tab=$(printf '\t')
while IFS=$tab read -r name words; do
	rc=1
	if grep -Eq -- "$words" "$work/said.$name" 2>/dev/null; then
		! "$here/complaints" "$work/said.$name" >"$work/found" && grep -Eq -- "$words" "$work/found" && rc=0
	fi
	[ $rc = 0 ] || sed 's/^/# /' "$work/said.$name" | head -n 40
	report $rc "$name: $(echo "$words" | tr -d '\\#')"
done <"$work/share/list"
ktap_end
