#!/usr/bin/env python3
"""Socket balancing by eBPF, with real sockets: what is translated when a socket connects, what is left to the packet rules, and
what becomes of sockets when endpoints, proxies and settings change."""

import argparse
import json
import signal
import sys
import time

sys.dont_write_bytecode = True

import sockets  # noqa: E402
from checks import Checks, Skipped, expect  # noqa: E402
from objects import endpoint_slice, service, with_endpoints  # noqa: E402
from proxy import default_binary  # noqa: E402
from proxy_suite import LOCAL, OTHER, REMOTE, Suite  # noqa: E402
from rulesets import RULESETS  # noqa: E402
from world import World, wait_until  # noqa: E402

check = Checks()


class SocketSuite(Suite):
    def start(self, **changes):
        """Also waits for the program of both families: packet rules may be in force before it."""
        super().start(**changes)
        section = changes.get("socketBalancing", {})
        if section.get("enabled", True) and "cgroup" not in section:
            expect(wait_until(lambda: set(LINKS) <= set(self.sockets.pinned())), f"pinned: {self.sockets.pinned()}")


SIX = ["fd00:10:180::1", "fd00:10:180:1::1"]
HOOKS = ["connect", "getpeername", "recvmsg", "release", "sendmsg"]
LINKS = sorted(f"{hook}{digit}_link" for hook in HOOKS for digit in "46")


def serve(suite, *more):
    suite.world.serve(
        [(address, port, protocol) for address in (LOCAL, OTHER, REMOTE, *SIX) for port, protocol in
         ((80, "TCP"), (81, "TCP"), (53, "UDP"))] + list(more) + suite.sentinel.endpoints())


def direct(suite, host, address, port=80, protocol="TCP"):
    """Whether a connection leaves the host with the endpoint as its destination: then the rules never see the Service."""
    suite.world.run("node1", ["conntrack", "-F"])
    suite.answers(address, port, protocol, count=1, host=host)
    listed = suite.world.run("node1", ["conntrack", "-L", "-d", address]).stdout
    return f"dst={address} " not in listed


@check
def tcp_connections_are_translated_at_connect(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL, REMOTE]))
    suite.start()
    for host in ("pod3", "node1"):
        suite.expect_answers([f"{LOCAL}:80", f"{REMOTE}:80"], "172.30.1.1", host=host)
        expect(direct(suite, host, "172.30.1.1"), f"{host}: packets went to the cluster IP")
    held = suite.world["pod3"].hold(name="held", protocol="TCP", destination="172.30.1.1", port=80)
    expect(held[0] == "OK" and held[2] == "10.180.0.3", f"the pod's connection: {held}")
    peer = suite.world["pod3"].peer(name="held")
    expect(peer == ["172.30.1.1", 80], f"getpeername says {peer}")
    suite.world["pod3"].release(name="held")
    # Whoever is not in the group goes by the rules.
    suite.apply(service("out", "172.30.1.2", [(80, "TCP", 30080)], type="NodePort", externalIPs=["192.168.99.1"]),
                endpoint_slice("out", [LOCAL]))
    suite.in_force("with an external address")
    suite.expect_answers([f"{LOCAL}:80"], "192.168.99.1", host="ext")
    for host in ("pod3", "node1"):
        for address, port in (("192.168.99.1", 80), ("192.168.0.2", 30080)):
            suite.expect_answers([f"{LOCAL}:80"], address, port=port, host=host)
            # iptables mode serves node ports on all local addresses, which nobody lists.
            translated = port == 80 or suite.mode == "nftables"
            expect(direct(suite, host, address, port) == translated, f"{host}: how packets went to {address}:{port}")


