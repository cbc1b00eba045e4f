#!/usr/bin/env python3
"""Damages the kernel's state in many ways, one at a time, and has `viaduct explain` name what differs; follows packets.

The proxy stands still meanwhile (SIGSTOP), or it would mend most of it; then it goes on and does so, and explain has to
find everything right again.
"""

import argparse
import json
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True

from agent import PATIENCE  # noqa: E402
from apiserver import FakeAPIServer  # noqa: E402
from explain import Explainer  # noqa: E402
from objects import endpoint_slice, service  # noqa: E402
from proxy import ROOT, Proxy, Sentinel, configuration, default_binary  # noqa: E402
from rulesets import RULESETS  # noqa: E402
from world import World, node_objects, wait_until  # noqa: E402

ENDPOINTS = ["10.180.0.1", "10.180.1.1", "10.180.2.1"]
CLIENT = "10.180.0.3"
OUTSIDE = "203.0.113.2"
WEB = "172.30.1.1:80"


def load_balancer(*addresses):
    return {"loadBalancer": {"ingress": [{"ip": address, "ipMode": "VIP"} for address in addresses]}}


def objects():
    web = service(
        "web", "172.30.1.1", [(80, "TCP", 30080)], type="LoadBalancer", externalIPs=["192.168.99.11"],
        externalTrafficPolicy="Cluster", loadBalancerSourceRanges=["203.0.113.0/25"])
    web["status"] = load_balancer("1.2.3.4")
    kept = service(
        "kept", "172.30.1.4", [(80, "TCP", 30084)], type="LoadBalancer", externalTrafficPolicy="Local")
    kept["status"] = load_balancer("5.6.7.8")
    sticky = service(
        "sticky", "172.30.1.2", sessionAffinity="ClientIP",
        sessionAffinityConfig={"clientIP": {"timeoutSeconds": 300}})
    weighted = service("weighted", "172.30.1.5")
    weighted["metadata"]["annotations"] = {"viaduct.io/weights": "10.180.0.1=3,10.180.2.1=0"}
    return [
        web, endpoint_slice("web", ENDPOINTS), kept, endpoint_slice("kept", ENDPOINTS), sticky,
        endpoint_slice("sticky", ENDPOINTS), weighted, endpoint_slice("weighted", ENDPOINTS), service("empty", "172.30.1.3", [(80, "TCP", 30083)]),
    ]


class Damage:
    """Commands that damage the state of node1, those that mend what the proxy does not, a question, and words of which
    each stands in what explain names: differences or, with `obstacle`, what is in the way."""

    def __init__(self, name, commands, words, question=(CLIENT, WEB), undo=(), obstacle=False, arguments=()):
        self.name = name
        self.commands = [command.split() for command in commands]
        self.words = words
        self.question = question
        self.undo = [command.split() for command in undo]
        self.obstacle = obstacle
        self.arguments = arguments


