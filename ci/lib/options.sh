# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The command line of a script: --NAME VALUE or --NAME=VALUE, words between them, and
# --help, which prints the comment at the head of the script from its fourth line on.
# Part of lib.sh.

# What messages call this script: its path in the repository.
LIB_COMMAND=$(cd "$(dirname "$0")" && pwd)/${0##*/}
LIB_COMMAND=${LIB_COMMAND#"$USERPTR_ROOT"/}

help_text()
{
	sed -n '4,/^$/s/^# \{0,1\}//p' "$0"
}

# options SPEC ARG...: set variables from the command line. SPEC has words:
#
#	NAME		--NAME VALUE sets NAME to VALUE; a "-" in it is "_" there
#	NAME!		--NAME sets NAME to 1
#	NAME*		--NAME VALUE adds VALUE to the array NAME
#	NAME+		--NAME VALUE adds --NAME and VALUE to the array NAME, for a command
#			that takes the same option
#	NAME...		words that are no options are in the array NAME
#	--		what follows "--" is in the array COMMAND, and WITH_COMMAND is 1
#
# With NAME=VAR, NAME!=VAR and so on the variable is VAR. Wrong usage is exit 2.
# shellcheck disable=SC2034  # COMMAND: for the caller
options()
{
	local spec=" $1 " name word kind var see="see $LIB_COMMAND --help"

	COMMAND=() WITH_COMMAND=''
	shift
	while (($#)); do
		case $1 in
		--help | -h) help_text; exit 0 ;;
		--)	[[ $spec == *" -- "* ]] || die 2 "unexpected '--': $see"
			COMMAND=("${@:2}") WITH_COMMAND=1
			return ;;
		--?*)	name=${1#--} name=${name%%=*} ;;
		-?*)	die 2 "unknown option $1: $see" ;;
		*)	[[ $spec =~ [[:space:]]([a-z_]+)'...'[[:space:]] ]] ||
				die 2 "unexpected '$1': $see"
			lib_option '*' "${BASH_REMATCH[1]}" '' "$1"
			shift
			continue ;;
		esac
		kind='' var=''
		for word in $spec; do
			[[ $word =~ ^([a-z-]+)([!*+]?)(=(.*))?$ && ${BASH_REMATCH[1]} == "$name" ]] || continue
			kind=${BASH_REMATCH[2]:-value} var=${BASH_REMATCH[4]:-${name//-/_}}
		done
		case $kind in
		'')	die 2 "unknown option --$name: $see" ;;
		'!')	[[ $1 == "--$name" ]] || die 2 "--$name has no value: $see"
			printf -v "$var" 1
			shift
			continue ;;
		esac
		if [[ $1 == --*=* ]]; then
			set -- "--$name" "${1#*=}" "${@:2}"
		fi
		(($# >= 2)) || die 2 "--$name needs a value: $see"
		lib_option "$kind" "$var" "$name" "$2"
		shift 2
	done
}

# lib_option KIND VAR NAME VALUE. Its own names must be none that SPEC may name.
lib_option()
{
	local -n lib_variable=$2

	# shellcheck disable=SC2178  # a nameref, to an array or not
	case $1 in
	value)	lib_variable=$4 ;;
	'*')	lib_variable+=("$4") ;;
	+)	lib_variable+=("--$3" "$4") ;;
	esac
}
