#!/usr/bin/env python3
"""What `viaduct doctor` says is true: each bad state is made in a network namespace of its own, found there, mended with
the cure that the doctor names, and gone then."""

import argparse
import itertools
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from agent import PATIENCE  # noqa: E402
from checks import Checks, Skipped, expect  # noqa: E402
from proxy import default_binary  # noqa: E402
from world import ip, remove_leftovers, remove_namespace  # noqa: E402

EMULATED = "TCG" in pathlib.Path("/proc/cpuinfo").read_text()
check = Checks()
chosen = None


def on_every_kernel(function):
    """A check that --few has, too: about what differs between kernels."""
    function.is_few = True
    return function


def on_the_emulated_kernel(function):
    """A check of --few that changes what belongs to the whole machine, so that no other machine runs it."""
    function.is_few = function.is_for_emulator = True
    return function


class Host:
    """A network namespace that has nothing to complain of: a way out, forwarding, no rules."""

    SETTINGS = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0", "net.ipv6.conf.default.accept_dad=0", "net.ipv4.ip_local_port_range=32768 60999"]
    OPTIONAL = ["net.netfilter.nf_conntrack_acct=1"]

    def __init__(self, number):
        self.name = f"vd{os.getpid()}-doctor{number}"
        self.children = []
        ip("netns", "add", self.name)

    def __enter__(self):
        self.shell("ip link set lo up")
        for setting in self.SETTINGS:
            self.shell(f"sysctl -qw '{setting}'")
        for setting in self.OPTIONAL:
            self.try_shell(f"sysctl -qw '{setting}'")
        self.shell("ip link add eth0 type veth peer name far0 && ip link set eth0 up && ip link set far0 up")
        self.shell("sysctl -qw net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.far0.rp_filter=0")
        self.shell("ip addr add 192.0.2.2/24 dev eth0 && ip route add default via 192.0.2.1")
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.kill()
            child.wait()
        remove_namespace(self.name)

    def try_shell(self, command):
        return subprocess.run(["ip", "netns", "exec", self.name, "bash", "-c", command], capture_output=True, text=True,
                              timeout=180 * PATIENCE)

    def shell(self, command):
        done = self.try_shell(command)
        expect(done.returncode == 0, f"{command}: {done.stderr.strip()}")
        return done.stdout

    def start(self, *words):
        child = subprocess.Popen(["ip", "netns", "exec", self.name, *words], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, text=True)
        self.children.append(child)
        return child

    def stop(self, child):
        child.kill()
        child.wait()
        self.children.remove(child)

    def run(self, *words, before=()):
        """A run of the doctor in here: a CompletedProcess."""
        return subprocess.run(["ip", "netns", "exec", self.name, *before, chosen.viaduct, "doctor", *words],
                              capture_output=True, text=True, timeout=300 * PATIENCE)

    def report(self, *words, before=()):
        done = self.run("-o", "json", *words, before=before)
        expect(done.returncode in (0, 1, 2, 3) and done.stdout, f"status {done.returncode}: {done.stderr.strip()}")
        report = json.loads(done.stdout)
        report["status"] = done.returncode
        return report

    def findings(self, *words):
        return {finding["id"]: finding for finding in self.report(*words)["findings"]}

    def finding(self, name, *words):
        found = self.findings(*words)
        expect(name in found, f"{name} is not found, but {sorted(found)}")
        finding = found[name]
        expect(finding["message"] and finding["evidence"] and finding["cures"], f"{name} has no evidence or no cure: {finding}")
        return finding

    def found_and_mended(self, name, severity, command, cure=0, text=None):
        """Makes a bad state, sees the finding, runs its cure (or `cure` itself, where the doctor's is for a person), and
        sees it gone."""
        expect(name not in self.findings(), f"{name} is found before {command}")
        self.shell(command)
        finding = self.finding(name)
        expect(finding["severity"] == severity, f"{name}: {finding['severity']}, not {severity}")
        if text:
            told = json.dumps(finding)
            expect(text in told, f"{name} does not tell {text}: {told}")
        mend = cure if isinstance(cure, str) else finding["cures"][cure]
        self.shell(re.sub(r"^viaduct\b", str(chosen.viaduct), mend))
        expect(name not in self.findings(), f"{name} is found after {mend}")


