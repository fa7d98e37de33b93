#!/usr/bin/env bats
# Answers as charts: the SVG and the terminal's graph to the octet, and the
# page in a real browser, which must fetch nothing and complain of nothing.

load assert
load report_helpers

setup() {
	report_setup
}

# answer FORMAT [WIDTH [CHARACTERS [UNITS]]]: of the description on stdin
answer() {
	"$TRAF_BUILDDIR/tests/lib/mkanswer" "$@"
}

# Three hours with a gap between them; words apart by tabs.
hours() {
	tr '~ ' ' \t' <<-'EOF'
	account eth0 gate
	period 1795215600 1795222800
	table answer Traffic~over~time
	key hour 1 2 Hour
	column in 2 0 In
	column out 2 0 Out
	row 1795215600 1000 500
	row 1795219200 250 0
	row 1795230000 4000 0
	EOF
}

# What somebody may have put into names, in every place of an answer.
hostile() {
	tr '~ ' ' \t' <<-'EOF'
	account eth0'"<i>&amp; gate<script>alert(1)</script>
	question where~x</title></style><script>alert(2)</script>
	zone <b>CET</b>
	period 1795215600 1795222800
	ledger frames 1234567
	ledger drop_kernel 5
	damaged 1
	table answer Traffic<script>
	key host 0 0 Host"><script>
	column bytes 2 0 Bytes
	column packets 3 0 Packets
	column share 6 0 Share
	row </td><script>alert(3)</script> 5123456789 12000 532300
	row 2001:db8:ffff:ffff:ffff:ffff:ffff:1 3423456789 700 355679
	row a'b"c&d 18446744073709551614 18446744073709551615 2
	rest 3 x 77777 100 7
	total x 1 2 1000000
	EOF
	hours | sed '/^account/d; /^period/d; s/answer/series/'
}

# labels STEP N: what is said below N columns so many seconds apart
labels() {
	{
		printf 'account\teth0\tgate\n'
		printf 'period\t1795215600\t%d\n' $((1795215600 + $1 * $2))
		printf 'table\tanswer\tTraffic over time\n'
		printf 'key\tbegin\t1\t0\tBegin\ncolumn\tbytes\t2\t0\tBytes\n'
		for ((i = 0; i < $2; i++)); do
			printf 'row\t%d\t10\n' $((1795215600 + $1 * i))
		done
	} | answer svg | sed -n 's/.* y="246".*>\(.*\)<.*/\1/p' | tr '\n' ' '
}

@test "svg: labels tell the columns apart, be they seconds or days" {
	[ "$(labels 6 6)" = "00:00:00 00:00:06 00:00:12 00:00:18 00:00:24 00:00:30 " ]
	[ "$(labels 60 6)" = "00:00 00:01 00:02 00:03 00:04 00:05 " ]
	[ "$(labels 43200 8)" = "11-21 11-22 11-23 11-24 " ]
}

@test "minutes: svg and graph label them by hour and minute" {
	tr '~ ' ' \t' <<-'EOF' >minutes
	account eth0 gate
	period 1795215600 1795215900
	table answer Traffic~by~minute
	key minute 1 1 Minute
	column bytes 2 0 Bytes
	row 1795215600 1000
	row 1795215660 250
	row 1795215840 4000
	EOF
	answer svg <minutes | sed -n 's/.* y="246".*>\(.*\)<.*/\1/p' >got
	printf '%s\n' 00:00 00:01 00:04 | same
	answer graph 80 <minutes >got
	grep -q '^Traffic by minute, per minute$' got
	grep -q '^  *2026-11-21 00:00 2026-11-21 00:04$' got
}

# Three hours of two hosts, of which one pauses, and of seven small ones.
hosts() {
	tr '~ ' ' \t' <<-'EOF'
	account eth0 gate
	period 1795132800 1795222800
	table answer Traffic~by~block,~host
	key block 5 0 Block
	key begin 1 0 Begin
	key host 0 0 Host
	column in 2 0 In
	column out 2 0 Out
	column bytes 2 0 Bytes
	row 1 1795215600 kid 1000 500 1500
	row 1 1795215600 server 500 1000 1500
	row 2 1795219200 server 250 0 250
	row 3 1795222800 kid 0 4000 4000
	EOF
	for i in 1 2 3 4 5 6 7; do
		printf 'row\t3\t1795222800\tsmall%d\t%d\t0\t%d\n' $i $i $i
	done
}

