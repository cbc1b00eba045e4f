"""A control plane and hosts with containers in network namespaces on one bridge: each host has a containerd of its own,
a node agent and a proxy.

Programs enter a host's network with nsenter: `ip netns exec` would mount another /sys and hide the control groups.
"""

import glob
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from agent import die_with_parent
from node_images import PAUSE, write_all
from proxy import output_directory
from world import ip, remove_leftovers, remove_namespace, wait_until

PLUGINS = next((path for path in ("/usr/lib/cni", "/opt/cni/bin") if os.path.exists(f"{path}/bridge")), None)
CONFIGURATION = """\
version = 2
root = "{directory}/containerd"
state = "{run}/containerd"
disabled_plugins = ["io.containerd.internal.v1.tracing", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "{run}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  stream_server_address = "127.0.0.1"
  enable_tls_streaming = false
  # Not everybody may protect processes from the kernel's choice when memory runs out.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{plugins}"
    conf_dir = "{directory}/cni"
[plugins."io.containerd.internal.v1.opt"]
  path = "{directory}/opt"
"""


def missing():
    """Why there can be no containers here; empty: there can."""
    for command in ("containerd", "runc", "ctr", "busybox", "nsenter"):
        if not shutil.which(command):
            return f"there is no {command} (integration/setup installs it)"
    return "" if PLUGINS else "there are no network plugins (integration/setup installs them)"


class Host:
    """One namespace with an address; `with_containers` beside the control plane's."""

    def __init__(self, hosts, name, number):
        self.hosts, self.name = hosts, name
        self.namespace = f"vd{os.getpid()}-{name}"
        self.address = f"10.78.0.{number}"
        self.address6 = f"fd00:78::{number}"
        self.directory = hosts.directory / name
        # Sockets' paths are short.
        self.run = pathlib.Path(f"/run/vd{os.getpid()}/{name}")
        self.containerd = self.agent = self.proxy = self.up = None
        # Arguments of `viaduct join`; None: the host has a node agent and a proxy of its own.
        self.joining = None
        self.directory.mkdir(parents=True)
        self.run.mkdir(parents=True)

    def spawn(self, log, *command):
        with open(output_directory() / f"node-{self.name}-{log}.log", "a") as output:
            return subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{self.namespace}", *map(str, command)], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, preexec_fn=die_with_parent)

    def command(self, *command, input=None, timeout=300):
        return subprocess.run(
            ["nsenter", f"--net=/run/netns/{self.namespace}", *map(str, command)], input=input, capture_output=True,
            text=True, timeout=timeout)

    @property
    def socket(self):
        return self.run / "containerd.sock"

    def start_containerd(self):
        (self.directory / "cni").mkdir(exist_ok=True)
        config = self.directory / "containerd.toml"
        config.write_text(CONFIGURATION.format(
            directory=self.directory, run=self.run, pause=PAUSE, plugins=PLUGINS))
        self.containerd = self.spawn("containerd", "containerd", "--config", config)
        answers = wait_until(lambda: self.ctr("version").returncode == 0, pause=0.1)
        assert answers, f"containerd of {self.name} does not answer"

    def ctr(self, *words):
        return self.command("ctr", "-a", self.socket, "-n", "k8s.io", *words)

    def load_images(self, archives):
        for archive in archives:
            done = self.ctr("images", "import", archive)
            assert done.returncode == 0, done.stderr

    @property
    def places(self):
        """Where this host's runtime and files are, as `node`, `join` and `leave` take them."""
        return ["--container-runtime-endpoint", f"unix://{self.socket}", "--root-dir", self.directory / "node", "--pod-logs-dir",
                self.directory / "logs", "--cni-conf-dir", self.directory / "cni", "--cni-data-dir", self.directory / "networks"]

    def start_agent(self, *arguments):
        named = ["--hostname-override", self.name, "--node-ip", f"{self.address},{self.address6}"]
        if self.joining is not None:
            command = ["join", *self.joining, "--data-dir", self.directory / "join", "--status-socket", "none"]
        else:
            command = ["node", "--kubeconfig", self.hosts.kubeconfig, "--master", self.hosts.url]
        self.agent = self.spawn(
            "agent", self.hosts.binary, *command, *named, *self.places, *arguments, *self.hosts.agent_arguments)

    def leave(self, *arguments):
        return self.command(self.hosts.binary, "leave", "--data-dir", self.directory / "join", *self.places, *arguments)

    def start_proxy(self):
        if self.joining is not None:
            return
        self.proxy = self.spawn(
            "proxy", self.hosts.binary, "proxy", "--kubeconfig", self.hosts.kubeconfig, "--master", self.hosts.url, "--hostname-override", self.name,
            "--proxy-mode", "nftables", "--cluster-cidr", self.hosts.cluster_cidr)

    def kill(self, name):
        child = getattr(self, name)
        if child is not None:
            child.kill()
            child.wait()
        setattr(self, name, None)

    def hardware_address(self, address):
        """Who answers for an address on the link, as this host remembers it."""
        entries = json.loads(ip("-j", "-n", self.namespace, "neigh", "show", address) or "[]")
        return next((one.get("lladdr") for one in entries), None)

    @property
    def own_hardware_address(self):
        return json.loads(ip("-j", "-n", self.namespace, "link", "show", "eth0"))[0]["address"]

    def set_link(self, state):
        """Plugs this host's cable in or out."""
        ip("-n", self.hosts.bridge, "link", "set", self.name, state)

    def fetch(self, url, timeout=10):
        """What an HTTP GET from this host brings; None for nothing."""
        done = self.command("timeout", str(timeout), "busybox", "wget", "-q", "-O", "-", url)
        return done.stdout if done.returncode == 0 else None

    def die(self):
        """As a host without power: all at once, and nobody says goodbye."""
        for child in ("agent", "proxy", "containerd"):
            self.kill(child)
        self.kill_containers()
        ip("-n", self.hosts.bridge, "link", "set", self.name, "down", check=False)

    def kill_containers(self):
        for _ in range(3):
            found = False
            for status in glob.glob("/proc/[0-9]*/cmdline"):
                try:
                    text = pathlib.Path(status).read_bytes()
                except OSError:
                    continue
                # Shims name their containerd's socket; containers are their children and die with them.
                if b"containerd-shim" in text and str(self.socket).encode() in text:
                    found = True
                    self.kill_tree(int(status.split("/")[2]))
            if not found:
                return
            time.sleep(0.2)

    @staticmethod
    def kill_tree(process):
        try:
            children = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
        except OSError:
            children = []
        try:
            os.kill(process, signal.SIGKILL)
        except OSError:
            pass
        for child in children:
            Host.kill_tree(int(child))