# MARK: Settings


@check
def settings_are_found_and_mended(host):
    host.found_and_mended("ip-forward", "error", "sysctl -qw net.ipv4.ip_forward=0", text="/proc/sys/net/ipv4/ip_forward")
    # switching it off and on again has all devices forward
    host.found_and_mended("device-forwarding", "warning", "sysctl -qw net.ipv4.conf.eth0.forwarding=0", text="eth0")
    host.found_and_mended("rp-filter", "warning", "sysctl -qw net.ipv4.conf.eth0.rp_filter=1", text="eth0")
    host.shell("sysctl -qw net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.all.rp_filter=0")
    host.found_and_mended("rp-filter", "warning", "sysctl -qw net.ipv4.conf.all.rp_filter=1")
    host.found_and_mended("ipv6-forwarding", "note", "sysctl -qw net.ipv6.conf.all.forwarding=0")
    host.shell("ip -6 addr add 2001:db8::2/64 dev eth0 nodad && ip -6 route add default via 2001:db8::1 dev eth0")
    host.found_and_mended("ipv6-forwarding", "warning", "sysctl -qw net.ipv6.conf.all.forwarding=0")
    host.found_and_mended("somaxconn", "warning", "sysctl -qw net.core.somaxconn=16")


@check
def a_device_whose_name_has_a_dot_is_mended_too(host):
    host.shell("ip link set far0 down && ip link set far0 name eth0.7 && ip link set eth0.7 up")
    host.found_and_mended("device-forwarding", "warning", "sysctl -qw net/ipv4/conf/eth0.7/forwarding=0", text="eth0.7")


@check
def settings_of_connection_tracking_are_found_and_mended(host):
    directory = pathlib.Path("/proc/sys/net/netfilter")
    if not (directory / "nf_conntrack_max").exists():
        raise Skipped("this kernel has no connection tracking loaded")
    names = [("tcp_timeout_established", 300, "established-timeout", "warning"), ("udp_timeout", 2, "udp-timeout", "warning"),
             ("udp_timeout_stream", 10, "udp-stream-timeout", "warning"), ("acct", 0, "acct", "note"),
             ("tcp_be_liberal", 1, "liberal", "note")]
    for name, value, identity, severity in names:
        host.found_and_mended(f"conntrack-{identity}", severity, f"sysctl -qw net.netfilter.nf_conntrack_{name}={value}")


@check
def node_ports_that_the_kernel_gives_away_are_found_and_mended(host):
    ports = "net.ipv4.ip_local_port_range"
    host.found_and_mended("node-ports-in-local-range", "warning", f"sysctl -qw {ports}='1024 60999'", text="30000-32767")
    host.shell(f"sysctl -qw net.ipv4.ip_local_reserved_ports=8080,9000-9100 {ports}='32000 60999'")
    finding = host.finding("node-ports-in-local-range")
    host.shell(finding["cures"][0])
    expect("node-ports-in-local-range" not in host.findings(), "the cure does not mend it")
    kept = host.shell("sysctl -n net.ipv4.ip_local_reserved_ports").strip()
    expect(kept == "8080,9000-9100,32000-32767", f"the cure loses other reserved ports: {kept}")
    expect("node-ports-in-local-range" not in host.findings("--node-ports", "20000-22000"), "a range that is not shared is told")
    host.shell(f"sysctl -qw {ports}='21000 60999'")
    host.finding("node-ports-in-local-range", "--node-ports", "20000-22000")