@test "a line for each of the largest hosts, with its own bytes" {
	hosts | answer svg >got
	# Neither in and out nor the two hosts are added to each other.
	grep -q '<path class="l0" fill="none" stroke-width="2" stroke="#0969da" d="M88 222V148.5H268V222H448V26H628V222"/>' got
	grep -q '<path class="l1" .*d="M88 222V148.5H268V209.8H448V222H628V222"/>' got
	grep -o 'class="label".*</text>' got | sed 's/.*>\(.*\)<.*/\1/' >names
	printf '%s\n' kid server small7 small6 small5 small4 >want
	diff want names
	grep -q 'x="12" y="341" fill="#57606a">and 3 smaller</text>' got
	grep -q 'viewBox="0 0 640 354"' got
	hosts | answer html | grep -q 'class="l0"'
	hosts | answer graph 60 ascii >got
	grep -q '^ kid: 5.50 kB$' got
	grep -q '^ server: 1.75 kB$' got
	grep -q '; the largest 6 of 9$' got
}

@test "a column says how much time it covers, also if that is little" {
	{
		printf 'account\teth0\tgate\ntable\tanswer\tBlocks\n'
		printf 'key\tbegin\t1\t0\tBegin\ncolumn\tbytes\t2\t0\tBytes\n'
		printf 'row\t1795215600%s\t10\n' '' .25 .5
	} >blocks
	answer graph 60 ascii <blocks | grep -x 'Blocks, per 250 ms'
	# 100 columns of 5.9 s in half as many.
	{
		head -n 4 blocks
		for i in {0..99}; do
			printf 'row\t%s.%d\t10\n' $((1795215600 + i * 59 / 10)) \
				$((i * 59 % 10))
		done
	} | answer graph 63 ascii | grep -x 'Blocks, per 11 s'
}

@test "svg: the axis spans the data, not the days that were asked for" {
	hosts | answer svg | grep -o '>[0-9][0-9]:00<' >got
	[ "$(tr -d '\n' <got)" = ">00:00<>01:00<>02:00<" ]
}

@test "svg over time, to the octet" {
	hours | answer svg | grep -v '^<style>' >got
	same <<-'EOF'
	<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 640 258" width="640" height="258" font-family="sans-serif" font-size="13">
	<title>Traffic over time</title>
	<path class="line" stroke="#d0d7de" d="M88 222H628"/>
	<text x="80" y="226.5" text-anchor="end" fill="#57606a">0 B</text>
	<path class="line" stroke="#d0d7de" d="M88 173H628"/>
	<text x="80" y="177.5" text-anchor="end" fill="#57606a">1.00 kB</text>
	<path class="line" stroke="#d0d7de" d="M88 124H628"/>
	<text x="80" y="128.5" text-anchor="end" fill="#57606a">2.00 kB</text>
	<path class="line" stroke="#d0d7de" d="M88 75H628"/>
	<text x="80" y="79.5" text-anchor="end" fill="#57606a">3.00 kB</text>
	<path class="line" stroke="#d0d7de" d="M88 26H628"/>
	<text x="80" y="30.5" text-anchor="end" fill="#57606a">4.00 kB</text>
	<path class="s1" fill="#bc4c00" d="M88 222V148.5H196V209.8H304V222H520V26H628V222Z"/>
	<path class="s0" fill="#0969da" d="M88 222V173H196V209.8H304V222H520V26H628V222Z"/>
	<text x="88" y="246" fill="#57606a">00:00</text>
	<text x="196" y="246" class="minor" fill="#57606a">01:00</text>
	<text x="520" y="246" fill="#57606a">04:00</text>
	<rect y="4" width="12" height="12" x="88" class="s0" fill="#0969da"/>
	<text x="106" y="15" class="label" fill="#1f2328">In</text>
	<rect y="4" width="12" height="12" x="238" class="s1" fill="#bc4c00"/>
	<text x="256" y="15" class="label" fill="#1f2328">Out</text>
	</svg>
	EOF
}

@test "svg bars: what a name holds is escaped, what is not ASCII left out" {
	{
		printf 'account\teth0\tgate\ntable\tanswer\tBy host\n'
		printf 'key\thost\t0\t0\tHost\ncolumn\tbytes\t2\t0\tBytes\n'
		printf 'row\ta<&\001\303\204"\047>\t1000\nrow\tb\t1\n'
		printf 'row\tc\t0\n'
	} | answer svg >bars.svg
	grep -o '>[^<]*</text>' bars.svg >got
	same <<-'EOF'
	>a&lt;&amp;???&quot;&#39;&gt;</text>
	>1.00 kB</text>
	>b</text>
	>1 B</text>
	>c</text>
	>0 B</text>
	EOF
	# The least that can be seen, and nothing for nothing.
	grep -o ' width="[0-9.]*" class' bars.svg >got
	same <<-'EOF'
	 width="640" class
	 width="1" class
	 width="0" class
	EOF
}