# What hurts packets in every mode, whoever does it.
EVERYWHERE = [
    Damage("forwarding is off", ["sysctl -w net.ipv4.ip_forward=0"], ["forwarding"], obstacle=True,
           undo=["sysctl -w net.ipv4.ip_forward=1"]),
    Damage("forwarding is off for one device", ["sysctl -w net.ipv4.conf.cni0.forwarding=0"], ["cni0", "forwarding"],
           obstacle=True, undo=["sysctl -w net.ipv4.conf.cni0.forwarding=1"]),
    Damage("the route to endpoints is gone, and what is left leads nowhere",
           ["ip route replace unreachable 10.180.1.0/24"], ["10.180.1.1", "unreachable"],
           obstacle=True, undo=["ip route del unreachable 10.180.1.0/24", "ip route add 10.180.1.0/24 via 192.168.0.3"]),
    Damage("there is no route to endpoints",
           ["ip route del 10.180.2.0/24", "ip route del default"], ["10.180.2.1", "route"], obstacle=True,
           undo=["ip route add default via 192.168.0.1", "ip route add 10.180.2.0/24 via 192.168.0.3"]),
    Damage("the reverse path filter is strict, and answers would go another way",
           ["sysctl -w net.ipv4.conf.all.rp_filter=1"], ["rp_filter", "cni0"], question=(OUTSIDE, "192.168.0.2:30080"),
           obstacle=True, undo=["sysctl -w net.ipv4.conf.all.rp_filter=0"], arguments=["--via", "cni0"]),
    Damage("another table of nf_tables drops what is forwarded",
           ["nft add table inet other", "nft add chain inet other forwarding { type filter hook forward priority 0; }",
            "nft add rule inet other forwarding ip daddr 10.180.1.0/24 drop"],
           ["table inet other", "forwarding", "10.180.1.0/24", "drop"], obstacle=True, undo=["nft delete table inet other"]),
    Damage("the policy of another table drops what it does not accept",
           ["nft add table ip other", "nft add chain ip other forwarding { type filter hook forward priority 5; policy drop; }",
            "nft add rule ip other forwarding ct state established,related accept"],
           ["table ip other", "policy drop"], obstacle=True, undo=["nft delete table ip other"]),
    Damage("another table drops what arrives",
           ["nft add table ip other", "nft add chain ip other pre { type filter hook prerouting priority -300; }",
            "nft add rule ip other pre iifname cni0 tcp dport 80 drop"],
           ["table ip other", "dport 80", "drop"], obstacle=True, undo=["nft delete table ip other"]),
    Damage("another table refuses what the node sends",
           ["nft add table ip other", "nft add chain ip other out { type filter hook output priority -200; }",
            "nft add rule ip other out ip daddr 172.30.1.1 reject"],
           ["table ip other", "reject"], question=("node", WEB), obstacle=True, undo=["nft delete table ip other"]),
    Damage("the legacy filter table drops what is forwarded", ["iptables-legacy -P FORWARD DROP"],
           ["iptables table filter", "policy drop"], obstacle=True, undo=["iptables-legacy -P FORWARD ACCEPT"]),
    Damage("a legacy rule drops what is forwarded",
           ["iptables-legacy -I FORWARD -p tcp -d 10.180.0.0/16 -j DROP"], ["-d 10.180.0.0/16", "DROP"], obstacle=True,
           undo=["iptables-legacy -D FORWARD -p tcp -d 10.180.0.0/16 -j DROP"]),
]

# Where connection tracking translates.
TRACKED = [
    Damage("another table takes the connection from tracking",
           ["nft add table ip other", "nft add chain ip other raw { type filter hook prerouting priority -300; }",
            "nft add rule ip other raw ip saddr 10.180.0.3 notrack"],
           ["table ip other", "notrack"], obstacle=True, undo=["nft delete table ip other"]),
    Damage("a legacy rule takes the connection from tracking",
           ["iptables-legacy -t raw -A PREROUTING -s 10.180.0.3 -j CT --notrack"],
           ["iptables table raw", "-s 10.180.0.3/32", "CT"], obstacle=True,
           undo=["iptables-legacy -t raw -F PREROUTING"]),
    Damage("the device of a way to endpoints is down", ["ip link set eth0 down"], ["10.180.1.1", "route"], obstacle=True,
           undo=["ip link set eth0 up", "ip route replace default via 192.168.0.1",
                 "ip route replace 10.180.1.0/24 via 192.168.0.3", "ip route replace 10.180.2.0/24 via 192.168.0.3"]),
]

# Translated in front of routing: what another program translates first never comes to our rules.
BEFORE_ROUTING = [
    Damage("another table translates first",
           ["nft add table ip other", "nft add chain ip other pre { type nat hook prerouting priority -110; }",
            "nft add rule ip other pre ip daddr 172.30.1.1 dnat to 10.180.0.2"],
           ["table ip other", "dnat"], obstacle=True, undo=["nft delete table ip other"]),
]

TABLE = "ip viaduct"
FRONTEND = "172.30.1.1 . tcp . 80"


def element(action, name, text):
    return f"nft {action} element {TABLE} {name} {{ {text} }}"


def slot(number):
    return f"{FRONTEND} . 0x{number:08x}"


