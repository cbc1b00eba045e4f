#!/usr/bin/env python3
"""What the packet scenarios do not show: restarts, crashes, drift, a lost API server, broken objects, clean-up."""

import argparse
import atexit
import base64
import json
import pathlib
import random
import re
import shutil
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True

import certificates  # noqa: E402
from apiserver import FakeAPIServer  # noqa: E402
from explain import Explainer  # noqa: E402
from objects import changed, endpoint_slice, service, with_endpoints  # noqa: E402
from proxy import Proxy, Sentinel, configuration, default_binary, output_directory  # noqa: E402
from rulesets import RULESETS  # noqa: E402
from sockets import SocketGroup  # noqa: E402
from world import World, node_objects, wait_until  # noqa: E402

CHECKS = []
LOCAL, OTHER, REMOTE = "10.180.0.1", "10.180.0.2", "10.180.1.1"
SERVED = [(address, port, protocol) for address in (LOCAL, OTHER, REMOTE, "10.180.2.1")
          for port, protocol in ((80, "TCP"), (53, "UDP"))]


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def check(function):
    CHECKS.append(function)
    return function


def by_packets(function):
    """A check of what differs where connections are translated at connect: conntrack has no entry of the Service, and sockets
    whose endpoint is gone are closed instead of led elsewhere."""
    function.by_packets = True
    return function


def iptables_only(function):
    """A check of what other modes do not have."""
    function.mode = "iptables"
    return function


def expect(condition, message):
    if not condition:
        raise Failed(message)


class Suite:
    """A world, a fake API server and a proxy; every check starts with an empty kernel and no objects."""

    balances_sockets = False  # --socket-balancing: in every configuration

    def __init__(self, world, binary, rules):
        self.world = world
        self.binary = binary
        self.rules = rules
        self.mode = rules.mode
        self.node = world["node1"]
        self.server = None
        self.proxy = Proxy(world, binary, name=f"proxy-suite-{self.mode}")
        self.kubeconfig = str(world.directory / "kubeconfig")
        if self.balances_sockets:
            self.balance_sockets()

    def balance_sockets(self):
        self.sockets = self.proxy.sockets = SocketGroup(self.world)
        atexit.register(self.sockets.close)

    def reset(self, **server):
        self.proxy.stop(signal.SIGKILL)
        self.rules.clear()
        if self.proxy.sockets:
            self.proxy.sockets.unpin()
        self.world.run("node1", ["conntrack", "-F"])
        if self.server:
            self.server.stop()
        self.server = FakeAPIServer(self.world, **server)
        self.server.apply(objects=node_objects())
        self.server.kubeconfig(self.kubeconfig)
        self.sentinel = Sentinel(self.world, self.server)
        self.world.serve(SERVED + self.sentinel.endpoints())

    def configuration(self, **changes):
        return configuration(self.kubeconfig, **{"mode": self.mode, **changes})

    def every(self, period, **changes):
        """A configuration that has the kernel verified this often."""
        return self.configuration(**{self.rules.section: {"syncPeriod": period}}, **changes)

    def start(self, **changes):
        self.proxy.start(self.configuration(**changes))
        self.in_force("after the start")

    def in_force(self, when, within=60):
        good = self.sentinel.wait(within)
        expect(self.proxy.running, f"the proxy ended {when}: {' | '.join(self.proxy.log(last=3))}")
        expect(good, f"changes are not in force within {within} s {when}")

    def apply(self, *objects):
        self.server.apply(objects=list(objects))

    def delete(self, *objects):
        self.server.delete(objects=list(objects))

    def answers(self, address, port=80, protocol="TCP", count=12, host="pod3", source=None):
        """The set of endpoints that answered, and outcomes other than OK."""
        results = self.world[host].flow(protocol=protocol, destination=address, port=port, count=count, source=source)
        return {endpoint if outcome == "OK" else outcome for outcome, endpoint, _ in results}

    def expect_answers(self, wanted, address, **arguments):
        seen = set()
        for _ in range(8):
            seen |= self.answers(address, **arguments)
            if seen - set(wanted) or seen == set(wanted):
                break
        expect(seen == set(wanted), f"{address}: {sorted(wanted)} should answer, not {sorted(seen)}")

    def repairs(self):
        return self.proxy.total("viaduct_repairs_total")

    def expect_logged(self, *texts):
        """Waits until a line of the log has all of these texts: what is logged may come a moment after what it is about."""
        found = wait_until(lambda: any(all(text in line for text in texts) for line in self.proxy.log()))
        expect(found, f"the log does not tell of {' '.join(texts)}: " + " | ".join(self.proxy.log(last=5)))

    def synced_since(self, moment, within=30):
        """Waits until the metrics tell of a sync that ended after `moment` (wall clock)."""
        name = "kubeproxy_sync_proxy_rules_last_timestamp_seconds"
        return wait_until(
            lambda: any(value > moment for key, value in self.proxy.metrics().items() if key.startswith(name)), within)


def some_services(count=40):
    return [
        one for n in range(count)
        for one in with_endpoints(f"s{n}", f"172.30.1.{n + 1}", [LOCAL, REMOTE] if n % 2 else [OTHER])
    ]


