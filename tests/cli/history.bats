#!/usr/bin/env bats
# traflog answers from the history what it answers from the files: random
# blocks, random questions, the same octets.

load assert
load report_helpers

setup() {
	report_setup UTC
	[ -x "$TRAF_BUILDDIR/tools/trafdb/trafdb" ] ||
	    skip "built without Berkeley DB"
}

trafdb() {
	timeout 60 "$TRAF_BUILDDIR/tools/trafdb/trafdb" --state-dir "$dir" "$@"
}

traflog() {
	timeout 60 "$TRAF_BUILDDIR/tools/traflog/traflog" --state-dir "$dir" -i x -n "$@"
}

# Blocks from 2026-03-27 on, across a change to summer time and of the month:
# random(seed, blocks, file, hours later).
random_blocks() {
	awk -v seed="$1" -v blocks="$2" -v later="${4:-0}" '
	function r(n) { return int(rand() * n) }
	function host() {
		if (r(30) == 0)
			return "other"
		if (r(4))
			return "10.0.0." r(6)
		return r(2) ? "8.8.8." r(4) : "2001:db8::" r(3)
	}
	function v6(h) { return h ~ /:/ }
	BEGIN {
		srand(seed)
		t = 1774569600 + r(9000) + later * 3600
		for (b = 0; b < blocks; b++) {
			length_ = 60 + r(9) * 300
			printf "block x gate %d %d\n", t, t + length_
			printf "instance %d %d\n", seed + later, b + 1
			printf "ledger frames %d\n", r(1000)
			if (r(5) == 0)
				printf "ledger drop_kernel %d\n", r(9) + 1
			n = r(25)
			for (i = 0; i < n; i++) {
				do {
					a = host(); z = host()
				} while (v6(a) != v6(z) && a != "other" &&
				    z != "other")
				p = r(3) ? 6 : r(2) ? 17 : 1
				k = a " " z " " p
				if (k in seen && seen[k] == b)
					continue
				seen[k] = b
				printf "%s %s %s %s %d %d %d %d\n", a,
				    p == 1 ? 0 : r(3) ? 1024 + r(9) : "client",
				    z, p == 1 ? 0 : 80 + r(3), p, 1 + r(9),
				    r(9000), 40 + r(9999)
			}
			t += length_ + (r(6) ? 0 : r(40000))
		}
	}' | "$TRAF_BUILDDIR/tests/lib/mksave" "$3"
}

# answer_as SOURCE ARGUMENTS: such an answer, and the one of the file alone;
# who has answered is in each row.
answer_as() {
	from=$1 only=
	shift
	[ "$from" != history ] || only=--history
	# shellcheck disable=SC2086 # or nothing
	traflog $only "$@" --format=json > rows 2> history.err || {
		cat history.err >&2
		return 1
	}
	lacks -Ev ",\"source\":\"($from)\",\"grain\":\"[a-z,]+\".$" rows
	sed 's/,"source".*/}/' rows > history
	traflog --files "$@" --format=json 2> files.err |
	    sed 's/,"source":"files","grain":"block"}/}/' > files
	diff -u files history >&2
	diff -u files.err history.err >&2
	cat files >> all
}

# same_answer ARGUMENTS: from the history and from the file
same_answer() {
	answer_as history "$@"
}

# What --top leaves out is in the text alone; coverage goes by block there.
same_text() {
	traflog --history "$@" 2>/dev/null | sed '/packets seen/,$d' > history
	traflog --files "$@" 2>/dev/null | sed '/packets seen/,$d' > files
	grep -q '^ total' files
	diff -u files history >&2
}

