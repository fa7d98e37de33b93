#!/usr/bin/env bats
# Command lines: --help and the manual pages have the same options, what
# --help says can be given can be given, and a mistake gets an answer.
load assert

setup()
{
	T=$(mktemp -d)
	PATH=$TRAF_BUILDDIR/iptrace:$TRAF_BUILDDIR/trafd:$TRAF_BUILDDIR/tools/ipreport:$TRAF_BUILDDIR/tools/traflog:$TRAF_BUILDDIR/tools/trafstat:$TRAF_BUILDDIR/tools/trafstatd:$TRAF_BUILDDIR/tools/trafdb:$PATH
	unset IFF_LISTEN
	cd "$T"
	PROGRAMS=$(programs)
	[ -n "$PROGRAMS" ]
}

teardown()
{
	cd /
	rm -rf "$T"
}

programs()
{
	for p in ipreport iptrace trafd traflog trafstat trafstatd trafdb; do
		if command -v "$p" >/dev/null; then
			echo "$p"
		fi
	done
}

# What stands left of the explanations, one line an option.
left_of_help()	# program
{
	"$1" --help | sed -n 's/^  \(-.*\)/\1/p' | sed 's/  .*//'
}

@test "--help and the manual page have the same options" {
	command -v python3 >/dev/null || skip "python3 is not installed"
	for p in $PROGRAMS; do
		left_of_help "$p" | grep -oE '(^|, )--?[A-Za-z][a-z-]*' |
		    tr -d ', ' | sort >help
		[ "$(wc -l <help)" -gt 8 ]
		python3 "$TRAF_SRCDIR/tests/cli/pages.py" options \
		    "$TRAF_SRCDIR/man/$p".[18] | sort -u >page
		diff page help
	done
}

@test "--help: an explanation and a default for each, in 80 columns" {
	for p in $PROGRAMS; do
		"$p" --help >text
		# shellcheck disable=SC2016 # awk's
		quietly awk 'length($0) > 80' text
		lacks -E ' $|	' text
		head -n 1 text | says "^usage: $p "
		says 'Defaults are in brackets' <text
	done
}

@test "every value that --help names is accepted" {
	n=0
	for p in $PROGRAMS; do
		case $p in
		trafd)	base="--check-config --state-dir $T --run-dir $T" ;;
		traflog) base="--state-dir $T -i nosuch" ;;
		trafstat) base="--run-dir $T -i nosuch" ;;
		trafdb)	base="--state-dir $T limit a nosuch 1G" ;;
		*)	continue ;;
		esac
		left_of_help "$p" | grep '|' | grep -v 'iface|file' |
		    tr -d '[]' >with
		while read -r line; do
			option=${line%%[ =]*} values=${line#*[ =]}
			for value in ${values//|/ }; do
				case $option in
				--sort | --units) more=--total ;;
				-p) more=-s ;;
				*)	more= ;;
				esac
				case $option in
				-?)	set -- "$option" "$value" ;;
				*)	set -- "$option=$value" ;;
				esac
				rc=0
				# shellcheck disable=SC2086 # is several words
				"$p" "$@" $more $base </dev/null >out 2>&1 ||
				    rc=$?
				echo "$p $*: $rc $(head -n 1 out)"
				[ "$rc" -ne 127 ]
				n=$((n + 1))
			done
		done <with
	done
	[ "$n" -gt 40 ]
}

@test "standard output that is full is an error of --help and -V" {
	[ -c /dev/full ] || skip "no /dev/full"
	for p in $PROGRAMS; do
		for option in --help -V; do
			run sh -c "$p $option >/dev/full"
			[ "$status" -eq 1 ]
			[[ $output == "$p: cannot write to standard output: "* ]]
		done
	done
}