@check
def restart_adopts_what_is_there(suite):
    suite.apply(*some_services(), *with_endpoints("six", "fd00:10:96::6", ["fd00:10:180::1"]))
    suite.start()
    first = suite.node.hold(name="kept", protocol="TCP", destination="172.30.1.1", port=80)
    expect(first[0] == "OK", f"no connection to keep: {first}")
    before = suite.rules.listing()
    expect("suite/s1" in before, "the kernel has no rules of the services")
    status = suite.proxy.stop(signal.SIGTERM)
    expect(status == 0, f"SIGTERM: exit status {status}, not 0")
    expect(suite.rules.listing() == before, "SIGTERM changed the ruleset")
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")
    with suite.rules as monitor:
        moment = time.time()
        suite.proxy.start(suite.configuration())
        expect(suite.synced_since(moment), "no sync after the second start")
        time.sleep(1)
    expect(not monitor.changes(), "the second start sent changes:\n" + "\n".join(monitor.changes()[:10]))
    expect(suite.rules.listing() == before, "the second start changed the ruleset")
    again = suite.node.ask(name="kept")
    suite.node.release(name="kept")
    expect(again == first, f"the established connection answers {again}, before {first}")


@check
def kill_during_changes_leaves_a_complete_ruleset(suite):
    suite.apply(*some_services())
    suite.start()
    first = suite.node.hold(name="kept", protocol="TCP", destination="172.30.1.1", port=80)
    choice = random.Random(7)
    for turn in range(5):
        end = time.monotonic() + choice.uniform(0.1, 0.5)
        while time.monotonic() < end:
            number = choice.randrange(2, 40)
            suite.apply(endpoint_slice(f"s{number}", choice.sample([LOCAL, OTHER, REMOTE], choice.randint(0, 3))))
            time.sleep(0.002)
        suite.proxy.stop(signal.SIGKILL)
        expect(suite.node.ask(name="kept") == first, f"kill {turn + 1}: the established connection is gone")
        suite.proxy.start(suite.configuration())
        if choice.random() < 0.5:
            time.sleep(choice.uniform(0, 0.2))
    suite.apply(*some_services())
    suite.in_force("after the last kill")
    expect(suite.node.ask(name="kept") == first, "the established connection is gone after the last start")
    suite.node.release(name="kept")
    for number in range(40):
        wanted = [f"{LOCAL}:80", f"{REMOTE}:80"] if number % 2 else [f"{OTHER}:80"]
        suite.expect_answers(wanted, f"172.30.1.{number + 1}")


@check
def cleanup_removes_only_what_is_ours(suite):
    suite.rules.add_foreign()
    alone, foreign = suite.rules.text(), suite.rules.foreign()
    suite.apply(*some_services(5))
    suite.start()
    expect(suite.rules.foreign() == foreign, "rules of others were touched")
    suite.proxy.stop()
    for _ in range(2):
        done = suite.proxy.run("--config", str(suite.proxy.config_path), "--cleanup")
        expect(done.returncode == 0, f"--cleanup: status {done.returncode}: {done.stdout}{done.stderr}")
        expect(suite.rules.text() == alone, "--cleanup left or removed something:\n" + suite.rules.listing())
        expect(suite.rules.foreign() == foreign, "--cleanup touched rules of others")


@check
def drift_made_by_others_is_repaired(suite):
    suite.apply(*some_services(5))
    suite.start(**{suite.rules.section: {"syncPeriod": "2s"}})
    before = sorted(suite.rules.text())
    damages = suite.rules.damages()
    for name, command in damages.items():
        repairs = suite.repairs()
        suite.rules.run(*command)
        at = suite.world["pod3"].until(
            protocol="TCP", destination="172.30.1.1", port=80, answer=f"{OTHER}:80", pause=0.1)
        expect(at, f"{name}: not repaired")
        expect(wait_until(lambda: suite.repairs() > repairs, pause=0.1), f"{name}: no repair is counted")
        same = wait_until(lambda: sorted(suite.rules.text()) == before, pause=0.5)
        expect(same, f"{name}: the repaired ruleset differs from that before")


@check
def a_lost_api_server_changes_nothing(suite):
    suite.apply(*some_services(5))
    suite.start()
    suite.server.stop_listening()
    with suite.rules as monitor:
        time.sleep(3)
    expect(suite.proxy.running, "the proxy ended when its API server did")
    expect(not monitor.changes(), "the ruleset changed while the API server was away")
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")
    suite.delete(*some_services(1))
    suite.apply(*with_endpoints("new", "172.30.1.77", [LOCAL]))
    suite.server.listen()
    suite.in_force("after the API server is back")
    suite.expect_answers([f"{LOCAL}:80"], "172.30.1.77")
    expect(suite.answers("172.30.1.1", count=2) <= {"REJECT", "NOROUTE"}, "what was deleted meanwhile is still there")


@check
def an_api_server_that_is_down_at_the_start(suite):
    suite.apply(*some_services(5))
    suite.start()
    suite.proxy.stop()
    suite.server.stop_listening()
    with suite.rules as monitor:
        suite.proxy.start(suite.configuration())
        time.sleep(3)
    expect(suite.proxy.running, "the proxy ended: " + " | ".join(suite.proxy.log(last=3)))
    expect(not monitor.changes(), "the ruleset changed without an API server")
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")
    start = max(n for n, line in enumerate(suite.proxy.log()) if line.startswith("==="))
    told = wait_until(lambda: [line for line in suite.proxy.log()[start:] if "6443" in line])
    expect(told, "the log does not name the API server that does not answer")
    suite.server.listen()
    suite.in_force("after the API server came up")


