#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# The simulator's guide tells the truth: its commands, every line of a ```sh block, are run in
# order in an empty directory, with an installed Trivet and without the source tree. A command
# succeeds, or has the comment "# fails" and exits with 1 (make with 2). If a ```text block
# follows, the last command printed its lines in that order, "..." standing for any others;
# numbers may differ, as they do when somebody adds a line to a file. Lines of ```c blocks are
# quoted from the skeleton.
set -eu

cd "$(dirname "$0")/../.."
top=$(pwd)
O=$(realpath "${O:-build}")
guide=${1:-os/test-sim/GUIDE.md}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
root=$T/dest/opt/trivet
mkdir "$T/away"

# The guide as a script: "run N" for the command in $T/cmd.N, "said N" for the lines in $T/text.N.
# A command goes on in indented lines, up to "done", and to the end of a here document.
awk -v T="$T" '
	function end_command() {
		if (cmd != "") {
			close(cmd)
			print "run " n
		}
		cmd = ""
	}
	/^```/ {
		end_command()
		if (block == "text") {
			close(text)
			print "said " n
		}
		block = block == "" ? substr($0, 4) : ""
		text = T "/text." n
		if (block == "text")
			printf "" >text
		next
	}
	block == "text" { print >text }
	block == "c" { print >(T "/quoted") }
	block != "sh" { next }
	here != "" {
		print >cmd
		if ($0 == here)
			here = ""
		next
	}
	!/^([ \t]|done)/ {
		end_command()
		cmd = T "/cmd." (++n)
	}
	{ print >cmd }
	match($0, /<<.[A-Z]+/) { here = substr($0, RSTART + 3, RLENGTH - 3) }
' "$guide" >"$T/plan"

want_status() {
	case $(cat "$1") in
	make*'# fails') echo 2 ;;
	*'# fails') echo 1 ;;
	*) echo 0 ;;
	esac
}

# Only what is not a number counts, and not how it is spaced.
plain() {
	sed -E 's/0x[0-9a-f]+|[0-9a-f]{16}|[0-9]+/#/g; s/[[:space:]]+/ /g; s/^ //; s/( \|)* ?$//' "$1"
}

said() {
	plain "$T/text.$1" >"$T/expected"
	plain "$T/out" | awk -v expected="$T/expected" '
		function next_line() {
			do more = (getline want <expected) > 0; while (more && want == "...")
		}
		BEGIN { next_line() }
		more && $0 == want { next_line() }
		END { if (more) print "not printed, or not there: " want; exit more }'
}

nr=0 failed=0
report() { # STATUS NAME
	nr=$((nr + 1))
	if [ "$1" = 0 ]; then
		echo "ok $nr - $2"
	else
		tail -n 40 "$T/out" | sed 's/^/# /'
		echo "not ok $nr - $2"
		failed=1
	fi
}

run() {
	want=$(want_status "$T/cmd.$1")
	name=$(sed '1{s/ *# .*//;q}' "$T/cmd.$1")
	rc=0
	cat >"$T/shell" <<-END
		cd '$(cat "$T/cwd")'
		. '$T/cmd.$1'
		status=\$?
		pwd >'$T/cwd'
		exit \$status
	END
	env -i PATH="$root/bin:$PATH" HOME="$T" ${CC:+CC="$CC"} sh "$T/shell" >"$T/out" 2>&1 || rc=$?
	[ "$rc" = "$want" ] || echo "# exit status $rc, expected $want"
	[ "$rc" = "$want" ]
	report $? "$name"
}

# However it is indented.
quoted() {
	sed 's/^[[:space:]]*//' "$T"/away/mydisk/*.[ch] >"$T/sources"
	sed 's/^[[:space:]]*//' "$T/quoted" | grep -vFx -e ... -e '' |
		while IFS= read -r line; do
			grep -qFx -e "$line" "$T/sources" || echo "not in the skeleton: $line"
		done >"$T/out"
	[ ! -s "$T/out" ]
}

echo 'KTAP version 1'
echo "1..$(($(wc -l <"$T/plan") + 3))"
set +e
make -s install O="$O" DESTDIR="$T/dest" PREFIX=/opt/trivet >"$T/out" 2>&1
report $? 'make install'
if [ "$failed" != 0 ]; then
	echo 'Bail out! nothing was installed'
	exit 1
fi
echo "$T/away" >"$T/cwd"
while read -r verb n; do
	if [ "$verb" = run ]; then
		run "$n"
	else
		said "$n" >"$T/missing"
		rc=$?
		sed 's/^/# /' "$T/missing"
		report "$rc" 'it printed what the guide says'
	fi
done <"$T/plan"
quoted
report $? 'its code is in the skeleton'
grep -rlF "$top/" "$T/away" --include='*.d' >"$T/out"
[ ! -s "$T/out" ]
report $? 'nothing came from the source tree'
exit "$failed"