@check
@on_the_emulated_kernel
def a_full_table_of_connections_is_found_and_mended(host):
    host.shell("modprobe nf_conntrack && nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; "
               "add rule ip t o ct state new counter'")
    limit = pathlib.Path("/proc/sys/net/netfilter/nf_conntrack_max")  # the first namespace's, for all of them
    before = limit.read_text()
    host.shell("sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600")
    try:
        limit.write_text("20")
        script = ("import socket\n"
                  "for port in range(4000, 4040):\n"
                  "    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                  "    try: s.sendto(b'x', ('192.0.2.1', port))\n"
                  "    except OSError: pass\n")
        host.try_shell(f"python3 -c \"{script}\"")
        finding = host.finding("conntrack-full")
        expect(finding["severity"] == "error", f"a full table is a {finding['severity']}")
        expect("on the host" in finding["cures"][0], f"the limit cannot be set in here: {finding['cures']}")
        subprocess.run(finding["cures"][0], shell=True, check=True, stdout=subprocess.DEVNULL)
        expect("conntrack-full" not in host.findings(), "the cure does not mend it")
    finally:
        limit.write_text(before)


# MARK: Rules of others


@check
def a_forward_policy_of_drop_is_found_and_mended_in_the_legacy_tables(host):
    if host.try_shell("iptables-legacy -L -n && ip6tables-legacy -L -n").returncode != 0:
        raise Skipped("this kernel has no legacy tables")
    for program, family in (("iptables-legacy", "IPv4"), ("ip6tables-legacy", "IPv6")):
        name = f"forward-legacy-{family}"
        host.found_and_mended(name, "error", f"{program} -P FORWARD DROP")
        accept = f"{program} -A FORWARD -i eth0 -j ACCEPT"
        host.found_and_mended(name, "warning", f"{accept} && {program} -P FORWARD DROP")
        host.found_and_mended(name, "warning", f"{program} -A FORWARD -j REJECT", text="drops or rejects everything")
        host.shell(f"{program} -F FORWARD && {program} -A FORWARD -s 10.0.0.1 -j DROP" if family == "IPv4" else "true")
        expect(name not in host.findings(), "a rule that drops some packets counts as one that drops all")
        host.shell(f"{program} -F FORWARD")
        host.found_and_mended(name, "error", f"{program} -A FORWARD -j DROP")
        host.shell(f"{program} -t mangle -P FORWARD DROP")
        expect("table mangle" in host.finding(name)["message"], "a policy in another table is not found")
        host.shell(f"{program} -t mangle -P FORWARD ACCEPT")


@check
def a_forward_policy_of_drop_is_found_and_mended_in_nftables(host):
    for family in ("inet", "ip", "ip6"):
        chain = f"{family} other forwarding"
        host.shell(f"nft 'add table {family} other; add chain {chain} {{ type filter hook forward priority 0; }}'")
        expect("forward-nftables" not in host.findings(), "a chain that accepts is told")
        host.found_and_mended("forward-nftables", "error", f"nft 'chain {chain} {{ policy drop; }}'", text=chain)
        host.shell(f"nft 'add rule {chain} iifname \"eth0\" counter accept'")
        host.found_and_mended("forward-nftables", "warning", f"nft 'chain {chain} {{ policy drop; }}'")
        flush = f"nft 'flush chain {chain}'"
        host.found_and_mended("forward-nftables", "error", f"{flush} && nft 'add rule {chain} counter drop'", cure=flush)
        host.found_and_mended("forward-nftables", "error", f"nft 'add rule {chain} reject'", cure=flush)
        host.shell(f"nft 'add rule {chain} meta l4proto tcp drop'")
        expect("forward-nftables" not in host.findings(), "a rule that drops some packets counts as one that drops all")
        host.shell(f"nft 'delete table {family} other'")
    host.shell("nft 'table ip other { flags dormant; chain c { type filter hook forward priority 0; policy drop; }; }'")
    expect("forward-nftables" not in host.findings(), "a dormant table drops nothing")


