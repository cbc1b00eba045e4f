#!/usr/bin/env python3
"""Nothing is lost: clients connect all the time (200 a second over TCP and over UDP), 50 connections stay, and none of them
may fail while endpoints are replaced or drained, proxies are killed, modes take over from each other, an endpoint goes
silent. --soak is the long form."""

import argparse
import json
import pathlib
import random
import re
import shlex
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from agent import PATIENCE  # noqa: E402
from objects import changed, endpoint_slice, service  # noqa: E402
from proxy import default_binary  # noqa: E402
from proxy_suite import LOCAL, OTHER, REMOTE, Skipped, Suite, expect, run_checks  # noqa: E402
from rulesets import RULESETS, IPVSRuleset, LoopbackAddresses  # noqa: E402
from world import World, wait_until  # noqa: E402

CHECKS = []
KINDS = {**RULESETS, IPVSRuleset.mode: IPVSRuleset, LoopbackAddresses.mode: LoopbackAddresses}
SWITCHES = ("nftables", "iptables", "ipvs", "userspace")
WEB, DNS = "172.30.3.1", "172.30.3.2"
POOL = [LOCAL, OTHER] + [f"10.180.{net}.{n}" for net in (1, 2) for n in range(1, 6)]
PORTS = {"web": (WEB, 80, "TCP"), "dns": (DNS, 53, "UDP")}


def check(function):
    CHECKS.append(function)
    return function


def pod(name, address, node="node1"):
    return {"kind": "Pod", "apiVersion": "v1", "metadata": {"namespace": "suite", "name": name, "labels": {}},
            "spec": {"nodeName": node, "containers": [{"name": "c", "image": "i"}]},
            "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}],
                       "conditions": [{"type": "Ready", "status": "True"}]}}


def of_pods(value):
    """A slice whose endpoints say which pods they are."""
    return changed(value, "endpoints", to=[
        {**one, "targetRef": {"kind": "Pod", "namespace": "suite", "name": pod_name(one["addresses"][0])}}
        for one in value["endpoints"]])


def pod_name(address):
    return "pod-" + address.replace(".", "-")


class ZeroLoss(Suite):
    soak = False
    counts_shares = False

    def times(self, short, long):
        return long if self.soak else short

    def reset(self, **server):
        for host in ("pod3", "node1"):
            self.world[host].load_drop()
        self.early, self.before = [], {}
        super().reset(**server)

    def both(self, endpoints, **conditions):
        """The slices of both Services with these endpoints."""
        return [of_pods(endpoint_slice(name, endpoints, [(port, protocol, port)], **conditions))
                for name, (_, port, protocol) in PORTS.items()]

    def prepare(self, endpoints, annotations=None, **changes):
        self.world.run("node2", ["nft", "delete", "table", "ip", "silent"])
        # UDP clients are drained when they have been silent for so long
        if self.mode == "userspace":
            changes = {"conntrack": {"maxPerCore": 0, "udpTimeout": "2s"}, **changes}
        if self.mode == "ipvs":
            # Longer than an answer takes on a busy machine: one that comes later is not translated any more. And longer than
            # conntrack remembers a question (30 s).
            changes = {"ipvs": {"minSyncPeriod": "0.1s", "udpTimeout": "40s"}, **changes}
        self.world.serve([(address, port, protocol) for address in POOL for port, protocol in ((80, "TCP"), (53, "UDP"))]
                         + self.sentinel.endpoints())
        for name, (address, port, protocol) in PORTS.items():
            self.apply(changed(service(name, address, [(port, protocol)]), "metadata", "annotations",
                               to=annotations or {}))
        self.apply(*self.both(endpoints))
        self.start(**changes)

    def load(self, rate=200, kept=50):
        """Two hosts' clients: a pod's and the node's own, each with half of the rate."""
        targets = [(protocol, address, port) for address, port, protocol in PORTS.values()]
        self.steps = [(time.monotonic(), "the load's start")]
        for host in ("pod3", "node1"):
            self.world[host].load_start(name="load", targets=targets, rate=rate // 2 / PATIENCE, kept=kept // 2,
                                        limit=10.0 * PATIENCE)
        time.sleep(0.3)

    def endpoints_since(self, seconds=0.5):
        """Who got new connections within the next moment."""
        return set(self.tally(seconds))

    def tally(self, seconds):
        """How many new connections each endpoint got within the next moment."""
        for host in ("pod3", "node1"):
            report = self.world[host].load_renew(name="load")
            self.early += [[host, *one] for one in report["failures"]]
            self.before[host] = {kind: self.before.get(host, {}).get(kind, 0) + count for kind, count in report["good"].items()}
        time.sleep(seconds * PATIENCE)
        counts = {}
        for host in ("pod3", "node1"):
            for endpoint, count in self.world[host].load_report(name="load")["endpoints"].items():
                counts[endpoint] = counts.get(endpoint, 0) + count
        return counts

    def reports(self):
        """Ends the load on both hosts at once, and tells what became of it."""
        for host in ("pod3", "node1"):
            self.world[host].load_end(name="load")
        return {host: self.world[host].load_stop(name="load") for host in ("pod3", "node1")}

    def ended(self, least=30, forgiven=lambda begun, kind, what: False):
        reports = self.reports()
        good, failures, repeated = {}, list(self.early), 0
        self.early = []
        for host, report in reports.items():
            failures += [[host, *one] for one in report["failures"]]
            repeated += report["repeated"]
            for kind, count in report["good"].items():
                good[kind] = good.get(kind, 0) + count + self.before.get(host, {}).get(kind, 0)
        self.before = {}
        failures = [one for one in failures if not forgiven(*one[1:])]
        print(f"  {good}, asked again: {repeated}, failed: {len(failures)}", flush=True)
        expect(not failures, f"{len(failures)} failed: {self.summary(failures)}")
        for kind in ("TCP", "UDP"):
            expect(good.get(kind, 0) >= least, f"only {good.get(kind, 0)} over {kind}: {good}")
        return good

    def step(self, what):
        """Notes when something was done, to tell what failed when."""
        self.steps.append((time.monotonic(), what))

    def summary(self, failures):
        """How many failed, by what was done last, client, kind and error; the clock is one for all processes."""
        steps = [(0, "no step"), *self.steps]
        counts = {}
        for host, moment, kind, what, *_ in failures:
            begin, step = [one for one in steps if one[0] <= moment][-1]
            name = f"{kind} from {host}: " + (what.split(" of b'")[0] if " became " not in what else "another answer")
            first, last, count = counts.get((step, name), (moment - begin, 0, 0))
            counts[step, name] = min(first, moment - begin), max(last, moment - begin), count + 1
        return "; ".join(f"{count} {name}, {first:.1f} to {last:.1f} s after {step}"
                         for (step, name), (first, last, count) in sorted(counts.items(), key=lambda one: -one[1][2])[:12])

    steps = ()
    early = []
    before = {}
    healthy_port = 10256
    has_ipvs = False

    def answers_of(self):
        """Who answers new connections of both Services."""
        return self.answers(WEB, count=24) | self.answers(DNS, 53, "UDP", count=24)

    def command(self, *words, timeout=180):
        """`viaduct` itself, on node1."""
        return self.world.run("node1", [str(self.binary), *words], timeout=timeout)

    def drain(self, *words, **options):
        return self.command("drain", *words, "--socket", str(self.proxy.socket), "--kubeconfig", self.kubeconfig, **options)