# One of the arguments, by $turn: $RANDOM is another in each subshell.
pick() {
	shift $(((turn >> $# % 8) % $#))
	printf '%s' "$1"
}

@test "random blocks, random questions: equal answers" {
	RANDOM=7
	for seed in 1 2 3; do
		rm -rf db trafd.x
		random_blocks $seed 90 trafd.x
		trafdb update
		for _ in $(seq 16); do
			turn=$RANDOM
			args=(--by="$(pick host pair src,dst net/24 service \
			    proto day hour day,host month,service week,net/28 \
			    hour,proto host,day service,proto)")
			[ $((RANDOM % 3)) -eq 0 ] || args+=(
			    --tz="$(pick UTC Europe/Berlin America/New_York)")
			[ $((RANDOM % 2)) -eq 0 ] || args+=(
			    --since="2026-03-$((27 + RANDOM % 3))")
			[ $((RANDOM % 2)) -eq 0 ] || args+=(
			    --until="2026-04-0$((1 + RANDOM % 3))")
			[ $((RANDOM % 3)) -gt 0 ] || args+=(--top=3)
			case ${args[0]} in
			*service* | *proto*) ;;
			*)
				[ $((RANDOM % 3)) -gt 0 ] || args+=(
				    --where="$(pick 'host 10.0.0.1' ip6 \
				    'src net 10.0.0.0/30 and not ip6' \
				    'net 8.8.8.0/30 or host 10.0.0.2')")
				[ $((RANDOM % 4)) -gt 0 ] || args+=(
				    "$(pick --in --out --local=10.0.0.0/30)")
			esac
			same_answer "${args[@]}"
		done
		same_answer --total
		same_answer --by=day --where='host 10.0.0.1'
		same_answer --total --where='host 2001:db8::1'
		# Parts of hours, and blocks it does not know.
		for _ in $(seq 12); do
			turn=$RANDOM
			args=(--by="$(pick host pair hour day,host service \
			    month,net/24 day hour,proto)"
			    --tz="$(pick UTC Asia/Kolkata America/St_Johns)")
			[ $((RANDOM % 2)) -eq 0 ] || args+=(
			    --since="2026-03-27T0$((RANDOM % 10)):17")
			[ $((RANDOM % 2)) -eq 0 ] || args+=(
			    --until="2026-03-28T1$((RANDOM % 10)):$((RANDOM % 50 + 10))")
			[ $((RANDOM % 3)) -gt 0 ] || args+=(--top=3)
			answer_as 'history([+]files)?' "${args[@]}"
			cat rows >> both
			[ $((RANDOM % 4)) -gt 0 ] ||
			    random_blocks $seed 4 trafd.x $((RANDOM % 300))
		done
	done
	for from in history 'history+files'; do
		[ "$(grep -cF "\"$from\"" both)" -gt 20 ]
	done
	# There was something to compare.
	[ "$(wc -l < all)" -gt 500 ]
}

@test "late blocks, several updates, pruned hours: still the same" {
	random_blocks 6 60 trafd.x
	trafdb update
	# The clock was wrong: blocks of the past, of another instance.
	for late in 1 2 3; do
		"$TRAF_BUILDDIR/tests/lib/mksave" trafd.x <<-EOT
		block x gate $((1774570000 + late * 7000)) $((1774570200 + late * 7000))
		instance 9 $late
		10.0.0.1 80 8.8.8.8 1025 6 1 1 $late
		10.9.0.3 80 10.9.0.$((4 + late)) 1025 6 7 1 9999999
		10.9.0.$((4 + late)) 80 10.9.0.3 1025 6 7 1 9999999
		EOT
		trafdb update
	done
	same_answer --by=day,host
	# Whether all are sorted or not, the same ones come first.
	for top in 1 2 3 5 100; do
		for sort in bytes in packets rate host; do
			same_text --by=host --top=$top --sort=$sort
		done
	done
	trafdb prune --keep=hours=1d
	same_text --by=host --top=6
	same_answer --by=day,service
	same_answer --by=month,host --top=4
}

@test "what the history cannot answer comes from the file" {
	random_blocks 3 30 trafd.x
	trafdb update
	why() {
		want=$1
		shift
		traflog -v "$@" > got 2> err
		grep -q "from the file: the history cannot answer: $want" err
		traflog --files "$@" > files 2>/dev/null
		diff got files
		run -1 traflog --history "$@"
		[[ $output == *"the history cannot answer: $want"* ]]
	}
	why 'it does not store these keys together' --by=host,service
	why 'it does not store single blocks' --by=block
	why 'it stores hours, not minutes' --by=minute
	why 'it supports conditions on addresses only' --by=host \
	    --where='port 80'
	why 'it does not store services per address' --by=service \
	    --where='net 10'
	why 'it does not support patterns' --total port 80
	traflog -v --total 2>&1 | says 'from history (hour'
	# The file has more by now.
	"$TRAF_BUILDDIR/tests/lib/mksave" trafd.x <<-'EOT'
	block x gate 1774900000 1774900300
	instance 2 1
	10.0.0.1 80 8.8.8.8 1025 6 1 1 1
	EOT
	run -1 traflog --history --total
	[[ $output == *'it lacks blocks of the file; run trafdb update'* ]]
	answer_as 'history[+]files' --total
	traflog --by=host | says '^ source: history+files, by hour.*,block$'
	trafdb update
	same_answer --total
	traflog --by=host | says '^ source: history, by hour'
	cp trafd.x elsewhere
	timeout 20 "$TRAF_BUILDDIR/tools/traflog/traflog" -v -i ./elsewhere --total \
	    2>&1 | says 'it is for accounts, not for files'
	rm -r db
	why 'there is none' --total
}

@test "what is in no file any more, and what was pruned" {
	random_blocks 4 80 trafd.x
	trafdb update
	traflog --by=day,host --tz=UTC --format=csv > before 2>/dev/null
	[ "$(wc -l < before)" -gt 1 ]
	: > trafd.x
	traflog --by=day,host --tz=UTC --format=csv 2>/dev/null | diff before -
	rm trafd.x
	traflog --by=day,host --tz=UTC --format=csv 2>/dev/null | diff before -
	trafdb prune --keep=hours=1d
	traflog --by=day,host --tz=UTC --format=csv 2>/dev/null | diff before -
	for args in --by=hour '--by=hour --history'; do
		# shellcheck disable=SC2086 # words
		run -1 traflog $args
		[[ $output == *'detail pruned: before 2026-0'*'T00:00:00Z only UTC days remain; use --tz=UTC --by=day' ]]
	done
	traflog --by=day,host --tz=UTC --format=json 2>/dev/null | says '"source":"history","grain":"hour,day"}$'
	# A file that goes on does not hide that there was more.
	random_blocks 5 4 trafd.x 400
	traflog --by=hour | grep 'note: the file begins here; the history goes back to 2026-03-27T..:00:00Z'
	answer_as 'history[+]files' --by=host --since=2026-04-12
	run -1 traflog --history --by=day --tz=Europe/Berlin
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"only UTC days remain"* ]]
}