@check
def firewalls_are_told_by_their_name(host):
    host.found_and_mended("firewalld", "warning", "nft 'add table inet firewalld'", cure="nft 'delete table inet firewalld'")
    host.found_and_mended("docker", "note", "ip link add docker0 type bridge", cure="ip link del docker0")
    host.found_and_mended("docker", "note", "nft 'add table ip filter; add chain ip filter DOCKER-USER'",
                          cure="nft 'delete table ip filter'", text="DOCKER-USER")
    host.found_and_mended("ufw", "warning", "nft 'add table ip filter; add chain ip filter ufw-user-forward'",
                          cure="nft 'delete table ip filter'")
    if host.try_shell("iptables-legacy -L -n").returncode == 0:
        host.found_and_mended("ufw", "warning", "iptables-legacy -N ufw-user-forward", cure="iptables-legacy -X ufw-user-forward")
        host.found_and_mended("docker", "note", "iptables-legacy -N DOCKER", cure="iptables-legacy -X DOCKER")


NAMED = """
import ctypes, sys, time
ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)
print("named", flush=True)
time.sleep(600)
"""


@check
def programs_are_found_in_their_own_network_namespace_only(host):
    for name in ("kube-proxy", "firewalld"):
        elsewhere = subprocess.Popen(["unshare", "--net", sys.executable, "-c", NAMED, name], stdout=subprocess.PIPE, text=True)
        try:
            elsewhere.stdout.readline()
            expect(name not in host.findings(), f"{name} in another network namespace is told")
        finally:
            elsewhere.kill()
            elsewhere.wait()
        child = host.start(sys.executable, "-c", NAMED, name)
        child.stdout.readline()
        finding = host.finding(name)
        expect(finding["severity"] == "warning" and f"/proc/{child.pid}/comm" in json.dumps(finding), f"{finding}")
        host.stop(child)
        expect(name not in host.findings(), f"{name} is told after its end")


@check
def what_kube_proxy_leaves_is_found_and_mended(host):
    host.found_and_mended("kube-proxy-nftables", "warning", "nft 'add table ip kube-proxy; add table ip6 kube-proxy'", cure=1)
    host.shell("nft 'add table ip nat; add chain ip nat KUBE-SERVICES'")
    expect(host.finding("kube-proxy-iptables-nft")["severity"] == "warning", "not a warning")
    verdicts = {mode["mode"]: mode for mode in host.report()["modes"]}
    expect(verdicts["iptables"]["state"] == "fails", f"iptables mode {verdicts['iptables']['state']} beside iptables-nft's chains")
    expect(host.report("--mode", "iptables")["status"] == 2, "a mode that is asked for and fails is no error")
    host.shell("nft 'delete table ip nat'")
    if host.try_shell("iptables-legacy -t nat -L -n").returncode == 0:
        host.found_and_mended("kube-proxy-iptables", "note", "iptables-legacy -t nat -N KUBE-PROXY-CANARY", cure=1)
        host.shell("iptables-legacy -t nat -N KUBE-SERVICES && iptables-legacy -t nat -N KUBE-SEP-HAIRPIN")
        expect("kube-proxy-iptables" not in host.findings(), "chains of ours count as kube-proxy's")


# MARK: Ports and devices

LISTEN = """
import socket, sys, time
kind = socket.SOCK_STREAM if sys.argv[1] == "tcp" else socket.SOCK_DGRAM
taken = socket.socket(socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET, kind)
taken.bind((sys.argv[2], int(sys.argv[3])))
if sys.argv[1] == "tcp": taken.listen()
print("bound", flush=True)
time.sleep(600)
"""


@check
def node_ports_that_a_program_has_are_told_with_its_name(host):
    for transport, address, port in (("tcp", "0.0.0.0", 30080), ("udp", "127.0.0.1", 32767), ("tcp", "::1", 30000)):
        child = host.start(sys.executable, "-c", LISTEN, transport, address, str(port))
        child.stdout.readline()
        told = json.dumps(host.finding("node-port-taken"))
        name = pathlib.Path(f"/proc/{child.pid}/comm").read_text().strip()
        wanted = f"{f'[{address}]' if ':' in address else address}:{port} {name} (process {child.pid})"
        expect(wanted in told, f"{wanted} is not told: {told}")
        host.stop(child)
        expect("node-port-taken" not in host.findings(), "told after the program's end")
    child = host.start(sys.executable, "-c", LISTEN, "tcp", "0.0.0.0", "29999")
    child.stdout.readline()
    expect("node-port-taken" not in host.findings(), "a port outside the range is told")
    host.finding("node-port-taken", "--node-ports", "29000-29999")


