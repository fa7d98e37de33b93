#!/bin/sh
# seeds_template.sh DIR: inputs for fuzz_template.
set -eu

cat >"$1/all" <<'EOT'
# every key
other { from "%s" };
t {
	ftime "%Y-%m-%d %H:%M:%S %s " ltime "%c%%"
	from "%-15s|" to "%15.3s|" sport "%s\t" dport "%5s\v" proto "%.2s\a"
	bytes "%012lu\b" psize "%-20.10llu%%\n"
};
EOT
echo 't{from"%s"bytes"%d"}' >"$1/dense"
echo 't { bytes "%n" };' >"$1/bad"