@check
def api_server_failures_are_survived(suite):
    suite.apply(*some_services(5))
    suite.start()
    faults = {
        "watches closed": lambda: suite.server.close_watches(),
        "connections cut": lambda: suite.server.break_connections(),
        "watches answered 410": lambda: suite.server.expire_watches(),
        "500 for two seconds": lambda: (suite.server.fail(code=500), suite.server.break_connections(), time.sleep(2),
                                        suite.server.fail()),
        "410 for two seconds": lambda: (suite.server.fail(code=410, reason="Expired"), suite.server.break_connections(),
                                        time.sleep(2), suite.server.fail()),
    }
    for number, (name, fault) in enumerate(faults.items(), 1):
        fault()
        suite.apply(endpoint_slice("s0", [LOCAL] if number % 2 else [REMOTE]))
        suite.in_force(f"after {name}")
        suite.expect_answers([f"{LOCAL if number % 2 else REMOTE}:80"], "172.30.1.1")


@check
def https_with_certificates_and_tokens(suite):
    directory = suite.world.directory / "certificates"
    files = {name: str(path) for name, path in certificates.make(directory).items()}
    token_file = directory / "token"

    def inline(name):
        return base64.b64encode(pathlib.Path(files[name]).read_bytes()).decode()

    token_file.write_text("from-a-file\n")
    cluster = {"certificate-authority": files["ca.crt"]}
    users = {
        "a token": ({"token": "in-line"}, cluster, "in-line"),
        "a token file": ({"tokenFile": str(token_file)}, cluster, "from-a-file"),
        "certificate files": (
            {"client-certificate": files["client.crt"], "client-key": files["client.key"]}, cluster, None),
        "certificates in line": (
            {"client-certificate-data": inline("client.crt"), "client-key-data": inline("client.key")},
            {"certificate-authority-data": inline("ca.crt")}, None),
    }
    for number, (name, (user, cluster, token)) in enumerate(users.items()):
        suite.reset(tls=files, token=token)
        suite.server.kubeconfig(suite.kubeconfig, user=user, cluster=cluster)
        suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL]))
        suite.proxy.start(suite.configuration())
        suite.in_force(f"with {name}")
        suite.expect_answers([f"{LOCAL}:80"], "172.30.1.1")
    suite.reset(tls=files, token="right")
    suite.server.kubeconfig(suite.kubeconfig, user={"token": "wrong"}, cluster={"certificate-authority": files["ca.crt"]})
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL]))
    suite.proxy.start(suite.configuration())
    start = max(n for n, line in enumerate(suite.proxy.log()) if line.startswith("==="))
    told = wait_until(lambda: any("401" in line or "nauthorized" in line for line in suite.proxy.log()[start:]))
    expect(told, "the log does not tell of the refused token")
    expect(not suite.sentinel.wait(within=2), "a wrong token is good enough")
    expect(suite.proxy.running, "the proxy ended for a wrong token, which may become right")
    suite.server.set_token(token="wrong")
    suite.in_force("after the token is accepted")


def bad_objects():
    """Objects that no valid cluster has, by what is wrong with them."""
    def of(name, last):
        return service(name, f"172.30.2.{last}")

    def part(name, last, endpoints=(LOCAL,)):
        return of(name, last), endpoint_slice(name, list(endpoints))

    found = [
        changed(of("bad-port", 1), "spec", "ports", 0, "port", to=70000),
        changed(of("bad-port-zero", 2), "spec", "ports", 0, "port", to=0),
        changed(of("bad-port-text", 3), "spec", "ports", 0, "port", to="eighty"),
        changed(of("bad-port-fraction", 4), "spec", "ports", 0, "port", to=80.5),
        changed(of("bad-protocol", 5), "spec", "ports", 0, "protocol", to="HTTP"),
        changed(of("bad-ports-type", 6), "spec", "ports", to="http"),
        changed(of("bad-spec", 7), "spec", to=[1, 2, 3]),
        changed(of("bad-spec-null", 8), "spec", to=None),
        changed(changed(of("bad-address", 9), "spec", "clusterIP", to="300.1.2.3"), "spec", "clusterIPs", to=["300.1.2.3"]),
        changed(changed(of("bad-family", 10), "spec", "clusterIP", to="fd00:10:96::99"), "spec", "clusterIPs",
                to=["fd00:10:96::99"]),
        changed(of("bad-labels", 11), "metadata", "labels", to="none"),
        changed(of("bad-affinity", 12), "spec", "sessionAffinity", to={"clientIP": True}),
        changed(of("bad-node-port", 13), "spec", "ports", 0, "nodePort", to=-4),
        changed(of("bad-external", 14), "spec", "externalIPs", to=["nowhere", 5, "1.2.3.400"]),
        changed(of("bad-ranges", 15), "spec", "loadBalancerSourceRanges", to=["10.0.0.0/99", "x"]),
        changed(of("bad-status", 16), "status", to={"loadBalancer": {"ingress": "1.2.3.4"}}),
        of("mixed-slice", 20), endpoint_slice("mixed-slice", [LOCAL, "fd00:10:180::1", "rubbish"]),
        *part("slice-endpoints-object", 21), changed(part("slice-endpoints-object", 21)[1], "endpoints", to={"a": 1}),
        *part("slice-null", 22), changed(part("slice-null", 22)[1], "endpoints", to=None),
        *part("slice-empty", 23, endpoints=()),
        *part("slice-port", 24), changed(part("slice-port", 24)[1], "ports", 0, "port", to=99999),
        *part("slice-ports-null", 25), changed(part("slice-ports-null", 25)[1], "ports", to=None),
        *part("slice-conditions", 26), changed(part("slice-conditions", 26)[1], "endpoints", 0, "conditions", to="yes"),
        *part("slice-address", 27), changed(part("slice-address", 27)[1], "endpoints", 0, "addresses", to=[None, 4]),
        *part("slice-type", 28), changed(part("slice-type", 28)[1], "addressType", to="FQDN"),
        of("thousand", 29), endpoint_slice("thousand", [f"10.180.1.{n % 250 + 1}" if n < 250 else f"10.181.{n // 250}.{n % 250}"
                                                        for n in range(1000)]),
        service("twin-one", "172.30.2.30", [(80, "TCP", 30777)], type="NodePort"), endpoint_slice("twin-one", [LOCAL]),
        service("twin-two", "172.30.2.31", [(80, "TCP", 30777)], type="NodePort"), endpoint_slice("twin-two", [OTHER]),
    ]
    return found