NFTABLES = [
    Damage("the table is gone", [f"nft delete table {TABLE}"], ["missing", "table ip viaduct"]),
    Damage("all tables are gone", ["nft flush ruleset"], ["missing", "table ip viaduct"]),
    Damage("all rules are gone", [f"nft flush table {TABLE}"], ["missing", "chain services"]),
    Damage("the table is dormant", [f"nft add table {TABLE} {{ flags dormant; }}"], ["dormant"]),
    Damage("an endpoint's slot is gone", [element("delete", "endpoints", slot(0))], ["missing", "map endpoints", f"{FRONTEND} . 0"]),
    Damage("the last slot is gone", [element("delete", "endpoints", slot(2))], ["missing", "map endpoints", f"{FRONTEND} . 2"]),
    Damage("a slot leads to nobody", [element("delete", "endpoints", slot(1)),
                                      element("add", "endpoints", f"{slot(1)} : 10.180.9.9 . 80")],
           ["different", f"{FRONTEND} . 1", "10.180.9.9"]),
    Damage("a slot leads to another port", [element("delete", "endpoints", slot(1)),
                                            element("add", "endpoints", f"{slot(1)} : 10.180.1.1 . 81")],
           ["different", f"{FRONTEND} . 1", "81"]),
    Damage("two slots lead to one endpoint", [element("delete", "endpoints", slot(0)), element("delete", "endpoints", slot(1)),
                                              element("add", "endpoints", f"{slot(0)} : 10.180.2.1 . 80"),
                                              element("add", "endpoints", f"{slot(1)} : 10.180.2.1 . 80")],
           ["different", "map endpoints", "10.180.2.1"]),
    Damage("the count is gone", [element("delete", "endpoint-counts", slot(0))], ["missing", "map endpoint-counts"]),
    Damage("the count is too small", [element("delete", "endpoint-counts", slot(0)),
                                      element("add", "endpoint-counts", f"{slot(0)} : 0x00000002")],
           ["different", "map endpoint-counts", "0x2"]),
    Damage("the map of counts is empty", [f"nft flush map {TABLE} endpoint-counts"], ["missing", "map endpoint-counts"]),
    Damage("the cluster IP is gone", [element("delete", "cluster-ips", "172.30.1.1")], ["missing", "set cluster-ips"]),
    Damage("no balancer for three endpoints", [element("delete", "balancers", "0x00000003")], ["missing", "map balancers"]),
    Damage("another balancer for three endpoints", [element("delete", "balancers", "0x00000003"),
                                                    element("add", "balancers", "0x00000003 : goto endpoints-1")],
           ["different", "map balancers", "endpoints-1"]),
    Damage("the balancer's chain is empty", [f"nft flush chain {TABLE} endpoints-3"], ["missing", "chain endpoints-3"]),
    Damage("the dispatch is empty", [f"nft flush chain {TABLE} services"], ["missing", "chain services"]),
    Damage("the hook's chain is empty", [f"nft flush chain {TABLE} nat-prerouting"], ["missing", "chain nat-prerouting"]),
    Damage("the node's hook is empty", [f"nft flush chain {TABLE} nat-output"], ["missing", "chain nat-output"], question=("node", WEB)),
    Damage("a rule stands in front of ours", [f"nft insert rule {TABLE} services ip daddr 172.30.1.1 return"],
           ["unwanted", "chain services", "172.30.1.1", "return"]),
    Damage("a rule stands behind ours", [f"nft add rule {TABLE} cluster-ips-check ip saddr 10.180.0.3 drop"],
           ["unwanted", "chain cluster-ips-check", "10.180.0.3", "drop"]),
    Damage("nothing is masqueraded", [f"nft flush chain {TABLE} masquerading"], ["missing", "masquerade"], question=(OUTSIDE, "192.168.0.2:30080")),
    Damage("nothing is marked", [f"nft flush chain {TABLE} mark-for-masquerade"], ["missing", "mark-for-masquerade"],
           question=(OUTSIDE, "192.168.0.2:30080")),
    Damage("an endpoint that reaches itself is not masqueraded", [element("delete", "hairpin", "10.180.0.1 . 10.180.0.1")],
           ["missing", "set hairpin", "10.180.0.1"], question=("10.180.0.1", WEB)),
    Damage("the external IP is gone", [element("delete", "external-ips", "192.168.99.11 . tcp . 80")],
           ["missing", "set external-ips", "192.168.99.11"], question=(OUTSIDE, "192.168.99.11:80")),
    Damage("the address with policy Local is gone", [element("delete", "external-local-ips", "5.6.7.8 . tcp . 80")],
           ["missing", "set external-local-ips"], question=(OUTSIDE, "5.6.7.8:80")),
    Damage("a local endpoint is gone", [element("delete", "endpoints", "5.6.7.8 . tcp . 80 . 0x00010000")],
           ["missing", "map endpoints", "65536"], question=(OUTSIDE, "5.6.7.8:80")),
    Damage("no address takes node ports", [element("delete", "nodeport-ips", "192.168.0.2")],
           ["missing", "set nodeport-ips"], question=("outside", "node-port 30080")),
    Damage("a Service without endpoints is not refused", [element("delete", "no-endpoints", "172.30.1.3 . tcp . 80")],
           ["missing", "set no-endpoints"], question=(CLIENT, "172.30.1.3:80")),
    Damage("a Service with endpoints is refused", [element("add", "no-endpoints", FRONTEND)], ["unwanted", "set no-endpoints"]),
    Damage("source ranges do not hold", [element("delete", "firewall-ips", "1.2.3.4 . tcp . 80")],
           ["missing", "set firewall-ips"], question=(OUTSIDE, "1.2.3.4:80")),
    Damage("a source range is gone", [f"nft flush set {TABLE} source-ranges"], ["missing", "set source-ranges", "203.0.113"],
           question=(OUTSIDE, "1.2.3.4:80")),
    Damage("a hook drops by default", [f"nft chain {TABLE} filter-forward {{ policy drop; }}"], ["different", "chain filter-forward", "policy"]),
    Damage("the chain of affinity is empty", [f"nft flush chain {TABLE} endpoints-3-affinity-300s"],
           ["missing", "endpoints-3-affinity-300s"], question=(CLIENT, "172.30.1.2:80")),
]


