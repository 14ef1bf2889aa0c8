#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# timeout: 300
#
# The user leg as it is installed: drivers that are shared objects, the library, completion.
set -eu

cd "$(dirname "$0")/../.."
. tests/cli/command.inc
. tests/cli/machine.inc
O=$(realpath "${O:-build}")
root=$T/dest/opt/trivet
command=$root/bin/trivet
cc=${CC:-gcc}
flags=

# Away from the tree, with an environment that knows nothing of it.
outside() {
	(cd "$T" && env -i PATH="$root/bin:$PATH" HOME="$T" ${CC:+CC="$CC"} "$@")
}

# passes NAME CMD...: it succeeds.
passes() {
	name=$1
	shift
	rc=0
	"$@" >"$T/out" 2>"$T/err" || rc=$?
	report "$rc" "$name"
}

# on_qemu FUNCTION NAME ARG...: with hardware, or skipped
on_qemu() {
	if command -v qemu-system-x86_64 >/dev/null 2>&1; then
		"$@"
	else
		skip "$2" 'no qemu-system-x86_64'
	fi
}

# shared NAME CODE [FLAG...]: a shared object of that C
shared() {
	name=$1
	printf '%s\n' "$2" >"$T/$name.c"
	shift 2
	# shellcheck disable=SC2086 # $flags is a list
	$cc -shared -fPIC $flags "$@" -o "$T/$name.so" "$T/$name.c"
}

complete() {
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trivet
		printf "%s\n" "${COMPREPLY[@]}"' bash \
		"$root/share/bash-completion/completions/trivet" "$@" >"$T/out" 2>"$T/err"
}

# completes NAME EXPECTED WORD...: exactly that, on one line; all but the first word is typed
completes() {
	name=$1 want=$2
	shift 2
	rc=0
	complete "$@" || rc=$?
	[ "$rc" = 0 ] && [ ! -s "$T/err" ] && [ "$(tr '\n' ' ' <"$T/out")" = "$want " ]
	report $? "$name"
}

# options VERB: those in the manual page
options() {
	awk -v verb="$1" '/^\.It Cm / { on = $3 == verb }
		on && /^\.It Fl / { for (i = 3; i <= NF; i++) if ($i ~ /^-[a-z]/) print "-" $i }' \
		os/linux-user/cli/trivet.1
}

set +e
echo 'KTAP version 1'
passes 'make install' make -s install O="$O" DESTDIR="$T/dest" PREFIX=/opt/trivet
if [ "$failed" != 0 ]; then
	echo 'Bail out! nothing was installed'
	exit 1
fi

