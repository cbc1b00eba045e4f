#!/usr/bin/env python3
"""What `viaduct bench` promises: every figure of every mode, and that nothing is left behind."""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

sys.dont_write_bytecode = True

import sockets  # noqa: E402
from agent import PATIENCE  # noqa: E402
from checks import Checks, Failed, expect  # noqa: E402
from proxy import default_binary  # noqa: E402
from world import wait_until  # noqa: E402

LIMIT = 600 * PATIENCE
EMULATED = "TCG" in pathlib.Path("/proc/cpuinfo").read_text()
MARK = "VIADUCT_BENCH_SUITE"  # in the environment of all that this suite starts
POSITIONS, KINDS = ("first", "middle", "last"), ("connect", "answer", "datagram")
check = Checks()
chosen = None


def start(*words, **options):
    return subprocess.Popen(
        [chosen.viaduct, "bench", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, MARK: str(os.getpid())}, **options)


def run(*words, status=0, **options):
    """(standard output, standard error) of a run that ends with `status`."""
    with start(*words, **options) as process:
        try:
            output, errors = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failed(f"bench {' '.join(words)} did not end within {LIMIT} s") from None
    expect(process.returncode == status,
           f"bench {' '.join(words)}: status {process.returncode}, not {status}: {errors.strip()[-2000:]}")
    return output, errors


def processes():
    """Ids of processes that the suite's runs started and that still live."""
    found = []
    for directory in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{MARK}={os.getpid()}".encode() in (directory / "environ").read_bytes().split(b"\0"):
                found.append(int(directory.name))
    return found


def command(*words):
    if not shutil.which(words[0]):
        return ""
    return subprocess.run(words, capture_output=True, text=True).stdout


def surroundings():
    """What a run could leave behind in the namespace where it was started, and on the disk."""
    rules = [line for line in command("iptables-legacy-save").splitlines() if not line.startswith(("#", ":"))]
    links = [line.split(":")[1].split("@")[0].strip() for line in command("ip", "-o", "link").splitlines()]
    # asking loads the module, where there is one
    virtual = command("ipvsadm", "-Ln").splitlines() if os.path.exists("/proc/net/ip_vs") else []
    # other suites' worlds come and go
    names = [name for name in command("ip", "netns", "list").split() if not re.match(r"vd\d+-", name)]
    return {
        "links": sorted(links), "named namespaces": sorted(names),
        "nft tables": command("nft", "list", "tables"), "iptables rules": rules,
        "virtual servers": [line for line in virtual if line.startswith(("TCP", "UDP", "FWM"))],
        "forwarding": pathlib.Path("/proc/sys/net/ipv4/ip_forward").read_text(),
        # another run's are there as long as it is
        "control groups": sorted(
            path.name for path in (sockets.hierarchy() or pathlib.Path("/nowhere")).glob("viaduct-*")
            if not pathlib.Path("/proc", path.name.split("-")[1]).exists()),
        "temporary files": sorted(str(path) for path in pathlib.Path(tempfile.gettempdir()).glob("viaduct-bench-*")),
    }


@contextlib.contextmanager
def leaves_nothing():
    before = surroundings()
    yield
    left = wait_until(lambda: not processes(), pause=0.1)
    expect(left, f"processes are left: {processes()}")
    after = surroundings()
    for name, value in after.items():
        expect(value == before[name], f"{name} changed from {before[name]!r} to {value!r}")


def check_spread(spread, what, rounds=None, above=0.0):
    expect(spread is not None, f"{what} is missing")
    expect(rounds is None or len(spread["rounds"]) == rounds, f"{what} has {len(spread['rounds'])} rounds, not {rounds}")
    expect(spread["low"] <= spread["median"] <= spread["high"], f"{what}: {spread}")
    expect(above is None or spread["low"] > above, f"{what} is {spread['low']}")


def check_latency(subject, rounds, connections):
    name = subject["subject"]
    expect(not subject["failures"], f"{name}: connections failed: {subject['failures']}")
    found = {(entry["position"], entry["kind"]): entry for entry in subject["latency"]}
    for position in POSITIONS:
        for kind in KINDS:
            entry = found.get((position, kind))
            what = f"{name}, {position}, {kind}"
            expect(entry is not None, f"{what} is missing")
            for share in ("p50", "p90", "p99"):
                check_spread(entry[share], f"{what}, {share}", rounds)
            expect(entry["p50"]["low"] <= entry["p90"]["high"] <= entry["slowest"], f"{what}: quantiles out of order")
            expect(entry["samples"] == rounds * connections, f"{what}: {entry['samples']} samples")
            if name == "no rules":
                expect("added" not in entry, f"{what} has an added cost")
            else:
                check_spread(entry["added"], f"{what}, added", rounds, above=None)
    check_spread(subject["bytesPerSecond"], f"{name}, bytes a second", rounds)
    check_spread(subject["requestsPerSecond"], f"{name}, requests a second", rounds)
    check_spread(subject["cpuSecondsPerGigabit"], f"{name}, CPU a gigabit", rounds)


