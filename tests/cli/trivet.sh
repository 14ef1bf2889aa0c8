#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The trivet command without hardware: exit status, where messages go, and what they say.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
command=$trivet
man=os/linux-user/cli/trivet.1

run help
verbs=$(sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$T/out")
if [ -z "$verbs" ]; then
	echo "Bail out! $trivet lists no verb"
	exit 1
fi

set +e
echo 'KTAP version 1'

for help in help --help -h; do
	works "$help" '^usage: trivet VERB' $help
done
for version in version --version -V; do
	works "$version" '^trivet [0-9]' $version
done
is 'which names the transports' grep -q '^hardware: .*qemu' "$T/out"
for v in $verbs; do
	works "$v --help has a usage line" "^usage: trivet $v" "$v" --help
	is "$v --help has examples" grep -q '^Examples:' "$T/out"
	works "help $v" "^usage: trivet $v" help "$v"
	fails "$v refuses an unknown option" 2 "no option '--nonsense'; see: trivet $v --help" \
		"$v" --nonsense
	fails "$v refuses an unknown letter" 2 "no option '-Z'" "$v" -Z
	is "the manual page tells of $v" grep -q "^\\.It Cm $v\$" "$man"
done
fails 'no verb' 2 'which verb? see: trivet help'
fails 'an unknown verb' 2 "no verb 'frobnicate'; see: trivet help" frobnicate
fails 'an option in place of the verb' 2 "no option '--nonsense'" --nonsense

works 'list' '^ide .*8086:7010' list
works 'list --drivers is the same' '^edu .*1234:11e8' list --drivers
works 'list --transports' '^qemu: ' list --transports
fails 'two lists' 2 'one list at a time' list --drivers --transports
fails 'list takes no argument' 2 "takes no argument 'ide'" list ide
for list in --drivers --transports; do
	run list $list --json
	is_json "list $list --json is JSON"
done

fails 'run without a driver' 2 'needs a driver' run -d qemu:edu
fails 'run with two' 2 "takes one driver, 'ide' is too many" run -d qemu:edu edu ide
fails 'run without hardware' 2 '-d names it' run edu
fails 'run: -d without a value' 2 "option '-d' needs a value" run edu -d
fails 'run: an unknown driver' 2 "no driver 'nosuch'; see: trivet list" run nosuch -d qemu:edu
for spec in '' edu nosuch:edu; do
	fails "run: hardware '$spec'" 2 'names no hardware' run edu -d "$spec"
done
fails 'run: a model is missing' 2 'the name of a device is missing' run edu -d qemu:
fails 'run: an option without a value' 2 'not of the form key=value' run edu -d qemu:edu,x
fails 'run: an option twice' 2 "option 'a' is given twice" run edu -d qemu:edu,a=1,a=2
fails 'run: a place that is none' 2 'addr=zz' run edu -d qemu:edu,addr=zz
for addr in 5x 5. 5.x 5.8 5.1.1 -5 0x 1f 2; do
	fails "run: a place that is none, $addr" 2 "addr=$addr is not a free place" \
		run edu -d "qemu:edu,addr=$addr"
done
fails 'run: a socket without the rest' 2 'addr=SLOT.FUNCTION' run edu -d qtest:/nowhere
fails 'run: -b is no number' 2 "--bench takes a number from 0 to 3600, not 'x'" \
	run edu -d qemu:edu -b x
fails 'run: -t is no number' 2 '--timeout takes a number' run edu -d qemu:edu -t -1
for set in dma dma= =1 dma=x dma=-1; do
	fails "run: --set $set" 2 '--set' run edu -d qemu:edu --set "$set"
done
fails 'regs without hardware' 2 '-d names it' regs edu
fails 'regs with two drivers' 2 "takes one driver, 'ide' is too many" regs -d qemu:edu edu ide
fails 'regs: an unknown driver' 2 "no driver 'nosuch'" regs -d qemu:edu nosuch

# No QEMU, and something that is none.
fails 'no QEMU where it is said to be' 1 '/nowhere/qemu: No such file' \
	run edu -d qemu:edu,qemu=/nowhere/qemu
fails 'a QEMU that is none' 1 'QEMU has ended' run edu -d qemu:edu,qemu=/bin/false
(PATH=$T; "$trivet" run edu -d qemu:edu) >"$T/out" 2>"$T/err"
rc=$?
[ "$rc" = 1 ] && grep -q 'no qemu-system-x86_64 in PATH; install qemu-system-x86' "$T/err"
report $? 'no QEMU in PATH'
# Files that are no driver.
mkfifo "$T/fifo"
yes 'no ELF' | head -n 999 >"$T/text.so"
: >"$T/empty.so"
fails 'a driver that is not there' 2 "$T/none.so: No such file or directory; trivet.mk builds one" run "$T/none.so" -d qemu:edu
fails 'a driver that is a text' 2 'invalid ELF header' run "$T/text.so" -d qemu:edu
fails 'a driver that is empty' 2 'file too short' run "$T/empty.so" -d qemu:edu
fails 'a driver that is a directory' 2 'not a regular file' run "$T/" -d qemu:edu
fails 'a driver that is a pipe' 2 'not a regular file' run "$T/fifo" -d qemu:edu

if [ -e /dev/full ]; then
	rc=0
	"$trivet" list >/dev/full 2>"$T/err" || rc=$?
	[ "$rc" = 1 ] && grep -q 'cannot write the output: No space left' "$T/err"
	report $? 'a full disk is an error'
else
	skip 'a full disk is an error' 'no /dev/full'
fi
if command -v mandoc >/dev/null 2>&1; then
	mandoc -T lint -W warning "$man" >"$T/out" 2>&1
	is 'the manual page has no lint' [ ! -s "$T/out" ]
else
	skip 'the manual page has no lint' 'no mandoc'
fi

ktap_end