@check
def every_endpoint_is_replaced(suite):
    current = POOL[:4]
    suite.prepare(current)
    suite.load()
    choice = random.Random(1)
    for turn in range(suite.times(2, 20)):
        for old in list(current):
            new = choice.choice([one for one in POOL if one not in current])
            # the new one is ready, the old one shuts down, then it is gone
            suite.apply(*suite.both(current + [new]))
            current = [one for one in current if one != old] + [new]
            time.sleep(0.05 * PATIENCE)
            suite.apply(*[changed(part, "endpoints", to=part["endpoints"] + [
                {"addresses": [old], "conditions": {"ready": False, "serving": True, "terminating": True},
                 "nodeName": "node1"}]) for part in suite.both(current)])
            time.sleep(0.15 * PATIENCE)
            suite.apply(*suite.both(current))
            time.sleep(0.05 * PATIENCE)
    suite.in_force("after the last one")
    used = suite.endpoints_since()
    suite.ended(least=10)
    # kept connections are asked all the time, and answer from where they began
    fresh = {one for one in suite.answers(WEB, count=24)} | {one for one in suite.answers(DNS, 53, "UDP", count=24)}
    wanted = {f"{address}:{port}" for address in current for port in (80, 53)}
    expect(fresh <= wanted, f"new connections go to {sorted(fresh - wanted)}")
    expect(used, "nobody was used")


@check
def an_address_is_drained_by_hand(suite):
    suite.prepare(POOL[:4])
    suite.load()
    held = next((name for name in (f"h{n}" for n in range(40)) if suite.world["pod3"].hold(
        name=name, protocol="TCP", destination=WEB, port=80)[1] == f"{OTHER}:80"), None)
    expect(held, "no connection to keep")
    done = suite.drain(OTHER)
    expect(done.returncode == 0 and "gets no new connections" in done.stdout, f"drain: {done.stdout}{done.stderr}")
    expect(wait_until(lambda: not {f"{OTHER}:80", f"{OTHER}:53"} & suite.answers_of()), "it still gets connections")
    listed = json.loads(suite.drain("-o", "json").stdout)
    expect(listed["items"][0]["name"] == OTHER and listed["items"][0]["kind"] == "address", f"{listed}")
    left = wait_until(lambda: json.loads(suite.drain("-o", "json").stdout)["items"][0].get("connections"))
    expect(left >= 1, f"connections left: {left}")
    expect(suite.world["pod3"].ask(name=held)[1] == f"{OTHER}:80", "the connection that was there is gone")
    shown = json.loads(suite.command("services", "-A", "-o", "json", "--socket", str(suite.proxy.socket)).stdout)
    drained = [one["address"] for port in shown["ports"] for one in port["endpoints"] if one.get("isDrained")]
    expect(sorted(drained) == [f"{OTHER}:53", f"{OTHER}:80"], f"viaduct services shows drained: {drained}")
    early = suite.drain(OTHER, "--wait", "--timeout", "2s")
    expect(early.returncode == 1 and "is not drained after 2s" in early.stderr, f"{early.stdout}{early.stderr}")
    # A restart goes on with it. (What userspace mode relays ends with the process.)
    if suite.mode == "userspace":
        suite.ended()
    suite.proxy.stop(signal.SIGKILL)
    suite.proxy.start(suite.proxy.configuration)
    suite.in_force("after a restart")
    expect(not {f"{OTHER}:80", f"{OTHER}:53"} & suite.answers_of(), "after a restart it gets connections again")
    undone = suite.drain(OTHER, "--undo")
    expect(undone.returncode == 0, f"--undo: {undone.stdout}{undone.stderr}")
    expect(wait_until(lambda: f"{OTHER}:80" in suite.answers_of()), "--undo: it gets no connections")
    if suite.mode != "userspace":
        suite.ended()
    for host in ("pod3", "node1"):
        for number in range(40):
            suite.world[host].release(name=f"h{number}")
    # Now nothing but ended connections of the clients is left.
    suite.drain(OTHER)
    flushed = suite.world.run("node1", ["conntrack", "-F"])
    expect(flushed.returncode == 0, flushed.stderr)
    waited = suite.drain(OTHER, "--wait", "--timeout", "90s", "-o", "json")
    expect(waited.returncode == 0 and json.loads(waited.stdout)["isDrained"], f"--wait: {waited.stdout}{waited.stderr}")
    suite.drain(OTHER, "--undo")