# A driver outside the tree: ours, moved there.
mkdir "$T/away"
cp drivers/edu/*.[ch] "$T/away"
cat >"$T/away/Makefile" <<-END
	TRIVET_NAME := away
	TRIVET_DRIVER_SRCS := edu.c
	include $root/share/trivet/trivet.mk
END
passes 'a driver is built outside the tree' outside make -C "$T/away" user
on_qemu works 'and runs' '^passed: ' run "$T/away/build/away.so" -d qemu:edu
on_qemu works 'its registers are decoded' 'EDU_ID = 0x010000ed (MAGIC=0xed' \
	regs -d qemu:edu "$T/away/build/away.so"
run run "$T/away/build/away.so" -d qemu:e1000
[ "$rc" = 1 ] && grep -q 'driver edu does not take 8086:100e' "$T/err"
on_qemu report $? 'it is not given a device it does not know'
passes 'it is built again after a change' sh -c "sed -i 's/QEMU educational device/changed/' \
	'$T/away/edu.c' && cd '$T/away' && make -s user"
on_qemu works 'and what runs is the new one' '^  ok .*start .*changed' \
	run "$T/away/build/away.so" -d qemu:edu

# A trace of a driver that the command does not know.
sed -i 's/\.name = "edu"/.name = "away"/' "$T/away/edu.c"
outside make -s -C "$T/away" user >"$T/out" 2>&1
on_qemu works 'it is traced' '^passed: ' trace "$T/away/build/away.so" -d qemu:edu \
	--record "$T/away.trace" -o "$T/away.txt"
grep -q ' R EDU_ID = 0x010000ed (MAGIC=0xed' "$T/away.txt"
on_qemu report $? 'with the names of its registers'
on_qemu works 'and read back with them' ' R EDU_ID = ' \
	trace --read "$T/away.trace" "$T/away/build/away.so"
run trace --read "$T/away.trace"
[ "$rc" = 0 ] && grep -q " R BAR0+0x0 = 0x010000ed" "$T/out" &&
	grep -q "driver 'away' is not built in, registers have no names; its FILE.so" "$T/err"
on_qemu report $? 'or without, when it is not there'
passes 'make clean' sh -c "cd '$T/away' && make -s clean && [ ! -e build ] && [ -e edu.c ]"

flags=$(PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config --cflags trivet-user)
shared plain 'int x;'
fails 'a shared object that is no driver' 2 'no driver; build it with trivet.mk' \
	run "$T/plain.so" -d qemu:edu
shared old '#include <trivet/user.h>
extern const struct trv_user_module trv_user_module;
const struct trv_user_module trv_user_module = { .abi = TRV_USER_ABI + 7 };'
fails 'a driver of another version' 2 'built for version 9 of the binary interface' \
	run "$T/old.so" -d qemu:edu
shared none '#include <trivet/user.h>
extern const struct trv_user_module trv_user_module;
const struct trv_user_module trv_user_module = { .abi = TRV_USER_ABI };'
fails 'no driver in a driver' 2 'TRV_DRIVER() registers one' run "$T/none.so" -d qemu:edu
flags=$(PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config --cflags trivet-sim)
cp drivers/edu/edu.h "$T"
shared sim "$(cat drivers/edu/edu.c)"
fails 'a driver for the simulator' 2 'undefined symbol: trv_' run "$T/sim.so" -d qemu:edu

# The library.
cat >"$T/prog.c" <<'END'
#include <trivet/user.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct trv_user_error err;
	struct trv_host *host;
	int rc;

	trv_user_log_level(TRV_LOG_WARN);
	rc = trv_user_open(argv[1], &err, &host);
	if (rc) {
		puts(err.text);
		return 1;
	}
	rc = trv_user_bind(trv_user_dev(host, 0), NULL);
	trv_user_close(host);
	printf("bound: %d\n", rc);
	return rc != 0;
}
END
pc() {
	PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config "$@" trivet-user
}
# shellcheck disable=SC2046 # lists
passes 'a program with the shared library' $cc -o "$T/prog" "$T/prog.c" $(pc --cflags --libs)
# shellcheck disable=SC2046
passes 'and with the static one' \
	$cc -o "$T/static" "$T/prog.c" $(pc --cflags) $(pc --variable=static_libs)
readelf -SW "$T/static" | grep -q '\.debug_gdb_scripts'
report $? 'which has the script for gdb in it'
! nm -D --defined-only "$root"/lib/libtrivet-user.so | grep -v ' trv_' >"$T/out"
report $? 'the shared library shows its own names only'
command=env
on_qemu works 'the one runs' '^bound: 0' LD_LIBRARY_PATH="$root/lib" "$T/prog" qemu:edu
on_qemu works 'and so does the other' '^bound: 0' "$T/static" qemu:edu

if command -v bash >/dev/null 2>&1; then
	t=$root/bin/trivet
	completes 'completion: verbs' 'run regs reset' "$t" r
	completes 'completion: options' '--verify --verbose' "$t" run --ver
	completes 'completion: drivers' 'edu' "$t" run e
	completes 'completion: hardware' 'qemu: qtest:' "$t" run edu -d q
	completes 'completion: formats' 'text' "$t" trace edu --format t
	completes 'completion: groups' 'regs req' "$t" trace edu --only re
	completes 'completion: verbs to be helped with' 'regs reset' "$t" help re
	completes 'completion: nothing' '' "$t" version x
	completes 'completion: trivet-sim' 'replay' "$root/bin/trivet-sim" rep
	completes 'completion: scenarios' 'edu/probe' "$root/bin/trivet-sim" run edu/prob
	# On a machine made of files.
	machine
	device 0000:00:02.0 8086:100e 020000 e1000
	device 0000:00:04.0 1234:11e8 00ff00 -
	mkdir "$T/fake"
	printf '#!/bin/sh\n[ "$1" != status ] || set -- "$@" --sysfs-root "%s"\nexec "%s" "$@"\n' \
		"$M" "$t" >"$T/fake/trivet"
	chmod +x "$T/fake/trivet"
	completes 'completion: devices' '0000:00:02.0 0000:00:04.0' "$T/fake/trivet" unbind 0
	completes 'completion: devices or a driver' 'vfio' "$T/fake/trivet" bind v
	completes 'completion: IDs' '1234:11e8' "$T/fake/trivet" status -d 1
	COMP_LINE='trivet status 0000:00:04' COMP_POINT=24
	export COMP_LINE COMP_POINT
	completes 'completion: after a colon' '04.0' "$T/fake/trivet" status 0000 : 00 : 04
	COMP_LINE='trivet status 0000:00:' COMP_POINT=22
	completes 'completion: at a colon' '02.0 04.0' "$T/fake/trivet" status 0000 : 00 :
	unset COMP_LINE COMP_POINT
	completes 'completion: users' 'root' "$T/fake/trivet" bind -u roo
	completes 'completion: users to become' 'root' "$t" run edu --user roo
	completes 'completion: what a doctor knows' 'vfio' "$t" doctor v
	for v in $("$t" help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		complete "$t" "$v" --
		rc=0
		options "$v" | grep -vxFf "$T/out" >"$T/err" && rc=1
		report $rc "completion: every option of $v that the manual page has"
	done
else
	skip 'completion' 'no bash'
fi
ktap_end
