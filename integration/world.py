"""The two-node world of the conformance scenarios, built from network namespaces on one machine.

    ext ──br0──┬── node1 (the proxy under test) ──cni0──┬── pod1
               │                                        ├── pod2
               └── node2 (remote endpoints on lo)       └── pod3

Names carry the process id (vd<pid>-node1), so that several worlds can exist. A world is removed whole when its process
ends; what a killed run left behind is removed when the next world is made.
"""

import atexit
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from agent import GENEROUS, PATIENCE, Agent, die_with_parent

HOSTS = ("ext", "node1", "node2", "pod1", "pod2", "pod3")

ADDRESSES = {
    "ext": ["192.168.0.1", "192.168.1.1", "fd02::1", "203.0.113.2", "203.0.113.129", "fd01::2"],
    "node1": ["192.168.0.2", "192.168.1.2", "fd02::2", "10.180.0.254", "fd00:10:180::fe"],
    "node2": ["192.168.0.3", "192.168.1.3", "fd02::3"]
    + [f"10.180.{net}.{n}" for net in (1, 2) for n in range(1, 6)]
    + [f"fd00:10:180:{net}::{n}" for net in (1, 2) for n in range(1, 6)],
    "pod1": ["10.180.0.1", "fd00:10:180::1"],
    "pod2": ["10.180.0.2", "fd00:10:180::2"],
    "pod3": ["10.180.0.3", "fd00:10:180::3"],
}
HOST_OF = {address: host for host, addresses in ADDRESSES.items() for address in addresses}

SETTINGS = [
    ("net/ipv4/ip_forward", "1"),
    ("net/ipv6/conf/all/disable_ipv6", "0"),
    ("net/ipv6/conf/all/forwarding", "1"),
    ("net/ipv6/conf/default/forwarding", "1"),
    ("net/ipv4/conf/all/rp_filter", "0"),
    ("net/ipv4/conf/default/rp_filter", "0"),
    ("net/ipv4/conf/all/send_redirects", "0"),
    ("net/ipv4/conf/default/send_redirects", "0"),
    ("net/ipv4/conf/all/accept_redirects", "0"),
    ("net/ipv4/conf/default/accept_redirects", "0"),
    ("net/ipv6/conf/all/accept_redirects", "0"),
    ("net/ipv6/conf/default/accept_redirects", "0"),
    ("net/ipv6/conf/all/accept_ra", "0"),
    ("net/ipv6/conf/default/accept_ra", "0"),
    ("net/ipv6/conf/all/accept_dad", "0"),
    ("net/ipv6/conf/default/accept_dad", "0"),
    ("net/ipv4/icmp_ratelimit", "0"),
    ("net/ipv4/icmp_ratemask", "0"),
    ("net/ipv4/icmp_msgs_per_sec", "1000000"),
    ("net/ipv4/icmp_msgs_burst", "1000000"),
    ("net/ipv6/icmp/ratelimit", "0"),
    ("net/ipv6/icmp/ratemask", ""),
    ("net/bridge/bridge-nf-call-iptables", "0"),
    ("net/bridge/bridge-nf-call-ip6tables", "0"),
]
# The router sends back what it cannot route, even where its own address is the source (it is a client, too).
ROUTER_SETTINGS = [("net/ipv4/conf/all/accept_local", "1"), ("net/ipv4/conf/default/accept_local", "1")]
# ip_error() limits "host unreachable" for each peer, and only the initial namespace has the setting.
HOST_ERROR_COST = "/proc/sys/net/ipv4/route/error_cost"
SAVED_ERROR_COST = "/run/viaduct-world-error-cost"

NODES = [
    ("node1", "zone-a", ["10.180.0.0/24", "fd00:10:180::/64"], ["192.168.0.2", "fd02::2"]),
    ("node2", "zone-b", ["10.180.1.0/24", "fd00:10:180:1::/64"], ["192.168.0.3", "fd02::3"]),
]


def node_objects():
    """The Node objects of the world, as an API server holds them."""
    return [
        {
            "kind": "Node", "apiVersion": "v1",
            "metadata": {
                "name": name,
                "labels": {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone},
            },
            "spec": {"podCIDR": cidrs[0], "podCIDRs": cidrs},
            "status": {
                "addresses": [{"type": "InternalIP", "address": address} for address in addresses]
                + [{"type": "Hostname", "address": name}],
                "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
            },
        }
        for name, zone, cidrs, addresses in NODES
    ]