# The answer to each of these command lines, which must come with 127, nothing
# on standard output and at most the usage of what was meant.
mistakes()
{
	cat <<-'END'
	trafd|no interface: give one with -i or in $IFF_LISTEN
	trafd -i|-i needs an argument: iface
	trafd lo|no interface: did you mean -i lo?
	traflog -i x --json|unknown option: --json; did you mean --format=json?
	traflog -i x --csv --by host|unknown option: --csv; did you mean --format=csv?
	traflog -i x --today|unknown option: --today; did you mean --since today?
	traflog -i x --by host --output f|unknown option: --output; did you mean > file?
	traflog -i x --live|unknown option: --live; did you mean trafstat --top?
	traflog -i x --graph --format svg|--graph and --format exclude each other; for a picture: --by hour --format=svg
	traflog -i x --total --where laptop|--where: at `laptop' (character 1): no such word; for a host, type host laptop
	trafstat -i x --by host|unknown option: --by; did you mean --top=hosts, or traflog --by?
	trafstat -i x --watch|unknown option: --watch; did you mean --top?
	trafstatd --port 8080|unknown option: --port; did you mean --http?
	trafd --interface lo|unknown option: --interface; did you mean -i?
	trafdb list|no such command: list; check, dump, limit, prune, rebuild, stat, update or verify is needed
	trafdb limit home eth0 1G --day=0|--day 0: a number from 1 to 31 is needed
	trafstat --pairs|unknown option: --pairs; did you mean --top=pairs?
	trafd -i lo --ebpf|unknown option: --ebpf; did you mean --source=ebpf?
	trafdb limit a b 1G --week|unknown option: --week; did you mean --period=week?
	traflog -i x --total --where 192.0.2.1|--where: at `192.0.2.1' (character 1): did you mean host 192.0.2.1?
	traflog -i x --vlan 10|unknown option: --vlan; did you mean --by vlan, or --where "vlan ID"?
	traflog -i x --mac|unknown option: --mac; did you mean --by mac?
	traflog -i x vlan 10|unknown keyword: vlan; did you mean --where 'vlan 10'?
	traflog -i x --by vlan --where vlan|--where: at the end: expected 1 to 4094, or untagged
	traflog -i x --total --where untagged|--where: at `untagged' (character 1): no such word; did you mean vlan untagged?
	traflog -i x --total --where 10.0.0.0/8|--where: at `10.0.0.0/8' (character 1): did you mean net 10.0.0.0/8?
	trafd -i lo --threads 0|--threads 0: a number from 1 to 64 is needed
	trafd -i lo --threads=65|--threads 65: a number from 1 to 64 is needed
	trafd -i lo -c 0|-c 0: a number of frames from 1 up is needed
	trafd -i lo -c -5|-c -5: a number of frames from 1 up is needed
	trafd -i lo --buffer 4G|--buffer 4G: a number of MiB from 0 to 2047 is needed
	trafd -i lo --max-flows 10|--max-flows 10: a number of rows from 1024 to 33554432 is needed
	trafd -i lo --source epbf|--source epbf: auto, pcap, ring or ebpf is needed; did you mean ebpf?
	trafd -i lo --layout auto|--layout auto: trafd, old or new is needed
	trafd -i lo --ports services|--ports services: all, service or none is needed; did you mean service?
	trafd -i lo --dump-intervall 300|unknown option: --dump-intervall; did you mean --dump-interval?
	trafd -i lo --foregroud|unknown option: --foregroud; did you mean --foreground?
	trafd -i lo --foreground=yes|--foreground takes no argument
	trafd -i lo -rzp|unknown option: -z
	trafd -i lo -F f tcp|-F f and an expression exclude each other: give one
	trafd -i lo --threads 2 -c 10|--threads cannot be used with -c or --read
	traflog|no interface: give -i or set IFF_LISTEN
	traflog -help|unknown option: -h; did you mean --help?
	traflog -i x --format xml|--format xml: text, csv, tsv, json, sql, html or svg is needed
	traflog -i x --fromat json|unknown option: --fromat; did you mean --format?
	traflog -i x -S size|-S size: all, bytes, from, to, srcport or dstport is needed
	traflog -i x -b yesterday|-b yesterday: #N or a time [[[[yy]mm]dd]HH]MM[.ss] is needed
	traflog -i x -l --format csv|-l prints text only
	traflog -i x -l --format html|--format html and -l exclude each other
	traflog -i x --buy host|unknown option: --buy; did you mean --by?
	traflog -i x --by host -l|--by and -l exclude each other
	traflog -i x --by host --total|--total and --by exclude each other
	traflog -i x --by host -S bytes|-S and --by exclude each other; use --sort
	traflog -i x --by host --top ten|--top ten: a number from 1 to 4294967295 is needed
	traflog -i x --top 10|--top needs --by, --total, --percentile or --graph
	traflog -i x --history|--history needs --by, --total, --percentile or --graph
	traflog -i x --files --history|--files and --history exclude each other
	traflog -i x --s today|--s is short for several options: --since, --state-dir, --sort or --saved
	traflog -i x --resolve-time 1h|--resolve-time 1h: a number of seconds from 0 to 3600 is needed
	traflog -i x -o net --format json|-o and --format exclude each other
	trafstat -D -s|-D and -s exclude each other
	trafstat -D --format csv|--format csv: text or json is needed with -D
	trafstat -s -p htpp|-p htpp: ip, ipv6, fragments, icmp, icmpv6, tcp, udp, other or malformed is needed
	trafstat --ask status|--ask status: version, ledger, dump, save or quit is needed
	trafstat --top=host|--top host: hosts, pairs, services, protocols, owners, programs, users, units or containers is needed; did you mean hosts?
	trafstat -h gate --top|-h and --top exclude each other
	trafstat -h gate -D 5|-h and an interval exclude each other
	trafstat -D often|interval often: a number of seconds from 1 to 86400 is needed
	trafstat -D 1 0|count 0: a number from 1 to 2147483647 is needed
	trafstat -Z 5|unexpected argument: 5
	trafstat 5|5 is no host; for counters every 5 s type trafstat -D 5, for an interface of that name trafstat -i 5
	trafstat 5 3|5 is no host; for counters every 5 s type trafstat -D 5, for an interface of that name trafstat -i 5
	trafstat --top 5|unexpected argument: 5; an interval needs --format=json
	trafstat --top lo|unexpected argument: lo; did you mean -i lo?
	trafstat --ask=save lo|unexpected argument: lo; did you mean -i lo?
	trafstat -D lo|not an interval: lo; did you mean -i lo?
	trafstat -s tcp|not an interval: tcp; did you mean -p tcp?
	trafstat a b c|unexpected argument: c
	trafstatd --http 8080x|--http 8080x: an address and a port are needed, such as 127.0.0.1:8080 or [::1]:8080
	trafstatd --http 0.0.0.0:80|--http on an address that other hosts can reach needs --auth: 0.0.0.0:80
	trafstatd --auth users|--auth needs --http
	trafstatd --http 80 --listen 81|--http and --listen exclude each other; start two trafstatd
	trafstatd --http 80 --top 0|--top 0: a number from 1 to 200 is needed
	trafdb|a command is needed: check, dump, limit, prune, rebuild, stat, update or verify
	trafdb updat|no such command: updat; did you mean update?
	trafdb stat --keep=hours=1d|--keep cannot be used with stat
	trafdb check eth0|unexpected argument: eth0
	trafdb limit home eth0|a budget needs three arguments: name, interface and bytes
	trafdb limit home eth0 lots|budget lots: a number of bytes from 1 up is needed, such as 500M or 20Gi
	trafdb limit home eth0 1G --period=year|--period year: day, week or month is needed
	trafdb limit home eth0 1G --period=day --day=3|--day cannot be used with --period day
	trafdb limit home eth0 1G --host=10.0.0.0/8|--host 10.0.0.0/8: neither an address nor the name of a host; --net takes networks
	trafdb limit home eth0 1G --host=10.0.0.1 --net=10.0.0.0/8|--host and --net exclude each other
	trafdb limit --delete|--delete needs the name of one budget
	trafdb prune|prune needs --keep, --size or --files
	trafdb prune --size=0|--size 0: a number of bytes from 1 up is needed, such as 500M or 20Gi
	trafdb prune --keep=35d|--keep 35d: hours=AGE, days=AGE or months=AGE is needed, with an AGE such as 35d, 8w or 2y
	trafdb prune --files=soon eth0 f|--files soon: an age is needed, such as 35d, 8w or 2y
	trafdb update -f old|-f needs the name of one account
	END
}