# total OPTIONS...: bytes
total() {
	traflog --total --format=csv "$@" | sed 1d | cut -d , -f 2
}

# One block of 1,000 bytes on each of the last 300 days.
days_until_now() {
	now=$(date +%s)
	for day in $(seq 300 -1 1); do
		echo "block x gate $((now - day * 86400))" \
		    "$((now - day * 86400 + 60))"
		echo "instance 3 $((301 - day))"
		echo "10.0.0.1 80 8.8.8.8 1025 6 1 1 1000"
	done | "$TRAF_BUILDDIR/tests/lib/mksave" "$1"
}

@test "months are kept as long as days, and days as long as hours" {
	days_until_now trafd.x
	trafdb update
	cp -R db whole
	day=$(date -d '-250 days' +%F)
	for keep in months=100d days=50d,months=100d hours=100d,months=50d; do
		rm -r db
		cp -R whole db
		trafdb prune --keep=$keep 2> err
		grep -q '^trafdb: months kept: x: from 20.*Z on, because its days are; prune these too (days=AGE)$' err
		[ "$(total --history)" -eq 300000 ]
		for args in --total --by=month "--by=day --since=$day"; do
			# shellcheck disable=SC2086 # words
			same_answer $args
		done
		trafdb verify
	done
	rm -r db
	cp -R whole db
	trafdb prune --keep=hours=200d,days=150d,months=100d 2> err
	grep -q '^trafdb: days kept: .*because its hours are' err
	grep -q '^trafdb: months kept: .*because its days are' err
	same_answer --by=month --since="$(sed -n 's/^.*months kept: x: from \(.*\) on,.*/\1/p' err)"
	[ "$(total)" -eq 300000 ]
	rm -r db
	cp -R whole db
	trafdb prune --keep=days=50d 2>&1 |
	    says '^trafdb: days kept: x: from 20.*Z on, because its hours are; prune these too (hours=AGE)$'
	# Ages that grow with the grain need no word.
	trafdb prune --keep=hours=1d,days=50d,months=100d > err 2>&1
	[ ! -s err ]
}

@test "months that were pruned are not missing from an answer without a word" {
	days_until_now trafd.x
	trafdb update
	trafdb prune --keep=hours=1d,days=50d,months=100d
	trafdb verify
	[ "$(total)" -eq 300000 ]
	traflog -v --total 2>&1 |
	    says 'from the file: .*: months pruned: before 20.*Z nothing remains; use --since='
	mv trafd.x elsewhere
	run -1 traflog --total
	since=${output##*--since=}
	[[ $since == 20*T00:00:00Z ]]
	[ "$(total --since="$since")" -gt 90000 ]
	run -1 traflog --total --since="$(date -d '-250 days' +%F)"
	[[ $output == *"nothing remains"* ]]
}

@test "options of the source" {
	random_blocks 4 3 trafd.x
	run -127 traflog --files --history --total
	run -127 traflog --history
	[[ $output == *"--history needs --by, --total, "* ]]
}