@check
def packets_that_are_too_large_are_found_and_mended(host):
    host.shell("ip link add cni0 type bridge && ip link add pod1 type veth peer name pod1p && ip link set pod1 master cni0 && "
               "ip link set cni0 up && ip link set pod1 up")
    host.try_shell("sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1")
    host.found_and_mended("mtu", "warning", "ip link set far0 mtu 1400 && ip link set eth0 mtu 1400", text="cni0")
    expect("mtu" not in host.findings(), "still too large")
    host.found_and_mended("mtu-ipv6", "note", "ip link set pod1 mtu 1000")


@check
def tunnels_that_are_too_large_are_found_and_mended(host):
    make = "ip link add tunnel0 type vxlan id 7 dstport 4789 dev eth0 local 192.0.2.2"
    if host.try_shell(make).returncode != 0:
        raise Skipped("this kernel has no vxlan devices")
    host.shell("ip link set tunnel0 up")
    host.found_and_mended("mtu-tunnel", "warning", "ip link set tunnel0 mtu 1451 || ip link set eth0 mtu 1400", text="tunnel0")


@check
def bridges_that_pass_rules_by_are_found_and_mended(host):
    setting = "net.bridge.bridge-nf-call-iptables"
    host.shell("ip link add cni0 type bridge && ip link set cni0 up")
    if host.try_shell(f"sysctl -qw {setting}=1 net.bridge.bridge-nf-call-ip6tables=1").returncode != 0:
        raise Skipped("this kernel has no br_netfilter loaded")
    host.shell(f"sysctl -qw {setting}=0")
    expect("bridge-nf-IPv4" not in host.findings(), "a bridge without ports is told")
    host.shell(f"sysctl -qw {setting}=1")
    host.shell("ip link set far0 master cni0")
    host.found_and_mended("bridge-nf-IPv4", "warning", f"sysctl -qw {setting}=0", text="cni0")
    host.found_and_mended("bridge-nf-IPv6", "warning", "sysctl -qw net.bridge.bridge-nf-call-ip6tables=0")


# MARK: The command


@check
@on_every_kernel
def modes_are_judged_as_the_tools_find_them(host):
    """Another program's success says that the kernel has it, and its failure that it has not."""
    tools = {
        "nftables": "nft 'add table ip t; add set ip t s { type ipv4_addr . inet_proto . inet_service; }; add chain ip t c "
                    "{ type nat hook prerouting priority -100; }; add rule ip t c fib daddr type local numgen random mod 2 "
                    "vmap { 0 : accept }; delete table ip t'",
        "iptables": "iptables-legacy -t nat -A PREROUTING -m addrtype --dst-type LOCAL -m recent --name x --rcheck -p tcp "
                    "-j DNAT --to-destination 192.0.2.9:80 && ip6tables-legacy -t nat -L -n",
        "ipvs": "ipvsadm -A -f 77 -s rr && ipvsadm -D -f 77",
        "userspace": "true",
    }
    # first: programs of iptables load modules that the proxy does not
    found = {mode: host.try_shell(command).returncode == 0 for mode, command in tools.items()}
    modes = {mode["mode"]: mode for mode in host.report("--load-modules")["modes"]}
    for mode, command in tools.items():
        works = found[mode]
        expect((modes[mode]["state"] in ("works", "limited")) == works,
               f"{mode} {modes[mode]['state']} ({modes[mode]['reasons']}), but {command} {'works' if works else 'fails'}")


