#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The trivet-sim command: exit status, where messages go, and what they say.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
command=$sim

same_output() {
	[ -s "$T/one" ] && cmp -s "$T/one" "$T/out"
}

# Every verb the command lists is tested, and in the manual page.
run help
verbs=$(sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$T/out")
run list
first=$(sed -n '1s/ .*//p' "$T/out")
if [ -z "$first" ] || [ -z "$verbs" ]; then
	echo "Bail out! $sim lists no scenario or verb"
	exit 1
fi

set +e
echo 'KTAP version 1'

works 'help' '^usage: trivet-sim' help
works '--help' '^usage: trivet-sim' --help
works '-h' '^usage: trivet-sim' -h
works 'version' '^trivet-sim [0-9]' version
works '--version' '^trivet-sim [0-9]' --version
for v in $verbs; do
	works "$v --help has a usage line" "^usage: trivet-sim $v" "$v" --help
	is "$v --help has examples" grep -qi '^examples:' "$T/out"
	works "help $v" "^usage: trivet-sim $v" help "$v"
	fails "$v refuses an unknown option" 2 "no option '--nonsense'" "$v" --nonsense
	fails "$v refuses an unknown letter" 2 "no option '-Z'" "$v" -Z
done
fails 'no verb' 2 'see: trivet-sim help'
fails 'an unknown verb' 2 "no verb 'frobnicate'; see: trivet-sim help" frobnicate
fails 'an empty verb' 2 "no verb ''" ''
fails 'an option in place of the verb' 2 "no option '--nonsense'" --nonsense
fails 'help for an unknown verb' 2 "no verb 'frobnicate'" help frobnicate
fails 'too many arguments' 2 'takes no argument' version 1

# The lists, for people and for programs.
for list in '' --models --drivers --checks --kinds; do
	works "list $list" . list $list
	run list $list --json
	is_json "list $list --json is JSON"
done
fails 'two lists' 2 'one list at a time' list --models --checks
fails 'list takes no argument' 2 "takes no argument 'ide'" list ide
fails 'a flag takes no value' 2 'takes no value' list --json=yes

# A part of an option's name is not its name: the rest may be what matters.
fails 'an abbreviation' 2 "no option '--with'; is '--without' meant?" explore --with alloc edu/probe
fails 'with its value' 2 "no option '--with'; is '--without' meant?" explore --with=alloc edu/probe
fails 'after the arguments' 2 "no option '--with'; is '--without'" explore edu/probe --with alloc
fails 'without its value' 2 "no option '--dep'; is '--depth' meant?" explore --dep
fails 'of a flag' 2 "no option '--js'; is '--json' meant? see: trivet-sim list --help" list --js
fails 'of --help' 2 "no option '--he'; is '--help' meant?" version --he
fails 'of two options' 2 "no option '--s'; see: " explore --s edu/probe
fails 'a value that looks like one is a value' 2 "malformed deviations: item 1, column 1" \
	replay --deviations --js "$first"

# run
fails 'run without a name' 2 'name some, or --all' run
fails 'run: an unknown scenario' 2 "no scenario 'no/such'; see: trivet-sim list" run no/such
fails 'run: nothing matches the glob' 2 "no scenario 'no/*'" run 'no/*'
fails 'run: one of two is unknown, so none runs' 2 "no scenario 'no/such'" run "$first" no/such
fails 'run: --all and a name' 2 "--all and '$first': which?" run --all "$first"
works 'run one scenario' "^ok 1 - $first\$" run "$first"
is 'in KTAP' grep -q '^KTAP version 1$' "$T/out"
works 'run it with its hash' '^#   hash [0-9a-f]\{16\}, [0-9]* points' run --hashes "$first"
works 'run it twice' "^ok 1 - $first\$" run --twice "$first"
fails 'run: an unknown checker' 2 "no check 'no-such'; see: trivet-sim list --checks" \
	run --checkers leak-mem,no-such "$first"
fails 'run: an empty checker' 2 "no check ''" run --checkers '' "$first"
works 'run it with one checker' "^ok 1 - $first\$" run --checkers leak-mem "$first"
run run --checkers use-after-free checker/use-after-free/trips
is 'a checker that is on trips' [ "$rc" = 0 ]
run run --checkers none checker/use-after-free/trips
is 'one that is off does not' grep -q 'the run ended well, but this scenario must end with' "$T/out"
works 'run it with its figures' 'hash [0-9a-f]\{16\}, ' run -v "$first"
run run "$first"
cp "$T/out" "$T/one"
run run "$first"
is 'the report is the same every time' same_output

# replay
works 'replay the nice day' "^$first: pass\$" replay "$first"
cp "$T/out" "$T/one"
works 'replay -r with nothing in it' "^$first: pass\$" replay -r '' "$first"
is 'is the nice day too' same_output
works 'replay --text' ' CPU0 ' replay --text "$first"
works 'replay --trace' ' us$\|switch to\|enter' replay --trace "$first"
works 'replay --svg' "$T/a.svg" replay --svg "$T/a.svg" "$first"
is 'draws an SVG' grep -q '</svg>' "$T/a.svg"
if command -v python3 >/dev/null 2>&1; then
	is 'which is XML' python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$T/a.svg"
else
	skip 'which is XML' 'no python3'
fi
fails 'replay --svg into no directory, before the result' 1 \
	"cannot write '$T/none/a.svg': No such file" replay --svg "$T/none/a.svg" "$first"
fails 'replay --svg onto a directory' 1 "cannot write '$T': Is a directory" replay --svg "$T" "$first"
fails 'replay --svg into a file' 1 "cannot write '$T/out/a.svg': Not a directory" \
	replay --svg "$T/out/a.svg" "$first"
fails 'replay --svg into a directory that is to be' 1 "cannot write '$T/none/': No such file" \
	replay --svg "$T/none/" "$first"
fails 'replay --svg without a name' 1 "cannot write '': No such file" replay --svg '' "$first"
works 'replay --svg onto a picture' "$T/a.svg" replay --svg "$T/a.svg" "$first"
works 'replay --svg to a pipe' '</svg>' replay --svg /dev/stdout "$first"
rm "$T/a.svg"
works 'replay --json --svg' '^{' replay --json --svg "$T/a.svg" "$first"
is 'draws too' grep -q '</svg>' "$T/a.svg"
for option in --json --text --trace --report --verbose; do
	fails "replay --gdb $option" 2 "--gdb and $option: which?" replay --gdb $option "$first"
done
fails 'replay --gdb --svg' 2 '--gdb and --svg: which?' replay --svg "$T/b.svg" --gdb "$first"
for option in --text --trace; do
	fails "replay --json $option" 2 "--json and $option: which?" replay $option --json "$first"
done
fails 'replay without a name' 2 'needs a scenario' replay
fails 'replay with two names' 2 "takes one scenario, '$first' is too many" replay "$first" "$first"
fails 'replay: an unknown scenario' 2 "no scenario 'no/such'" replay no/such
fails 'replay: -r without a list' 2 "option '-r' needs a value" replay "$first" -r
fails 'replay: --svg without a file' 2 "option '--svg' needs a value" replay "$first" --svg

run replay -r '#4000000000' "$first"
[ "$rc" = 1 ] && grep -q 'deviation 1 of 1 was never met: #4000000000' "$T/err"
report $? 'a deviation that is never met fails'
run replay -r 'alloc@no.c:such#1' "$first"
[ "$rc" = 1 ] && grep -q 'never met: alloc@no.c:such#1 (the run met 0 of them)' "$T/err"
report $? 'so does one with a name'

while IFS='|' read -r list message; do
	fails "malformed: '$list'" 2 "malformed deviations: $message" replay -r "$list" "$first"
done <<'END'
#|item 1, column 2: expected the index
#x|item 1, column 2: expected the index
#1,|item 2, column 4: expected KIND@FILE:FUNCTION#N or #INDEX, found the end
#1,,#2|item 2, column 4
#1=0|item 1, column 4: answer 0 is the nice day
#1=x|item 1, column 4: expected the alternative
#99999999999|item 1, column 2: the index is above
#1 #2|item 1, column 3: expected ',' or the end, found ' '
alok@a.c:f#1|item 1, column 1: no kind 'alok'; see: trivet-sim list --kinds
alloc|item 1, column 6: expected '@'
alloc@a.c#1|item 1, column 10: expected ':'
alloc@a.c:f|item 1, column 12: expected '#'
alloc@a.c:f#0|item 1, column 13: occurrences count from 1
alloc@x/a.c:f#1|item 1, column 8: a file goes by its last part
#1,#1|item 2, column 4: the same point as item 1
END

# points: every name it lists is a deviation that replay meets.
run points "$first"
is 'points lists or has none' [ "$rc" = 0 ]
point=$(awk 'NR == 1 { print $NF }' "$T/out")
if [ -n "$point" ]; then
	run replay -r "$point" "$first"
	is 'a listed point can be deviated at' grep -q '1 of 1 taken' "$T/out"
else
	skip 'a listed point can be deviated at' "$first meets no choice point"
fi
fails 'points: an unknown kind' 2 "no kind 'alok'" points -k alok "$first"
fails 'points: a malformed list' 2 'malformed deviations: item 1, column 2' points -r '#x' "$first"

works 'checks explains one' 'The processor touched bytes' checks dma-owner
fails 'checks: an unknown one' 2 "no check 'dma'; see: trivet-sim list --checks" checks dma
works 'checks explains all' '^data: ' checks
run list --checks
n=$(wc -l <"$T/out")
run checks
is 'of them' [ "$(grep -c '^[a-z-]*: ' "$T/out")" = "$n" ]

fails 'bench: not a number' 2 "--seconds takes a number from 1 to 3600, not 'x'" bench -s x
fails 'bench: not a positive number' 2 'takes a number' bench -s 0
fails 'bench: an unknown scenario' 2 "no scenario 'no/such'" bench no/such

fails 'twice: not a number' 2 "--runs takes a number from 1 to 10000000, not 'x'" twice -n x
fails 'twice: no job' 2 '--jobs takes a number from 1 to 64' twice -j 0
fails 'twice: an unknown scenario' 2 "no scenario 'no/such'" twice -n 1 no/such
fails 'twice: no such program' 2 "cannot run '$T/none': No such file" twice --with "$T/none"
run twice -n 4 "$first"
if [ "$rc" = 77 ]; then
	skip 'twice' 'addresses are not random here'
else
	[ "$rc" = 0 ] && grep -q '^ok 2 - each process had addresses of its own$' "$T/out"
	report $? 'twice'
fi
works 'twice with another program' '^ok 1 - .* in the other program$' \
	twice -n 4 --with "$sim" "$first"
run twice -n 4 --with "$(command -v env)" "$first"
[ "$rc" = 1 ] && grep -q 'process 2 did not end well' "$T/out"
report $? 'twice with a program that is none'

if [ -e /dev/full ]; then
	rc=0
	"$sim" list --checks >/dev/full 2>"$T/err" || rc=$?
	: >"$T/out"
	[ "$rc" = 1 ] && grep -q 'cannot write the output: No space left' "$T/err"
	report $? 'a full disk is an error'
else
	skip 'a full disk is an error' 'no /dev/full'
fi

rc=0
if command -v mandoc >/dev/null 2>&1; then
	mandoc -T lint -W warning os/test-sim/cli/trivet-sim.1 >"$T/out" 2>&1
	is 'the manual page has no lint' [ ! -s "$T/out" ]
else
	skip 'the manual page has no lint' 'no mandoc'
fi
for v in $verbs; do
	is "the manual page tells of $v" grep -q "^\\.It Cm $v\$" os/test-sim/cli/trivet-sim.1
done

ktap_end