def ip(*words, batch=None, check=True):
    """Runs ip(8); `batch` is a list of its commands."""
    command = ["ip", *words] + (["-batch", "-"] if batch is not None else [])
    done = subprocess.run(
        command, input=None if batch is None else "\n".join(batch) + "\n", capture_output=True, text=True)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class World:
    """A context manager: the namespaces, one agent in each, and the processes that were started in them."""

    def __init__(self):
        if os.geteuid() != 0:
            sys.exit("network namespaces need root: run this as root")
        remove_leftovers()
        self.prefix = f"vd{os.getpid()}-"
        self.owner = os.getpid()
        self.agents = {}
        self.children = []
        self.closed = False
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="viaduct-world-"))  # for files that nobody reads later
        atexit.register(self.close)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __getitem__(self, host):
        return self.agents[host]

    def namespace(self, host):
        return self.prefix + host

    def _build(self):
        self._lift_error_limit()
        for host in HOSTS:
            ip("netns", "add", self.namespace(host))
        for host in HOSTS:
            self.agents[host] = Agent(self.namespace(host), host)
            self.agents[host].set_sysctls(settings=SETTINGS + (ROUTER_SETTINGS if host == "ext" else []))
        name = self.namespace
        ip(batch=[
            f"link add eth0 netns {name(host)} type veth peer name {host} netns {name(switch)}"
            for host, switch in [("node1", "ext"), ("node2", "ext"), ("pod1", "node1"), ("pod2", "node1"),
                                 ("pod3", "node1")]
        ])
        for host in HOSTS:
            lines = ["link set lo up"] + getattr(self, f"_{host.rstrip('0123456789')}")(host)
            ip("-n", name(host), batch=lines)
        self._warm_up()

    def _warm_up(self):
        """Waits until every host reaches every other: links come up and neighbours are learnt a moment later."""
        first = {host: [ADDRESSES[host][0], next(a for a in ADDRESSES[host] if ":" in a)] for host in HOSTS}
        self.serve([(address, 7, "UDP") for pair in first.values() for address in pair])
        for host in HOSTS:
            for other in HOSTS:
                for address in first[other]:
                    if not self[host].until(protocol="UDP", destination=address, port=7, timeout=0.1):
                        raise RuntimeError(f"the world is not connected: {host} does not reach {address} of {other}")
        self.serve([])

    def _ext(self, _):
        lines = ["link add br0 type bridge forward_delay 0", "link set br0 up"]
        lines += [line for port in ("node1", "node2") for line in (f"link set {port} master br0", f"link set {port} up")]
        lines += [f"addr add {a} dev br0" for a in ("192.168.0.1/24", "192.168.1.1/24")] + ["addr add fd02::1/64 dev br0 nodad"]
        lines += ["addr add 203.0.113.2/32 dev lo", "addr add 203.0.113.129/32 dev lo", "addr add fd01::2/128 dev lo nodad"]
        # what it forwards has no route; what it sends itself goes by table 100
        lines += ["route add unreachable default", "route add unreachable ::/0 metric 1"]
        lines += ["rule add iif lo lookup 100 pref 100"]
        ip("-6", "-n", self.namespace("ext"), "rule", "add", "iif", "lo", "lookup", "100", "pref", "100")
        lines += [
            f"route add {net} via 192.168.0.2 table 100"
            for net in ("172.30.0.0/16", "192.168.99.0/24", "1.2.3.0/24", "5.6.7.0/24", "9.10.11.0/24")
        ]
        # pods, so that they hear of it when it has no route for them
        lines += ["route add 10.180.0.0/24 via 192.168.0.2 table 100", "route add fd00:10:180::/64 via fd02::2 table 100"]
        lines += [f"route add {net} via fd02::2 table 100" for net in ("fd00:10:96::/64", "2001:db8:1::/64")]
        return lines

    def _node(self, host):
        number = 2 if host == "node1" else 3
        lines = [f"addr add 192.168.{net}.{number}/24 dev eth0" for net in (0, 1)]
        lines += [f"addr add fd02::{number}/64 dev eth0 nodad", "link set eth0 up"]
        lines += ["route add default via 192.168.0.1", "route add ::/0 via fd02::1"]
        if host == "node2":
            lines += [f"addr add {a}/32 dev lo" for a in ADDRESSES["node2"][3:] if ":" not in a]
            lines += [f"addr add {a}/128 dev lo nodad" for a in ADDRESSES["node2"][3:] if ":" in a]
            return lines + ["route add 10.180.0.0/24 via 192.168.0.2", "route add fd00:10:180::/64 via fd02::2"]
        lines += ["link add cni0 type bridge forward_delay 0", "link set cni0 up"]
        for pod in ("pod1", "pod2", "pod3"):
            lines += [f"link set {pod} master cni0", f"link set {pod} type bridge_slave hairpin on", f"link set {pod} up"]
        lines += ["addr add 10.180.0.254/24 dev cni0", "addr add fd00:10:180::fe/64 dev cni0 nodad"]
        lines += [f"route add 10.180.{net}.0/24 via 192.168.0.3" for net in (1, 2)]
        return lines + [f"route add fd00:10:180:{net}::/64 via fd02::3" for net in (1, 2)]

    def _pod(self, host):
        # single addresses: neighbours are reached through node1, so that answers pass its connection tracking
        number = host[-1]
        return [
            f"addr add 10.180.0.{number}/32 dev eth0", f"addr add fd00:10:180::{number}/128 dev eth0 nodad",
            "link set eth0 up",
            "route add 10.180.0.254 dev eth0 scope link", "route add default via 10.180.0.254",
            "route add fd00:10:180::fe dev eth0", "route add ::/0 via fd00:10:180::fe",
        ]

    def _lift_error_limit(self):
        try:
            with open(HOST_ERROR_COST) as handle:
                before = handle.read().strip()
            if before != "0":
                with open(SAVED_ERROR_COST, "w") as handle:
                    handle.write(before)
                with open(HOST_ERROR_COST, "w") as handle:
                    handle.write("0")
        except OSError:
            pass  # a container without the setting: flows that nobody routes then take longer

    def start(self, host, command, output=None, environment=None, **options):
        """Starts a program inside a host; it dies with the world. `output` is a file for both of its streams."""
        child = subprocess.Popen(
            ["ip", "netns", "exec", self.namespace(host), *command],
            stdin=subprocess.DEVNULL, stdout=output or subprocess.DEVNULL,
            stderr=subprocess.STDOUT if output else subprocess.DEVNULL,
            env=None if environment is None else {**os.environ, **environment},
            preexec_fn=die_with_parent, **options)
        self.children.append(child)
        return child

    def run(self, host, command, input=None, timeout=180):
        """Runs a program inside a host to its end: a CompletedProcess with text output."""
        return subprocess.run(
            ["ip", "netns", "exec", self.namespace(host), *command], input=input, capture_output=True, text=True,
            timeout=timeout * PATIENCE)

    def serve(self, endpoints):
        """Makes exactly these [(address, port, protocol)] answer, each on the host that has the address.

        Returns those that cannot: [(endpoint, why)]; addresses that nobody has are among them.
        """
        by_host = {host: [] for host in HOSTS}
        failed = []
        for endpoint in endpoints:
            host = HOST_OF.get(endpoint[0])
            if host:
                by_host[host].append(endpoint)
            else:
                failed.append((endpoint, "no host has this address"))
        for host, wanted in by_host.items():
            failed += self.agents[host].serve(wanted=wanted)
        return failed

    def close(self):
        if self.closed or os.getpid() != self.owner:
            return
        self.closed = True
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # a second signal must not stop the cleaning
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()
        for agent in self.agents.values():
            agent.stop()
        for host in HOSTS:
            remove_namespace(self.namespace(host))
        shutil.rmtree(self.directory, ignore_errors=True)
        if not other_worlds() and os.path.exists(SAVED_ERROR_COST):
            with open(SAVED_ERROR_COST) as saved, open(HOST_ERROR_COST, "w") as handle:
                handle.write(saved.read())
            os.unlink(SAVED_ERROR_COST)