class Hosts:
    cluster_cidr = "10.244.0.0/16,fd00:10:244::/56"

    def __init__(self, binary, directory, count=2, up_arguments=(), agent_arguments=(), joining=(), spare=()):
        """`joining`: names of hosts that join by `viaduct join`; `spare`: hosts on which nothing runs."""
        remove_leftovers()
        self.binary, self.directory = pathlib.Path(binary).resolve(), pathlib.Path(directory)
        self.up_arguments, self.agent_arguments = up_arguments, agent_arguments
        self.bridge = f"vd{os.getpid()}-sw"
        self.plane = Host(self, "plane", 1)
        self.nodes = [Host(self, f"n{number}", number + 1) for number in range(1, count + 1)]
        self.spare = [Host(self, name, count + 2 + number) for number, name in enumerate(spare)]
        self.joining = joining
        self.url = f"https://{self.plane.address}:6443"
        self.kubeconfig = self.plane.directory / "data/admin.kubeconfig"

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _build(self):
        for log in output_directory().glob("node-*.log"):
            log.unlink()
        ip("netns", "add", self.bridge)
        ip("-n", self.bridge, "link", "add", "br0", "type", "bridge")
        ip("-n", self.bridge, "link", "set", "br0", "up")
        for host in [self.plane] + self.nodes + self.spare:
            ip("netns", "add", host.namespace)
            ip("-n", host.namespace, "link", "add", "eth0", "type", "veth", "peer", "name", host.name, "netns", self.bridge)
            ip("-n", self.bridge, "link", "set", host.name, "master", "br0", "up")
            ip("-n", host.namespace, "link", "set", "lo", "up")
            ip("-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", "eth0")
            ip("-n", host.namespace, "addr", "add", f"{host.address6}/64", "dev", "eth0", "nodad")
            ip("-n", host.namespace, "link", "set", "eth0", "up")
            for family in ("-4", "-6"):
                ip(family, "-n", host.namespace, "route", "add", "default", "dev", "eth0")
        self.plane.up = self.plane.spawn(
            "up", self.binary, "up", "--data-dir", self.plane.directory / "data", "--hostname-override", "plane",
            "--node-ip", f"{self.plane.address},{self.plane.address6}", "--cluster-cidr", self.cluster_cidr, "--service-cluster-ip-range", "10.96.0.0/16,fd00:96::/112", "--allocate-node-cidrs", "true",
            "--node-monitor-grace-period", "8s", *self.up_arguments)
        self.archives = write_all(self.directory)
        for host in self.nodes:
            host.start_containerd()
            host.load_images(self.archives)
        assert wait_until(self.is_ready, pause=0.1), "the API server does not answer"
        for host in self.nodes:
            if host.name in self.joining:
                host.joining = self.join_arguments()
            host.start_agent()
            host.start_proxy()

    def join_arguments(self):
        """What `viaduct up` printed behind `viaduct join`."""
        log = output_directory() / "node-plane-up.log"
        found = wait_until(lambda: re.search(r"another host joins with: viaduct join ([^\n\"]+)", log.read_text()), pause=0.1)
        assert found, "viaduct up prints no command for hosts that join"
        return found.group(1).split()

    def is_ready(self):
        return self.kubeconfig.exists() and self.kubectl("get", "--raw", "/readyz", check=False) == "ok"

    def kubectl(self, *words, input=None, check=True, timeout=300):
        done = self.plane.command("kubectl", "--kubeconfig", self.kubeconfig, *words, input=input, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, *objects):
        items = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "-f", "-", input=json.dumps(items))

    def get(self, kind, name, namespace="default"):
        text = self.kubectl("get", kind, name, "-n", namespace, "-o", "json", check=False)
        return json.loads(text) if text else None

    def __exit__(self, *_):
        everyone = [self.plane] + self.nodes + self.spare
        for host in everyone:
            for child in ("agent", "proxy", "up", "containerd"):
                host.kill(child)
            host.kill_containers()
        mounts = pathlib.Path("/proc/self/mountinfo").read_text().split("\n")
        points = [line.split()[4] for line in mounts if line]
        for point in sorted(points, key=len, reverse=True):
            if point.startswith((str(self.directory), f"/run/vd{os.getpid()}/")):
                subprocess.run(["umount", "-l", point], capture_output=True)
        shutil.rmtree(f"/run/vd{os.getpid()}", ignore_errors=True)
        for namespace in [self.bridge] + [host.namespace for host in everyone]:
            remove_namespace(namespace)
        shutil.rmtree(self.directory, ignore_errors=True)