@check
def bad_objects_disturb_no_others(suite):
    good = with_endpoints("good", "172.30.1.1", [LOCAL])
    for when in ("in a watch", "in the first list"):
        if when == "in a watch":
            suite.apply(*good)
            suite.start()
            suite.apply(*bad_objects())
        else:
            suite.proxy.stop()
            suite.proxy.start(suite.configuration())
        suite.apply(*with_endpoints("later", "172.30.1.2", [OTHER]))
        suite.in_force(f"after broken objects {when}")
        suite.expect_answers([f"{LOCAL}:80"], "172.30.1.1")
        suite.expect_answers([f"{OTHER}:80"], "172.30.1.2")
        # the parts that are valid of objects that are not whole
        suite.expect_answers([f"{LOCAL}:80"], "172.30.2.20")
        suite.expect_answers([f"{LOCAL}:80"], "172.30.2.30")
        suite.expect_answers([f"{OTHER}:80"], "172.30.2.31")
        node_port = suite.answers("192.168.0.2", port=30777, host="node2")
        expect(node_port in ({f"{LOCAL}:80"}, {f"{OTHER}:80"}), f"the doubled node port: {node_port}")
        expect(suite.answers("172.30.2.23", count=2) == {"REJECT"}, "a service with an empty slice does not reject")
    for name in ("bad-port", "bad-protocol", "bad-address", "bad-spec", "bad-port-text"):
        told = wait_until(lambda: re.search(rf"{name}\b(?!-)", "\n".join(suite.proxy.log())))
        expect(told, f"the log does not name suite/{name}")
    suite.delete(*bad_objects())
    suite.in_force("after the broken objects went")


@check
@by_packets
def udp_entries_of_gone_endpoints_are_removed_and_only_those(suite):
    if not shutil.which("conntrack"):
        raise Skipped("conntrack is not installed")
    suite.apply(*with_endpoints("dns", "172.30.1.53", [LOCAL, REMOTE], 53, "UDP", 53),
                *with_endpoints("dns2", "172.30.1.54", [LOCAL], 53, "UDP", 53),
                *with_endpoints("web", "172.30.1.80", [LOCAL]))
    suite.start()
    client = suite.world["pod3"]
    kept = {f"u{n}": client.hold(name=f"u{n}", protocol="UDP", destination="172.30.1.53", port=53)[1] for n in range(12)}
    expect(set(kept.values()) == {f"{LOCAL}:53", f"{REMOTE}:53"}, f"answers of {kept}")
    client.hold(name="other", protocol="UDP", destination="172.30.1.54", port=53)
    client.hold(name="direct", protocol="UDP", destination=LOCAL, port=53)
    client.hold(name="tcp", protocol="TCP", destination="172.30.1.80", port=80)

    def entries(protocol="udp"):
        return sorted(re.findall(r"dst=(\S+) .*? dport=(\d+) .*?src=(\S+)",
                                 suite.world.run("node1", ["conntrack", "-L", "-p", protocol]).stdout))

    before = entries()
    suite.apply(endpoint_slice("dns", [REMOTE], [(53, "UDP", 53)]))
    suite.in_force("after the endpoint went")
    gone = ("172.30.1.53", "53", LOCAL)
    expect(gone in before, f"no entry of the endpoint before: {before}")
    clean = wait_until(lambda: gone not in entries())
    expect(clean, f"entries of the gone endpoint stay: {entries()}")
    expect(entries() == [one for one in before if one != gone], f"other entries changed: {before} -> {entries()}")
    for name, endpoint in kept.items():
        answer = client.ask(name=name)
        expect(answer[1] == f"{REMOTE}:53", f"a flow to {endpoint} now gets {answer}")
    expect(client.ask(name="tcp")[1] == f"{LOCAL}:80", "a TCP connection to the same address was cut")


