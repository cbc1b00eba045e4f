#!/usr/bin/env python3
"""ipvs mode beyond the packet scenarios: restarts, drain, schedulers, weights, other programs' virtual servers."""

import argparse
import json
import pathlib
import re
import signal
import sys
import time

sys.dont_write_bytecode = True

import proxy_suite  # noqa: E402
from objects import endpoint_slice, service, with_endpoints  # noqa: E402
from proxy import default_binary  # noqa: E402
from proxy_suite import Skipped, Suite, expect, run_checks  # noqa: E402
from rulesets import IPVSRuleset  # noqa: E402
from world import World, wait_until  # noqa: E402

CHECKS = []
SHARED_CHECKS = [
    proxy_suite.a_udp_client_that_never_pauses_follows_the_endpoints, proxy_suite.one_address_in_two_states_serves,
    proxy_suite.labels_are_read_as_upstream_reads_them,
]
TABLE, DEVICE = IPVSRuleset.table, IPVSRuleset.device
MODULE_LOADER = pathlib.Path("/proc/sys/kernel/modprobe")
LOCAL, OTHER, REMOTE = "10.180.0.1", "10.180.0.2", "10.180.1.1"
SCHEDULERS = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "fo", "ovf", "mh", "twos"]


def check(function):
    CHECKS.append(function)
    return function


