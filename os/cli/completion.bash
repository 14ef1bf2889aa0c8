# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Completion of trivet and trivet-sim for bash. What there is to complete, the commands say.

_trivet_verbs() {
	"$1" help 2>/dev/null | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

_trivet_options() {
	"$1" help "$2" 2>/dev/null | sed -n 's/^  \(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\).*/\2/p'
	echo --help
}

# _trivet_devices COMMAND FIELD: of this machine; 1 their places, 2 their IDs
_trivet_devices() {
	"$1" status 2>/dev/null | sed -n '/^[0-9a-f]/p' | cut -d ' ' -f "$2" | sort -u
}

# _trivet_arguments COMMAND VERB: names that VERB takes
_trivet_arguments() {
	case ${1##*/}:$2 in
	*:help) _trivet_verbs "$1" ;;
	trivet:run | trivet:regs | trivet:trace) "$1" list 2>/dev/null | sed 's/ .*//' ;;
	trivet:bind) printf '%s\n' vfio uio; _trivet_devices "$1" 1 ;;
	trivet:status | trivet:unbind | trivet:reset) _trivet_devices "$1" 1 ;;
	trivet:doctor) printf '%s\n' qemu vfio uio pci debug ;;
	trivet-sim:checks) "$1" list --checks 2>/dev/null | sed 's/ .*//' ;;
	trivet-sim:disk) printf '%s\n' read write exercise ;;
	trivet-sim:list | *:version | trivet:*) ;;
	*) "$1" list 2>/dev/null | sed 's/ .*//' ;;
	esac
}

_trivet() {
	local command=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]:-}
	local previous=${COMP_WORDS[COMP_CWORD - 1]} words before

	# To bash a colon ends a word: what is before the last is there already, and is not said again.
	before=${COMP_LINE:0:${COMP_POINT:-0}}
	before=${before##*[[:space:]]}
	[[ $before = *:* ]] && before=${before%"${before##*:}"} || before=

	if [ "$COMP_CWORD" = 1 ]; then
		words=$(_trivet_verbs "$command"; echo --help; echo --version)
	elif [[ ${command##*/}:$verb = trivet:@(status|bind|unbind|reset) &&
		$previous = @(-d|--id|-s|--slot|-u|--user) ]]; then
		case $previous in
		-d | --id) words=$(_trivet_devices "$command" 2) ;;
		-s | --slot) words=$(_trivet_devices "$command" 1) ;;
		*) words=$(compgen -u) ;;
		esac
	elif [[ ${command##*/}:$verb = trivet:@(run|regs|trace) && $previous = --user ]]; then
		words=$(compgen -u)
	elif [ "${command##*/}" = trivet ] && [[ $previous = -d || $previous = --device ]]; then
		words=$("$command" list --transports 2>/dev/null | sed 's/ .*//')
		compopt -o nospace 2>/dev/null
	elif [ "${command##*/}" = trivet ] && [ "$previous" = --format ]; then
		words='text json vcd'
	elif [ "${command##*/}" = trivet ] && [ "$previous" = --only ]; then
		words='regs cfg dma irq work timer req event life'
	elif [ "${command##*/}" = trivet ] && [[ $previous = -[or] || $previous = --output ||
		$previous = --record || $previous = --read ]]; then
		words=
	elif [[ $cur = -* ]]; then
		words=$(_trivet_options "$command" "$verb")
	else
		words=$(_trivet_arguments "$command" "$verb")
	fi
	[[ $cur != : ]] || cur=
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$before$cur")
	COMPREPLY=("${COMPREPLY[@]#"$before"}")
	# No name fits: it is a file, if anything.
	[ "${#COMPREPLY[@]}" != 0 ] || compopt -o default 2>/dev/null
}

complete -F _trivet trivet trivet-sim