@check
@by_packets
def a_udp_client_that_never_pauses_follows_the_endpoints(suite):
    """kubernetes/kubernetes#139628: also over a time without endpoints, and when the last ones only shut down."""
    ports = [(53, "UDP", 53)]

    def dns(endpoints, **conditions):
        suite.apply(endpoint_slice("dns", endpoints, ports, **conditions))

    suite.apply(service("dns", "172.30.1.53", [(53, "UDP", 30053)], type="NodePort"))
    dns([LOCAL])
    suite.start()
    ways = {"cluster IP": ("pod3", "172.30.1.53", 53), "node port": ("ext", "192.168.0.2", 30053)}
    for name, (host, address, port) in ways.items():
        suite.world[host].stream_start(name=name, destination=address, port=port)

    def answering(name):
        return suite.world[ways[name][0]].stream_answers(name=name)

    def expect_stream(endpoint, when):
        for name in ways:
            seen = wait_until(lambda: answering(name)[1] == f"{endpoint}:53")
            expect(seen, f"{name}, {when}: {endpoint} should answer, not {answering(name)}")

    try:
        expect_stream(LOCAL, "at the start")
        for turn in range(3):
            dns([LOCAL], ready=False, serving=True, terminating=True)
            suite.in_force("with an endpoint that shuts down")
            for name in ways:
                before = answering(name)
                grows = wait_until(lambda: answering(name)[0] > before[0] + 20)
                expect(grows and answering(name)[1] == f"{LOCAL}:53", f"{name}: its flow is gone: {answering(name)}")
            dns([])
            suite.in_force("without endpoints")
            for name in ways:
                def is_quiet():
                    before = answering(name)[0]
                    time.sleep(0.3)
                    return answering(name)[0] == before
                expect(wait_until(is_quiet), f"{name}: an endpoint that is gone answers: {answering(name)}")
            dns([REMOTE])
            expect_stream(REMOTE, f"after a time without endpoints, turn {turn + 1}")
            dns([LOCAL])
            expect_stream(LOCAL, f"after an exchange, turn {turn + 1}")
        # A Local policy's flows to an endpoint elsewhere are stale for clients elsewhere.
        dns([REMOTE])
        expect_stream(REMOTE, "before the policy changes")
        suite.apply(service("dns", "172.30.1.53", [(53, "UDP", 30053)], type="NodePort", externalTrafficPolicy="Local"))
        dns([LOCAL, REMOTE])
        seen = wait_until(lambda: answering("node port")[1] == f"{LOCAL}:53")
        expect(seen, f"policy Local: {answering('node port')}")
        # The Service goes, and comes back.
        suite.delete(service("dns", "172.30.1.53"))
        suite.in_force("without the Service")
        suite.apply(service("dns", "172.30.1.53", [(53, "UDP", 30053)], type="NodePort"))
        dns([REMOTE])
        expect_stream(REMOTE, "after the Service is back")
    finally:
        for name, (host, _, _) in ways.items():
            suite.world[host].stream_stop(name=name)


@check
@by_packets
def a_connection_that_nobody_answered_reaches_the_next_endpoint(suite):
    """The client repeats its request for the connection; without our help to the same endpoint, until it gives up."""
    suite.apply(*with_endpoints("web", "172.30.1.80", [LOCAL]))
    suite.start()
    silence = ["nft", "add table ip silence; add chain ip silence in { type filter hook prerouting priority -400; };"
               " add rule ip silence in tcp dport 80 drop"]
    done = suite.world.run("pod1", silence)
    expect(done.returncode == 0, f"{silence}: {done.stderr}")
    try:
        suite.world["pod3"].traffic_start(
            name="patient", protocol="TCP", destination="172.30.1.80", port=80, timeout=40, pause=60)
        time.sleep(0.5)
        suite.apply(endpoint_slice("web", [REMOTE]))
        seen = wait_until(lambda: suite.world["pod3"].traffic_tally(name="patient"), 50)
        expect(seen == {f"{REMOTE}:80": 1}, f"a connection begun before the endpoint went: {seen}")
    finally:
        suite.world.run("pod1", ["nft", "delete table ip silence"])


def one_address(state, node, address="10.180.1.1"):
    return {"addresses": [address], "nodeName": node, "conditions": state}


@check
def one_address_in_two_states_serves(suite):
    """kubernetes/kubernetes#135266: a pod's address is used again on another node while the old pod shuts down."""
    ready = one_address({"ready": True, "serving": True, "terminating": False}, "node2")
    old = [one_address({"ready": False, "serving": serving, "terminating": True}, "node1") for serving in (True, False)]
    number = 0
    addresses = []
    for leaving in old:
        for pair in ([ready, leaving], [leaving, ready]):
            for slices in ([pair], [[pair[0]], [pair[1]]]):
                number += 1
                name, address = f"twice{number}", f"172.30.4.{number}"
                addresses.append((address, 30400 + number))
                suite.apply(service(name, address, [(80, "TCP", 30400 + number)], type="NodePort"))
                for part, endpoints in enumerate(slices):
                    suite.apply(changed(endpoint_slice(name, [REMOTE], suffix=f"s{part}"), "endpoints", to=endpoints))
    suite.start()
    for address, port in addresses:
        suite.expect_answers([f"{REMOTE}:80"], address, count=2)
        suite.expect_answers([f"{REMOTE}:80"], "192.168.0.2", port=port, host="ext", count=2)


@check
def weights_are_shares_of_new_connections(suite):
    def weigh(**weights):
        parts = with_endpoints("web", "172.30.1.1", [LOCAL, OTHER, REMOTE])
        named = {"local": LOCAL, "other": OTHER, "remote": REMOTE}
        parts[0]["metadata"]["annotations"] = {
            "viaduct.io/weights": ",".join(f"{named[name]}={weight}" for name, weight in weights.items())}
        suite.apply(*parts)

    def shares(count):
        results = suite.world["pod3"].flow(protocol="TCP", destination="172.30.1.1", port=80, count=count)
        found = {}
        for outcome, endpoint, _ in results:
            found[endpoint or outcome] = found.get(endpoint or outcome, 0) + 1 / count
        return found

    def expect_shares(count=2000, **wanted):
        named = {"local": f"{LOCAL}:80", "other": f"{OTHER}:80", "remote": f"{REMOTE}:80"}
        found = shares(count)
        expect(set(found) == {named[name] for name in wanted}, f"{found} instead of {wanted}")
        for name, share in wanted.items():
            # four standard deviations, and half a percent for rounding
            limit = 4 * (share * (1 - share) / count) ** 0.5 + 0.005
            expect(abs(found[named[name]] - share) <= limit, f"{name} gets {found[named[name]]:.3f}, not {share}")
        explainer = Explainer(suite.world, suite.binary, suite.proxy)
        explainer.restart()
        answer = explainer.ask("10.180.0.3", "172.30.1.1:80")
        explainer.stop()
        told = {one["address"]: one["share"] for one in answer.get("endpoints", [])}
        expect(set(told) == set(found), f"explain names {told}: {answer.get('error')}")
        for name, share in wanted.items():
            expect(abs(told[named[name]] - share) < 0.001, f"explain gives {name} {told[named[name]]}, not {share}")
        others = [one for one in answer["kernel"]["objects"] if one["state"] != "present"]
        expect(not others, f"explain finds other rules than it expects: {others[:3]}")

    weigh(local=6, other=3, remote=1)
    suite.start()
    expect_shares(local=0.6, other=0.3, remote=0.1)
    weigh(local=0, other=1, remote=19)
    suite.in_force("after the weights changed")
    expect_shares(other=0.05, remote=0.95)
    weigh(local=0, other=0, remote=0)
    suite.in_force("after all weights became 0")
    suite.expect_answers(["REJECT"], "172.30.1.1")
    weigh(local=7, other=7, remote=7)
    suite.in_force("after they became equal")
    expect_shares(local=1 / 3, other=1 / 3, remote=1 / 3)