def _leave(number, _):
    sys.exit(128 + number)


def remove_namespace(name):
    if not os.path.exists(f"/run/netns/{name}"):
        return
    for process in ip("netns", "pids", name, check=False).split():
        try:
            os.kill(int(process), signal.SIGKILL)
        except OSError:
            pass
    for _ in range(20):
        ip("netns", "del", name, check=False)
        if not os.path.exists(f"/run/netns/{name}"):
            return
        time.sleep(0.05)


def other_worlds():
    """Namespaces of worlds, ours or others': [(name, process id of the owner)]."""
    try:
        names = os.listdir("/run/netns")
    except FileNotFoundError:
        return []
    found = [(name, re.fullmatch(r"vd(\d+)-[a-z0-9]+", name)) for name in names]
    return [(name, int(match.group(1))) for name, match in found if match]


def remove_leftovers():
    for name, owner in other_worlds():
        try:
            with open(f"/proc/{owner}/cmdline") as handle:
                alive = "python" in handle.read()
        except OSError:
            alive = False
        if not alive:
            remove_namespace(name)


def free_ports(count):
    """Ports of the loopback address that nobody listens on, all different, of those below the range from which the
    kernel takes a client's: a server that starts later still finds them free."""
    first_of_clients = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = []
    for port in random.sample(range(10_000, min(first_of_clients, 30_000)), 1_000):
        if len(ports) == count:
            break
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
    return ports


def wait_until(condition, within=GENEROUS, pause=0.05):
    """Calls `condition`, which has to come about, until it is true: its value, or the last false one after `within` seconds
    (GENEROUS at least, times PATIENCE)."""
    deadline = time.monotonic() + max(within, GENEROUS) * PATIENCE
    while True:
        value = condition()
        if value or time.monotonic() >= deadline:
            return value
        time.sleep(pause)


def stays(condition, seconds, pause=0.1):
    """Whether `condition` is true all the time for that many seconds (times PATIENCE)."""
    deadline = time.monotonic() + seconds * PATIENCE
    while condition():
        if time.monotonic() >= deadline:
            return True
        time.sleep(pause)
    return False


if __name__ == "__main__":
    with World() as world:
        print("namespaces:", " ".join(world.namespace(host) for host in HOSTS), flush=True)
        print("enter one with: ip netns exec NAME bash; end with Ctrl-C", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass
