# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Sourced by the level scripts in ci/levels/. A level says what it needs, what it builds, and
# in a function steps() what it runs; then run_level prints one KTAP report:
#
#	require sparse			# or skip the level: "sparse is not installed"
#	build build-sim			# make targets, under the tree's lock
#	steps() {
#		suite NAME SECONDS CMD...	# CMD prints KTAP, nested below NAME
#		step NAME SECONDS CMD...	# CMD's exit status is the result
#		run_scripts tests/cli/*.sh	# shell scripts that print KTAP
#	}
#	run_level			# or run_level N: so many steps at a time
#
# steps() is called twice, first to count the plan, so it must list the same steps each
# time; they are reported in that order, whichever ends first. Exit status 77 means skipped.
# No step outlives its SECONDS, or BUDGET_END (seconds since the epoch) for the run as a whole,
# or the level.

set -eu
TOP=$(cd "$(dirname "$0")/../.." && pwd)
cd "$TOP"
. ci/env.sh

TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/trivet.XXXXXX")
export TMPDIR
# Some tests run something as nobody, on files of theirs that are below.
chmod 711 "$TMPDIR"
trap 'rm -rf "$TMPDIR"' EXIT
trap 'stop_steps; wait; exit 130' INT TERM

echo 'KTAP version 1'

skip_level() {
	echo "1..0 # SKIP $*"
	exit 0
}

require() {
	for _tool; do
		command -v "$_tool" >/dev/null || skip_level "$_tool is not installed: run ci/deps"
	done
}

build() {
	ci/build "$@" >"$TMPDIR/build.log" 2>&1 && return
	echo 1..1
	quote <"$TMPDIR/build.log"
	echo "not ok 1 - build"
	exit 1
}

# quote: stdin as diagnostics, at most its last 40 lines.
quote() {
	tail -n 40 | sed 's/^/# /'
}

# seconds_left SECONDS: that many, or what is left of the whole run's budget.
seconds_left() {
	_left=$1
	if [ -n "${BUDGET_END:-}" ]; then
		_rest=$((BUDGET_END - $(date +%s)))
		[ "$_left" -le "$_rest" ] || _left=$_rest
		[ "$_left" -ge 1 ] || _left=1
	fi
	echo "$_left"
}

# limited SECONDS CMD...: run with a time limit and none of our make's variables.
limited() {
	_limit=$(seconds_left "$1")
	shift
	# shellcheck disable=SC2016 # expanded by that shell
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL sh -c 'echo $$ >"$0" && exec timeout "$@"' \
		"$STEP/pid" -k 10 "$_limit" "$@" </dev/null
}

# Each step is in a process group of its own, which no key of the terminal reaches.
stop_steps() {
	for _pid in "$TMPDIR"/step.*/pid; do
		[ ! -e "$_pid" ] || kill "$(cat "$_pid")" 2>/dev/null || true
	done
}

# verdict STATUS NAME LOG: the result line; on a failure why, and the end of the log.
verdict() {
	case $1 in
	0) echo "ok $NR - $2"; return ;;
	77) echo "ok $NR - $2 # SKIP $(tail -n 1 "$3" | sed 's/^# *//')"; return ;;
	124) echo "# timeout: still running when its time was up" ;;
	*) if [ "$1" -gt 128 ]; then echo "# killed by signal $(($1 - 128))"
	   else echo "# exit status $1"; fi ;;
	esac
	quote <"$3"
	echo "not ok $NR - $2"
	return 1
}

run_step() {
	_name=$1
	shift
	_rc=0
	limited "$@" >"$STEP/out" 2>&1 || _rc=$?
	verdict "$_rc" "$_name" "$STEP/out"
}

run_suite() {
	_name=$1
	shift
	{
		_rc=0
		limited "$@" 2>"$STEP/err" || _rc=$?
		echo "$_rc" >"$STEP/rc"
	} | tee "$STEP/out" | sed -u "s/^/  /
		1{
		/^  KTAP version/a\\
\\  # Subtest: $_name
		}"
	_rc=$(cat "$STEP/rc")
	# A report that does not hold together is a failure, whatever the exit status says.
	if [ "$_rc" = 0 ] && ! ci/ktap-sum -q "$STEP/out" >/dev/null; then
		_rc=1
	fi
	sed -n 's/^1\.\.0 # SKIP //p' "$STEP/out" >>"$STEP/err"
	verdict "$_rc" "$_name" "$STEP/err"
}

# run_scripts FILE...: each is a suite; "# timeout: N" in it overrides the 120 seconds.
run_scripts() {
	for _script; do
		[ -f "$_script" ] || continue
		_seconds=$(sed -n 's/^# timeout: *//p' "$_script")
		suite "$(basename "$_script" .sh)" "${_seconds:-120}" sh "$_script"
	done
}

# begin CMD...: one step more, as soon as there is a slot for it.
begin() {
	read -r _ <&9
	NR=$((NR + 1))
	STEP=$TMPDIR/step.$NR
	mkdir "$STEP"
	if [ "$SLOTS" = 1 ]; then
		("$@") || FAILED=1
		rm -f "$STEP/pid"
		echo >&9
		return
	fi
	{
		("$@") >"$STEP/report" || : >"$STEP/failed"
		rm -f "$STEP/pid"
		: >"$STEP/ended"
		echo >&9
	} &
	show_ended
}

# What has ended, up to the first that has not.
show_ended() {
	while [ -e "$TMPDIR/step.$((SHOWN + 1))/ended" ]; do
		SHOWN=$((SHOWN + 1))
		cat "$TMPDIR/step.$SHOWN/report"
		[ ! -e "$TMPDIR/step.$SHOWN/failed" ] || FAILED=1
	done
}

run_level() {
	PLAN=0 NR=0 SHOWN=0 FAILED=0 SLOTS=${1:-1}
	suite() { PLAN=$((PLAN + 1)); }
	step() { PLAN=$((PLAN + 1)); }
	steps
	[ "$PLAN" != 0 ] || skip_level "nothing to run yet"
	echo "1..$PLAN"
	mkfifo "$TMPDIR/slots"
	exec 9<>"$TMPDIR/slots"
	seq "$SLOTS" >&9
	suite() { begin run_suite "$@"; }
	step() { begin run_step "$@"; }
	steps
	wait
	show_ended
	exit "$FAILED"
}