@check
def labels_are_read_as_upstream_reads_them(suite):
    """Services are chosen by the proxy's name, slices by the headless label; what the other has to say does not count."""
    labels = {"service.kubernetes.io/headless": "", "kubernetes.io/service-name": "web"}
    name = {"service.kubernetes.io/service-proxy-name": "other"}
    suite.apply(
        changed(service("web", "172.30.1.1"), "metadata", "labels", to={"service.kubernetes.io/headless": ""}),
        changed(endpoint_slice("web", [LOCAL]), "metadata", "labels", to={"kubernetes.io/service-name": "web", **name}),
        changed(endpoint_slice("web", [OTHER], suffix="headless"), "metadata", "labels", to=labels),
        changed(service("theirs", "172.30.1.2"), "metadata", "labels", to=name), endpoint_slice("theirs", [LOCAL]))
    suite.start()
    suite.expect_answers([f"{LOCAL}:80"], "172.30.1.1")
    expect(f"{LOCAL}:80" not in suite.answers("172.30.1.2", count=2), "another proxy's Service is served")


@check
def health_check_node_port_answers(suite):
    spec = {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "healthCheckNodePort": 31999}
    suite.apply(service("lb", "172.30.1.90", [(80, "TCP", 30990)], **spec), endpoint_slice("lb", [LOCAL, REMOTE]))
    suite.start()

    def ask():
        return suite.world["ext"].http_get(address="192.168.0.2", port=31999, path="/")

    code, body = wait_until(lambda: (found := ask())[0] and found) or ask()
    expect(code == 200, f"with a local endpoint: {code} {body}")
    answer = json.loads(body)
    expect(answer.get("localEndpoints") == 1 and answer.get("service") == {"namespace": "suite", "name": "lb"}, body)
    suite.apply(endpoint_slice("lb", [REMOTE]))
    suite.in_force("after the local endpoint went")
    code = wait_until(lambda: ask()[0] == 503) and 503
    expect(code == 503, f"without a local endpoint: {ask()}")
    suite.delete(service("lb", "172.30.1.90"))
    suite.in_force("after the service went")
    expect(wait_until(lambda: ask()[0] == 0), f"after the service went: {ask()}")


@check
def health_and_metrics_answer_as_upstream(suite):
    suite.apply(*some_services(3))
    suite.start()
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
    suite.apply(changed(endpoint_slice("s0", [LOCAL]), "metadata", "annotations",
                        to={"endpoints.kubernetes.io/last-change-trigger-time": now}))
    suite.in_force("after a change with a trigger time")
    for path in ("/healthz", "/livez"):
        code, body = suite.proxy.health(path)
        expect(code == 200 and "lastUpdated" in body, f"{path}: {code} {body}")
    code, body = suite.node.http_get(address="127.0.0.1", port=10249, path="/proxyMode")
    expect((code, body.strip()) == (200, suite.mode), f"/proxyMode: {code} {body}")
    names = " ".join(suite.proxy.metrics())
    for name in ("kubeproxy_sync_proxy_rules_duration_seconds_count", "kubeproxy_sync_proxy_rules_last_timestamp_seconds",
                 "kubeproxy_network_programming_duration_seconds_count",
                 "kubeproxy_sync_proxy_rules_endpoint_changes_total", "kubeproxy_sync_proxy_rules_service_changes_total"):
        expect(name in names, f"/metrics lacks {name}")


@check
def one_endpoint_change_sends_few_messages(suite):
    suite.apply(*some_services(200))
    suite.start()
    count = 0
    with suite.rules as monitor:
        moment = time.time()
        suite.apply(endpoint_slice("s1", [LOCAL]))
        expect(suite.synced_since(moment), "the change is not in force")
        time.sleep(0.5)
    count = len(monitor.changes())
    expect(0 < count <= 12, f"one endpoint of 400 less: {count} changed rules\n" + "\n".join(monitor.changes()[:20]))


@check
def the_ruleset_can_be_listed_and_names_the_services(suite):
    suite.apply(
        *with_endpoints("plain", ["172.30.3.1", "fd00:10:96::31"], [LOCAL, REMOTE]),
        *with_endpoints("sticky", "172.30.3.2", [LOCAL, REMOTE], sessionAffinity="ClientIP",
                        sessionAffinityConfig={"clientIP": {"timeoutSeconds": 600}}),
        *with_endpoints("dns", "172.30.3.3", [LOCAL, OTHER], 53, "UDP", 53, externalIPs=["192.168.99.3"]),
        *with_endpoints("nobody", "172.30.3.4", []),
        *with_endpoints("inside", "172.30.3.5", [REMOTE], internalTrafficPolicy="Local"),
        service("outside", "172.30.3.6", [(80, "TCP", 30306)], type="LoadBalancer", externalTrafficPolicy="Local",
                loadBalancerSourceRanges=["203.0.113.0/25"], healthCheckNodePort=31306)
        | {"status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.6"}]}}},
        endpoint_slice("outside", [LOCAL, REMOTE]))
    suite.start()
    suite.answers("172.30.3.2")
    listed = suite.rules.listing()
    for name in ("plain", "sticky", "dns", "nobody", "inside", "outside"):
        expect(f"suite/{name}" in listed, f"the listing does not name suite/{name}")