@test "typical mistakes are answered in one line" {
	n=0
	while IFS='|' read -r line answer; do
		p=${line%% *}
		command -v "$p" >/dev/null || continue
		rc=0
		# shellcheck disable=SC2086 # is several words
		$line </dev/null >out 2>err || rc=$?
		echo "$line: $rc $(cat out err)"
		[ "$rc" -eq 127 ]
		[ ! -s out ]
		[ "$(head -n 1 err)" = "$p: $answer" ]
		# Nothing but usage after it, and of this program.
		# shellcheck disable=SC2016 # awk's
		quietly awk -v p="$p" 'NR == 2 && $0 !~ "^usage: " p " " { print }
		    NR > 2 && !/^       / { print }
		    NR > 1 && length($0) > 80 { print }' err
		n=$((n + 1))
	done < <(mistakes)
	[ "$n" -ge 40 ]
}

@test "a word that is no host: trafstat says what it is" {
	while read -r word meant; do
		run -1 trafstat --run-dir "$T" "$word"
		[[ "$output" == "trafstat: host $word: "*"; did you mean $meant?" ]]
	done <<-'END'
	lo -i lo
	top --top
	services --top=services
	save --ask=save
	stop --ask=quit
	status -D
	help --help
	END
	run -1 trafstat --run-dir "$T" nobody.invalid
	[[ "$output" == "trafstat: host nobody.invalid: "* ]]
	[[ "$output" != *"did you mean"* ]]
	# A daemon that runs in another container: only its socket is here.
	: >"$T/trafd.wan9.sock"
	run -1 trafstat --run-dir "$T" wan9
	[[ "$output" == *"; did you mean -i wan9?" ]]
}