def check_fairness(subject, endpoints, connections):
    fairness = subject["fairness"]
    name = subject["subject"]
    expect(fairness["degreesOfFreedom"] == 3 * (endpoints - 1), f"{name}: {fairness}")
    expect(fairness["connections"] == connections, f"{name}: {fairness}")
    # An even choice fails this once in ten million runs.
    expect(fairness["pValue"] > 1e-7 and fairness["chiSquare"] >= 0, f"{name} is not fair: {fairness}")


def check_mode(subject, services, endpoints, rounds):
    name = subject["subject"]
    for part in ("programming", "change", "churn", "removal"):
        expect(subject.get(part), f"{name} has no {part}")
        check_spread(subject[part]["seconds"], f"{name}, {part}")
        check_spread(subject[part]["cpuSeconds"], f"{name}, CPU of {part}", above=-1)
    check_spread(subject["programming"]["seconds"], f"{name}, programming", rounds)
    if name != "userspace":  # sockets and relays in the process, no messages
        expect(subject["programming"]["messages"] > 0, f"{name}: no messages")
        expect(subject["programming"]["bytes"] > 0, f"{name}: no bytes")
        expect(subject["programming"]["added"] >= services, f"{name}: {subject['programming']['added']} objects")
        expect(subject["change"]["messages"] > 0, f"{name}: no messages for a change")
    for part in ("processBefore", "processPeak"):
        check_spread(subject["memory"][part], f"{name}, {part}", rounds)


@check
def every_mode_has_all_figures():
    counts, endpoints, rounds, connections = chosen.services, 3, 1 if EMULATED else 2, 25 if EMULATED else 50
    with leaves_nothing():
        output, errors = run(
            "--quick", "-o", "json", "--skip-ways", "--services", ",".join(map(str, counts)),
            "--endpoints", str(endpoints),
            "--rounds", str(rounds), "--connections", str(connections))
    report = json.loads(output)
    expect([count["services"] for count in report["counts"]] == counts, "the counts are not those that were asked for")
    expect(report["machine"]["kernel"].split()[-1] == os.uname().release, f"the kernel is {report['machine']['kernel']}")
    expect(report["command"].startswith("viaduct bench --quick -o json"), f"the command is {report['command']}")
    expect("100 %" not in errors or "\x1b" not in errors, "escape sequences without a terminal")
    reasons = {entry["subject"]: entry["reason"] for entry in report["unavailable"]}
    for mode in chosen.expect:
        expect(mode not in reasons, f"{mode} does not work: {reasons.get(mode)}")
    for count in report["counts"]:
        subjects = {subject["subject"]: subject for subject in count["subjects"]}
        expect("no rules" in subjects, "the path without rules is missing")
        for mode in chosen.expect:
            expect(mode in subjects, f"{mode} is missing")
        for name, subject in subjects.items():
            check_latency(subject, rounds, connections)
            if name != "no rules":
                check_fairness(subject, endpoints, 3 * rounds * connections)
                expect(subject["programming"]["seconds"]["low"] > 0, f"{name} was not programmed")
            if name in ("iptables", "nftables", "ipvs", "userspace", "nftables+sockets"):
                check_mode(subject, count["services"], endpoints, rounds)
    expect(report["machine"]["isEmulated"] == EMULATED, "whether it is emulated is wrong")
    expect(("notice" in report) == EMULATED, "an emulated machine's report begins with a notice, others' have none")


WAYS = {
    "nftables": ("nf_tables", ("libnftnl", "nft -f"), "elements"),
    "iptables": ("legacy tables", ("blob", "libiptc", "iptables-restore"), "rules"),
    "ipvs": ("IPVS", ("libnl", "ipvsadm -R"), "endpoints"),
}


