#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: a disk behind nbdkit and our plugin. One program writes to the kernel's /dev/nbd0 and
# says what was acknowledged, fio writes and compares over a connection of its own, and at some
# moment nbdkit is killed. Prints KTAP.
#
# user-kill.sh vfio|uio PLUGIN DURABLE IDE KILLS
set -u
MODULES=
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/user.inc"
. "$(dirname "$0")/ktap.inc"
transport=$1 plugin=$2 durable=$3 ide=$4 kills=$5
socket=/tmp/nbd server='' writer='' load='' cache=

now_ms() {
	awk '{ print int($1 * 1000) }' /proc/uptime
}

# Both take what a disk without a server takes: until somebody says that it will not be back.
let_go() {
	nbd-client -d /dev/nbd0 >/dev/null 2>&1
	rm -f $socket
}

serve() { # ARG...
	nbdkit -f -U $socket "$@" "$plugin" driver=ide "device=$transport:$ide" ${cache:+"$cache"} >>/tmp/nbdkit 2>&1 &
	server=$!
	within 30 [ -S $socket ]
}

# use: the disk is there for the system, and can be read
use() {
	nbd-client -unix $socket /dev/nbd0 -b 512 >/tmp/nbd-client 2>&1 &&
		blockdev --flushbufs /dev/nbd0 &&
		dd if=/dev/nbd0 of=/dev/null bs=4k count=1 iflag=direct status=none
}

# ended PID SECONDS: it is, by itself
ended() {
	within "$2" sh -c "! kill -0 $1 2>/dev/null || grep -q '^State:.*Z' /proc/$1/status"
}

# written N: the one has had that many acknowledged, and the other is at work
written() {
	[ "$(wc -l <"$acks")" -ge "$1" ] && kill -0 "$load" 2>/dev/null
}

write_all() { # ROUND
	acks=/tmp/acks.$1
	"$durable" write raw "$1" /dev/nbd0 >"$acks" 2>/tmp/durable &
	writer=$!
	fio --name=load --eta=never --output="/tmp/fio.$1" --ioengine=nbd --uri="nbd+unix:///?socket=$socket" \
		--iodepth=4 --rw=randrw --bsrange=512-64k --offset=1M --size=6M --verify=crc32c --verify_fatal=1 \
		--verify_backlog=16 --randrepeat=0 --time_based --runtime=600 >"/tmp/fio.$1.says" 2>&1 &
	load=$!
	within 60 written 3
}

# Debian's fio does not always notice that its server is gone.
stop_writing() {
	ended $load 2 || kill -INT $load
	ended $load 10 || kill -KILL $load
	kill -KILL $writer 2>/dev/null
	wait $writer $load 2>/dev/null
}

kill_server() {
	kill -KILL $server
	start=$(now_ms)
	wait $server 2>/dev/null
}

# check ROUND: what was acknowledged in it is there
check() {
	"$durable" check raw "$1" /dev/nbd0 <"/tmp/acks.$1" >/tmp/check
	_rc=$?
	tail -n 3 /tmp/check | sed "s/^[^#]/# $1: &/"
	return $_rc
}

said() { # NAME
	_rc=$?
	[ $_rc = 0 ] || sed 's/^/# /' /tmp/nbdkit /tmp/nbd-client /tmp/durable 2>/dev/null | tail -n 30
	report $_rc "$1"
}

take "$transport" "$ide" && modprobe nbd nbds_max=1
said 'the disk is bound, and the kernel has nbd'
serve && use
said 'it is /dev/nbd0'

: >/tmp/took
for round in $(seq "$kills"); do
	write_all "$round"
	said "$round: others write to it"
	moment=$(od -An -N2 -tu2 /dev/urandom | awk '{ print $1 % 2000 / 1000 }')
	sleep "$moment"
	kill_server
	if [ "$transport" = uio ]; then
		[ -e "/dev/hugepages/trivet-$ide" ]
		report $? "$round: its memory for DMA is still there"
	fi
	let_go
	serve && use
	said "$round: killed after $moment s, and started again"
	echo $(($(now_ms) - start)) >>/tmp/took
	ended $writer 30
	report $? "$round: who wrote has been told"
	stop_writing
	! grep 'verify:' "/tmp/fio.$round" "/tmp/fio.$round.says"
	report $? "$round: fio read what it had written"
	check "$round"
	report $? "$round: what was acknowledged is there"
done
echo "# count user-kills=$kills"
sort -n /tmp/took | awk '{ ms[NR] = $1 } END { printf "# from death to the first read: median %d ms, longest %d ms\n",
	ms[int((NR + 1) / 2)], ms[NR] }'

written=$(cat /tmp/fio.* | sed -n 's/.*issued rwts: total=\([0-9]*\),\([0-9]*\),.*/\1 \2/p' |
	awk '$1 && $2 { n++ } END { print n + 0 }')
# Not of one that had to be killed itself.
[ "$written" -ge $(((kills + 4) / 5)) ]
report $? "fio had read and written in $written of $kills rounds"

let_go
kill -TERM $server
ended $server 30 && wait $server
said 'told to end, it does'
[ "$transport" = vfio ] || [ -z "$(ls /dev/hugepages)" ]
report $? 'and leaves nothing'

# The test of the test: who keeps to himself what he was to flush is found out.
cache=cache=unsafe
: >/tmp/nbdkit
serve --filter=cache && use && write_all 9999
said 'a cache that does not flush'
kill_server
let_go
stop_writing
cache=
serve && use
said 'killed, and started again without it'
! check 9999
report $? 'loses what was acknowledged, and that is seen'
let_go
kill -TERM $server
ended $server 30
said 'the end'
ktap_end
