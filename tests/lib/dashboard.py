#!/usr/bin/env python3
"""Print the queries that a dashboard of Grafana sends to Prometheus.

dashboard.py names FILE         the names of the metrics, one per line
dashboard.py expressions FILE   the queries, with their variables replaced
"""
import json
import re
import sys


def expressions(dashboard):
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


def main():
    what, path = sys.argv[1:]
    with open(path, encoding="utf-8") as f:
        queries = list(expressions(json.load(f)))
    if what == "names":
        found = {n for q in queries for n in re.findall(r"\btraf\w+", q)}
        print("\n".join(sorted(found)))
        return
    for query in queries:
        print(query.replace("$interface", ".+")
              .replace("$__rate_interval", "1m"))


main()
