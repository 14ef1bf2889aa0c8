#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Inside: trv_bad makes its mistakes, one after the other. Which there are is in $SHARE/list then.
#
# bad.sh MODULES
set -eu
MODULES=$1
. "$(dirname "$0")/lib.inc"

edu=0000:00:04.0
debug=/sys/kernel/debug

insmod "$MODULES/trv_bad.ko"
bind $edu trv_bad
cat $debug/trv_bad/list >"$SHARE/list"
# DMA debugging stops after its first error, the watchdogs have more patience than we.
echo 1 >$debug/dma-api/all_errors
echo 1 >/proc/sys/kernel/watchdog_thresh
echo 1 >/proc/sys/kernel/hung_task_timeout_secs

tab=$(printf '\t')
while IFS=$tab read -r name _; do
	echo "$name" >$debug/trv_bad/make
	case $name in
	leak)
		# Young objects are left alone, and a suspicion has to be confirmed.
		sleep 6
		echo scan >$debug/kmemleak
		echo scan >$debug/kmemleak
		cat $debug/kmemleak >"$SHARE/leaks"
		echo clear >$debug/kmemleak ;;
	dma-leak)
		unbind $edu
		bind $edu trv_bad ;;
	esac
done <"$SHARE/list"
