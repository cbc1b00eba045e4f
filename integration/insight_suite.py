#!/usr/bin/env python3
"""What the proxy tells about itself and its traffic, and how soon it notices what others do to its rules."""

import json
import os
import signal
import stat
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from agent import GENEROUS, PATIENCE  # noqa: E402
from proxy import Proxy  # noqa: E402
from objects import changed, endpoint_slice, service, with_endpoints  # noqa: E402
from proxy_suite import LOCAL, OTHER, REMOTE, Skipped, Suite, expect, options, run_checks, some_services  # noqa: E402
from rulesets import RULESETS, IPVSRuleset  # noqa: E402
from up import Up  # noqa: E402
from world import World, wait_until  # noqa: E402

CHECKS = []
KINDS = {**RULESETS, IPVSRuleset.mode: IPVSRuleset}


def check(function):
    CHECKS.append(function)
    return function


class InsightSuite(Suite):
    def events(self, reason):
        return [event for event in self.server.posted_events() if event.get("reason") == reason]


# What another program does, and how long flows may fail then: nf_tables tells at once; else a look each second finds it.
FLUSHES = {
    "nftables": (["nft", "flush", "ruleset"], 0.1, 50),
    "iptables": (["iptables-legacy", "-t", "nat", "-F"], 1.5, 6),
    "ipvs": (["ipvsadm", "-C"], 1.5, 6),
}


@check
def a_foreign_flush_in_the_middle_of_traffic(suite):
    flush, limit, times = FLUSHES[suite.mode]
    suite.apply(*some_services(20))
    suite.start()
    before = sorted(suite.rules.text())
    client, address = suite.world["pod3"], "172.30.1.1"
    client.gaps_start(name="g", destination=address, port=80, pause=0.003)
    wait_until(lambda: client.gaps_longest(name="g")[1] > 0)
    gaps = []
    for number in range(times):
        client.gaps_longest(name="g")
        repairs = suite.repairs()
        suite.rules.run(*flush)
        back = client.until(protocol="TCP", destination=address, port=80, pause=0.005, timeout=0.02)
        expect(back, f"flush {number + 1}: nothing works after {GENEROUS} s")
        # the next one is another
        expect(wait_until(lambda: suite.repairs() > repairs, pause=0.02), f"flush {number + 1}: no repair is counted")
        gaps.append(client.gaps_longest(name="g")[0])
    client.gaps_stop(name="g")
    gaps.sort()
    # A process that waits for a processor waits for nothing of ours, so the quickest quarter counts.
    quick = gaps[times // 4]
    print(f"  times without an answer: a quarter is at most {quick * 1000:.0f} ms of {limit * 1000:.0f}, half of them "
          f"{gaps[times // 2] * 1000:.0f}, all {gaps[-1] * 1000:.0f}")
    expect(quick <= limit * PATIENCE, f"no answer for {quick * 1000:.0f} ms and more after three of four flushes")
    expect(wait_until(lambda: sorted(suite.rules.text()) == before), "the rules differ from those before")
    told = wait_until(lambda: suite.events("RulesChangedByOthers"))
    expect(told, "no Event tells of it")
    expect(told[0]["regarding"]["kind"] == "Node" and told[0]["regarding"]["name"] == "node1", f"{told[0]}")
    if suite.mode == "nftables":
        expect(told[0]["note"].startswith("nft (pid "), f"the Event does not name nft: {told[0]['note']}")
    suite.expect_logged("changed what this proxy had programmed")


@check
def a_client_that_asked_during_a_flush_is_served_afterwards(suite):
    """Its packets went untranslated, and conntrack would go on with that."""
    suite.apply(*some_services(3))
    suite.start()
    client = suite.world["pod3"]
    client.stream_start(name="s", destination="172.30.1.1", port=80)  # no UDP service there: only the address
    client.stream_stop(name="s")
    suite.rules.run(*FLUSHES[suite.mode][0])
    back = client.until(protocol="TCP", destination="172.30.1.1", port=80, pause=0.005, timeout=0.02)
    expect(back, f"nothing works after {GENEROUS} s")


@check
def what_others_do_elsewhere_and_what_we_do_is_no_repair(suite):
    suite.apply(*some_services(5))
    suite.start(**{suite.rules.section: {"syncPeriod": "1s"}})
    suite.rules.add_foreign()
    # chains grow, Services come and go
    for count in (30, 60, 10):
        suite.apply(*some_services(count))
        suite.in_force(f"with {count} services")
        time.sleep(1.2)
    for count in (1, 5, 20, 60, 200, 3):
        addresses = [f"10.180.{net}.{n}" for net in range(8) for n in range(1, 41)][:count]
        suite.apply(*with_endpoints("growing", "172.30.2.200", addresses),
                    *with_endpoints("sticky", "172.30.2.201", addresses[:60], sessionAffinity="ClientIP",
                                    sessionAffinityConfig={"clientIP": {"timeoutSeconds": 600}}))
        suite.in_force(f"with {count} endpoints")
        time.sleep(1.2)
    suite.delete(*some_services(60)[10:])
    suite.in_force("after deletions")
    time.sleep(2.5)
    expect(suite.repairs() == 0, f"{suite.repairs()} repairs without any damage:\n" + "\n".join(suite.proxy.log(last=8)))
    expect(not suite.events("RulesChangedByOthers"), f"an Event: {suite.events('RulesChangedByOthers')}")


@check
def the_socket_answers_root_and_nobody_else(suite):
    suite.apply(*some_services(2))
    suite.start()
    path = suite.proxy.socket
    facts = path.stat()
    expect(stat.S_ISSOCK(facts.st_mode) and stat.S_IMODE(facts.st_mode) == 0o600, f"mode {facts.st_mode:o}")
    code, body = suite.proxy.ask("/v1/proxy")
    expect(code == 200, f"/v1/proxy: {code} {body}")
    status = json.loads(body)
    expect(status["mode"] == suite.mode and status["node"]["name"] == "node1", body)
    expect(status["processID"] == suite.proxy.child.pid, body)
    expect(status["node"]["zone"] == "zone-a" and "192.168.0.2" in status["node"]["localAddresses"], body)
    for family in ("IPv4", "IPv6"):
        one = status["families"][family]
        expect(one["inForceSeconds"] > 0 and "failure" not in one, f"{family}: {one}")
    expect(status["families"]["IPv4"]["facts"]["localPods"] == "source 10.180.0.0/16", body)
    code, body = suite.proxy.ask("/v1/configuration")
    expect(code == 200 and json.loads(body)["hostnameOverride"] == "node1", f"/v1/configuration: {code} {body}")
    for path_, method, wanted in (("/v2/proxy", "GET", 404), ("/v1/proxy", "POST", 405)):
        code, body = suite.proxy.ask(path_, method)
        expect(code == wanted and "error" in json.loads(body), f"{method} {path_}: {code} {body}")
    refused = suite.world.run("node1", ["setpriv", "--reuid=65534", "--clear-groups", sys.executable, "-c",
                                        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])",
                                        str(path)])
    expect("PermissionError" in refused.stderr or "Permission denied" in refused.stderr, f"others get in: {refused}")