@check
def every_way_into_the_kernel_brings_the_same():
    services, endpoints = 10 if EMULATED else 20, 3
    endpoint_ports = (services + 3) * endpoints  # those that are probed have a second port
    with leaves_nothing():
        output, _ = run("--quick", "--only-ways", "-o", "json", "--services", str(services), "--endpoints",
                        str(endpoints), "--rounds", "1" if EMULATED else "2")
    report = json.loads(output)
    count = report["counts"][0]
    expect(not count["subjects"], "modes in spite of --only-ways")
    reasons = [f"{entry['subject']}: {entry['reason']}" for entry in report["unavailable"]]
    for mode in WAYS:
        interface, names, kind = WAYS[mode]
        found = [way for way in count["ways"] if way["interface"] == interface]
        if mode not in chosen.expect:
            expect(found or sum(reason.startswith(interface) for reason in reasons) == len(names),
                   f"{interface} is missing without a reason: {reasons}")
            continue
        expect([way["way"] for way in found] == list(names), f"{interface}: {found} {reasons}")
        for way in found:
            name = f"{interface} by {way['way']}"
            # the benchmark itself leaves out what holds something else; this is that it looks at the right things
            expect(way["content"] == found[0]["content"], f"{name}: {way['content']} instead of {found[0]['content']}")
            expect(way["content"][kind] >= endpoint_ports, f"{name}: {way['content']}")
            for part in ("programming", "change"):
                check_spread(way[part]["seconds"], f"{name}, {part}")
                check_spread(way[part]["cpuSeconds"], f"{name}, CPU of {part}", above=-1)
            expect(way["isOurs"] == (way is found[0]), f"{name}: isOurs is {way['isOurs']}")
            expect(("ratios" in way) != way["isOurs"], f"{name}: {way.get('ratios')}")
            if "ratios" in way:
                expect(way["ratios"]["programmingSeconds"] > 0, f"{name}: {way['ratios']}")


@check
def charts_and_text():
    with tempfile.TemporaryDirectory() as directory, leaves_nothing():
        output, _ = run(
            "--quick", "--services", "10,20", "--modes", chosen.expect[0], "--skip-tools", "--rounds", "1",
            "--connections", "25", "--chart", f"{directory}/made/here")
        names = sorted(path.name for path in pathlib.Path(directory, "made/here").iterdir())
        for name in ("latency.svg", "answer.svg", "programming.svg", "change.svg", "process-memory.svg", "ways.svg",
                     "ways-change.svg", "report.html", "report.json"):
            expect(name in names, f"{name} is not among {names}")
        for name in names:
            text = pathlib.Path(directory, "made/here", name).read_text()
            if name.endswith(".svg"):
                root = xml.etree.ElementTree.fromstring(text)
                expect(root.tag.endswith("svg"), f"{name} is {root.tag}")
                line = WAYS.get(chosen.expect[0], WAYS["nftables"])[0] if name.startswith("ways") else chosen.expect[0]
                expect(line in text, f"{name} has no line for {line}")
        json.loads(pathlib.Path(directory, "made/here", "report.json").read_text())
    expect("\x1b" not in output, "colours without a terminal")
    expect(("ratios" in output.splitlines()[0]) == EMULATED, f"the first line is {output.splitlines()[0]!r}")
    rows = [line.split()[0] for line in output.splitlines() if line.strip()]
    expect(rows.count(chosen.expect[0]) == 4, f"{chosen.expect[0]} has {rows.count(chosen.expect[0])} rows, not 4")
    expect(output.splitlines()[-1].startswith("Again: viaduct bench --quick"), "the last line is not the command")


@check
def whole_proxies_side_by_side():
    """`viaduct proxy` takes kube-proxy's flags, so it can stand in for it."""
    mode = chosen.expect[0]
    with tempfile.TemporaryDirectory() as directory, leaves_nothing():
        stand_in = pathlib.Path(directory, "kube-proxy")
        stand_in.write_text(f"#!/bin/sh\nexec '{chosen.viaduct}' proxy \"$@\"\n")
        stand_in.chmod(0o755)
        output, _ = run(
            "--quick", "--services", "10", "--modes", mode, "--skip-tools", "--skip-ways", "--rounds", "1",
            "--connections", "25",
            "--kube-proxy", str(stand_in), "--reference-limit", "120", "-o", "json")
    report = json.loads(output)
    subjects = {subject["subject"]: subject for subject in report["counts"][0]["subjects"]}
    for name in (f"viaduct proxy {mode}", f"kube-proxy {mode}"):
        expect(name in subjects, f"{name} is missing: {report['unavailable']}")
        for part in ("programming", "change"):
            expect(subjects[name].get(part), f"{name} has no {part}: {report['unavailable']}")
            check_spread(subjects[name][part]["seconds"], f"{name}, {part}")
        check_latency(subjects[name], 1, 25)


