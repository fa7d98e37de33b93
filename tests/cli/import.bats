#!/usr/bin/env bats
# trafd --import: accounts that BPFT left in another directory, or in ours.  The
# old files are made by tests/lib/mklegacy.pl.

load assert
load live_helpers

setup() {
	DIR=$(mktemp -d)
	# shellcheck disable=SC2034 # live_helpers
	NS_A='' PID=''
	command -v perl >/dev/null || skip "no perl"
	TRAFD=$TRAF_BUILDDIR/trafd/trafd
	TRAFLOG=$TRAF_BUILDDIR/tools/traflog/traflog
	export TRAFD_CONF=/dev/null TZ=UTC
	cd "$DIR"
	mkdir -p old/tmp run
	cat >ed0.txt <<-'EOT'
	block 1795219200.000005 1795222800.5
	10.1.0.1 192.0.2.9 6 1025 80 3456 3936
	10.1.0.1 192.0.2.9 6 1026 25 1 41
	0.0.0.0 0.0.0.0 6 0 0 10 50
	block 1795222800.5 1795226400
	10.1.0.1 192.0.2.9 6 1025 80 4294967295 4294967295
	10.1.0.1 192.0.2.9 6 1025 80 5 45
	EOT
	cat >more.txt <<-'EOT'
	block 1795226400 1795230000
	10.3.0.1 192.0.2.9 6 1025 80 100 1000
	EOT
	cat >ed1.txt <<-'EOT'
	block 1795219200 1795222800
	10.1.0.1 192.0.2.9 6 2 80 3456 3936
	192.0.2.9 10.1.0.1 6 1 80 77 117
	EOT
	legacy ed0.txt new 64 >old/trafd.ed0
	legacy ed1.txt old 32 >old/trafd.ed1
}

teardown() {
	stop_trafd KILL
	traf_teardown_net
	cd /
	rm -rf "$DIR"
}

legacy() {	# description layout times [capacity]
	perl "$TRAF_SRCDIR/tests/lib/mklegacy.pl" "${@:2}" <"$1"
}

take_over() {	# options
	"$TRAFD" --import old --state-dir new "$@"
}

# total EXT: IP bytes of all rows in the save file.
total() {
	"$TRAFLOG" -a -n --format=tsv -i "new/trafd.$1" |
		awk -F '\t' 'NR > 1 { n += $10 } END { printf "%.0f\n", n }'
}

rows_of() {	# file
	"$TRAFLOG" -a -n --format=tsv -i "$1" | tail -n +2 | cut -f 1-7,9- |
		sort
}

blocks() {
	"$TRAFLOG" -l -r -i "new/trafd.$1"
}

everything() {
	find "$1" -printf '%p %y %u %m %l %T@\n' | sort
	find "$1" -type f -exec cksum {} + | sort
}

@test "every row of every interface, once; the old files stay as they are" {
	everything old >before
	run take_over --dry-run
	echo "$output"
	[ "$status" -eq 0 ]
	says -x 'would import: old/trafd.ed0: 2 blocks, 4 rows, 4294971367 IP bytes to new/trafd.ed0' <<<"$output"
	says -x 'would import: old/trafd.ed1: 1 block, 2 rows, 4053 IP bytes to new/trafd.ed1' <<<"$output"
	[ ! -e new ]
	run take_over
	echo "$output"
	[ "$status" -eq 0 ]
	says -x 'imported: old/trafd.ed0: 2 blocks, 4 rows, 4294971367 IP bytes to new/trafd.ed0' <<<"$output"
	for ext in ed0 ed1; do
		diff <(rows_of "old/trafd.$ext") <(rows_of "new/trafd.$ext")
		"$TRAFLOG" --check -i "new/trafd.$ext"
	done
	[ "$(total ed0)" = 4294971367 ]
	everything old >after
	diff before after
	# Again, also without the record or without the save file.
	for gone in nothing new/.trafd.ed0.imported new/trafd.ed0; do
		rm -f $gone
		run take_over
		echo "$output"
		[ "$status" -eq 0 ]
		says -x 'imported: old/trafd.ed0: 0 blocks, 0 rows, 0 IP bytes to new/trafd.ed0; 2 imported before' <<<"$output"
		[ "$gone" = new/trafd.ed0 ] || [ "$(blocks ed0)" = 2 ]
	done
	[ ! -s new/trafd.ed0 ]
	# A line of the record that a crash has cut is no part of the next.
	printf 'block 12' >>new/.trafd.ed0.imported
	# What BPFT has added since.
	cat ed0.txt more.txt >both.txt
	legacy both.txt new 64 >old/trafd.ed0
	run take_over
	[ "$status" -eq 0 ]
	says -x 'imported: old/trafd.ed0: 1 block, 1 row, 1000 IP bytes to new/trafd.ed0; 2 imported before' <<<"$output"
	[ "$(total ed0)" = 1000 ]
	rm new/trafd.ed0
	run take_over
	[ "$status" -eq 0 ]
	says 'new/trafd.ed0; 3 imported before' <<<"$output"
}