@check
def explain_and_metrics_tell_which_way_sockets_go(suite):
    ranged = service("ranged", "172.30.1.2", type="LoadBalancer", loadBalancerSourceRanges=["10.180.0.3/32"])
    ranged["status"] = {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL]), ranged, endpoint_slice("ranged", [LOCAL]))
    suite.start()

    def explained(address):
        done = suite.world.run("node1", [
            *suite.sockets.wrapper, str(suite.proxy.binary), "explain", "10.180.0.3", f"{address}:80", "-o", "json",
            "--config", str(suite.proxy.config_path)])
        expect(done.stdout.startswith("{"), f"explain says {done.stdout}{done.stderr}")
        return json.loads(done.stdout)["sockets"]

    before = explained("172.30.1.1")
    expect(before["isTranslated"], f"explain says {before}")
    counted = suite.proxy.total('viaduct_socket_translations_total{ip_family="IPv4",kind="tcp"}')
    suite.answers("172.30.1.1", count=5, host="pod3")
    after = explained("172.30.1.1")
    expect(after["count"] == before["count"] + 5, f"5 connections later explain counts {before} to {after}")
    more = suite.proxy.total('viaduct_socket_translations_total{ip_family="IPv4",kind="tcp"}') - counted
    expect(more >= 5, f"the metric counts {more} of 5 connections")
    left = explained("1.2.3.4")
    expect(not left["isTranslated"] and "source ranges" in left["reason"], f"explain says {left}")


@check
def both_families_and_ipv4_by_ipv6_sockets(suite):
    suite.apply(*with_endpoints("six", "fd00:10:96::6", SIX), *with_endpoints("web", "172.30.1.1", [OTHER]),
                *with_endpoints("dns", "172.30.1.53", [OTHER], 53, "UDP", 53))
    suite.start()
    suite.expect_answers([f"[{one}]:80" for one in SIX], "fd00:10:96::6")
    pod = suite.world["pod3"]
    got = pod.hold(name="six", protocol="TCP", destination="fd00:10:96::6", port=80)
    expect(got[0] == "OK" and pod.peer(name="six") == ["fd00:10:96::6", 80], f"{got} {pod.peer(name='six')}")
    mapped = pod.hold(name="mapped", protocol="TCP", destination="::ffff:172.30.1.1", port=80)
    expect(mapped[1] == f"{OTHER}:80", f"an IPv6 socket gets {mapped} of an IPv4 Service")
    expect(pod.peer(name="mapped") == ["::ffff:172.30.1.1", 80], f"getpeername says {pod.peer(name='mapped')}")
    answers = pod.datagrams(name="both", destination="::ffff:172.30.1.53", port=53, count=3)
    expect(answers == [[f"{OTHER}:53", "::ffff:172.30.1.53", 53]] * 3, f"datagrams over IPv6: {answers}")
    for name in ("six", "mapped", "both"):
        pod.release(name=name)


@check
def udp_answers_come_from_whom_was_asked(suite):
    suite.apply(*with_endpoints("dns", "172.30.1.53", [LOCAL, OTHER, REMOTE], 53, "UDP", 53))
    suite.start()
    pod = suite.world["pod3"]
    endpoints = set()
    for turn in range(12):
        answers = pod.datagrams(name=f"free{turn}", destination="172.30.1.53", port=53, count=5)
        expect(len({one[0] for one in answers}) == 1, f"one socket's datagrams go to several endpoints: {answers}")
        expect(all(one[1:] == ["172.30.1.53", 53] for one in answers), f"answers come from others: {answers}")
        endpoints.add(answers[0][0])
    expect(len(endpoints) > 1, f"12 sockets all went to {endpoints}")
    got = pod.hold(name="connected", protocol="UDP", destination="172.30.1.53", port=53)
    expect(got[0] == "OK" and pod.peer(name="connected") == ["172.30.1.53", 53], f"connected: {got}")
    # When its endpoint goes, a socket that is not connected asks another one, and one that is connected is closed.
    stays = next(one for one in (LOCAL, OTHER, REMOTE) if f"{one}:53" != got[1])
    suite.apply(endpoint_slice("dns", [stays], [(53, "UDP", 53)]))
    suite.in_force("with one endpoint")
    expect(pod.error(name="connected") == "ECONNABORTED", "a connected socket stays with an endpoint that is gone")
    for turn in range(12):
        again = pod.datagrams(name=f"free{turn}", destination="172.30.1.53", port=53)
        expect(again == [[f"{stays}:53", "172.30.1.53", 53]], f"socket {turn} asks {again}")
        pod.release(name=f"free{turn}")
    pod.release(name="connected")