def service_chain(suite, kind, address="172.30.1.1"):
    """The chain that a rule for this address jumps to."""
    saved = suite.rules.run("iptables-legacy-save", "-t", "nat")
    for line in saved.splitlines():
        if f"-d {address}/32" in line and f"-j KUBE-{kind}-" in line and line.startswith("-A KUBE-"):
            return line.split("-j ")[1].split()[0]
    raise AssertionError(f"no KUBE-{kind} chain for {address}:\n{saved}")


IPTABLES = [
    Damage("nothing comes from PREROUTING", ["iptables-legacy -t nat -F PREROUTING"], ["missing", "-A PREROUTING", "KUBE-SERVICES"]),
    Damage("nothing comes from OUTPUT", ["iptables-legacy -t nat -F OUTPUT"], ["missing", "-A OUTPUT", "KUBE-SERVICES"], question=("node", WEB)),
    Damage("nothing is masqueraded", ["iptables-legacy -t nat -F POSTROUTING"], ["missing", "-A POSTROUTING", "KUBE-POSTROUTING"]),
    Damage("all of nat is empty", ["iptables-legacy -t nat -F"], ["missing", "KUBE-SERVICES"]),
    Damage("the chain of services is empty", ["iptables-legacy -t nat -F KUBE-SERVICES"], ["missing", "-A KUBE-SERVICES"]),
    Damage("the service's chain is empty", ["iptables-legacy -t nat -F {SVC}"], ["missing", "10.180.0.1:80"]),
    Damage("an endpoint is gone", ["iptables-legacy -t nat -D {SVC} 2"], ["missing", "10.180.1.1:80"]),
    Damage("an endpoint is another", ["iptables-legacy -t nat -R {SVC} 3 -p tcp -j DNAT --to-destination 10.180.9.9:80"],
           ["missing", "10.180.2.1:80", "unwanted", "10.180.9.9:80"]),
    Damage("the cluster IP leads nowhere", ["iptables-legacy -t nat -F KUBE-SVC-IPS"], ["missing", "-A KUBE-SVC-IPS", "172.30.1.1/32"]),
    Damage("a rule stands in front of ours", ["iptables-legacy -t nat -I PREROUTING -d 172.30.1.1/32 -j ACCEPT"],
           ["different", "in front of ours"], undo=["iptables-legacy -t nat -D PREROUTING -d 172.30.1.1/32 -j ACCEPT"]),
    Damage("a rule in our chain", ["iptables-legacy -t nat -I KUBE-SERVICES -d 172.30.1.1/32 -j RETURN"], ["unwanted", "-A KUBE-SERVICES", "RETURN"]),
    Damage("the mark does not masquerade", ["iptables-legacy -t nat -F KUBE-POSTROUTING"], ["missing", "MASQUERADE"]),
    Damage("nothing is marked", ["iptables-legacy -t nat -F KUBE-MARK-MASQ"], ["missing", "-A KUBE-MARK-MASQ", "MARK"],
           question=(OUTSIDE, "192.168.0.2:30080")),
    Damage("an endpoint that reaches itself is not masqueraded", ["iptables-legacy -t nat -F KUBE-SEP-HAIRPIN"],
           ["missing", "KUBE-SEP-HAIRPIN", "10.180.0.1/32"], question=("10.180.0.1", WEB)),
    Damage("node ports lead nowhere", ["iptables-legacy -t nat -F KUBE-NODEPORTS"], ["missing", "KUBE-NODEPORTS", "30080"],
           question=("outside", "node-port 30080")),
    Damage("external addresses lead nowhere", ["iptables-legacy -t nat -F KUBE-EXT-IPS"], ["missing", "KUBE-EXT-IPS", "192.168.99.11/32"],
           question=(OUTSIDE, "192.168.99.11:80")),
    Damage("source ranges admit nobody", ["iptables-legacy -t nat -F {FW}"], ["missing", "203.0.113.0/25"], question=(OUTSIDE, "1.2.3.4:80")),
    Damage("source ranges do not hold", ["iptables-legacy -F KUBE-PROXY-FIREWALL"], ["missing", "KUBE-PROXY-FIREWALL", "1.2.3.4/32"],
           question=(OUTSIDE, "1.2.3.4:80")),
    Damage("a Service without endpoints is not refused", ["iptables-legacy -F KUBE-SERVICES"], ["missing", "REJECT"], question=(CLIENT, "172.30.1.3:80")),
    Damage("nothing comes from FORWARD", ["iptables-legacy -F FORWARD"], ["missing", "-A FORWARD"]),
    Damage("affinity forgets", ["iptables-legacy -t nat -D {STICKY} 1"], ["missing", "--update"], question=(CLIENT, "172.30.1.2:80")),
    Damage("localhost is not routed", ["sysctl -w net.ipv4.conf.all.route_localnet=0"], ["route_localnet"],
           undo=["sysctl -w net.ipv4.conf.all.route_localnet=1"]),
]