class IPVSSuite(Suite):
    """Checks on node1 with ipvsadm as an observer."""

    def has_ipvs(self):
        """Whether this kernel has ip_vs; ipvsadm loads it."""
        return IPVSRuleset.settings.exists() or self.world.run("node1", ["ipvsadm", "-Ln"]).returncode == 0

    def need_ipvs(self):
        if not self.has_ipvs():
            raise Skipped("this kernel has no ip_vs")

    def start_without_modules(self, **changes):
        """Runs the proxy to its end where no module loads: a CompletedProcess. Only the emulated kernel is changed."""
        before = MODULE_LOADER.read_text() if self.emulated else None
        try:
            if self.emulated:
                MODULE_LOADER.write_text("/bin/false")
            self.proxy.config_path.write_text(json.dumps(self.configuration(**changes)))
            return self.proxy.run("--config", str(self.proxy.config_path))
        finally:
            if self.emulated:
                MODULE_LOADER.write_text(before)

    def run(self, *words):
        done = self.world.run("node1", list(words))
        expect(done.returncode == 0, f"{' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def weights(self, address, port=80):
        """{endpoint: weight} of a virtual server."""
        name = f"-t {address}:{port} "
        found = [re.search(r"-r (\S+) -m -w (\d+)", line) for line in self.rules.servers() if line.startswith("-a " + name)]
        return {match.group(1): int(match.group(2)) for match in found if match}


def some_services(count=10):
    return [one for n in range(count)
            for one in with_endpoints(f"s{n}", f"172.30.1.{n + 1}", [LOCAL, REMOTE] if n % 2 else [OTHER])]


def everything():
    """Services of each kind, IPv6 and affinity among them."""
    return [
        *some_services(6), *with_endpoints("six", "fd00:10:96::6", ["fd00:10:180::1"]),
        service("outside", "172.30.2.1", [(80, "TCP", 30777)], type="LoadBalancer", externalIPs=["192.168.99.7"],
                externalTrafficPolicy="Local", healthCheckNodePort=30999),
        endpoint_slice("outside", [LOCAL, REMOTE]),
        *with_endpoints("sticky", "172.30.2.2", [LOCAL, REMOTE], sessionAffinity="ClientIP"),
    ]


def annotated(name, address, endpoints, **annotations):
    value = service(name, address)
    value["metadata"]["annotations"] = {f"viaduct.io/ipvs-{key.replace('_', '-')}": text for key, text in annotations.items()}
    return [value, endpoint_slice(name, endpoints)]


@check
def without_the_module_there_is_one_clear_line(suite):
    if IPVSRuleset.settings.exists():
        raise Skipped("ip_vs is loaded already")
    done = suite.start_without_modules()
    lines = [line for line in (done.stdout + done.stderr).splitlines() if "ip_vs" in line]
    expect(done.returncode not in (0, None), "it did not fail")
    expect(len(lines) == 1 and "ip_vs" in lines[0], f"not one clear line: {done.stdout}{done.stderr}")


@check
def a_missing_scheduler_is_told_at_the_start(suite):
    suite.need_ipvs()
    if not suite.emulated:
        raise Skipped("modules of this host are not ours to keep from loading")
    if "ip_vs_ovf" in pathlib.Path("/proc/modules").read_text():
        raise Skipped("ip_vs_ovf is loaded already")
    done = suite.start_without_modules(ipvs={"scheduler": "ovf"})
    expect(done.returncode not in (0, None), "it did not fail")
    expect("ip_vs_ovf" in done.stdout + done.stderr, f"the module is not named: {done.stdout}{done.stderr}")


@check
def restart_adopts_what_is_there(suite):
    suite.need_ipvs()
    suite.apply(*everything())
    suite.start()
    first = suite.node.hold(name="kept", protocol="TCP", destination="172.30.1.1", port=80)
    outside = suite.world["ext"].hold(name="kept", protocol="TCP", destination="192.168.0.2", port=30777)
    expect(first[0] == "OK" and outside[0] == "OK", f"no connections to keep: {first}, {outside}")
    before = suite.rules.servers(), suite.rules.addresses(), suite.run("nft", "-a", "list", "ruleset")
    expect(suite.proxy.stop(signal.SIGTERM) == 0, "SIGTERM: the exit status is not 0")
    for number in (signal.SIGTERM, signal.SIGKILL):
        moment = time.time()
        suite.proxy.start(suite.configuration())
        expect(suite.synced_since(moment), "no sync after a start")
        messages = [value for key, value in suite.proxy.metrics().items() if key.startswith("viaduct_sync_messages_total")]
        expect(not any(messages), f"a start with the same objects sent {messages} messages")
        suite.proxy.stop(number)
        expect((suite.rules.servers(), suite.rules.addresses(), suite.run("nft", "-a", "list", "ruleset")) == before, "a restart changed something")
    again = suite.node.ask(name="kept"), suite.world["ext"].ask(name="kept")
    suite.node.release(name="kept")
    suite.world["ext"].release(name="kept")
    expect(again == (first, outside), f"the established connections answer {again}, before {(first, outside)}")


@check
def an_endpoint_drains(suite):
    suite.need_ipvs()
    suite.apply(*with_endpoints("web", "172.30.1.1", [LOCAL, REMOTE]))
    suite.start(ipvs={"syncPeriod": "2s"})
    held = {}
    for n in range(4):
        held[n] = suite.node.hold(name=f"c{n}", protocol="TCP", destination="172.30.1.1", port=80)
    expect({answer[1] for answer in held.values()} == {f"{LOCAL}:80", f"{REMOTE}:80"}, f"answers {held}")
    suite.apply(endpoint_slice("web", [REMOTE]))
    suite.in_force("after an endpoint went")
    expect(suite.weights("172.30.1.1") == {f"{LOCAL}:80": 0, f"{REMOTE}:80": 1}, f"weights {suite.weights('172.30.1.1')}")
    suite.expect_answers([f"{REMOTE}:80"], "172.30.1.1", count=40)
    for n, answer in held.items():
        expect(suite.node.ask(name=f"c{n}") == answer, f"connection {n} did not survive the drain")
    name = 'viaduct_draining_connections{ip_family="IPv4"}'
    told = wait_until(lambda: suite.proxy.metrics().get(name, 0) >= 2, 15)
    expect(told, f"the metrics tell of {suite.proxy.metrics().get(name)} live connections")
    # An endpoint without connections does not stay; one that comes back serves again.
    suite.apply(endpoint_slice("web", [REMOTE, OTHER]))
    suite.in_force("after an endpoint came")
    suite.apply(endpoint_slice("web", [REMOTE, LOCAL]))
    suite.in_force("after another change")
    gone = wait_until(lambda: set(suite.weights("172.30.1.1").items()) == {(f"{LOCAL}:80", 1), (f"{REMOTE}:80", 1)}, 15)
    expect(gone, f"weights {suite.weights('172.30.1.1')}")
    for n in held:
        suite.node.release(name=f"c{n}")


@check
def others_keep_their_virtual_servers(suite):
    suite.need_ipvs()
    foreign = [
        ["-A", "-t", "198.51.100.1:80", "-s", "wlc"], ["-a", "-t", "198.51.100.1:80", "-r", "10.180.1.5:80", "-m", "-w", "5"],
        ["-A", "-f", "77", "-s", "sh"], ["-a", "-f", "77", "-r", "10.180.1.4:80", "-m"],
        ["-A", "-u", "172.30.9.9:53", "-s", "rr"],
    ]
    for words in foreign:
        suite.run("ipvsadm", *words)
    alone = suite.rules.servers()
    suite.apply(*everything())
    suite.start(ipvs={"syncPeriod": "2s", "excludeCIDRs": ["172.30.9.0/24"]})
    expect(set(alone) <= set(suite.rules.servers()), "virtual servers of others were changed")
    time.sleep(3)
    expect(set(alone) <= set(suite.rules.servers()), "virtual servers of others were changed by a verification")
    expect(len(suite.rules.servers()) > len(alone) + 10, "nothing was programmed")
    suite.proxy.stop()
    # On our device, but in a range that is not ours.
    suite.run("ip", "addr", "add", "172.30.9.8/32", "dev", DEVICE)
    suite.run("ipvsadm", "-A", "-t", "172.30.9.8:80", "-s", "rr")
    alone += [one for one in suite.rules.servers() if "172.30.9.8" in one]
    for _ in range(2):
        done = suite.proxy.run("--config", str(suite.proxy.config_path), "--cleanup")
        expect(done.returncode == 0, f"--cleanup: status {done.returncode}: {done.stdout}{done.stderr}")
        expect(sorted(suite.rules.servers()) == sorted(alone), f"--cleanup left or removed something: {suite.rules.servers()}")
        expect(not suite.rules.addresses() and TABLE not in suite.run("nft", "list", "tables"), "--cleanup left addresses or rules")


@check
def drift_made_by_others_is_repaired(suite):
    suite.need_ipvs()
    suite.apply(*everything())
    suite.start(ipvs={"syncPeriod": "2s"})
    before = suite.rules.servers(), suite.rules.addresses(), sorted(suite.run("nft", "list", "ruleset").split("\n"))
    damages = [
        ["ipvsadm", "-D", "-t", "172.30.1.1:80"], ["ipvsadm", "-C"], ["ipvsadm", "-E", "-t", "172.30.1.1:80", "-s", "lc"],
        ["ipvsadm", "-e", "-t", "172.30.1.1:80", "-r", f"{OTHER}:80", "-m", "-w", "9"],
        ["ipvsadm", "-a", "-t", "172.30.1.1:80", "-r", "10.180.1.5:80", "-m"],
        ["ipvsadm", "-A", "-t", "172.30.1.1:99", "-s", "rr"],
        ["ip", "addr", "del", "172.30.1.1/32", "dev", DEVICE], ["ip", "addr", "add", "172.30.7.7/32", "dev", DEVICE],
        ["ip", "link", "del", DEVICE], ["nft", "flush", "ruleset"], ["nft", "delete", "table", "ip", TABLE],
    ]
    for words in damages:
        suite.run(*words)
        mended = wait_until(
            lambda: (suite.rules.servers(), suite.rules.addresses(), sorted(suite.run("nft", "list", "ruleset").split("\n"))) == before, 20, 0.5)
        expect(mended, f"{' '.join(words)}: not repaired within 20 s: {suite.rules.servers()} {suite.rules.addresses()}")
    suite.expect_answers([f"{OTHER}:80"], "172.30.1.1")


@check
def every_scheduler_by_annotation(suite):
    suite.need_ipvs()
    for n, name in enumerate(SCHEDULERS):
        suite.apply(*annotated(f"by-{name}", f"172.30.3.{n + 1}", [LOCAL, REMOTE], scheduler=name))
    suite.apply(*annotated("flags", "172.30.4.1", [LOCAL, REMOTE], scheduler="mh", scheduler_flags="mh-port,mh-fallback"))
    suite.apply(*annotated("wrong", "172.30.4.2", [LOCAL], scheduler="fastest"))
    suite.start(ipvs={"scheduler": "wlc"})
    saved = suite.rules.servers()
    for n, name in enumerate(SCHEDULERS):
        # Some kernels leave out the newer ones: there the default is used, and told.
        there = suite.world.run("node1", ["modinfo", f"ip_vs_{name}"]).returncode == 0
        wanted = f"-A -t 172.30.3.{n + 1}:80 -s {name if there else 'wlc'}"
        expect(any(line.startswith(wanted) for line in saved), f"{name}: not {wanted}: {saved}")
        told = there or any(f"ip_vs_{name}" in line for line in suite.proxy.log())
        expect(told, f"the log does not tell that there is no scheduler {name}")
        # dh sees one destination only, and lblc and lblcr send it to one endpoint.
        seen = suite.answers(f"172.30.3.{n + 1}")
        expect(seen and seen <= {f"{LOCAL}:80", f"{REMOTE}:80"}, f"{name}: {seen} answer")
    expect(any(re.match(r"-A -t 172.30.4.1:80 -s mh -b flag-1,flag-2|-A -t 172.30.4.1:80 -s mh -b mh-fallback,mh-port", line)
               for line in saved), f"no flags: {saved}")
    expect("-A -t 172.30.4.2:80 -s wlc" in saved, f"not the default: {saved}")
    expect(any("fastest" in line for line in suite.proxy.log()), "the log does not tell of the wrong scheduler")
    told = wait_until(lambda: [one for one in suite.server.posted_events() if "fastest" in one.get("note", "")], 10)
    expect(told, "no Event tells of the wrong scheduler")


@check
def weights_by_annotation(suite):
    suite.need_ipvs()
    suite.apply(*annotated("web", "172.30.1.1", [LOCAL, REMOTE], scheduler="wrr", weights=f"{LOCAL}=3,10.180.1.0/24=1"))
    suite.start()
    expect(suite.weights("172.30.1.1") == {f"{LOCAL}:80": 3, f"{REMOTE}:80": 1}, f"weights {suite.weights('172.30.1.1')}")
    results = suite.world["pod3"].flow(protocol="TCP", destination="172.30.1.1", port=80, count=40)
    counts = [sum(one[1] == endpoint for one in results) for endpoint in (f"{LOCAL}:80", f"{REMOTE}:80")]
    expect(counts == [30, 10], f"connections by weight: {counts}")
    suite.apply(annotated("web", "172.30.1.1", [], scheduler="wrr", weights=f"{LOCAL}=0")[0])
    suite.in_force("after the weights changed")
    suite.expect_answers([f"{REMOTE}:80"], "172.30.1.1")


@check
def settings_of_the_kernel(suite):
    suite.need_ipvs()
    suite.start(ipvs={"strictARP": True, "tcpTimeout": "901s", "tcpFinTimeout": "121s", "udpTimeout": "301s"})
    wanted = {"vs/conntrack": 1, "vs/expire_nodest_conn": 1, "vs/expire_quiescent_template": 1, "ip_forward": 1,
              "conf/all/arp_ignore": 1, "conf/all/arp_announce": 2}
    for name, value in wanted.items():
        found = suite.run("cat", f"/proc/sys/net/ipv4/{name}").strip()
        expect(found == str(value), f"{name} is {found}, not {value}")
    expect("901 121 301" in suite.run("ipvsadm", "-L", "--timeout"), suite.run("ipvsadm", "-L", "--timeout"))


@check
def the_device_holds_exactly_the_service_addresses(suite):
    suite.need_ipvs()
    suite.apply(*everything())
    suite.start()
    sentinel = {pair[0] for pair in suite.sentinel.ADDRESSES.values()}
    wanted = {f"172.30.1.{n}" for n in range(1, 7)} | {"fd00:10:96::6", "172.30.2.1", "172.30.2.2", "192.168.99.7"} | sentinel
    expect(suite.rules.addresses() == wanted, f"{DEVICE} holds {sorted(suite.rules.addresses() ^ wanted)} too many or too few")
    # An external IP that is the node's own stays its own, and its other ports work.
    suite.apply(*with_endpoints("own", "172.30.2.9", [LOCAL], 8089, externalIPs=["192.168.0.2"]))
    suite.in_force("after a service with the node's address")
    expect("192.168.0.2" not in suite.rules.addresses(), "the node's own address is on the device")
    suite.expect_answers([f"{LOCAL}:80"], "192.168.0.2", port=8089, host="node2")
    suite.world.serve([(one, 80, "TCP") for one in (LOCAL, OTHER, REMOTE)] + [("192.168.0.2", 9022, "TCP")]
                      + suite.sentinel.endpoints())
    suite.expect_answers(["192.168.0.2:9022"], "192.168.0.2", port=9022, host="node2")
    suite.delete(*everything())
    suite.in_force("after the services went")
    expect(suite.rules.addresses() == {"172.30.2.9"} | sentinel, f"{DEVICE} holds {suite.rules.addresses()}")


@check
def session_affinity_is_persistence(suite):
    suite.need_ipvs()
    sticky = service("sticky", "172.30.1.1", [(80, "TCP", 30778)], type="NodePort", externalIPs=["192.168.99.8"],
                     sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 77}})
    suite.apply(sticky, endpoint_slice("sticky", [LOCAL, OTHER, REMOTE]))
    suite.start()
    saved = suite.rules.servers()
    for address in ("172.30.1.1", "192.168.99.8"):
        expect(f"-A -t {address}:80 -s rr -p 77" in saved, f"{address} is not persistent: {saved}")
    for address, port in (("172.30.1.1", 80), ("192.168.99.8", 80), ("192.168.0.2", 30778)):
        for host, source in (("ext", "203.0.113.2"), ("node2", None)):
            if host == "node2" and address != "192.168.0.2":
                continue
            first = suite.answers(address, port=port, host=host, source=source)
            expect(len(first) == 1, f"{host} -> {address}:{port}: {first}")
            # The endpoint goes: another one, for all connections.
            suite.apply(endpoint_slice("sticky", [one for one in (LOCAL, OTHER, REMOTE) if f"{one}:80" not in first]))
            suite.in_force("after the endpoint went")
            second = suite.answers(address, port=port, host=host, source=source)
            expect(len(second) == 1 and second != first and "REJECT" not in second, f"{host}: {first}, then {second}")
            suite.apply(endpoint_slice("sticky", [LOCAL, OTHER, REMOTE]))
            suite.in_force("after the endpoint came back")


def main():
    parser = argparse.ArgumentParser(prog="integration/ipvs_suite.py", description=__doc__)
    parser.add_argument("--proxy", metavar="PATH", help="the program (default: the newest build of viaduct)")
    parser.add_argument("--only", metavar="TEXT", help="only checks whose name contains this")
    chosen = parser.parse_args()
    binary = chosen.proxy or default_binary()
    if not binary:
        sys.exit("no build of viaduct: run 'swift build' or give --proxy PATH")
    with World() as world:
        suite = IPVSSuite(world, binary, IPVSRuleset(world))
        suite.emulated = pathlib.Path("/run/kernel-run").exists()
        failed = run_checks(suite, CHECKS + SHARED_CHECKS, chosen.only)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