@test "svg is well-formed, whatever the names" {
	command -v python3 >/dev/null || skip "no python3"
	for answer in hours hostile; do
		$answer | answer svg >chart.svg
		python3 - <<-'EOF'
		import sys
		import xml.etree.ElementTree as tree
		known = {'svg', 'title', 'style', 'path', 'text', 'rect'}
		names = {x.tag.split('}')[1]
		         for x in tree.parse('chart.svg').iter()}
		sys.exit(names - known != set())
		EOF
	done
}

@test "graph in the terminal, plain characters" {
	hours | answer graph 40 ascii | head -n 14 >got
	same <<-'EOF'
	Traffic over time, per hour

	    4.00 kB |                    #####
	            |                    #####
	            |                    #####
	            |                    #####
	            |                    #####
	            |                    #####
	            ||||||               #####
	            |#####               #####
	            |#####               #####
	            |#####:::::          #####
	          0 +-------------------------
	             2026-11-21 00:00 2026-11-21 04:00
	EOF
}

@test "graph in the terminal, Unicode blocks, bits" {
	hours | answer graph 40 utf8 bits | head -n 14 >got
	same <<-'EOF'
	Traffic over time, per hour

	  32.0 kbit │                    █████
	            │                    █████
	            │                    █████
	            │                    █████
	            │                    █████
	            │                    █████
	            │▆▆▆▆▆               █████
	            │█████               █████
	            │█████               █████
	            │█████▅▅▅▅▅          █████
	          0 └─────────────────────────
	             2026-11-21 00:00 2026-11-21 04:00
	EOF
}

@test "graph fits the terminal, whatever its width and the number of points" {
	for n in 1 2 30 31 719 5000; do
		{
			hours | head -n 6
			awk -v n=$n 'BEGIN { for (i = 0; i < n; i++)
			    printf "row\t%d\t%d\t7\n",
			    1795215600 + i * 3600, (i + 1) * 1000000 }'
		} >rows
		for width in 40 41 80 133 250; do
			answer graph $width ascii <rows >got
			awk -v most=$((width < 48 ? 48 : width)) '
			    length($0) > most && !/packets/ { exit 1 }' got
			# It is drawn up to its top, and the first line says so.
			sed -n 3p got | says '[0-9] [kMGT]*B |[ .:|]*#'
		done
	done
}

@test "an answer without rows is no picture and no fault" {
	hours | grep -v '^row' >empty
	for format in svg html graph sql; do
		answer $format <empty >got
	done
	answer html <empty | says 'Traffic of eth0'
}

@test "bars: the middle of a long label is cut, before the value" {
	fits=$(printf 'abcdefghijk%.0s' 1 2 3 4)
	long=2001:db8:aaaa:bbbb:cccc:dddd:eeee:1018
	tr '~ ' ' \t' <<-EOF >bars
	account eth0 gate
	period 1795215600 1795222800
	table answer Traffic~by~host
	key host 0 0 Host
	column bytes 2 0 Bytes
	row $fits 5
	row $long~$long 3
	EOF
	answer svg <bars | sed -n 's/.*class="label"[^>]*>\([^<]*\)<.*/\1/p' >got
	printf '%s\n' "$fits" 2001:db8:aaaa:bbbb:c...:cccc:dddd:eeee:1018 |
	    same
}

# ---- the page ----

@test "html: nothing to fetch, nothing to run" {
	hostile | answer html >page.html
	for bad in '(src|href|action|data|srcset)=' 'url\(' '@import' \
	    '<(script|img|link|iframe|object|embed|form)' '<[^>]* on[a-z]+='; do
		lacks -oiE "$bad" page.html
	done
	[ "$(grep -oE '[a-z]+://[^ "<]*' page.html | sort -u)" = \
	    http://www.w3.org/2000/svg ]
}

@test "html says what is missing, and the exact figures" {
	hostile | answer html >page.html
	grep -q 'class="warn">99.9% of 1,234,572 packets seen; 5 dropped' \
	    page.html
	grep -q 'class="warn">Parts of the file are damaged' page.html
	grep -q 'title="5123456789">5.12 GB<' page.html
	grep -q 'title="18446744073709551614">18.4 EB<' page.html
	grep -q '<td class="n">&ndash;</td>' page.html
	hours | answer html | says 'class="note">100.0%'
}

@test "html: over time first, and nothing twice" {
	{
		hostile
		printf 'table\thosts\tLargest hosts\n'
		hostile | sed -n '/^key.host/,/^rest/p' | grep -v '^rest'
		printf 'table\tservices\tServices\nkey\tservice\t0\t0\tService\n'
		printf 'column\tbytes\t2\t0\tBytes\nrow\t443/tcp\t5\n'
	} | answer html | grep -o '<h2>[^<]*' >got
	same <<-'EOF'
	<h2>Traffic over time
	<h2>Traffic&lt;script&gt;
	<h2>Services
	EOF
}