USERSPACE = [
    Damage("the cluster IP is no address of this host", ["ip route del local 172.30.1.1 dev lo table local"],
           ["missing", "local 172.30.1.1"], undo=["ip route add local 172.30.1.1 dev lo proto 199 metric 199 table local"]),
    Damage("the external IP is no address of this host", ["ip route del local 192.168.99.11 dev lo table local"],
           ["missing", "local 192.168.99.11"], question=(OUTSIDE, "192.168.99.11:80"),
           undo=["ip route add local 192.168.99.11 dev lo proto 199 metric 199 table local"]),
    Damage("what arrives is dropped",
           ["nft add table ip other", "nft add chain ip other in { type filter hook input priority 0; }",
            "nft add rule ip other in tcp dport 80 drop"],
           ["table ip other", "dport 80", "drop"], obstacle=True, undo=["nft delete table ip other"]),
    Damage("what goes on to endpoints is dropped",
           ["nft add table ip other", "nft add chain ip other out { type filter hook output priority 0; }",
            "nft add rule ip other out ip daddr 10.180.2.1 drop"],
           ["table ip other", "10.180.2.1", "drop"], obstacle=True, undo=["nft delete table ip other"]),
    Damage("there is no route to endpoints", ["ip route replace unreachable 10.180.1.0/24"], ["10.180.1.1", "unreachable"],
           obstacle=True, undo=["ip route del unreachable 10.180.1.0/24", "ip route add 10.180.1.0/24 via 192.168.0.3"]),
    Damage("the proxy is dead", ["KILL"], ["missing", "172.30.1.1:80"]),
]

IPVS = [
    Damage("the virtual server is gone", ["ipvsadm -D -t 172.30.1.1:80"], ["missing", "TCP 172.30.1.1:80"]),
    Damage("all virtual servers are gone", ["ipvsadm -C"], ["missing", "TCP 172.30.1.1:80"]),
    Damage("an endpoint is gone", ["ipvsadm -d -t 172.30.1.1:80 -r 10.180.1.1:80"], ["missing", "10.180.1.1:80"]),
    Damage("an endpoint has no weight", ["ipvsadm -e -t 172.30.1.1:80 -r 10.180.1.1:80 -m -w 0"], ["different", "10.180.1.1:80", "weight is 0"]),
    Damage("an endpoint is not translated", ["ipvsadm -e -t 172.30.1.1:80 -r 10.180.1.1:80 -g -w 1"], ["different", "10.180.1.1:80"]),
    Damage("an endpoint too many", ["ipvsadm -a -t 172.30.1.1:80 -r 10.180.0.2:80 -m -w 1"], ["unwanted", "10.180.0.2:80"]),
    Damage("another scheduler", ["ipvsadm -E -t 172.30.1.1:80 -s wlc"], ["different", "wlc"]),
    Damage("the address is gone", ["ip addr del 172.30.1.1/32 dev kube-ipvs0"], ["missing", "172.30.1.1"]),
    Damage("the table is gone", ["nft delete table ip viaduct-ipvs"], ["missing", "table ip viaduct-ipvs"]),
    Damage("no marks for node ports", ["nft flush map ip viaduct-ipvs service-marks"], ["missing", "map service-marks"],
           question=(OUTSIDE, "192.168.0.2:30080")),
    Damage("nothing is masqueraded", ["nft flush chain ip viaduct-ipvs masquerading"], ["missing", "masquerade"],
           question=(OUTSIDE, "192.168.0.2:30080")),
    Damage("IPVS does not track connections", ["sysctl -w net.ipv4.vs.conntrack=0"], ["vs/conntrack"],
           undo=["sysctl -w net.ipv4.vs.conntrack=1"]),
]

