#!/usr/bin/env python3
"""Userspace mode beyond the packet scenarios: restarts, clean-up, taken ports, missing privileges, and what the proxy's
behaviour is in every mode."""

import argparse
import json
import signal
import sys
import time

sys.dont_write_bytecode = True

import insight_suite  # noqa: E402
import proxy_suite  # noqa: E402
from objects import endpoint_slice, service, with_endpoints  # noqa: E402
from proxy import default_binary  # noqa: E402
from proxy_suite import LOCAL, OTHER, REMOTE, Suite, expect, run_checks, some_services  # noqa: E402
from rulesets import LoopbackAddresses, NftRuleset  # noqa: E402
from world import World, wait_until  # noqa: E402

# Not here: what rules in the kernel do without the proxy, conntrack, and what rules look like.
CHECKS = [
    proxy_suite.cleanup_removes_only_what_is_ours, proxy_suite.drift_made_by_others_is_repaired,
    proxy_suite.a_lost_api_server_changes_nothing, proxy_suite.api_server_failures_are_survived,
    proxy_suite.bad_objects_disturb_no_others, proxy_suite.health_check_node_port_answers,
    proxy_suite.a_udp_client_that_never_pauses_follows_the_endpoints, proxy_suite.one_address_in_two_states_serves,
    proxy_suite.labels_are_read_as_upstream_reads_them, proxy_suite.weights_are_shares_of_new_connections,
    proxy_suite.health_and_metrics_answer_as_upstream, proxy_suite.configuration_that_cannot_be_read_is_named,
    insight_suite.the_socket_answers_root_and_nobody_else, insight_suite.counters_agree_with_what_clients_counted,
    insight_suite.services_and_top_show_what_is_programmed,
]

TAKE_PORT = """
import socket, sys, time
taken = socket.socket()
taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
taken.bind((sys.argv[1], int(sys.argv[2])))
taken.listen()
time.sleep(600)
"""


def check(function):
    CHECKS.append(function)
    return function


@check
def a_port_that_a_health_check_had_is_served_at_once(suite):
    spec = {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "healthCheckNodePort": 31999}
    suite.apply(service("lb", "172.30.1.90", [(80, "TCP", 30990)], **spec), endpoint_slice("lb", [LOCAL]))
    suite.start()
    asked = wait_until(lambda: suite.world["ext"].http_get(address="192.168.0.2", port=31999, path="/")[0] == 200)
    expect(asked, "the health check does not answer")
    suite.delete(service("lb", "172.30.1.90"))
    suite.apply(service("web", "172.30.1.91", [(80, "TCP", 31999)], type="NodePort"), endpoint_slice("web", [LOCAL]))
    at = suite.world["ext"].until(
        protocol="TCP", destination="192.168.0.2", port=31999, answer=f"{LOCAL}:80", pause=0.1)
    expect(at, "its port is no node port")
    # And back.
    suite.apply(service("web", "172.30.1.91", [(80, "TCP", 31998)], type="NodePort"))
    suite.apply(service("lb", "172.30.1.90", [(80, "TCP", 30990)], **spec))
    asked = wait_until(lambda: suite.world["ext"].http_get(address="192.168.0.2", port=31999, path="/")[0] == 200)
    expect(asked, "the health check does not answer again")


@check
def a_restart_finds_its_addresses(suite):
    suite.apply(*some_services(5), *with_endpoints("six", "fd00:10:96::6", ["fd00:10:180::1"]))
    suite.start()
    wanted = {f"172.30.1.{n + 1}" for n in range(5)} | {"fd00:10:96::6"}
    ours = suite.rules.ours()
    expect(wanted <= ours, f"lo has {ours} with our mark")
    status = suite.proxy.stop(signal.SIGTERM)
    expect(status == 0, f"SIGTERM: exit status {status}, not 0")
    expect(suite.rules.ours() == ours, "SIGTERM changed the addresses")
    expect(suite.answers("172.30.1.1", count=2) == {"REJECT"}, "somebody listens without the proxy")
    # What goes while no proxy runs is removed, and nothing that stays is touched.
    suite.delete(*some_services(1))
    monitor = suite.world.directory / "monitor"
    with open(monitor, "w") as output:
        child = suite.world.start("node1", ["ip", "monitor", "address", "route"], output=output)
        # It tells of an address that comes and goes once it listens.
        def is_listening():
            for action in ("add", "del"):
                suite.rules.run("ip", "addr", action, "10.99.0.9/32", "dev", "lo")
            return "10.99.0.9" in monitor.read_text()
        expect(wait_until(is_listening), "ip monitor tells of nothing")
        suite.start()
        wait_until(lambda: "172.30.1.1 " in monitor.read_text())
        time.sleep(0.3)  # and nothing else
        child.terminate()
        child.wait()
    told = [line for line in monitor.read_text().splitlines() if ("dev lo" in line or "inet" in line) and "10.99.0.9" not in line]
    expect(len(told) == 1 and "Deleted" in told[0] and "172.30.1.1 " in told[0], f"changed addresses: {told}")
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.3")