# browser OPTIONS... URL: chromium with a directory of its own, and where
# possible without a network, for it asks for news of its own.
browser() {
	local alone=''
	if unshare -n true 2>/dev/null; then alone='unshare -n'; fi
	# shellcheck disable=SC2086 # or nothing
	timeout 100 $alone chromium --headless --no-sandbox --disable-gpu \
	    --no-first-run --disable-background-networking \
	    --disable-component-update --disable-sync \
	    --user-data-dir="$dir/chromium" --hide-scrollbars \
	    --virtual-time-budget=10000 "$@" 3>&-
}

@test "html in a browser: no complaint, no request, and it fits a phone" {
	command -v chromium >/dev/null || skip "no chromium"
	hostile | answer html >page.html
	# The page in a frame as wide as a phone, which tells how wide it is.
	python3 - <<-'EOF'
	import html
	page = html.escape(open('page.html').read(), quote=True)
	open('phone.html', 'w').write('''<body><iframe id="f" srcdoc="%s"
	    style="width:360px;height:900px;border:0"></iframe><script>
	onload = () => {
	    const d = document.getElementById('f').contentDocument;
	    document.title = 'width ' + d.scrollingElement.scrollWidth +
	        ' charts ' + [...d.querySelectorAll('svg')].filter(
	            s => s.getBoundingClientRect().height > 20).length +
	        ' scripts ' + d.scripts.length +
	        ' requests ' + d.defaultView.performance
	            .getEntriesByType('resource').length +
	        ' cells ' + d.querySelectorAll('td').length;
	}</script>''' % page)
	EOF
	browser --enable-logging=stderr --v=0 --dump-dom \
	    "file://$dir/phone.html" >dom 2>messages
	grep -o '<title>width[^<]*' dom || cat messages	# to be seen
	grep -q '<title>width 360 charts 2 scripts 0 requests 0 cells 29<' dom
	lacks 'CONSOLE' messages
}

@test "html in a browser: tables of many columns fit a phone, nothing is cut" {
	command -v chromium >/dev/null || skip "no chromium"
	"$mksave" trafd.wan0 <<-'END'
	block wan0 gate 1795215600 1795301940
	192.168.1.12 50123 203.0.113.10 443 6 1000 10000000 12000000
	203.0.113.10 443 192.168.1.12 50123 6 100000 1000000000 1200000000
	2001:db8:aaaa:bbbb:cccc:dddd:eeee:1 443 2001:db8:1:2:3:4:5:6 50123 6 1 100 120
	END
	for by in host,service local,service,day pair,service,hour,block; do
		traflog -i wan0 -n --format=html --by "$by" >"$by.html"
	done
	traflog -i wan0 -n --format=html --by pair,service --percentile 95 >p.html
	# Every number is whole, and below the keys of its row.
	python3 - ./*.html >phones <<-'EOF'
	import html, sys
	print('<body>')
	for name in sys.argv[1:]:
	    print('<iframe srcdoc="%s" style="width:390px;height:9000px"></iframe>'
	        % html.escape(open(name).read(), quote=True))
	print("""<script>
	onload = () => {
	    let cells = 0, bad = [];
	    const look = tr => {
	        const shown = [...tr.cells].filter(c => c.offsetWidth > 0);
	        const top = c => c.getBoundingClientRect().top;
	        const n = shown.find(c => c.className === 'n');
	        cells += shown.length;
	        for (const c of shown)
	            if (c.scrollWidth > c.clientWidth + 1)
	                bad.push('cut: ' + c.textContent);
	        if (n && shown.some(c => c.className !== 'n' && c.textContent && top(c) >= top(n)))
	            bad.push('beside a key: ' + n.textContent);
	    };
	    for (const f of document.querySelectorAll('iframe')) {
	        for (const s of f.contentDocument.querySelectorAll('.scroll'))
	            if (s.scrollWidth > s.clientWidth)
	                bad.push('scrolls: ' + s.textContent.slice(0, 20));
	        f.contentDocument.querySelectorAll('tr').forEach(look);
	    }
	    document.title = (cells > 100) + ' bad: ' + bad.join('; ');
	}</script>""")
	EOF
	mv phones phones.html
	browser --dump-dom "file://$dir/phones.html" >dom 2>messages
	grep -o '<title>[^<]*' dom || cat messages	# to be seen
	grep -q '<title>true bad: <' dom
}