@check
def a_pod_is_drained_by_hand(suite):
    suite.apply(*[pod(pod_name(address), address, "node1" if address.startswith("10.180.0.") else "node2")
                  for address in POOL])
    suite.prepare([LOCAL, OTHER, REMOTE])
    suite.load(kept=0)
    name = pod_name(LOCAL)
    kept = next(one for one in (f"h{n}" for n in range(40)) if suite.world["pod3"].hold(
        name=one, protocol="TCP", destination=WEB, port=80)[1] == f"{LOCAL}:80")
    done = suite.drain(f"pod/{name}", "-n", "suite")
    expect(done.returncode == 0, f"drain: {done.stdout}{done.stderr}")
    expect(wait_until(lambda: not {f"{LOCAL}:80", f"{LOCAL}:53"} & suite.answers_of()), "it still gets connections")

    def condition():
        status = suite.server.get(kind="Pod", namespace="suite", name=name)["status"]
        return next((one for one in status["conditions"] if one["type"] == "viaduct.io/Drained"), None)

    expect(wait_until(condition), "the pod has no condition")
    expect(condition()["status"] == "False" and "left" in condition()["message"], f"{condition()}")
    suite.ended()
    told = suite.world.directory / "drain.txt"
    with open(told, "w") as output:
        waiting = suite.world.start("node1", [
            str(suite.binary), "drain", f"pod/{name}", "-n", "suite", "--wait", "--timeout", "180s", "--socket",
            str(suite.proxy.socket), "--kubeconfig", suite.kubeconfig], output=output)
    expect(wait_until(lambda: "left" in told.read_text()), f"no progress: {told.read_text()}")
    time.sleep(1)
    expect(waiting.poll() is None, "--wait did not wait")
    expect(suite.world["pod3"].ask(name=kept)[1] == f"{LOCAL}:80", "the connection that was there is gone")
    for number in range(40):
        suite.world["pod3"].release(name=f"h{number}")
    suite.world.run("node1", ["conntrack", "-D", "-p", "udp"])
    waiting.wait(200 * PATIENCE)
    expect(waiting.returncode == 0, f"--wait: {told.read_text()}" + suite.world.run("node1", [
        "sh", "-c", f"conntrack -L 2>/dev/null | grep {LOCAL} | grep -v TIME_WAIT"]).stdout[-2000:])
    expect(wait_until(lambda: (condition()["status"], condition()["reason"]) == ("True", "NoConnections")), f"{condition()}")
    reasons = lambda: {event.get("reason") for event in suite.server.posted_events()}
    expect(wait_until(lambda: {"Draining", "Drained"} <= reasons()), f"Events: {reasons()}")
    suite.drain(f"pod/{name}", "-n", "suite", "--undo")
    expect(wait_until(lambda: f"{LOCAL}:80" in suite.answers_of()), "--undo: it gets no connections")
    expect(wait_until(lambda: not condition()), f"the condition stays: {condition()}")
    # A node: all of its pods.
    suite.drain("node/node2")
    expect(wait_until(lambda: suite.answers_of() == {f"{LOCAL}:80", f"{OTHER}:80", f"{LOCAL}:53", f"{OTHER}:53"}),
           f"with node2 drained: {suite.answers_of()}")
    suite.drain("node/node2", "--undo")


@check
def what_does_not_end_is_cut_when_it_is_asked_for(suite):
    if suite.mode == "userspace":
        raise Skipped("not in userspace mode")
    seconds = 5
    suite.prepare([LOCAL, OTHER, REMOTE], drainTimeout=f"{seconds}s")
    client = suite.world["pod3"]
    held = {f"d{n}": client.hold(name=f"d{n}", protocol="TCP", destination=WEB, port=80, timeout=10)[1] for n in range(18)}
    gone = [name for name, endpoint in held.items() if endpoint == f"{OTHER}:80"]
    expect(gone and len(gone) < 18, f"{held}")
    begun = time.monotonic()
    suite.apply(*suite.both([LOCAL, REMOTE]))
    suite.in_force("without an endpoint")
    are_there = all(client.ask(name=name)[1] == f"{OTHER}:80" for name in gone)
    # a busy machine may not have come to it in time
    expect(are_there or time.monotonic() - begun >= seconds, "cut before the time is over")
    wait_until(lambda: all(client.ask(name=name)[1] != f"{OTHER}:80" for name in gone), pause=0.5)
    answers = {name: client.ask(name=name)[1] for name in held}
    expect(not [name for name in gone if answers[name] == f"{OTHER}:80"], f"still with what is gone: {answers}")
    others = [name for name in held if name not in gone and answers[name] != held[name]]
    expect(not others, f"others were cut: {others}")
    for name in held:
        client.release(name=name)


