#!/bin/sh
# seeds_period.sh DIR: inputs for fuzz_period.
set -eu

n=0
while IFS= read -r text; do
	n=$((n + 1))
	# A second in 2026, of four zones; and one beyond all calendars.
	for zone in 0 1 2 3; do
		# shellcheck disable=SC1003 # goes on behind the quote
		printf '\220\046\001\153\0\0\0\0\'"00$zone%s" "$text" \
		    >"$1/$n-$zone"
	done
	printf '\377\377\377\377\377\377\377\377\001%s' "$text" >"$1/$n-end"
done <<'END'

2026
2500
2026-10-25
2026-W53
2026-03-29T02:30
2026-10-25 02:30:59
2026-11-21T14:00-23:59
yesterday
this month
last year
-999999d
-999999y
-7mo
Europe/Berlin
../../etc/passwd
<+05>-5
END