@test "a dump: imported, unless it is in the save file already" {
	legacy more.txt new 64 1000 >old/tmp/trafd.ed0
	legacy more.txt new 64 1000 >old/tmp/trafd.ed2
	tail -n +5 ed0.txt | sed '1s/1795226400/1795224600/; 3d' >part.txt
	legacy part.txt new 64 1000 >old/tmp/trafd.ed3
	legacy ed0.txt new 64 >old/trafd.ed3
	run take_over
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(total ed0)" = 4294972367 ]
	[ "$(total ed2)" = 1000 ]
	says 'tmp/trafd.ed3: 0 blocks, .*; left out: a dump already saved$' <<<"$output"
	[ "$(total ed3)" = 4294971367 ]
	run take_over
	[ "$status" -eq 0 ]
	[ "$(total ed2)" = 1000 ]
	# BPFT went on, and saved what had been imported from its dump.
	sed 's/100 1000/200 2000/' more.txt >grown.txt
	legacy grown.txt new 64 >old/trafd.ed2
	run take_over
	echo "$output"
	[ "$status" -eq 1 ]
	says 'block not imported: old/trafd.ed2: it begins as a dump that was' <<<"$output"
	[ "$(total ed2)" = 1000 ]
}

@test "a damaged file stops no other; with --layout its whole blocks" {
	head -c -7 old/trafd.ed0 >short
	mv short old/trafd.ed0
	run take_over
	echo "$output"
	[ "$status" -eq 1 ]
	says 'not imported: old/trafd.ed0: damaged, or no file of BPFT; ' <<<"$output"
	[ ! -s new/trafd.ed0 ]
	[ "$(total ed1)" = 4053 ]
	run take_over --layout new -i ed0
	echo "$output"
	[ "$status" -eq 1 ]
	says 'file damaged: old/trafd.ed0: [0-9]* bytes not imported' <<<"$output"
	[ "$(total ed0)" = 4027 ]
	# The whole file has come back.
	legacy ed0.txt new 64 >old/trafd.ed0
	run take_over
	[ "$status" -eq 0 ]
	[ "$(total ed0)" = 4294971367 ]
	head -c 100 /dev/urandom >old/trafd.ed0
	ln -s /etc/passwd old/trafd.ed9
	run take_over
	[ "$status" -eq 1 ]
	[ "$(total ed0)" = 4294971367 ]
}

@test "an interface already accounted, and one that is named" {
	legacy more.txt new 32 >old/trafd.ed7
	"$TRAFD" --import old --state-dir new -i ed7
	cp new/trafd.ed7 mine
	cat mine >>new/trafd.ed0
	run take_over -f ed0
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(blocks ed0)" = 3 ]
	[ "$(total ed0)" = 4294972367 ]
	[ ! -e new/trafd.ed1 ]
	# The account of a daemon with another layout is left alone.
	echo damaged >new/.trafd.ed1.journal
	run take_over -f ed1
	[ "$status" -eq 1 ]
	says 'not imported: new/trafd.ed1: trafd writes this account with' <<<"$output"
}

@test "two equal blocks of one file are two, and of two files one" {
	cat more.txt more.txt >twice.txt
	legacy twice.txt new 64 >old/trafd.ed0
	cp old/trafd.ed0 old/trafd.ed0.alien.1
	take_over -f ed0
	[ "$(blocks ed0)" = 2 ]
	take_over -f ed0
	[ "$(total ed0)" = 2000 ]
}

@test "files of BPFT in our own directory, before and after a save" {
	mkdir -p new/tmp
	cp old/trafd.ed0 new/trafd.ed0
	cp old/trafd.ed1 new/trafd.ed1.alien.1
	: >new/trafd.ed1
	"$TRAFD" --import new --state-dir new
	cmp old/trafd.ed0 new/trafd.ed0.alien.1
	[ "$(total ed0)" = 4294971367 ]
	[ "$(total ed1)" = 4053 ]
	"$TRAFD" --import new --state-dir new
	[ "$(total ed0)" = 4294971367 ]
	[ "$(total ed1)" = 4053 ]
}

@test "links, directories and FIFOs are named, and stop no other" {
	ln -s /etc/passwd old/trafd.link
	mkdir old/trafd.dir
	mkfifo old/trafd.fifo
	run timeout 20 "$TRAFD" --import old --state-dir new
	echo "$output"
	[ "$status" -eq 1 ]
	says 'not imported: old/trafd.link: it is a symbolic link; ' <<<"$output"
	says 'not imported: old/trafd.dir: it is a directory; ' <<<"$output"
	says 'not imported: old/trafd.fifo: it is a special file; ' <<<"$output"
	[ "$(grep -c '^imported: ' <<<"$output")" -eq 2 ]
	[ "$(total ed1)" = 4053 ]
	[ -z "$(find new -name '*link*' -o -name '*dir*' -o -name '*fifo*')" ]
	run take_over -i ed7
	[ "$status" -eq 0 ]
	[ "$output" = "no file of BPFT: old/trafd.ed7" ]
}