@check
def an_endpoint_that_stops_answering_is_left_out(suite):
    """Within 2 s, of which its first connections wait one for an answer; in userspace mode nobody notices at all."""
    ejection = {"viaduct.io/eject": "unanswered=5,within=10s,for=3s"}
    suite.prepare(POOL[:4], ejection)
    suite.load()
    time.sleep(1.2 * PATIENCE)  # the first question opens the events
    silent = POOL[3]

    def events(reason):
        return [one for one in suite.server.posted_events() if one.get("reason") == reason]

    def left_out():
        shown = json.loads(suite.proxy.ask("/v1/services")[1])
        return [one["address"] for port in shown["ports"] for one in port["endpoints"] if one["isEjected"]]

    # A relay does not know whether an answer to UDP is missing.
    ports = [80] if suite.mode == "userspace" else [80, 53]
    wanted = {f"{silent}:{port}" for port in ports}
    times = []
    while True:
        begin = time.monotonic()
        # As a host that is gone: neither an answer nor a refusal, of connections that begin and of those that are there.
        suite.world.run("node2", ["nft", "-f", "-"], input=(
            "table ip silent { chain c { type filter hook prerouting priority -500; ip daddr %s drop; }; }\n" % silent))
        expect(wait_until(lambda: wanted <= set(left_out()), pause=0.02), f"who is left out: {left_out()}")
        took = time.monotonic() - begin
        times.append(took)
        # the best of three: a busy machine has other things to wait for
        if took < 2 * PATIENCE or len(times) == 3:
            break
        suite.world.run("node2", ["nft", "delete", "table", "ip", "silent"])
        expect(wait_until(lambda: not left_out()), f"it answers and is left out all the same: {left_out()}")
    print("  left out after " + ", ".join(f"{one:.2f}" for one in times) + " s")
    expect(min(times) < 2 * PATIENCE, f"left out after {min(times):.1f} s")
    used = {f"{address}:{port}" for address in POOL[:3] for port in (80, 53)}
    answers = lambda: suite.answers(WEB, count=24) if suite.mode == "userspace" else suite.answers_of()
    # now and then one is tried
    expect(wait_until(lambda: answers() <= used, pause=0.5), f"answers: {answers()}")
    expect(wait_until(lambda: events("EndpointEjected")), "no Event tells of it")
    # It is tried and fails, is back, and gets its share again.
    time.sleep(4 * PATIENCE)
    expect(wait_until(left_out), "it is back although it does not answer")
    suite.world.run("node2", ["nft", "delete", "table", "ip", "silent"])
    back = wait_until(lambda: not [one for one in left_out() if one.endswith(":80")])
    expect(back, f"it answers and is left out all the same: {left_out()}")
    expect(wait_until(lambda: events("EndpointReturned")), "no Event tells that it is back")
    # Connections that were with it, and those that asked it before it was left out, are lost, all others are not.
    reports = suite.reports()
    failed = [one for report in reports.values() for one in report["failures"]]
    kinds = ("TCP",) if suite.mode == "userspace" else ("TCP", "UDP")
    late = [one for one in failed if one[1] in kinds and one[0] > begin + took + 3.5 * PATIENCE]
    good = {kind: sum(report["good"].get(kind, 0) for report in reports.values()) for kind in ("TCP", "UDP", "kept")}
    print(f"  {good}, failed meanwhile: {len([one for one in failed if one[1] != 'kept'])}")
    expect(len(late) <= suite.times(4, 4), f"{len(late)} failed after it was left out: {late[:5]}")
    expect([one for one in failed if one[1] == "kept" and silent not in one[2]] == [], f"kept: {failed[:3]}")


@check
def a_new_endpoints_share_grows(suite):
    # long enough that a busy machine sees its beginning, and restarts in the middle of it
    seconds = 16
    suite.prepare(POOL[:3], {"viaduct.io/slow-start": f"{seconds}s"})
    suite.load()

    def share(count):
        results = suite.world["pod3"].flow(protocol="TCP", destination=WEB, port=80, count=count)
        return sum(endpoint == f"{POOL[3]}:80" for _, endpoint, _ in results) / count

    begun = time.monotonic()
    suite.apply(*suite.both(POOL[:4]))
    suite.in_force("with a new endpoint")
    first = share(300)
    # A restart goes on where it was. (What userspace mode relays ends with the process.)
    if suite.mode == "userspace":
        suite.ended(least=10)
    suite.proxy.stop(signal.SIGKILL)
    suite.proxy.start(suite.proxy.configuration)
    suite.in_force("after a restart")
    if suite.mode == "userspace":
        suite.load()
    second = share(300)
    until_second = time.monotonic() - begun
    time.sleep(max(0, seconds - until_second) + 1)
    third = share(1600)
    print(f"  shares of the new one of four: {first:.3f}, {second:.3f}, {third:.3f}")
    suite.ended(least=10)
    expect(first < 0.14 and 0.2 < third < 0.3, f"shares: {first:.3f}, {second:.3f}, {third:.3f}")
    expect(second < 0.23 or until_second > seconds / 2, f"after a restart: {second:.3f}")


@check
def modes_take_over_from_each_other(suite):
    """Each way between this mode and the others of this kernel: those behind it in the list, unless all are asked for. The
    process of userspace mode carries its connections: the next mode is started before it ends, and they go on until then."""
    suite.prepare(POOL[:4])
    others = [mode for mode in SWITCHES if mode != suite.mode and (mode != "ipvs" or suite.mode == "ipvs" or suite.has_ipvs)
              and (suite.soak or suite.mode == "ipvs" or SWITCHES.index(mode) > SWITCHES.index(suite.mode))]
    for turn in range(suite.times(1, 10)):
        for other in others:
            for before, after in ((suite.mode, other), (other, suite.mode)):
                switch(suite, before, after)
    for mode in others:
        left = KINDS[mode](suite.world)
        gone = mode == "ipvs" or wait_until(lambda: "suite/web" not in left.listing() and WEB not in left.listing())
        expect(gone, f"something of {mode} mode is left: {left.listing()[:2000]}")