CHECKS = []


def check(*modes):
    def add(function):
        CHECKS.append((modes, function))
        return function
    return add


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


@check("nftables", "iptables", "ipvs", "userspace")
def the_running_proxy_is_asked(suite):
    status, explanation = suite.command(CLIENT, WEB, "--status-socket", str(suite.proxy.socket))
    expect(status == 0, f"status {status}: {explanation}")
    expect(explanation["mode"] == suite.mode and explanation["node"] == "node1", f"{explanation['mode']} on {explanation['node']}")
    expect("the running proxy" in explanation["settings"], explanation["settings"])
    status, explanation = suite.command(
        CLIENT, WEB, "--status-socket", "/nowhere/proxy.sock", "--master", "http://127.0.0.1:1")
    expect(status == 2 and "connection refused" in explanation["error"], f"status {status}: {explanation}")


@check("nftables", "iptables", "ipvs", "userspace")
def what_is_not_there_has_a_nearest(suite):
    for question, hint in (
            ((CLIENT, "service/suite/wep"), "service/suite/web"), ((CLIENT, "service/web"), "service/suite/web"),
            ((CLIENT, "service/suite/web:81"), "80"), (("outside", "node-port", "30081"), "30080/TCP of suite/web"),
            ((CLIENT, "172.30.1.1:http"), "no port"), (("pod/web-1", WEB), "pod default/web-1 does not exist")):
        status, explanation = suite.command(*question, *suite.by_file())
        expect(status == 2 and hint in explanation.get("error", ""), f"{question}: status {status}, {explanation}")
    status, explanation = suite.command("wherever", WEB, *suite.by_file())
    expect(status == 2 and "FROM" in explanation["error"], f"status {status}: {explanation}")


@check("nftables", "iptables", "ipvs", "userspace")
def weights_are_found_in_the_kernel(suite):
    status, explanation = suite.command(CLIENT, "172.30.1.5:80", *suite.by_file())
    expect(status == 0, f"status {status}: {suite.differences(explanation)} {suite.obstacles(explanation)}")
    shares = {one["address"]: one["share"] for one in explanation["endpoints"]}
    expect(shares == {"10.180.0.1:80": 0.75, "10.180.1.1:80": 0.25}, f"{shares}")
    expect([one["cause"] for one in explanation["leftOut"]] == ["weightless"], f"{explanation['leftOut']}")


@check("nftables", "ipvs")
def a_packet_that_explain_sends_is_followed(suite):
    suite.run(["nft", "add", "table", "ip", "other"])
    suite.run("nft add chain ip other out { type filter hook output priority -150; }".split())
    suite.run("nft add rule ip other out tcp dport 80 counter accept".split())
    try:
        status, explanation = suite.command("node", WEB, "--trace", *suite.by_file())
    finally:
        suite.run(["nft", "delete", "table", "ip", "other"])
    trace = explanation["trace"]
    expect(status == 0 and trace["isSent"] and trace["result"] == "connected", f"status {status}: {trace}")
    steps = trace["steps"]
    ours = [one for one in steps if one["isOurs"]]
    expect({one["hook"] for one in steps} >= {"output", "postrouting"}, f"hooks: {steps}")
    expect(ours and all(one.get("rule") for one in ours if one["kind"] == "rule"), f"a rule of ours without words: {ours}")
    foreign = [one for one in steps if one["table"] == "ip other"]
    # IPVS sends a packet through the output hook again when it is translated
    expect({(one["chain"], one["verdict"]) for one in foreign} == {("out", "accept")}, f"other programs' rules: {foreign}")
    expect("dport 80" in foreign[0]["rule"], f"{foreign}")
    endpoints = [one["endpoint"] for one in trace["connections"]]
    expect(len(endpoints) == 1 and endpoints[0].rsplit(":", 1)[0] in ENDPOINTS, f"connections: {trace['connections']}")
    if suite.mode == "nftables":
        expect(any("chooses one of 3" in one.get("words", "") for one in ours), f"no choice of an endpoint: {ours}")