def refuses(suite, wanted, *arguments, wrapper=()):
    """Runs the proxy, which must end by itself with an error that contains `wanted` in one line."""
    done = suite.proxy.run(*arguments, wrapper=wrapper)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    expect(done.returncode > 0, f"exit status {done.returncode}: {lines[:5]}")
    expect(any(wanted in line for line in lines), f"no line names {wanted}: {lines[:5]}")
    expect(len(lines) <= 3, f"one clear line is wanted, not {len(lines)}: {lines[:6]}")


@check
def without_net_admin_it_says_so(suite):
    suite.proxy.config_path.write_text(json.dumps(suite.configuration()))
    refuses(suite, "CAP_NET_ADMIN", "--config", str(suite.proxy.config_path),
            wrapper=["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"])


@check
def configuration_that_cannot_be_read_is_named(suite):
    directory = suite.world.directory
    bad = directory / "bad.kubeconfig"
    bad.write_text("clusters: [\n  - {{{\n")
    config = directory / "bad-config.json"
    config.write_text(json.dumps(configuration(bad)))
    refuses(suite, str(bad), "--config", str(config))
    config.write_text(json.dumps(configuration(directory / "absent.kubeconfig")))
    refuses(suite, "absent.kubeconfig", "--config", str(config))
    config.write_text(json.dumps(suite.configuration(**{suite.rules.section: {"synchPeriod": "2s"}})))
    refuses(suite, "synchPeriod", "--config", str(config), "--strict-config")
    config.write_text(json.dumps(suite.configuration(mode="magic")))
    refuses(suite, "magic", "--config", str(config))
    refuses(suite, "no-such-file", "--config", str(directory / "no-such-file"))


@check
def what_upstream_takes_is_taken_with_a_warning(suite):
    """Fields that installers still write, and gates of the next version."""
    suite.apply(*some_services(2))
    suite.start(udpIdleTimeout="250ms", resourceContainer="/kube-proxy", metadata={"name": "x"}, enableProfiling=True,
                conntrack={"max": 0}, featureGates={"NFTablesNetlink": False})
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")
    for field in ("udpIdleTimeout", "resourceContainer", "metadata", "conntrack.max", "enableProfiling"):
        suite.expect_logged(field)


@check
def the_log_tells_what_a_start_leads_to(suite):
    suite.apply(*some_services(2))
    suite.start()
    def log():
        lines = suite.proxy.log()
        return "\n".join(lines[max(n for n, line in enumerate(lines) if line.startswith("===")):])

    for text in ("starts", f"mode={suite.mode}", "node=node1", "the caches are filled", "addresses=",
                 "the rules are in force"):
        expect(wait_until(lambda: text in log()), f"the log does not say {text}:\n{log()}")


@check
def a_changed_configuration_ends_the_process(suite):
    suite.apply(*some_services(2))
    suite.start()
    text = suite.proxy.config_path.read_text()
    suite.proxy.config_path.write_text(text + "\n")
    ended = wait_until(lambda: not suite.proxy.running)
    expect(ended, "the process goes on with the old configuration")
    expect(suite.proxy.child.returncode == 1, f"status {suite.proxy.child.returncode}")
    expect("the configuration file" in suite.proxy.log(last=1)[0], "the log does not say why")
    # The rules stay for the process that is started next.
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")


@check
def a_port_that_is_taken_ends_the_process_if_asked(suite):
    path = suite.world.directory / "hard-fail.json"
    path.write_text(json.dumps(suite.configuration(
        bindAddressHardFail=True, metricsBindAddress="127.0.0.1:10249", healthzBindAddress="127.0.0.1:10249")))
    done = suite.proxy.run("--config", str(path))
    expect(done.returncode == 1, f"status {done.returncode}")
    last = (done.stdout + done.stderr).strip().splitlines()[-1]
    expect("cannot listen on 127.0.0.1:10249" in last, f"the last line does not say so: {last}")
    expect("another program has this address and port" in last, f"not a sentence: {last}")


@check
def node_ports_on_localhost(suite):
    """By a relay in this process, where the kernel cannot do it."""
    suite.apply(service("local", "172.30.4.1", [(80, "TCP", 30555)], type="NodePort"),
                endpoint_slice("local", [LOCAL, REMOTE]))
    suite.start(nodePortAddresses=["primary", "localhost"])
    suite.expect_answers([f"{LOCAL}:80", f"{REMOTE}:80"], "127.0.0.1", port=30555, host="node1")
    suite.apply(endpoint_slice("local", [OTHER]))
    suite.in_force("with another endpoint")
    # the relay hears of it a moment after the rules are in force
    seen = lambda: suite.answers("127.0.0.1", port=30555, host="node1")
    expect(wait_until(lambda: seen() == {f"{OTHER}:80"}), f"with another endpoint: {seen()}")
    suite.delete(endpoint_slice("local", [OTHER]))
    suite.in_force("without endpoints")
    expect(wait_until(lambda: seen() == {"REJECT"}), f"without endpoints: {seen()}")