def untranslated(suite):
    """Connection tracking's entries of questions to the Service that rules do not translate: a client whose socket gets
    the same port as an earlier one would go on with that."""
    listed = suite.world.run("node1", ["conntrack", "-L", "-p", "udp", "-d", DNS]).stdout
    return [line for line in listed.splitlines() if re.findall(r"src=(\S+)", line)[1:] == [DNS]]


def switch(suite, before, after):
    suite.load()
    old = None
    if before == "userspace":
        old, suite.proxy.child = suite.proxy.child, None
    else:
        suite.proxy.stop()
    suite.step(f"the end of {before} mode")
    number = 1 if suite.healthy_port == 10256 else 0
    suite.healthy_port = 10256 + number * 100
    suite.proxy.start(suite.configuration(
        mode=after, healthzBindAddress=f"127.0.0.1:{suite.healthy_port}",
        metricsBindAddress=f"127.0.0.1:{10249 + number * 100}"))
    # the old process may answer for a Service, not for the new one's health
    healthy = wait_until(lambda: suite.node.http_get(
        address="127.0.0.1", port=suite.healthy_port, path="/healthz")[0] == 200, 60)
    expect(healthy, f"{after} mode after {before} mode is not in force within 60 s")
    suite.step(f"{after} mode was healthy")
    suite.in_force(f"in {after} mode after {before} mode")
    in_force = time.monotonic()
    time.sleep(0.4 * PATIENCE)
    if old:
        # those that it carries are there until it ends
        suite.tally(0.3)
        wait_until(lambda: all(suite.world[host].load_oldest(name="load") > in_force for host in ("pod3", "node1")))
        expect(wait_until(lambda: not untranslated(suite), pause=0.2), f"not translated: {untranslated(suite)[:5]}")
        ending = time.monotonic()
        old.terminate()
        old.wait()
        suite.step(f"the process of {before} mode ended")
    time.sleep(0.4 * PATIENCE)
    print(f"  {before} -> {after}", flush=True)

    def belongs_to_old(begun, kind, what):
        # What it has not answered yet, on a busy machine, when it ends, or when the rules that come refuse what they do not
        # translate.
        return kind == "kept" and begun > ending - PATIENCE or (kind, what) == ("UDP", "ECONNREFUSED") and begun < in_force

    good = suite.ended(least=20, forgiven=belongs_to_old) if old else suite.ended(least=20)
    expect(good.get("kept", 0) >= 20, f"of connections that stay only {good}")


@check
def what_waits_for_a_relay_is_answered_after_a_switch(suite):
    """Its process has not taken them yet, or has nothing to say, when rules come into force: they are not translated."""
    clients = [suite.world[host] for host in ("pod3", "node1")]
    suite.prepare(POOL[:4])
    for mode in ("nftables", "iptables"):
        for client in clients:
            expect(client.hold(name="kept", protocol="TCP", destination=WEB, port=80)[0] == "OK", "no answer in userspace mode")
        old, suite.proxy.child = suite.proxy.child, None
        old.send_signal(signal.SIGSTOP)
        for client in clients:
            client.begin(name="waits", protocol="TCP", destination=WEB, port=80)
        sockets = ["ss", "-Htn", "state", "established", "src", f"{WEB}:80"]
        connected = wait_until(lambda: len(suite.world.run("node1", sockets).stdout.splitlines()) >= 4)
        suite.healthy_port += 100
        suite.proxy.start(suite.configuration(
            mode=mode, healthzBindAddress=f"127.0.0.1:{suite.healthy_port}", metricsBindAddress="127.0.0.1:10349"))
        healthy = wait_until(lambda: suite.node.http_get(
            address="127.0.0.1", port=suite.healthy_port, path="/healthz")[0] == 200, 60)
        old.send_signal(signal.SIGCONT)
        expect(connected and healthy, f"connected: {connected}, {mode} mode in force: {healthy}")
        answers = [client.greeting(name="waits") for client in clients]
        expect(all(one[0] == "OK" for one in answers), f"what waited when {mode} mode came: {answers}")
        asked = [client.ask(name="kept") for client in clients]
        expect(all(one[0] == "OK" for one in asked), f"what was there when {mode} mode came: {asked}")
        for client in clients:
            for name in ("kept", "waits"):
                client.release(name=name)
        suite.proxy.stop()
        old.terminate()
        old.wait()
        suite.start()


what_waits_for_a_relay_is_answered_after_a_switch.mode = "userspace"


@check
def a_port_is_used_again_after_ipvs_mode(suite):
    """IPVS forgets a UDP flow before conntrack does, which would keep the next mode from translating what comes next."""
    client = suite.world["pod3"]
    for mode in ("iptables", "nftables")[:suite.times(1, 2)]:
        suite.prepare(POOL[:4], mode="ipvs", ipvs={"minSyncPeriod": "0.1s", "udpTimeout": "1s"})
        held = any(client.hold(name=mode, protocol="UDP", destination=DNS, port=53, timeout=3)[0] == "OK" for _ in range(4))
        expect(held, "no answer in ipvs mode")
        suite.proxy.stop()
        suite.start(mode=mode)
        gone = wait_until(lambda: DNS not in "".join(suite.rules.servers()))
        expect(gone, f"it is still in IPVS: {suite.rules.servers()}")
        # what was lost meanwhile has to be asked again; it keeps conntrack from forgetting by itself
        again = any(client.ask(name=mode)[0] == "OK" for _ in range(4))
        expect(again, f"in {mode} mode the same port is not served: " + suite.world.run("node1", [
            "sh", "-c", "conntrack -L -p udp 2>/dev/null | grep dport=53"]).stdout)
        client.release(name=mode)