@check
def connections_outlive_changes_of_endpoints(suite):
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL]))
    suite.start()
    first = suite.node.hold(name="kept", protocol="TCP", destination="172.30.1.1", port=80)
    expect(first[1] == f"{LOCAL}:80", f"no connection to keep: {first}")
    for endpoints in ([OTHER], [], [REMOTE]):
        suite.apply(endpoint_slice("web", endpoints))
        suite.in_force(f"with {endpoints}")
        wanted = {f"{one}:80" for one in endpoints} or {"REJECT"}
        expect(suite.answers("172.30.1.1", count=3) == wanted, f"new connections do not get {wanted}")
        again = suite.node.ask(name="kept")
        expect(again == first, f"with {endpoints} the established connection answers {again}, before {first}")
    suite.node.release(name="kept")


@check
def a_new_process_takes_over_while_the_old_one_runs(suite):
    suite.apply(*some_services(3))
    suite.start()
    old, suite.proxy.child = suite.proxy.child, None
    first = suite.node.hold(name="kept", protocol="TCP", destination="172.30.1.1", port=80)
    quiet = suite.configuration(healthzBindAddress="127.0.0.1:10266", metricsBindAddress="127.0.0.1:10259")
    suite.world["pod3"].traffic_start(name="steady", protocol="TCP", destination="172.30.1.1", port=80)
    suite.proxy.start(quiet)
    wait_until(lambda: len([line for line in suite.rules.run("ss", "-Hlnt").splitlines() if "172.30.1.1:80" in line]) == 2)
    time.sleep(0.5)
    expect(suite.node.ask(name="kept") == first, "the old process dropped its connection")
    wait_until(lambda: suite.world["pod3"].traffic_tally(name="steady").get(f"{OTHER}:80", 0) > 50)
    old.send_signal(signal.SIGTERM)
    old.wait(60)
    suite.in_force("after the old process went")
    seen = suite.world["pod3"].traffic_stop(name="steady")
    suite.node.release(name="kept")
    # Connections that the old one had not taken yet when it ended are reset.
    lost = sum(count for outcome, count in seen.items() if outcome != f"{OTHER}:80")
    expect(seen.get(f"{OTHER}:80", 0) > 50 and lost <= 1, f"connections meanwhile: {seen}")


@check
def a_taken_port_is_named_and_served_once_it_is_free(suite):
    holder = suite.world.start("node1", [sys.executable, "-c", TAKE_PORT, "0.0.0.0", "80"])
    expect(wait_until(lambda: "tcp 0.0.0.0:80" in suite.rules.sockets()), f"the port is not taken: {holder.poll()} {suite.rules.sockets()}")
    suite.apply(*with_endpoints("taken", "172.30.1.1", [LOCAL]), *with_endpoints("free", "172.30.1.2", [LOCAL], 81))
    suite.proxy.start(suite.every("2s"))
    suite.in_force("with a taken port")
    expect(suite.answers("172.30.1.2", port=81, count=2) == {f"{LOCAL}:80"}, "another Service is not served")
    # It is logged when all is in force, a moment after others are served.
    said = wait_until(lambda: any(
        "suite/taken" in line and "172.30.1.1:80/TCP: another program has this port" in line for line in suite.proxy.log()))
    holder.terminate()
    holder.wait()
    expect(said, "the log does not say so")
    at = suite.world["pod3"].until(
        protocol="TCP", destination="172.30.1.1", port=80, answer=f"{LOCAL}:80", within=60, pause=0.1)
    expect(at, "not served after the port was free")


@check
def without_net_admin_node_ports_work(suite):
    suite.apply(service("web", "172.30.1.1", [(80, "TCP", 30080), ], type="NodePort", externalIPs=["192.168.0.2"]),
                endpoint_slice("web", [LOCAL]), *with_endpoints("other", "172.30.1.2", [LOCAL]))
    # More than the errors of which fit into a socket's buffer at a time.
    for n in range(600):
        suite.apply(*with_endpoints(f"many{n}", f"172.30.{2 + n // 250}.{n % 250 + 1}", [LOCAL]))
    suite.proxy.start(suite.configuration(), wrapper=[
        "setpriv", "--bounding-set", "-net_admin,-net_bind_service", "--inh-caps", "-net_admin,-net_bind_service"])
    client = suite.world["ext"]
    at = client.until(protocol="TCP", destination="192.168.0.2", port=30080, answer=f"{LOCAL}:80", within=60, pause=0.1)
    expect(at, "the node port is not served: " + " | ".join(suite.proxy.log(last=5)))
    expect(suite.proxy.running, "the proxy ended")
    suite.expect_logged("frontends of Services are not served")
    suite.expect_logged("192.168.0.2:80/TCP: this port needs CAP_NET_BIND_SERVICE")
    told = [line for line in suite.proxy.log() if "without CAP_NET_ADMIN" in line]
    expect(len(told) == 1, f"one line should tell of the missing capability: {told}")
    expect(not suite.rules.ours(), "addresses without a privilege")