@test "nothing to import, or no such directory" {
	rm old/trafd.*
	run take_over
	[ "$status" -eq 0 ]
	[ "$output" = "no file of BPFT: old" ]
	run "$TRAFD" --import none --state-dir new
	[ "$status" -eq 1 ]
	says 'cannot read the directory: none: No such file' <<<"$output"
	run -127 "$TRAFD" --dry-run -i lo
	says -- '--dry-run is for --import' <<<"$output"
}

@test "a start names the account of BPFT and the command; --import ends that" {
	traf_setup_net
	mkdir new
	mv old/trafd.ed0 old/trafd.veB
	# The directories of its ports, in a mount namespace of the test.
	cat >start <<-EOT
	mount -t tmpfs tmpfs /usr/local || exit 99
	mkdir -p /usr/local/var/bpft
	cp -p old/trafd.veB /usr/local/var/bpft/
	trafd() {
		"$TRAFD" "\$@" --state-dir $DIR/new --run-dir $DIR/run
	}
	trafd --check-config -i veB --user root --source pcap
	trafd -i veB --user root --source pcap
	trafd --import /usr/local/var/bpft; echo "running: \$?"
	kill \$(cat $DIR/run/trafd.veB)
	while [ -e $DIR/run/trafd.veB ]; do sleep 0.05; done
	trafd --import /usr/local/var/bpft; echo "stopped: \$?"
	trafd --check-config -i veB --user root --source pcap
	EOT
	run ip netns exec "$NS_B" unshare --mount sh start 3>&-
	echo "$output"
	[ "$status" -ne 99 ] || skip "no tmpfs"
	[ "$status" -eq 0 ]
	[ "$(grep -c 'account of BPFT not continued: /usr/local/var/bpft/trafd.veB; take it over with: trafd --import /usr/local/var/bpft$' <<<"$output")" -eq 2 ]
	says 'already running: .*new/trafd.veB' <<<"$output"
	says 'running: 1' <<<"$output"
	says 'stopped: 0' <<<"$output"
	[ "$(total veB)" = 4294971367 ]
}

@test "what is no account of BPFT is not called one; a damaged one is" {
	traf_setup_net
	mkdir -p new run
	said() {
		run ip netns exec "$NS_B" "$TRAFD" --check-config -i veB -f x \
			--user root --source pcap --state-dir "$DIR/new" \
			--run-dir "$DIR/run"
		echo "$output"
		[ "$status" -eq 0 ]
	}
	for text in hi "$(head -c 4000 "$TRAF_SRCDIR/README.md")"; do
		printf '%s\n' "$text" >new/trafd.x
		said
		[[ $output != *BPFT* ]]
	done
	head -c 40000 /dev/zero >new/trafd.x
	said
	[[ $output != *BPFT* ]]
	{ cat old/trafd.ed0; head -c 1000 "$TRAF_SRCDIR/README.md"; } >new/trafd.x
	said
	says "account of BPFT not continued: $DIR/new/trafd.x; " <<<"$output"
}

@test "killed at any time, it is finished by the next run" {
	for i in {1..150}; do
		echo "block $((1795219200 + i * 60)) $((1795219260 + i * 60))"
		echo "10.1.0.1 192.0.2.9 6 $i 80 $i $((i + 1000))"
	done >many.txt
	legacy many.txt new 64 >old/trafd.ed0
	for t in 0.005 0.01 0.02 0.03 0.04 0.06 0.08; do
		timeout -s KILL $t "$TRAFD" --import old -f ed0 \
			--state-dir new >>said 2>&1 || true
	done
	take_over -f ed0
	[ "$(blocks ed0)" = 150 ]
	[ "$(total ed0)" = $((150 * 1000 + 150 * 151 / 2)) ]
	[ -z "$(find new -mindepth 1 -not \( -name tmp -o -name trafd.ed0 -o \
		-name 'trafd.ed0.torn.*' -o -name .trafd.ed0.imported -o \
		-name .trafd.ed0.lock \))" ]
}

@test "root's import is the daemon's; the history has the same sums" {
	[ "$(id -u)" -eq 0 ] || skip "needs root: another user's directory"
	id nobody >/dev/null || skip "no user nobody"
	mkdir -p new/tmp
	chmod 755 "$DIR"
	chown nobody new new/tmp
	take_over
	for file in new/trafd.ed0 new/.trafd.ed0.imported; do
		[ "$(stat -c %U "$file")" = nobody ]
	done
	trafdb=$TRAF_BUILDDIR/tools/trafdb/trafdb
	[ -x "$trafdb" ] || skip "built without Berkeley DB"
	"$trafdb" --state-dir "$DIR/new" update ed0
	[ "$("$TRAFLOG" -i ed0 --state-dir "$DIR/new" --total --saved \
		--history --format=csv | tail -n 1 | tr , '\n' |
		grep -cx 4294971367)" -ge 1 ]
}