@check("nftables", "iptables")
def the_next_packet_is_followed(suite):
    child = suite.begin(CLIENT, WEB, "--trace", "--trace-timeout", "60", *suite.by_file())
    expect(wait_until(lambda: "viaduct-trace" in suite.tables()), "no table for tracing")
    for host in ("pod2", "pod3"):  # only pod3 is who was asked about
        suite.world[host].flow(protocol="TCP", destination="172.30.1.1", port=80, count=1)
    output, _ = child.communicate(timeout=120 * PATIENCE)
    trace = json.loads(output)["trace"]
    expect(not trace["isSent"] and "next packet" in trace["result"], f"{trace['result']}")
    expect([one["client"].split(":")[0] for one in trace["connections"]] == [CLIENT], f"{trace['connections']}")
    if suite.mode == "nftables":
        expect([one["hook"] for one in trace["steps"]].count("forward") and trace["steps"][0]["hook"] == "prerouting",
               f"{trace['steps']}")
    else:
        expect(any("KUBE-SERVICES" in one["rule"] for one in trace["counters"]), f"{trace['counters']}")
    expect("viaduct-trace" not in suite.tables(), "the table for tracing stayed")


@check("nftables")
def a_trace_ends_by_itself_and_leaves_nothing(suite):
    status, explanation = suite.command(CLIENT, WEB, "--trace", "--trace-timeout", "1", *suite.by_file())
    expect("no packet came" in explanation["trace"]["result"], f"status {status}: {explanation['trace']}")
    for number in (signal.SIGINT, signal.SIGKILL):
        child = suite.begin(CLIENT, WEB, "--trace", "--trace-timeout", "180", *suite.by_file())
        expect(wait_until(lambda: "viaduct-trace" in suite.tables()), "no table for tracing")
        child.send_signal(number)
        child.wait(60 * PATIENCE)
        expect(wait_until(lambda: "viaduct-trace" not in suite.tables()), f"signal {number} leaves the table there")


MODES = {
    "nftables": NFTABLES + EVERYWHERE + TRACKED + BEFORE_ROUTING,
    "iptables": IPTABLES + EVERYWHERE + TRACKED + BEFORE_ROUTING,
    # IPVS sends packets on from the input hook, past the forward hook; forwarding is a setting that the mode needs.
    "ipvs": IPVS + [one for one in EVERYWHERE if "forwarded" not in one.name and "policy" not in one.name
                    and "reverse" not in one.name and one.name != "forwarding is off"] + [
        Damage("forwarding is off", ["sysctl -w net.ipv4.ip_forward=0"], ["ip_forward", "it is 0"],
               undo=["sysctl -w net.ipv4.ip_forward=1"])],
    "userspace": USERSPACE,
}