@check
def packets_leave_with_the_usual_priority(suite):
    """What rules carry in a packet's priority from one to the next is nothing to queueing disciplines. From the node
    itself: Linux sets the priority of IPv4 packets that it forwards anew."""
    suite.apply(*some_services(5))
    suite.start()
    suite.rules.run("nft", "-f", "-", input=(
        "table ip priorities { counter usual { }; counter other { }; chain c {"
        " type filter hook postrouting priority 300;"
        f" ip daddr {{ {LOCAL}, {OTHER} }} ct state new meta priority none counter name usual;"
        f" ip daddr {{ {LOCAL}, {OTHER} }} ct state new meta priority != none counter name other; }}; }}\n"))
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1", host="node1")
    seen = {name: int(re.search(r"packets (\d+)", suite.rules.run("nft", "list", "counter", "ip", "priorities", name))[1])
            for name in ("usual", "other")}
    suite.rules.run("nft", "delete", "table", "ip", "priorities")
    expect(seen["usual"] > 0 and seen["other"] == 0, f"first packets of connections by their priority: {seen}")


@check
def another_mode_takes_over(suite):
    suite.apply(*some_services(5))
    suite.start()
    first = suite.node.hold(name="kept", protocol="TCP", destination="172.30.1.1", port=80)
    suite.proxy.stop()
    other = next(RULESETS[mode](suite.world) for mode in RULESETS if mode != suite.mode)
    suite.start(mode=other.mode)
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")
    gone = wait_until(lambda: "suite/s1" not in suite.rules.listing())
    expect(gone, f"{other.mode} mode leaves the rules of {suite.mode} mode:\n" + suite.rules.listing())
    expect("suite/s1" in other.listing(), f"no rules of {other.mode} mode")
    again = suite.node.ask(name="kept")
    suite.node.release(name="kept")
    expect(again == first, f"the established connection answers {again}, before {first}")
    suite.proxy.stop(signal.SIGKILL)
    other.clear()


@check
@iptables_only
def another_proxy_in_nf_tables_is_named(suite):
    suite.proxy.config_path.write_text(json.dumps(suite.configuration()))
    suite.rules.run("iptables-nft", "-t", "nat", "-N", "KUBE-SERVICES")
    refuses(suite, "nftables mode", "--config", str(suite.proxy.config_path))
    done = suite.proxy.run("--config", str(suite.proxy.config_path), "--cleanup")
    expect(done.returncode == 0, f"--cleanup: status {done.returncode}: {done.stdout}{done.stderr}")


@check
def no_program_is_ever_started(suite):
    if not shutil.which("strace"):
        raise Skipped("strace is not installed")
    trace = output_directory() / "execve.txt"
    suite.apply(*some_services(10))
    suite.proxy.start(suite.every("1s"),
                      wrapper=["strace", "-f", "-qq", "-e", "trace=execve", "-e", "signal=none", "-o", str(trace)])
    suite.in_force("under strace", within=120)
    suite.apply(endpoint_slice("s1", [LOCAL]))
    suite.delete(*some_services(1))
    suite.in_force("under strace", within=120)
    time.sleep(1.5)
    started = [line for line in trace.read_text().splitlines() if "execve(" in line]
    expect(len(started) == 1, "programs were started:\n" + "\n".join(started))


def run_checks(suite, checks, only=None):
    """Runs the checks whose name contains `only` and prints their results: how many failed."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for function in checks:
        name = function.__name__.replace("_", " ")
        if only and only.replace("_", " ") not in name or getattr(function, "mode", suite.mode) != suite.mode:
            continue
        start, mark, detail = time.monotonic(), "✓", ""
        try:
            if suite.proxy.sockets and getattr(function, "by_packets", False):
                raise Skipped("sockets' connections are not translated by packets")
            suite.reset()
            function(suite)
            counts["passed"] += 1
        except Skipped as reason:
            counts["skipped"] += 1
            mark, detail = "-", f" skipped: {reason}"
        except Exception as error:
            counts["failed"] += 1
            mark = "✗"
            detail = "\n    " + (str(error) if isinstance(error, Failed) else traceback.format_exc()).replace("\n", "\n    ")
            log = output_directory() / f"failed-{function.__name__}.log"
            ruleset = suite.world.run("node1", ["nft", "list", "ruleset"]).stdout
            log.write_text("\n".join(suite.proxy.log()) + "\n\n" + ruleset)
            detail += f"\n    more in {log}"
        print(f"{mark} {name} {time.monotonic() - start:.1f} s{detail}", flush=True)
    suite.proxy.stop()
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return counts["failed"]


def options(name, description, modes):
    """What the command line of a suite for several modes asks for: mode, only and proxy, the program to test."""
    parser = argparse.ArgumentParser(prog=f"integration/{name}", description=description)
    parser.add_argument("--proxy", metavar="PATH", help="the program (default: the newest build of viaduct)")
    parser.add_argument("--mode", default="nftables", choices=sorted(modes))
    parser.add_argument("--only", metavar="TEXT", help="only checks whose name contains this")
    parser.add_argument("--socket-balancing", action="store_true",
                        help="in every configuration, for the sockets of node1 and its pods (nftables and iptables mode)")
    chosen = parser.parse_args()
    Suite.balances_sockets = chosen.socket_balancing
    chosen.proxy = chosen.proxy or default_binary()
    if not chosen.proxy:
        sys.exit("no build of viaduct: run 'swift build' or give --proxy PATH")
    return chosen


def main():
    chosen = options("proxy_suite.py", __doc__, RULESETS)
    with World() as world:
        failed = run_checks(Suite(world, chosen.proxy, RULESETS[chosen.mode](world)), CHECKS, chosen.only)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