a_port_is_used_again_after_ipvs_mode.mode = "ipvs"


def kube_proxy_iptables(endpoints):
    """The rules of a full sync of kube-proxy in iptables mode (pkg/proxy/iptables), for both Services."""
    chains, rules = ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"], []
    for name, (address, port, protocol) in PORTS.items():
        low, service = protocol.lower(), f"KUBE-SVC-{name.upper():A<16}"
        title = f'-m comment --comment "suite/{name} cluster IP"'
        chains.append(service)
        rules += [f"-A KUBE-SERVICES -d {address}/32 -p {low} {title} -m {low} --dport {port} -j {service}",
                  f"-A {service} ! -s 10.180.0.0/16 -d {address}/32 -p {low} {title} -m {low} --dport {port} -j KUBE-MARK-MASQ"]
        for index, endpoint in enumerate(endpoints):
            chain, left = f"KUBE-SEP-{name.upper()}{index:B>10}", len(endpoints) - index
            chance = f"-m statistic --mode random --probability {1 / left:.10f} " if left > 1 else ""
            chains.append(chain)
            rules += [f"-A {service} {chance}-j {chain}", f"-A {chain} -s {endpoint}/32 -j KUBE-MARK-MASQ",
                      f"-A {chain} -p {low} -m {low} -j DNAT --to-destination {endpoint}:{port}"]
    jumps = [f'-A {hook} -m comment --comment "kubernetes {what}" -j {chain}' for hook, what, chain in (
        ("PREROUTING", "service portals", "KUBE-SERVICES"), ("OUTPUT", "service portals", "KUBE-SERVICES"),
        ("POSTROUTING", "postrouting rules", "KUBE-POSTROUTING"))]
    rules += ['-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
              "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
              "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
              "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0", "-A KUBE-POSTROUTING -j MASQUERADE --random-fully"]
    return jumps, "*nat\n" + "".join(f":{chain} - [0:0]\n" for chain in chains) + "\n".join(rules) + "\nCOMMIT\n"


def kube_proxy_nftables(endpoints, table="kube-proxy"):
    """The same in nftables mode (pkg/proxy/nftables)."""
    chains, elements = [], []
    for name, (address, port, protocol) in PORTS.items():
        low, service = protocol.lower(), f"service-{name:A<8}-suite/{name}/{protocol.lower()}/"
        elements.append(f'{address} . {low} . {port} : goto {service}')
        ends = []
        for index, endpoint in enumerate(endpoints):
            chain = f"endpoint-{name:B<8}-suite/{name}/{low}/__{endpoint}/{port}"
            ends.append(f'{index} : goto {chain}')
            chains.append(f'chain {chain} {{ ip saddr {endpoint} jump mark-for-masquerade; '
                          f"meta l4proto {low} dnat to {endpoint}:{port}; }}")
        chains.append(f'chain {service} {{ ip daddr {address} {low} dport {port} ip saddr != 10.180.0.0/16 '
                      f"jump mark-for-masquerade; numgen random mod {len(endpoints)} vmap {{ {', '.join(ends)} }}; }}")
    return f"""table ip {table} {{
        comment "rules for kube-proxy";
        chain mark-for-masquerade {{ meta mark set meta mark | 0x4000; }}
        chain masquerading {{ meta mark & 0x4000 == 0 return; meta mark set meta mark ^ 0x4000; masquerade fully-random; }}
        {chr(10).join(chains)}
        map service-ips {{ type ipv4_addr . inet_proto . inet_service : verdict; elements = {{ {", ".join(elements)} }} }}
        chain services {{ ip daddr . meta l4proto . th dport vmap @service-ips; }}
        chain nat-prerouting {{ type nat hook prerouting priority -100; jump services; }}
        chain nat-output {{ type nat hook output priority -100; jump services; }}
        chain nat-postrouting {{ type nat hook postrouting priority 100; jump masquerading; }}
    }}"""