@check
def a_dead_sockets_place_is_taken_and_a_live_ones_is_not(suite):
    suite.apply(*some_services(2))
    suite.start()
    first = suite.proxy.child.pid
    other = Proxy(suite.world, suite.binary, name="second")
    other.socket = suite.proxy.socket
    other.start(suite.configuration(healthzBindAddress="127.0.0.1:10356", metricsBindAddress="127.0.0.1:10349"))
    warned = wait_until(lambda: any(f"process {first} listens there" in line for line in other.log()))
    expect(warned, "the second proxy does not say who listens:\n" + "\n".join(other.log(last=5)))
    expect(json.loads(suite.proxy.ask("/v1/proxy")[1])["processID"] == first, "the first one does not answer")
    suite.proxy.stop(signal.SIGKILL)
    expect(os.path.exists(other.socket), "a killed process left no socket")
    second = other.child.pid
    taken = wait_until(lambda: f'"processID":{second},' in other.ask("/v1/proxy")[1])
    expect(taken, "the second proxy does not take the place of the killed one")
    other.stop()
    expect(not os.path.exists(other.socket), "the socket stays when the process ends")


@check
def the_socket_can_be_switched_off(suite):
    suite.apply(*some_services(2))
    suite.start(statusSocket="none")
    expect(not suite.proxy.socket.exists(), "there is a socket")


def counted(suite, name, **labels):
    """The sum of a metric's samples that have these labels."""
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    return sum(value for key, value in suite.proxy.metrics().items()
               if key.split("{")[0] == name and all(one in key for one in wanted))


def listed(suite):
    return json.loads(suite.proxy.ask("/v1/services")[1])