@check
@on_every_kernel
def nothing_is_left_behind_and_no_program_is_started(host):
    def state():
        return [host.try_shell(command).stdout for command in (
            "nft list ruleset", "ip -o link", "ip -o addr", "ip route show table all", "cat /proc/net/ip_tables_names",
            "cat /proc/net/ip6_tables_names", "sysctl -a --pattern '^net\\.' 2>/dev/null | grep -vE 'count|stat|dirty|random|uuid'",
            "cut -d' ' -f1 /proc/modules | sort", "ipvsadm -Ln 2>/dev/null" if EMULATED and "ip_vs " in modules() else "true")]

    def modules():
        return pathlib.Path("/proc/modules").read_text() if pathlib.Path("/proc/modules").exists() else ""

    # asking for sockets' and tables' states may load modules itself
    state()
    before = state()
    for words in ((), ("--mode", "ipvs", "--switch")):
        host.run(*words)
    after = state()
    for old, new in zip(before, after):
        expect(old == new, f"before: {old}\nafter: {new}")
    log = pathlib.Path(f"/tmp/doctor-suite-{os.getpid()}.strace")
    try:
        host.run(before=["strace", "-f", "-qq", "-e", "trace=execve,fork,vfork", "-o", str(log)])
        calls = [line for line in log.read_text().splitlines() if re.search(r"(execve|fork)\(", line)]
        # strace starts it
        expect(len(calls) == 1, f"programs are started: {calls}")
    finally:
        log.unlink(missing_ok=True)


@check
@on_every_kernel
def without_privileges_every_line_is_true(host):
    host.shell("nft 'add table inet t; add chain inet t c { type filter hook forward priority 0; policy drop; }'")
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps", "-all",
              "--bounding-set", "-all"]
    report = host.report(before=nobody)
    told = {finding["id"]: finding for finding in report["findings"]}
    expect("forward-nftables" not in told, "rules that cannot be read are judged")
    gaps = {gap["what"]: gap["why"] for gap in report["gaps"]}
    expect("CAP_NET_ADMIN" in gaps.get("the rules in nf_tables", ""), f"not said what could not be looked at: {gaps}")
    states = {mode["mode"]: mode["state"] for mode in report["modes"]}
    expect(states["nftables"] == "unknown" and states["iptables"] in ("unknown", "fails"), f"{states}")
    everything = host.report()
    seen = {finding["id"]: finding for finding in everything["findings"]}
    # What is said without privileges is said with them.
    for name, finding in told.items():
        if name.startswith("mode-") or name == "file-limit":
            continue
        expect(name in seen and finding["evidence"] == seen[name]["evidence"], f"{name} is said without privileges only")
    for mode in report["modes"]:
        root = next(other for other in everything["modes"] if other["mode"] == mode["mode"])
        known = {line["name"]: line["state"] for line in mode["features"] if line["state"] != "unknown"}
        for line in root["features"]:
            expect(known.get(line["name"], line["state"]) == line["state"], f"{mode['mode']}: {line['name']}")
    # nothing else wrong: the gaps are the status
    if report["status"] == 3:
        expect(not [f for f in report["findings"] if f["severity"] != "note"], "status 3 with worse findings")


@check
def the_status_goes_by_the_worst_finding(host):
    report = host.report()
    worst = {"error": 2, "warning": 1}
    expected = max([worst.get(finding["severity"], 0) for finding in report["findings"]], default=0)
    expect(report["status"] == (expected or (3 if report["gaps"] else 0)), f"{report['status']} with {report['findings']}")
    host.shell("sysctl -qw net.ipv4.ip_forward=0")
    expect(host.run("--mode", "nftables").returncode == 2, "an error does not give 2")
    expect("ip-forward" not in host.findings("--mode", "userspace"), "--mode does not limit the findings")


@check
def text_has_colours_on_a_terminal_only(host):
    host.shell("sysctl -qw net.ipv4.ip_forward=0")
    done = host.run()
    expect("\x1b" not in done.stdout and "ERROR     ip-forward" in done.stdout and not done.stderr, f"{done.stdout}{done.stderr}")
    for number, line in enumerate(done.stdout.splitlines()):
        expect(line == line.rstrip(), f"line {number} ends with blanks")

    def on_terminal(**environment):
        leader, follower = pty.openpty()
        child = subprocess.Popen(["ip", "netns", "exec", host.name, chosen.viaduct, "doctor"], stdout=follower,
                                 env={**os.environ, **environment})
        os.close(follower)
        output = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            output += piece
        child.wait()
        os.close(leader)
        return output.decode()

    expect("\x1b[31mERROR" in on_terminal(), "no colours on a terminal")
    expect("\x1b" not in on_terminal(NO_COLOR="1"), "colours in spite of NO_COLOR")


