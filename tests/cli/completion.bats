#!/usr/bin/env bats
# Completion: what the shells offer is what --help says.

load assert

setup()
{
	T=$(mktemp -d)
	mkdir "$T/state"
	: >"$T/state/trafd.fxp0"
	PATH=$TRAF_BUILDDIR/trafd:$TRAF_BUILDDIR/tools/ipreport:$TRAF_BUILDDIR/tools/traflog:$TRAF_BUILDDIR/tools/trafstat:$TRAF_BUILDDIR/tools/trafstatd:$TRAF_BUILDDIR/tools/trafdb:$PATH
	PATH=$TRAF_BUILDDIR/scripts:$PATH
	export TRAF_SUBR=$TRAF_BUILDDIR/scripts/traf.subr
	export TRAFD_CONF=$T/trafd.conf
	echo "trafd_statedir=$T/state" >"$TRAFD_CONF"
	for s in complete bash zsh fish; do
		sed "s|@pkgdatadir@|$T|" \
		    "$TRAF_SRCDIR/scripts/completion/$s.in" >"$T/$s"
	done
}

teardown()
{
	rm -rf "$T"
}

programs()
{
	for p in ipreport trafd traflog trafstat trafstatd trafdb; do
		if command -v "$p" >/dev/null; then echo "$p"; fi
	done
}

offer()	# program, previous, current
{
	sh "$T/complete" "$@" | sort
}

@test "every option of --help is offered, and nothing else" {
	programs >"$T/programs"
	[ "$(wc -l <"$T/programs")" -ge 3 ]
	while read -r p; do
		# Options anywhere left of their explanation.
		"$p" --help | grep -E '^  -' | sed 's/^ *//; s/  .*//' |
		    grep -oE '(^|[ ,])--?[A-Za-z0-9][a-z-]*=?' | tr -d ' ,' |
		    sort >"$T/told"
		offer "$p" "$p" - >"$T/offered"
		diff "$T/told" "$T/offered"
		[ "$(wc -l <"$T/offered")" -gt 8 ]
	done <"$T/programs"
}

@test "a name of a file is not run by the shell that completes" {
	# shellcheck disable=SC2016 # that is the point
	: >"$T/state/"'trafd.$(echo${IFS}x>ran)'
	: >"$T/state/trafd.\`id\`"
	[ "$(offer traflog -i '')" = fxp0 ]
	cd "$T"
	# shellcheck disable=SC2016
	[ "$(bash -c '. ./bash; _trafd traflog "" -i 2>/dev/null
		echo "${COMPREPLY[@]}"')" = fxp0 ]
	[ ! -e ran ]
}

@test "values that --help names, accounts, interfaces, commands" {
	[ "$(offer trafd --ports '' | tr '\n' ' ')" = 'all none service ' ]
	offer traflog -n --format= | says -x -e --format=json
	offer traflog --format '' | says -x json
	[ "$(offer traflog -i '')" = fxp0 ]
	offer trafd -i '' | says -x lo
	offer trafsave trafsave '' | says -x All
	offer trafstart trafstart - | says -x -e --check-config
	offer trafsave trafsave - | says -x -e --no-history
	quietly offer traflog -n ''
	! command -v trafdb || offer trafdb trafdb '' | says -x update
}

# What bash would put in place of the last word.
bash_reply()	# words
{
	# shellcheck disable=SC2016 # of the inner bash
	bash -c 'compopt() { :; }
	    . "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	    _trafd "$1" "${@: -1}" "${@: -2:1}"
	    printf "%s\n" "${COMPREPLY[@]}"' "$T/bash" "$@"
}

@test "bash: options by their beginning, values behind a blank or =" {
	[ "$(bash_reply trafd --max)" = --max-flows ]
	[ "$(bash_reply trafd --ports s)" = service ]
	[ "$(bash_reply traflog --format = js)" = json ]
	bash_reply traflog --format = | says -x csv
	bash_reply traflog -i fx | says -x fxp0
}

@test "fish completes" {
	command -v fish >/dev/null || skip "fish is not installed"
	export HOME=$T
	run fish -c "source $T/fish; complete -C 'trafd --max'"
	[ "$status" -eq 0 ]
	[[ $output == --max-flows* ]]
	run fish -c "source $T/fish; complete -C 'trafd --ports '"
	[ "$status" -eq 0 ]
	[[ $output == *service* ]]
}

@test "zsh reads its piece" {
	command -v zsh >/dev/null || skip "zsh is not installed"
	zsh -n "$T/zsh"
	# shellcheck disable=SC2016 # of zsh
	run zsh -fc 'compadd() { print -r -- "$@" }
	    words=(trafd --ports "") CURRENT=3 PREFIX=
	    complete_it() { source "$1" }; complete_it '"$T/zsh"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"-- all service none"* ]]
}