@check
def half_open_connections_are_closed_and_live_ones_kept(suite):
    suite.world.run("node2", ["nft", "-f", "-"], input=(
        "table ip silent { chain input { type filter hook input priority 0; tcp dport 81 drop; }; }"))
    suite.apply(*with_endpoints("web", "172.30.1.1", [OTHER]), *with_endpoints("mute", "172.30.1.2", [REMOTE], 80, "TCP", 81))
    suite.start()
    for host in ("pod3", "node1"):
        suite.world[host].begin(name="half", protocol="TCP", destination="172.30.1.2", port=80)
        # The program itself may have asked the endpoint: that one is none of ours.
        suite.world[host].begin(name="own", protocol="TCP", destination=REMOTE, port=81)
    live = suite.world["pod3"].hold(name="live", protocol="TCP", destination="172.30.1.1", port=80)
    suite.apply(endpoint_slice("mute", [OTHER], [(80, "TCP", 80)]), endpoint_slice("web", [LOCAL]))
    suite.in_force("with other endpoints")
    for host in ("pod3", "node1"):
        error = suite.world[host].error(name="half")
        expect(error == "ECONNABORTED", f"{host}: a connection that was never answered has the error {error}")
        error = suite.world[host].error(name="own", within=0.3)
        expect(error is None, f"{host}: a connection to the endpoint itself has the error {error}")
    expect(suite.world["pod3"].ask(name="live") == live, "a live connection was cut")
    for host in ("pod3", "node1"):
        suite.world[host].release(name="half")
        suite.world[host].release(name="own")
    suite.world["pod3"].release(name="live")
    suite.world.run("node2", ["nft", "delete", "table", "ip", "silent"])


@check
def weights_and_affinity_are_kept(suite):
    suite.apply(*with_endpoints("heavy", "172.30.1.1", [LOCAL, OTHER], **{}))
    weighted = service("heavy", "172.30.1.1")
    weighted["metadata"]["annotations"] = {"viaduct.io/weights": f"{LOCAL}=3, {OTHER}=1"}
    sticky = service("sticky", "172.30.1.2", sessionAffinity="ClientIP",
                     sessionAffinityConfig={"clientIP": {"timeoutSeconds": 100}})
    suite.apply(weighted, sticky, endpoint_slice("sticky", [LOCAL, OTHER, REMOTE]))
    suite.start()
    results = suite.world["pod3"].flow(protocol="TCP", destination="172.30.1.1", port=80, count=600)
    share = sum(endpoint == f"{LOCAL}:80" for _, endpoint, _ in results) / len(results)
    expect(0.68 < share < 0.82, f"an endpoint with 3 of 4 parts gets {share:.2f} of 600 connections")
    expect(direct(suite, "pod3", "172.30.1.2"), "packets went to the cluster IP with affinity")
    chosen = {host: suite.answers("172.30.1.2", count=15, host=host) for host in ("pod1", "pod2", "pod3", "node1")}
    expect(all(len(seen) == 1 for seen in chosen.values()), f"clients with affinity go to {chosen}")
    # The endpoint that nobody has goes: all stay where they are. One that somebody has goes: it gets another one.
    kept = next(iter(chosen["pod3"])).removesuffix(":80")
    suite.apply(endpoint_slice("sticky", [kept]))
    suite.in_force("with one endpoint")
    for host in chosen:
        suite.expect_answers([f"{kept}:80"], "172.30.1.2", host=host)
    suite.apply(endpoint_slice("sticky", [LOCAL, OTHER, REMOTE]))
    suite.in_force("with three endpoints")
    seen = suite.answers("172.30.1.2", count=15)
    expect(len(seen) == 1, f"a client with affinity goes to {seen}")