class Suite:
    def __init__(self, world, binary, mode):
        self.world = world
        self.binary = binary
        self.mode = mode
        self.rules = RULESETS["iptables"](world)
        self.server = FakeAPIServer(world)
        self.server.apply(objects=node_objects())
        self.proxy = Proxy(world, binary, name=f"explain-{mode}")
        self.sentinel = Sentinel(world, self.server)
        world.serve([(address, 80, "TCP") for address in ENDPOINTS] + self.sentinel.endpoints())
        self.server.apply(objects=objects())
        self.configuration = configuration(self.server.kubeconfig(str(world.directory / "kubeconfig")), mode)
        self.start()
        self.explainer = Explainer(world, binary, self.proxy)
        self.explainer.restart()

    def start(self):
        self.proxy.start(self.configuration)
        if not self.sentinel.wait():
            raise AssertionError("the proxy programs nothing: " + " | ".join(self.proxy.log(last=3)))

    def run(self, command):
        done = self.world.run("node1", command)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: {done.stderr.strip()}")

    def fill(self, word):
        for name, kind, address in (("{SVC}", "SVC", "172.30.1.1"), ("{STICKY}", "SVC", "172.30.1.2"), ("{FW}", "FW", "1.2.3.4")):
            if name in word:
                return word.replace(name, service_chain(self, kind, address))
        return word

    def explain(self, damage):
        if not damage.arguments:
            return self.explainer.ask(*damage.question)
        done = self.world.run(
            "node1", [str(self.binary), "explain", *" ".join(damage.question).split(), "-o", "json", "--config",
                      str(self.proxy.config_path), *damage.arguments])
        return json.loads(done.stdout) if done.stdout else {"error": done.stderr}

    def by_file(self):
        return "--config", str(self.proxy.config_path)

    def command(self, *arguments):
        """Runs explain by itself: (exit status, explanation or {"error": ...})."""
        done = self.world.run("node1", [str(self.binary), "explain", "-o", "json", *arguments])
        return done.returncode, json.loads(done.stdout) if done.stdout else {"error": done.stderr}

    def begin(self, *arguments):
        return subprocess.Popen(
            ["ip", "netns", "exec", self.world.namespace("node1"), str(self.binary), "explain", "-o", "json", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def tables(self):
        return self.world.run("node1", ["nft", "list", "tables"]).stdout

    @staticmethod
    def differences(explanation):
        return [f"{one['state']} {one['object']} {one['place']} {one.get('found', '')}"
                for one in explanation.get("kernel", {}).get("objects", []) if one["state"] != "present"]

    @staticmethod
    def obstacles(explanation):
        return [f"{one['message']} {one['place']} {' '.join(one['endpoints'])}"
                for one in explanation.get("obstacles", []) if one["isCertain"]]

    def play(self, damage):
        """What is wrong; [] if explain names the damage, and nothing before it and after it."""
        quiet = self.explain(damage)
        before = self.differences(quiet) + self.obstacles(quiet)
        if "error" in quiet or before:
            return [f"before the damage: {quiet.get('error') or before}"]
        self.proxy.child.send_signal(signal.SIGSTOP)
        stat = pathlib.Path(f"/proc/{self.proxy.child.pid}/stat")
        wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", pause=0.01)
        try:
            for command in damage.commands:
                if command == ["KILL"]:
                    self.proxy.child.send_signal(signal.SIGCONT)
                    self.proxy.stop(signal.SIGKILL)
                else:
                    self.run([self.fill(word) for word in command])
            found = self.explain(damage)
        finally:
            for command in damage.undo:
                self.world.run("node1", command)
            if self.proxy.running:
                self.proxy.child.send_signal(signal.SIGCONT)
            else:
                self.start()
        named = self.obstacles(found) if damage.obstacle else self.differences(found)
        wrong = [f"named {named or found.get('error') or 'nothing'}, which lacks \"{word}\""
                 for word in damage.words if not any(word in one for one in named)]
        if damage.obstacle and self.differences(found):
            wrong.append(f"the kernel is said to differ: {self.differences(found)}")
        again = {}

        def is_right():
            again.update(self.explain(damage))
            return not self.differences(again) and not self.obstacles(again) and "error" not in again

        if not wait_until(is_right, 90, pause=0.2):
            wrong.append(f"still named afterwards: {self.differences(again) + self.obstacles(again)} {again.get('error', '')}")
        return wrong


def main():
    parser = argparse.ArgumentParser(prog="integration/explain_suite.py", description=__doc__)
    parser.add_argument("--mode", default="nftables", choices=list(MODES))
    parser.add_argument("--proxy", metavar="PATH", help="the program (default: the newest build of viaduct)")
    parser.add_argument("--only", metavar="TEXT", help="only damages whose name contains this")
    chosen = parser.parse_args()
    binary = chosen.proxy or default_binary()
    if not binary or not pathlib.Path(binary).exists():
        sys.exit(f"no proxy at {binary or ROOT / '.build/debug/viaduct'}: run 'swift build' or give --proxy PATH")
    damages = [one for one in MODES[chosen.mode] if not chosen.only or chosen.only in one.name]
    passed = failed = 0
    with World() as world:
        suite = Suite(world, pathlib.Path(binary), chosen.mode)
        for damage in damages:
            try:
                wrong = suite.play(damage)
            except (AssertionError, OSError, subprocess.SubprocessError, json.JSONDecodeError) as error:
                wrong = [f"{type(error).__name__}: {error}"]
            passed += not wrong
            failed += bool(wrong)
            print(f"{'✗' if wrong else '✓'} {damage.name}", flush=True)
            for one in wrong:
                print(f"    {one}", flush=True)
        for modes, function in CHECKS:
            name = function.__name__.replace("_", " ")
            if chosen.mode not in modes or chosen.only and chosen.only not in name:
                continue
            wrong = ""
            try:
                function(suite)
            except (AssertionError, OSError, KeyError, subprocess.SubprocessError, json.JSONDecodeError) as error:
                wrong = f"{type(error).__name__}: {error}"
            passed += not wrong
            failed += bool(wrong)
            print(f"{'✗' if wrong else '✓'} {name}" + (f"\n    {wrong}" if wrong else ""), flush=True)
        suite.explainer.stop()
        suite.proxy.stop()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