@check
def counters_agree_with_what_clients_counted(suite):
    nobody = "10.180.2.9"  # no host has it: what is sent there is never answered
    suite.apply(
        *with_endpoints("web", ["172.30.7.1", "fd00:10:96::71"], [LOCAL, OTHER, REMOTE]),
        *with_endpoints("dns", "172.30.7.2", [LOCAL, REMOTE], 53, "UDP", 53),
        *with_endpoints("silent", "172.30.7.3", [nobody]))
    suite.start(endpointMetrics=100)
    client, seen = suite.world["pod3"], {}
    plan = [("web", "172.30.7.1", 80, "TCP", 240), ("dns", "172.30.7.2", 53, "UDP", 90)]
    for host in ("pod3", "node1"):
        for service_name, address, port, protocol, count in plan:
            for outcome, endpoint, _ in suite.world[host].flow(
                    protocol=protocol, destination=address, port=port, count=count):
                expect(outcome == "OK", f"{host}: {service_name}: {outcome}")
                seen[endpoint] = seen.get(endpoint, 0) + 1
    held = [client.hold(name=f"h{n}", protocol="TCP", destination="172.30.7.1", port=80)[1] for n in range(7)]
    for endpoint in held:
        seen[endpoint] = seen.get(endpoint, 0) + 1
    client.flow(protocol="TCP", destination="172.30.7.3", port=80, count=3, timeout=0.1, parallel=True)
    total = "viaduct_endpoint_connections_total"
    want = sum(seen.values())
    silent = 3
    if suite.mode == "userspace":  # there the client is reset when no endpoint answers, and no connection has been
        silent = 0
    wait_until(lambda: counted(suite, total, namespace="suite") >= want + silent)
    time.sleep(0.5 * PATIENCE)  # longer than between two readings: nothing more may come
    for endpoint, count in seen.items():
        got = counted(suite, total, endpoint=endpoint)
        expect(got == count, f"{endpoint}: {got:.0f} connections are counted, clients made {count}")
    expect(counted(suite, total, service="silent") == silent, "connections that nobody answers are not counted")
    expect(counted(suite, "viaduct_service_connections_total", service="web") == 2 * 240 + 7, "the Service's sum")
    # listed now and then only, so that listing takes a small part of the time
    waiting = 0 if suite.proxy.sockets else silent  # those sockets are closed, and conntrack has no Service of theirs
    wait_until(lambda: sum(port["traffic"]["live"] for port in listed(suite)["ports"] if port["family"] == "IPv4"
                           and port["service"] in ("web", "silent")) == 7 + waiting)
    status = listed(suite)
    by_name = {port["service"]: port for port in status["ports"] if port["family"] == "IPv4"}
    live = {one["address"]: one["traffic"]["live"] for one in by_name["web"]["endpoints"]}
    for endpoint in live:
        expect(live[endpoint] == held.count(endpoint), f"{endpoint}: {live[endpoint]} live, {held.count(endpoint)} are held")
    traffic = by_name["silent"]["traffic"]
    expect((traffic["live"], traffic["unanswered"]) == (waiting, waiting), f"never answered: {traffic}")
    expect(not status["hasLostEvents"], "events were lost")
    for n in range(7):
        client.release(name=f"h{n}")
    # what is gone is forgotten
    suite.delete(*with_endpoints("dns", "172.30.7.2", [LOCAL, REMOTE], 53, "UDP", 53))
    suite.in_force("after a Service was deleted")
    gone = wait_until(lambda: suite.proxy.ask("/v1/services") and counted(suite, total, service="dns") == 0, 60, 0.3)
    expect(gone, "the series of a deleted Service stay")


@check
def bytes_count_where_the_kernel_counts_them(suite):
    if suite.proxy.sockets:
        raise Skipped("bytes of sockets' connections are not known by Service")
    name = "net/netfilter/nf_conntrack_acct"
    expect(not suite.node.set_sysctls(settings=[(name, "1")]), "this kernel has no nf_conntrack_acct")
    try:
        suite.apply(*with_endpoints("web", "172.30.7.1", [LOCAL]))
        suite.start(endpointMetrics=10)
        suite.world["pod3"].hold(name="h", protocol="TCP", destination="172.30.7.1", port=80)
        for _ in range(100):
            suite.world["pod3"].ask(name="h")
        # 100 questions of 4 bytes and answers of 25, in packets with headers of 52 and acknowledgements
        found = wait_until(
            lambda: all(port["traffic"].get("bytesSent", 0) > 100 * 56 and port["traffic"]["bytesReceived"] > 100 * 77
                        for port in listed(suite)["ports"] if port["service"] == "web"), pause=0.3)
        suite.world["pod3"].release(name="h")
        expect(found, f"{listed(suite)}")
    finally:
        suite.node.set_sysctls(settings=[(name, "0")])


def command(suite, *words):
    done = suite.world.run("node1", [str(suite.binary), *words, "--socket", str(suite.proxy.socket)])
    return done.returncode, done.stdout, done.stderr