@check
def what_is_not_sure_is_left_to_the_rules(suite):
    ranged = service("ranged", "172.30.1.1", type="LoadBalancer", loadBalancerSourceRanges=["10.180.0.3/32"])
    ranged["status"] = {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}
    suite.apply(ranged, endpoint_slice("ranged", [LOCAL]), *with_endpoints("empty", "172.30.1.2", []))
    suite.start()
    suite.expect_answers([f"{LOCAL}:80"], "1.2.3.4", host="pod3")
    expect(not direct(suite, "pod3", "1.2.3.4"), "an address with source ranges is translated at connect")
    suite.expect_answers(["DROP"], "1.2.3.4", host="pod2", count=1)
    suite.expect_answers(["REJECT"], "172.30.1.2", count=1)
    # A socket with a source of its own: the rules masquerade it where they must.
    suite.expect_answers([f"{LOCAL}:80"], "172.30.1.1", host="node1", source="192.168.1.2")


@check
def switching_on_and_off_fails_no_connection(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL, OTHER]),
                *with_endpoints("dns", "172.30.1.53", [LOCAL, OTHER], 53, "UDP", 53),
                *with_endpoints("six", "fd00:10:96::6", SIX))
    suite.start()
    web, dns, six = ("172.30.1.1", 80, "TCP"), ("172.30.1.53", 53, "UDP"), ("fd00:10:96::6", 80, "TCP")
    clients = {f"{kind} {protocol} {host} {address}": (host, kind, address, port, protocol)
               for host in ("pod3", "node1") for address, port, protocol in (web, dns, six)
               for kind in ("new", "kept", "free") if kind != "free" or protocol == "UDP"}
    for name, (host, kind, address, port, protocol) in clients.items():
        suite.world[host].traffic_start(
            name=name, protocol=protocol, destination=address, port=port, pause=0.005, kind=kind)
    for turn in range(suite.turns):
        suite.proxy.stop()
        is_on = turn % 2 == 1
        suite.start(socketBalancing={"enabled": is_on})
        expect(wait_until(lambda: suite.sockets.translates() == is_on, 5), f"turn {turn}: pinned {suite.sockets.pinned()}")
        time.sleep(0.1)
    tallies = {name: suite.world[clients[name][0]].traffic_stop(name=name) for name in clients}
    for name, tally in tallies.items():
        bad = {outcome: count for outcome, count in tally.items() if not outcome.endswith((":80", ":53"))}
        expect(not bad and sum(tally.values()) > 20, f"{name}: {tally}")
        expect(not name.startswith("kept TCP") or len(tally) == 1, f"{name} changes its endpoint: {tally}")
    print(f"    {suite.turns} turns, {sum(sum(tally.values()) for tally in tallies.values())} questions of {len(clients)} clients")


@check
def switched_off_it_serves_sockets_that_are_there(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [OTHER]))
    suite.start()
    suite.world["pod3"].hold(name="held", protocol="TCP", destination="172.30.1.1", port=80)
    suite.proxy.stop()
    suite.start(socketBalancing={"enabled": False})
    expect(wait_until(lambda: not suite.sockets.translates(), 5), f"pinned: {suite.sockets.pinned()}")
    expect(suite.world["pod3"].peer(name="held") == ["172.30.1.1", 80], "the socket's peer is another one now")
    time.sleep(6)
    expect(suite.sockets.pinned(), "it went before the socket")
    suite.world["pod3"].release(name="held")
    expect(wait_until(lambda: not suite.sockets.pinned(), 15, 0.2), f"it stays: {suite.sockets.pinned()}")


