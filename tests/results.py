# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Liveness authors
"""What tests/run reads out of meson: which tests there are, what they need built, how they went.

list BUILD PATTERN -- SUITE... -SUITE...      names of tests in the suites, less those in the suites with a minus
targets BUILD PATTERN -- SUITE... -SUITE...   files that those tests need
show LOG LABEL                                what went wrong, in full; what was skipped, and why
count LOG...                                  the closing line; the exit status is 0 if tests passed and none failed
"""

import json
import os
import re
import subprocess
import sys

LONGEST_OUTPUT = 40000


def introspect(build, what):
    return json.loads(subprocess.check_output(["meson", "introspect", build, what]))


def tests_of(build, pattern, suites):
    wanted = {s for s in suites if not s.startswith("-")}
    unwanted = {s[1:] for s in suites if s.startswith("-")}
    for test in introspect(build, "--tests") + introspect(build, "--benchmarks"):
        of = {suite.split(":")[-1] for suite in test["suite"]}
        if of & wanted and not of & unwanted and pattern.lower() in test["name"].lower():
            yield test


def list_tests(build, pattern, suites):
    for test in tests_of(build, pattern, suites):
        print(test["name"])


def list_targets(build, pattern, suites):
    ids = {i for test in tests_of(build, pattern, suites) for i in test["depends"]}
    for target in introspect(build, "--targets"):
        if target["id"] in ids:
            for name in target["filename"]:
                print(os.path.relpath(name, build))


def results_in(log):
    if not os.path.exists(log):
        # What meson said instead is beside it.
        with open(log.removesuffix("json") + "out", encoding="utf-8", errors="replace") as said:
            return [{"name": log, "result": "ERROR", "stdout": said.read(), "duration": 0}]
    with open(log, encoding="utf-8", errors="replace") as lines:
        results = [json.loads(line) for line in lines if line.strip()]
    for result in results:
        result["name"] = result["name"].split(" / ", 1)[-1]  # without the suites
    return results


def kind(result):
    if result["result"] in ("OK", "EXPECTEDFAIL"):
        return "passed"
    return "skipped" if result["result"] == "SKIP" else "failed"


def output_of(result):
    text = (result.get("stdout") or "") + (result.get("stderr") or "")
    if len(text) > LONGEST_OUTPUT:
        text = "(...)\n" + text[-LONGEST_OUTPUT:]
    return text.rstrip("\n")


def show(log, label):
    results = results_in(log)
    cases = 0
    for result in results:
        output = output_of(result)
        summary = re.findall(r"test cases: +\d+ +\| +(\d+) passed \| +(\d+) failed", output)
        cases += sum(int(n) for pair in summary for n in pair)
        if kind(result) == "failed":
            print(f"\n---- {label}: {result['name']}: {result['result']} after {result['duration']:.1f} s")
            print(output or "(no output)")
            print("----\n")
        elif kind(result) == "skipped":
            why = output.splitlines()[-1] if output else "it does not say why"
            print(f"  skipped: {result['name']}: {why}")
    counts = ", ".join(f"{sum(kind(r) == k for r in results)} {k}" for k in ("passed", "failed", "skipped"))
    print(f"  {label}: {counts}" + (f" ({cases} test cases)" if cases else ""), flush=True)


def count(logs):
    results = [result for log in logs for result in results_in(log)]
    n = {k: sum(kind(r) == k for r in results) for k in ("passed", "failed", "skipped")}
    for result in results:
        if kind(result) == "failed":
            print(f"failed: {result['name']}")
    if not n["passed"] and not n["failed"]:
        print("no test was run")
    print(f"{n['passed']} passed, {n['failed']} failed, {n['skipped']} skipped", flush=True)
    return 0 if n["passed"] and not n["failed"] else 1


def main(command, *args):
    if command == "list":
        return list_tests(args[0], args[1], args[3:])
    if command == "targets":
        return list_targets(args[0], args[1], args[3:])
    if command == "show":
        return show(*args)
    return count(args)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