@check
def services_and_top_show_what_is_programmed(suite):
    suite.apply(
        *with_endpoints("web", "172.30.7.1", [LOCAL, REMOTE]),
        changed(service("labelled", "172.30.7.5", [(80, "TCP")]), "metadata", "labels", to={"app": "x"}),
        service("edge", "172.30.7.6", [(80, "TCP", 30706)], type="NodePort", externalTrafficPolicy="Local"),
        endpoint_slice("edge", [REMOTE]))
    suite.start()
    code, text, errors = command(suite, "services", "-n", "suite")
    expect(code == 0 and not errors, f"services: {code} {errors}")
    rows = {line.split()[0]: line.split() for line in text.splitlines()}
    expect(rows["NAME"][:4] == ["NAME", "PORT", "KIND", "ADDRESSES"], text)
    expect("172.30.7.1" in rows["web"] and "ClusterIP" in rows["web"], text)
    expect("NodePort" in rows["edge"] and "Cluster/Local" in rows["edge"] and "80:30706/TCP" in rows["edge"], text)
    for host in ("pod3", "node1"):
        suite.world[host].flow(protocol="TCP", destination="172.30.7.1", port=80, count=20)
    found = {}

    def all_are_counted():
        code, text, errors = command(suite, "top", "-A", "-o", "json")
        expect(code == 0, f"top: {code} {errors}")
        found["web"] = next(port for port in json.loads(text)["ports"] if port["service"] == "web")
        return found["web"]["traffic"]["connections"] >= 40

    wait_until(all_are_counted, pause=0.2)
    web = found["web"]
    expect(web["traffic"]["connections"] == 40, f"40 connections were made, not {web['traffic']}")
    expect(sum(one["traffic"]["connections"] for one in web["endpoints"]) == 40, f"{web['endpoints']}")
    code, text, _ = command(suite, "top", "-n", "suite", "--sort-by", "connections")
    first = text.splitlines()[1].split()
    expect(first[0] == "web", f"the busiest is not first:\n{text}")
    code, text, errors = command(suite, "services", "-n", "suite", "-l", "app=x", "-o", "json")
    names = {port["service"] for port in json.loads(text)["ports"]}
    expect(names == {"labelled"}, f"-l app=x chooses {names}: {errors}")
    code, text, errors = command(suite, "services", "nope", "-n", "suite")
    expect(code == 1 and "no Service nope" in errors, f"a name that is not there: {code} {errors}")
    suite.proxy.stop()
    done = suite.world.run("node1", [str(suite.binary), "services", "-n", "suite", "--socket", "/nowhere",
                                     "--kubeconfig", suite.kubeconfig])
    expect(done.returncode == 0 and "no process listens at /nowhere" in done.stderr, f"without a proxy: {done.stderr}")
    expect(len(done.stderr.splitlines()) == 1, f"more than a line: {done.stderr}")
    expect("172.30.7.1" in done.stdout, f"without a proxy: {done.stdout}")


@check
def following_prints_what_changes(suite):
    suite.apply(*with_endpoints("web", "172.30.7.1", [LOCAL]))
    suite.start()
    path = suite.world.directory / "follow.txt"
    with open(path, "w") as output:
        child = suite.world.start("node1", [str(suite.binary), "services", "-n", "suite", "-w", "--interval", "0.2",
                                            "--socket", str(suite.proxy.socket)], output=output)
    wait_until(lambda: "web" in path.read_text())
    suite.apply(*with_endpoints("later", "172.30.7.2", [LOCAL]))
    found = wait_until(lambda: "later" in path.read_text())
    child.terminate()
    child.wait()
    expect(found, f"a new Service is not shown: {path.read_text()}")


@check
def up_has_the_socket_as_well(suite):
    with tempfile.TemporaryDirectory(prefix="viaduct-up-") as directory:
        up = Up(suite.world, suite.binary, directory, [
            "--node-ip", "192.168.0.2", "--secure-port", "7443", "--control-plane-port", "0",
            "--status-socket", str(suite.proxy.socket)])
        try:
            found = wait_until(lambda: '"inForceSeconds"' in suite.proxy.ask("/v1/proxy")[1])
            expect(found, f"no answer: {suite.proxy.ask('/v1/proxy')}")
            names = lambda: [port["service"] for port in json.loads(suite.proxy.ask("/v1/services")[1])["ports"]]
            expect(wait_until(lambda: names() == ["kubernetes"]), f"Services: {names()}")
        finally:
            up.child.terminate()
            up.child.wait()


up_has_the_socket_as_well.mode = "nftables"  # it is the same in every mode


def main():
    chosen = options("insight_suite.py", __doc__, KINDS)
    with World() as world:
        suite = InsightSuite(world, chosen.proxy, KINDS[chosen.mode](world))
        if chosen.mode == "ipvs" and not IPVSRuleset.settings.exists() \
                and world.run("node1", ["ipvsadm", "-Ln"]).returncode != 0:
            print("0 passed, 0 failed, 1 skipped")
            return
        sys.exit(1 if run_checks(suite, CHECKS, chosen.only) else 0)


if __name__ == "__main__":
    main()