@check
def connections_are_counted_by_service_and_endpoint(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL, OTHER, REMOTE]),
                *with_endpoints("dns", "172.30.1.53", [LOCAL], 53, "UDP", 53))
    suite.start(endpointMetrics=100)

    def counted(service):
        port = next(one for one in json.loads(suite.proxy.ask("/v1/services")[1])["ports"] if one["service"] == service)
        return port["traffic"]["connections"], {
            one["address"]: one["traffic"]["connections"] for one in port["endpoints"] if "traffic" in one}, port

    wait_until(lambda: "traffic" in json.loads(suite.proxy.ask("/v1/services")[1])["ports"][0])
    seen = {}
    for host, count in (("pod3", 60), ("node1", 30), ("ext", 0)):
        for outcome, endpoint, _ in suite.world[host].flow(
                protocol="TCP", destination="172.30.1.1", port=80, count=count):
            expect(outcome == "OK", f"{host}: {outcome}")
            seen[endpoint] = seen.get(endpoint, 0) + 1
    suite.world["pod3"].flow(protocol="UDP", destination="172.30.1.53", port=53, count=10)
    suite.world["pod3"].datagrams(name="free", destination="172.30.1.53", port=53, count=5)
    suite.world["pod3"].hold(name="held", protocol="TCP", destination="172.30.1.1", port=80)
    expect(wait_until(lambda: counted("web")[0] >= 91 and counted("dns")[0] >= 11, pause=0.2),
           f"{counted('web')} {counted('dns')}")
    total, by_endpoint, port = counted("web")
    expect(total == 91 and sum(by_endpoint.values()) == 91, f"91 connections were made: {port}")
    for endpoint, count in seen.items():
        expect(0 <= by_endpoint.get(endpoint, 0) - count <= 1, f"{endpoint} had {count}: {by_endpoint}")
    expect(counted("dns")[0] == 11, f"10 sockets and one that sends 5 datagrams: {counted('dns')}")
    expect(wait_until(lambda: counted("web")[2]["traffic"]["live"] == 1, pause=0.3), f"one is held: {counted('web')[2]}")
    suite.world["pod3"].release(name="held")
    suite.world["pod3"].release(name="free")
    expect(wait_until(lambda: counted("web")[2]["traffic"]["live"] == 0, pause=0.3), f"none is held: {counted('web')[2]}")


@check
def drained_connections_are_closed_after_their_time(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL, OTHER]))
    suite.start(drainTimeout="2s")
    held = {}
    for turn in range(40):
        got = suite.world["pod3"].hold(name=f"h{turn}", protocol="TCP", destination="172.30.1.1", port=80)
        held[f"h{turn}"] = got[1]
        if len(set(held.values())) == 2:
            break
    gone = next(name for name, endpoint in held.items() if endpoint == f"{OTHER}:80")
    kept = next(name for name, endpoint in held.items() if endpoint == f"{LOCAL}:80")
    suite.apply(endpoint_slice("web", [LOCAL]))
    suite.in_force("with one endpoint")
    expect(suite.world["pod3"].ask(name=gone)[0] == "OK", "a connection is cut before its time")
    expect(suite.world["pod3"].error(name=gone, within=20) == "ECONNABORTED", "the connection goes on after the drain timeout")
    expect(suite.world["pod3"].ask(name=kept)[1] == f"{LOCAL}:80", "a connection to an endpoint that stays was cut")
    for name in held:
        suite.world["pod3"].release(name=name)


@check
def node_only_leaves_pods_alone(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL, REMOTE]))
    suite.start(socketBalancing={"nodeOnly": True})
    expect(direct(suite, "node1", "172.30.1.1"), "the node's packets go to the cluster IP")
    expect(not direct(suite, "pod3", "172.30.1.1"), "a pod's connection is translated at connect")
    suite.expect_answers([f"{LOCAL}:80", f"{REMOTE}:80"], "172.30.1.1")