@check
def what_is_asked_wrongly_is_named(host):
    for words, text in ((["--mode", "bpf"], "nftables, iptables, ipvs, userspace"), (["--switch"], "--mode"),
                        (["--node-ports", "5-"], "30000-32767"), (["--node-ports", "70000-70001"], "30000-32767"),
                        (["--node-ports", "9-8"], "30000-32767")):
        done = host.run(*words)
        expect(done.returncode == 64 and text in done.stderr and not done.stdout, f"{words}: {done.returncode} {done.stderr}")


@check
def a_switch_tells_what_goes_and_what_comes(host):
    host.shell("nft 'add table ip viaduct; add table ip6 viaduct' && ip route add local 10.96.0.1 dev lo proto 199 metric 199")
    plan = host.report("--mode", "iptables", "--switch")["modeSwitch"]
    expect(plan["from"] == ["nftables", "userspace"] and plan["to"] == "iptables", f"{plan}")
    told = "\n".join(plan["goes"])
    expect("table ip viaduct" in told and "table ip6 viaduct" in told and "1 local routes" in told, told)
    expect(any("KUBE-" in line for line in plan["comes"]) and plan["differences"], f"{plan}")
    plan = host.report("--mode", "nftables", "--switch")["modeSwitch"]
    expect(plan["from"] == ["userspace"] and not plan["refusals"], f"{plan}")
    if not (EMULATED or host.try_shell("ipvsadm -Ln").returncode == 0):
        plan = host.report("--mode", "ipvs", "--switch")["modeSwitch"]
        expect(any("IPVS" in line for line in plan["refusals"]), f"ipvs mode is not refused: {plan}")
        text = host.run("--mode", "ipvs", "--switch").stdout
        expect("REFUSES THE START" in text and "COMES" in text, text)


@check
@on_the_emulated_kernel
def modules_are_left_alone_unless_asked(host):
    before = pathlib.Path("/proc/modules").read_text()
    loaded = {line.split()[0] for line in before.splitlines()}
    wanted = "ip_vs_fo"
    if wanted in loaded:
        subprocess.run(["modprobe", "-r", wanted], check=True)
    lines = {line["name"]: line for mode in host.report("--mode", "ipvs")["modes"] for line in mode["features"]}
    expect(lines["IPVS: scheduler fo"]["state"] == "loadable", f"{lines['IPVS: scheduler fo']}")
    expect(wanted not in pathlib.Path("/proc/modules").read_text().split(), "the doctor has loaded a module")
    lines = {line["name"]: line for mode in host.report("--mode", "ipvs", "--load-modules")["modes"] for line in mode["features"]}
    expect(lines["IPVS: scheduler fo"]["state"] == "works", f"{lines['IPVS: scheduler fo']}")


def main():
    global chosen
    parser = argparse.ArgumentParser(prog="integration/doctor_suite.py", description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", help="the program (default: the newest build of viaduct)")
    parser.add_argument("--only", metavar="TEXT", help="only checks whose name contains this")
    parser.add_argument("--few", action="store_true", help="only checks about what differs between kernels")
    chosen = parser.parse_args()
    chosen.viaduct = str(chosen.viaduct or default_binary() or "")
    if not chosen.viaduct:
        sys.exit("no build of viaduct: run 'swift build' or give --viaduct PATH")
    remove_leftovers()
    numbers = itertools.count()

    def call(function):
        with Host(next(numbers)) as host:
            function(host)
    check.run(call, only=chosen.only, wanted=lambda function: (
        (not chosen.few or hasattr(function, "is_few")) and (EMULATED or not hasattr(function, "is_for_emulator"))))


if __name__ == "__main__":
    main()