@check
def rules_of_kube_proxy_are_taken_over_and_given_back(suite):
    if suite.mode not in ("nftables", "iptables"):
        raise Skipped("one mode of each kind")
    run, before = suite.rules.run, POOL[:2]
    jumps, legacy = kube_proxy_iptables(before)

    def restore():
        for jump in jumps:
            words = ["iptables-legacy", "-t", "nat"] + shlex.split(jump)
            if suite.world.run("node1", words[:3] + ["-C"] + words[4:]).returncode != 0:
                run(*words[:3], "-A", *words[4:])

    def legacy_rules():
        # kube-proxy's chains first, then what leads to them
        run("iptables-legacy-restore", "--noflush", input=legacy)
        restore()

    for turn in range(suite.times(1, 10)):
        for kind in ("iptables", "nftables") if suite.mode == "nftables" else ("iptables",):
            suite.proxy.stop()
            suite.rules.clear()
            KINDS["iptables"](suite.world).clear()
            if kind == "iptables":
                legacy_rules()
            else:
                run("nft", "-f", "-", input=kube_proxy_nftables(before))
            suite.apply(*[changed(service(name, address, [(port, protocol)]), "metadata", "annotations", to={})
                          for name, (address, port, protocol) in PORTS.items()], *suite.both(POOL[2:4]))
            suite.world.serve([(address, port, protocol) for address in POOL for port, protocol in ((80, "TCP"), (53, "UDP"))]
                              + suite.sentinel.endpoints())
            expect(suite.answers_of() <= {f"{one}:{port}" for one in before for port in (80, 53)}, "kube-proxy's rules")
            suite.load()
            suite.start()
            time.sleep(0.3 * PATIENCE)
            if kind == "nftables":
                # as its --cleanup does: a table of others is not ours to remove
                run("nft", "delete", "table", "ip", "kube-proxy")
            ours = {f"{one}:{port}" for one in POOL[2:4] for port in (80, 53)}
            expect(wait_until(lambda: suite.answers_of() == ours), f"after {kind} rules: {suite.answers_of()}")
            left = lambda: suite.world.run("node1", ["sh", "-c", "iptables-legacy-save -t nat; nft list tables"]).stdout
            expect(wait_until(lambda: "KUBE-SEP-WEB" not in left() and "ip kube-proxy" not in left()),
                   f"kube-proxy's {kind} rules are left: {left()}")
            # and back
            suite.proxy.stop()
            if kind == "iptables":
                legacy_rules()
            else:
                run("nft", "-f", "-", input=kube_proxy_nftables(before))
            if suite.mode == "nftables":
                if kind == "iptables":
                    run("nft", "delete", "table", "ip", "viaduct")
                else:
                    done = suite.proxy.run("--config", str(suite.proxy.config_path), "--cleanup")
                    expect(done.returncode == 0, f"--cleanup: {done.stdout}{done.stderr}")
            time.sleep(0.3 * PATIENCE)
            theirs = {f"{one}:{port}" for one in before for port in (80, 53)}
            expect(wait_until(lambda: suite.answers_of() == theirs), f"kube-proxy's {kind} rules again: {suite.answers_of()}")
            suite.ended(least=20)
            suite.world.run("node1", ["nft", "delete", "table", "ip", "kube-proxy"])


@check
def a_table_of_an_older_shape_is_replaced(suite):
    """It serves, and has other sets, chains and hooks, as one that an earlier version made."""
    if suite.mode != "nftables":
        raise Skipped("only nftables mode has such a table")
    suite.prepare(POOL[:2])
    for turn in range(suite.times(1, 10)):
        suite.load()
        suite.proxy.stop()
        suite.rules.run("nft", "-f", "-", input="delete table ip viaduct\n" + kube_proxy_nftables(POOL[:2], "viaduct"))
        expect("service-ips" in suite.rules.listing(), "there is no older table")
        time.sleep(0.3 * PATIENCE)
        suite.proxy.start(suite.proxy.configuration)
        suite.in_force("after the upgrade")
        expect("service-ips" not in suite.rules.listing(), "the older table is still there")
        time.sleep(0.3 * PATIENCE)
        suite.ended(least=20)