def minds(process, number):
    """Whether a process has arranged what a signal does to it: catches it, or leaves it to a source of events."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return any(int(re.search(rf"^{name}:\s*(\w+)", status, re.M)[1], 16) >> (number - 1) & 1
               for name in ("SigCgt", "SigIgn", "SigBlk"))


@check
def an_interrupt_ends_it():
    for moment, number in ((0, signal.SIGINT), (3, signal.SIGTERM)):
        with leaves_nothing():
            # whoever started this suite may have it ignore what a terminal sends
            with start("--quick", "--services", "500", "--rounds", "50",
                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as process:
                expect(wait_until(lambda: minds(process, number), pause=0.01), "it does not mind signals")
                time.sleep(moment * PATIENCE)
                expect(process.poll() is None, "it ended before the signal")
                process.send_signal(number)
                try:
                    output, errors = process.communicate(timeout=120 * PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise Failed("it goes on after a signal") from None
            expect(process.returncode == 130, f"status {process.returncode}: {errors[-500:]}")
            expect(not output, "a report in spite of the signal")


@check
def a_killed_run_leaves_nothing():
    with leaves_nothing():
        with start("--quick", "--services", "100", "--rounds", "50") as process:
            expect(wait_until(lambda: len(processes()) > 1, pause=0.1), "it has no processes in its namespaces")
            time.sleep(1 * PATIENCE)
            process.kill()


@check
def a_mode_that_crashes_loses_only_itself():
    with leaves_nothing():
        with start("--quick", "--services", "50", "--rounds", "3", "--connections", "25", "--skip-tools", "--skip-ways",
                   "-o", "json", "--modes", ",".join(chosen.expect)) as process:
            victim = None
            deadline = time.monotonic() + LIMIT
            while victim is None and time.monotonic() < deadline:
                for candidate in processes():
                    with contextlib.suppress(OSError):
                        words = pathlib.Path(f"/proc/{candidate}/cmdline").read_bytes().split(b"\0")
                        # not one that only looks whether the mode works
                        if b"bench-node" in words and chosen.expect[0].encode() in words and b"50" in words \
                                and b"--sockets-of" not in words:
                            victim = candidate
            expect(victim, "no process of the first mode was seen")
            os.kill(victim, signal.SIGKILL)
            output, errors = process.communicate(timeout=LIMIT)
    expect(process.returncode == 0, f"status {process.returncode}: {errors[-500:]}")
    report = json.loads(output)
    reasons = [entry["reason"] for entry in report["unavailable"] if entry["subject"] == chosen.expect[0]]
    expect(any("the node process was ended by signal 9" in reason for reason in reasons),
           f"the reasons are {report['unavailable']}")
    for other in chosen.expect[1:]:
        subject = next(s for s in report["counts"][0]["subjects"] if s["subject"] == other)
        expect(len(subject["programming"]["seconds"]["rounds"]) == 3, f"{other} was measured less often")


@check
def what_cannot_work_is_said_in_one_line():
    for words, text in [
        (["--modes", "nftable"], "--modes: unknown proxy mode \"nftable\""),
        (["--services", "1k"], "--services: \"1k\" is not a number"),
        (["--services", "2"], "--services: 2 must be from 4"),
        (["--services", "400000", "--endpoints", "100"], "more addresses than there are"),
        (["--endpoints", "0"], "--endpoints: 0 must be from 1"),
        (["--only-ways", "--modes", "nftables"], "--only-ways: it measures no modes"),
        (["--kube-proxy", "/no/such/program"], "--kube-proxy: /no/such/program is not a program"),
        (["--chart", "/proc/no/such"], "--chart: cannot make /proc/no/such"),
    ]:
        # 64: asked wrongly; 1: it cannot be done here.
        output, errors = run(*words, status=1 if words[0] == "--chart" else 64)
        expect(text in errors and errors.count("\n") == 1 and not output, f"{words}: {errors}")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if os.geteuid() == 0 and shutil.which("setpriv"):
        done = subprocess.run([*nobody, chosen.viaduct, "bench", "--quick"], capture_output=True, text=True)
        expect(done.returncode == 1 and "root" in done.stderr and done.stderr.count("\n") == 1,
               f"without root: {done.returncode} {done.stderr}")


def main():
    global chosen
    parser = argparse.ArgumentParser(prog="integration/bench_suite.py", description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", help="the program (default: the newest build)")
    parser.add_argument(
        "--expect", default="nftables,iptables,userspace" + ("" if sockets.missing() else ",nftables+sockets"),
        metavar="MODES", help="that must work here")
    parser.add_argument("--services", default="10,40", metavar="NUMBERS", help="of the run with all modes")
    parser.add_argument("--only", default="", metavar="TEXT", help="checks whose name contains it")
    chosen = parser.parse_args()
    chosen.viaduct = chosen.viaduct or default_binary()
    if not chosen.viaduct:
        sys.exit("no build of viaduct: run 'swift build' or give --viaduct PATH")
    chosen.viaduct = os.path.abspath(chosen.viaduct)
    if EMULATED:
        # a process for each mode and round: over the machine's shared files each start would take seconds
        chosen.viaduct = shutil.copy(chosen.viaduct, tempfile.mkdtemp(prefix="viaduct-suite-"))
    chosen.expect = chosen.expect.split(",")
    chosen.services = [int(number) for number in chosen.services.split(",")]
    check.run(only=chosen.only)


if __name__ == "__main__":
    main()