@check
def few_files_are_no_crash(suite):
    suite.apply(*some_services(40))
    suite.proxy.start(suite.configuration(), wrapper=["prlimit", "--nofile=80:80"])
    found = wait_until(lambda: [line for line in suite.proxy.log() if "LimitNOFILE=" in line and "are not served" in line])
    expect(found, "the log does not tell: " + " | ".join(suite.proxy.log(last=3)))
    named, served = set(), set()

    def all_are_told():
        named.update(line.split("suite/")[1].split(":")[0] for line in suite.proxy.log()
                     if "no more files can be opened; it is not served" in line)
        served.clear()
        served.update(line.split()[1] for line in suite.rules.sockets() if line.startswith("tcp 172.30.1."))
        return len(named) + len(served) == 40

    wait_until(all_are_told)
    time.sleep(1)
    expect(suite.proxy.running, "the proxy ended: " + " | ".join(suite.proxy.log(last=3)))
    expect(named and served and len(named) + len(served) == 40, f"{len(served)} Services are served and {len(named)} named")
    missing = int(found[0].split(" frontends of Services are not served")[0].split()[-1])
    expect(missing == len(named) and f"LimitNOFILE={80 + missing}" in found[0], f"wrong numbers: {found[0]}")
    gauge = suite.proxy.metrics().get('viaduct_unserved_frontends{ip_family="IPv4"}')
    expect(gauge == missing, f"metric: {gauge}")
    # Those that are served have clients all the same: connections have files of their own.
    name = sorted(served)[0].split(":")[0]
    expect(len(suite.answers(name, count=5) & {"REJECT", "DROP"}) == 0, f"{name} is not served")
    # One Service less is one more that has a file.
    gone = next(iter(served)).rsplit(":", 1)[0]
    index = int(gone.rsplit(".", 1)[1]) - 1
    suite.delete(*some_services(40)[2 * index:2 * index + 2])
    expect(wait_until(lambda: gone + ":80" not in "".join(suite.rules.sockets()) and len(
        [line for line in suite.rules.sockets() if line.startswith("tcp 172.30.1.")]) == len(served)),
        "the file of a Service that went is not given to another one")


@check
def sctp_is_named(suite):
    suite.apply(*with_endpoints("s", "172.30.1.1", [LOCAL], 9999, "SCTP", 9999), *with_endpoints("t", "172.30.1.2", [LOCAL]))
    suite.start()
    expect(suite.answers("172.30.1.2", count=2) == {f"{LOCAL}:80"}, "another Service is not served")
    def lines():
        return [line for line in suite.proxy.log() if "suite/s" in line and "SCTP" in line]
    wait_until(lines)
    told = lines()
    expect(len(told) == 1, f"one line should tell of SCTP: {told}")


@check
def modes_take_over_from_each_other(suite):
    nftables = NftRuleset(suite.world)
    suite.apply(*some_services(5))
    suite.start()
    suite.proxy.stop()
    suite.start(mode="nftables")
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")
    # Addresses of sockets that have not quite ended are looked at again after 5 s.
    expect(wait_until(lambda: not suite.rules.ours()), f"nftables mode leaves addresses: {suite.rules.ours()}")
    suite.proxy.stop()
    suite.start()
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")
    expect(wait_until(lambda: "suite/s1" not in nftables.listing()), "userspace mode leaves rules of nftables mode")


# The last one: the proxy outlives a tracer that is killed, and goes on listening.
CHECKS.append(proxy_suite.no_program_is_ever_started)


def main():
    parser = argparse.ArgumentParser(prog="integration/userspace_suite.py", description=__doc__)
    parser.add_argument("--proxy", metavar="PATH", help="the program (default: the newest build of viaduct)")
    parser.add_argument("--only", metavar="TEXT", help="only checks whose name contains this")
    chosen = parser.parse_args()
    binary = chosen.proxy or default_binary()
    if not binary:
        sys.exit("no build of viaduct: run 'swift build' or give --proxy PATH")
    with World() as world:
        failed = run_checks(Suite(world, binary, LoopbackAddresses(world)), CHECKS, chosen.only)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