@check
def a_client_has_one_endpoint_at_all_addresses_of_a_port(suite):
    """Affinity as users mean it: over a restart, and until its time is over."""
    addresses = {"192.168.99.11", "1.2.3.4"}
    suite.world.serve([(address, 80, "TCP") for address in POOL] + suite.sentinel.endpoints())

    def sticky(seconds):
        return changed(changed(service(
            "web", WEB, [(80, "TCP", 30081)], type="LoadBalancer", sessionAffinity="ClientIP",
            sessionAffinityConfig={"clientIP": {"timeoutSeconds": seconds}}, externalIPs=["192.168.99.11"]),
            "status", to={"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}), "metadata", "annotations", to={})

    # longer than a busy machine takes from one connection to the next, and for a restart
    suite.apply(sticky(600), endpoint_slice("web", POOL, [(80, "TCP", 80)]))
    suite.start()
    ways = [(WEB, 80), *((one, 80) for one in sorted(addresses)), ("192.168.0.2", 30081)]

    def choices(host):
        # a host elsewhere has no route to cluster IPs
        return {endpoint if outcome == "OK" else outcome for address, port in ways[host == "ext":] for outcome, endpoint, _ in
                suite.world[host].flow(protocol="TCP", destination=address, port=port, count=3)}

    for host in ("pod3", "ext"):
        found = choices(host)
        if suite.mode == "ipvs":
            # IPVS remembers clients for each virtual server: the cluster IP, each external address, and the node port
            expect(len(found) <= len(ways), f"{host}: {found}")
            continue
        expect(len(found) == 1 and not found & {"DROP", "REJECT"}, f"{host} meets {sorted(found)}")
        suite.proxy.stop(signal.SIGKILL)
        suite.proxy.start(suite.proxy.configuration)
        suite.in_force("after a restart")
        again = choices(host)
        expect(len(again) == 1, f"{host} meets {sorted(again)} after a restart")
        # What userspace mode remembers ends with its process.
        expect(again == found or suite.mode == "userspace", f"after a restart {host} meets {again}, not {found}")
    if suite.mode in ("nftables", "iptables"):
        suite.apply(sticky(2))
        suite.in_force("with a short time")
        first, seen = choices("pod3"), set()
        for _ in range(6):
            time.sleep(2.3)
            seen |= choices("pod3")
            if len(seen | first) > 1:
                break
        expect(len(seen | first) > 1, "it meets the same endpoint after its time is over, six times")


@check
def weights_and_canaries_by_label(suite):
    """By labels of pods, which are asked for only where a Service wants them; and how exact shares are."""
    suite.apply(*[{**pod(pod_name(address), address), "metadata": {
        "namespace": "suite", "name": pod_name(address), "labels": {"app": "web", "track": "canary" if address == OTHER else "stable"}}}
        for address in POOL])
    
    def asked():
        return sum(n for path, n in suite.server.stats()["requests"].items() if "/namespaces/suite/pods" in path)

    suite.prepare([LOCAL, OTHER, REMOTE])
    suite.in_force("without labels")
    expect(asked() == 0, f"pods were asked for: {suite.server.stats()}")

    def shares(count):
        results = suite.world["pod3"].flow(protocol="TCP", destination=WEB, port=80, count=count)
        found = {}
        for outcome, endpoint, _ in results:
            found[endpoint or outcome] = found.get(endpoint or outcome, 0) + 1 / count
        return found

    def expect_share(annotation, value, wanted, count):
        address, port, protocol = PORTS["web"]
        suite.apply(changed(service("web", address, [(port, protocol)]), "metadata", "annotations", to={annotation: value}))
        suite.in_force(f"with {annotation}: {value}")
        found = {}

        def is_near(count):
            found.clear()
            found.update(shares(count))
            # one percent of share, or five standard deviations of who is chosen at random
            limit = max(0.01, 5 * (wanted * (1 - wanted) / count) ** 0.5)
            return abs(found.get(f"{OTHER}:80", 0) - wanted) <= limit

        # pods are asked for when a Service wants their labels, and come a moment later
        good = wait_until(lambda: is_near(count), pause=0.3)
        # One measurement decides: among many, a wrong share would be near once.
        if good and wanted:
            count = 10_000 if suite.soak or suite.counts_shares else count
            good = is_near(count)
        share = found.get(f"{OTHER}:80", 0)
        print(f"  {annotation}: {value}: {share:.4f} of {count}", flush=True)
        expect(good, f"{annotation}: {value}: the canary gets {share:.4f} of {count}, not {wanted}: {found}")

    count = 1000 // int(PATIENCE)
    expect_share("viaduct.io/canary", "20% track=canary", 0.2, count)
    expect_share("viaduct.io/weights", "pod/track=canary&app=web=2", 0.5, count)
    if suite.soak or suite.counts_shares:
        expect_share("viaduct.io/canary", "5% track=canary", 0.05, count)
    expect_share("viaduct.io/weights", "pod/track!=stable=0", 0, 60)
    expect(asked() > 0, "labels were never asked for")
    # a pod gets another label, and loses its share; a mistake is told of
    suite.apply(*[{**pod(pod_name(OTHER), OTHER), "metadata": {
        "namespace": "suite", "name": pod_name(OTHER), "labels": {"track": "stable"}}}])
    expect(wait_until(lambda: f"{OTHER}:80" in suite.answers(WEB, count=24)), "its label does not count")
    suite.apply(changed(service("web", WEB, [(80, "TCP")]), "metadata", "annotations", to={"viaduct.io/weights": "pod/a b=3"}))
    told = wait_until(lambda: [one for one in suite.server.posted_events() if "pod/a b=3" in one.get("note", "")])
    expect(told, "no Event tells of the wrong selector")


@check
def kills_at_random_moments(suite):
    if suite.mode == "userspace":
        raise Skipped("what userspace mode relays ends with its process")
    current = POOL[:4]
    suite.prepare(current)
    suite.load()
    choice = random.Random(3)
    for turn in range(suite.times(4, 100)):
        end = time.monotonic() + choice.uniform(0.05, 0.6) * PATIENCE
        while time.monotonic() < end:
            current = choice.sample(POOL, 4)
            suite.apply(*suite.both(current))
            time.sleep(0.02)
        suite.proxy.stop(signal.SIGKILL)
        suite.proxy.start(suite.proxy.configuration)
        time.sleep(choice.uniform(0, 0.8) * PATIENCE)
    suite.in_force("after the last kill")
    suite.ended()
    expect(suite.answers_of() == {f"{address}:{port}" for address in current for port in (80, 53)}, "after the last kill")


def main():
    parser = argparse.ArgumentParser(prog="integration/zero_loss_suite.py", description=__doc__)
    parser.add_argument("--proxy", metavar="PATH", help="the program (default: the newest build of viaduct)")
    parser.add_argument("--mode", default="nftables", choices=sorted(KINDS))
    parser.add_argument("--only", metavar="TEXT", help="only checks whose name contains this")
    parser.add_argument("--few", action="store_true", help="only rollouts and switches of mode, for a mode beside others")
    parser.add_argument("--brief", action="store_true", help="less than --few: for the emulated kernel")
    parser.add_argument("--shares", action="store_true", help="only the shares of weights, of 10,000 connections")
    parser.add_argument("--soak", action="store_true", help="the long form: 20 rollouts, 10 rounds of switches, 100 kills")
    chosen = parser.parse_args()
    binary = chosen.proxy or default_binary()
    if not binary:
        sys.exit("no build of viaduct: run 'swift build' or give --proxy PATH")
    ZeroLoss.soak, ZeroLoss.counts_shares = chosen.soak, chosen.shares
    ZeroLoss.has_ipvs = pathlib.Path("/proc/net/ip_vs").exists()
    with World() as world:
        few = [every_endpoint_is_replaced, modes_take_over_from_each_other, a_client_has_one_endpoint_at_all_addresses_of_a_port]
        few += [a_port_is_used_again_after_ipvs_mode, what_waits_for_a_relay_is_answered_after_a_switch]
        if chosen.mode == "ipvs":
            few += [weights_and_canaries_by_label, kills_at_random_moments,
                    an_endpoint_that_stops_answering_is_left_out]
        if chosen.mode == "iptables":
            few += [rules_of_kube_proxy_are_taken_over_and_given_back]
        brief = [a_port_is_used_again_after_ipvs_mode, weights_and_canaries_by_label]
        checks = brief if chosen.brief else few if chosen.few else brief[1:] if chosen.shares else CHECKS
        failed = run_checks(ZeroLoss(world, binary, KINDS[chosen.mode](world)), checks, chosen.only)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