@check
def a_crash_leaves_it_at_work_and_a_restart_takes_it_over(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL, OTHER]), *with_endpoints("gone", "172.30.1.2", [OTHER]))
    suite.start()
    suite.proxy.stop(signal.SIGKILL)
    expect(set(LINKS) <= set(suite.sockets.pinned()), "a crash took the program")
    suite.expect_answers([f"{LOCAL}:80", f"{OTHER}:80"], "172.30.1.1")
    expect(direct(suite, "pod3", "172.30.1.1"), "the program does not work without the proxy")
    suite.delete(service("gone", "172.30.1.2"))
    suite.apply(endpoint_slice("web", [OTHER]))
    suite.world["pod3"].traffic_start(name="steady", protocol="TCP", destination="172.30.1.1", port=80, pause=0.002)
    suite.start()
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")
    expect(suite.proxy.total("viaduct_socket_frontends") >= 1, "the figure of frontends is missing")
    tally = suite.world["pod3"].traffic_stop(name="steady")
    expect(all(one.endswith(":80") for one in tally), f"a restart fails connections: {tally}")
    gone = suite.answers("172.30.1.2", count=4)
    expect(f"{OTHER}:80" not in gone, "a Service that went meanwhile is translated")


@check
def what_others_remove_is_repaired(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL]))
    suite.proxy.start(suite.every("1s"))
    suite.in_force("after the start")
    for path in sockets.PINS.glob(f"*/{suite.sockets.number}-*/connect4_link"):
        path.unlink()
    expect(wait_until(lambda: "connect4_link" in suite.sockets.pinned(), 5), "the link does not come back")
    expect(wait_until(lambda: direct(suite, "pod3", "172.30.1.1"), 5), "nothing is translated again")
    for path in sockets.PINS.glob(f"*/{suite.sockets.number}-*/*"):
        path.unlink()
    suite.expect_answers([f"{LOCAL}:80"], "172.30.1.1")
    expect(wait_until(lambda: set(LINKS) <= set(suite.sockets.pinned()), 5), "the program does not come back")
    expect(wait_until(lambda: direct(suite, "pod3", "172.30.1.1"), 5), "nothing is translated again")


@check
def cleanup_removes_it(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL]))
    suite.start()
    expect(suite.sockets.pinned(), "nothing is pinned")
    suite.proxy.stop()
    done = suite.world.run("node1", [*suite.sockets.wrapper, *suite.proxy.command("--cleanup")])
    expect(done.returncode == 0, f"--cleanup: {done.stderr}")
    expect(not suite.sockets.pinned(), f"left: {suite.sockets.pinned()}")


@check
def what_is_missing_is_one_clear_line(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL]))
    broken = {"socketBalancing": {"enabled": True, "cgroup": "/sys/fs/cgroup/none-such"}}
    suite.proxy.start(suite.configuration(**broken))
    expect(wait_until(lambda: not suite.proxy.running, 10), "the proxy runs without the control group")
    line = suite.proxy.log(last=1)[0]
    expect("none-such" in line and "fallback" in line, f"it says: {line}")
    broken["socketBalancing"]["fallback"] = True
    suite.start(**broken)
    suite.expect_answers([f"{LOCAL}:80"], "172.30.1.1")
    expect(any("none-such" in line for line in suite.proxy.log()), "the log does not tell why")
    suite.proxy.stop()
    suite.proxy.start(suite.configuration(mode="userspace"))
    expect(wait_until(lambda: not suite.proxy.running, 10), "userspace mode takes the setting")
    expect(any("socketBalancing.enabled" in line for line in suite.proxy.log(last=3)), f"{suite.proxy.log(last=3)}")


def main():
    parser = argparse.ArgumentParser(prog="integration/socket_balancing_suite.py", description=__doc__)
    parser.add_argument("--mode", default="nftables", choices=["nftables", "iptables"])
    parser.add_argument("--proxy", default=default_binary())
    parser.add_argument("--only", metavar="TEXT", help="only checks whose name contains this")
    parser.add_argument("--soak", action="store_true", help="switch 50 times, not 6")
    chosen = parser.parse_args()
    lacking = sockets.missing()

    with World() as world:
        suite = SocketSuite(world, chosen.proxy, RULESETS[chosen.mode](world))
        suite.turns = 50 if chosen.soak else 6
        if not lacking:
            suite.balance_sockets()

        def call(function):
            if lacking:
                raise Skipped(lacking)
            suite.reset()
            serve(suite)
            function(suite)

        try:
            check.run(call, chosen.only)
        finally:
            suite.proxy.stop()


if __name__ == "__main__":
    main()
