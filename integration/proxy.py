"""Starts a service proxy on node1 of a world: Viaduct, or any program that takes kube-proxy's --config."""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

from agent import GENEROUS, PATIENCE

ROOT = pathlib.Path(__file__).resolve().parent.parent
METRICS = ("127.0.0.1", 10249)
HEALTH = ("127.0.0.1", 10256)


def output_directory():
    """Where logs and reports of runs go; never part of the repository."""
    directory = pathlib.Path(os.environ.get("VIADUCT_TEST_OUTPUT", ROOT / ".build" / "integration"))
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def default_binary(prefer_release=False):
    """The newest build of viaduct, or None."""
    found = [path for path in (ROOT / ".build/release/viaduct", ROOT / ".build/debug/viaduct") if path.exists()]
    if prefer_release and found and found[0].parent.name == "release":
        return found[0]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def overlay(base, changes):
    """`changes` laid over `base`: nested mappings are merged, all else is replaced."""
    merged = dict(base)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = overlay(merged[key], value)
        else:
            merged[key] = value
    return merged


def configuration(kubeconfig, mode="nftables", **changes):
    """The base KubeProxyConfiguration of the scenarios, with `changes` laid over it."""
    base = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "hostnameOverride": "node1",
        "bindAddress": "0.0.0.0",
        "clusterCIDR": "10.180.0.0/16,fd00:10:180::/48",
        "detectLocalMode": "ClusterCIDR",
        "mode": mode,
        "iptables": {"minSyncPeriod": "0.1s"},
        "nftables": {"minSyncPeriod": "0.1s"},
        "ipvs": {"minSyncPeriod": "0.1s"},
        "conntrack": {"maxPerCore": 0},
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "clientConnection": {"kubeconfig": str(kubeconfig)},
    }
    return overlay(base, changes)


class Proxy:
    """One proxy process at a time on node1; its log goes to a file that grows over restarts."""

    def __init__(self, world, binary, name="proxy"):
        self.world = world
        self.binary = pathlib.Path(binary).absolute()
        self.name, self.starts = name, 0
        self.log_path = output_directory() / f"{name}.log"
        self.config_path = world.directory / f"{name}-config.json"
        self.socket = world.directory / f"{name}.sock"  # sockets' names are the host's, whatever the namespace
        self.log_path.write_text("")
        self.child = None
        self.configuration = None
        self.sockets = None  # a SocketGroup, whose sockets it is to balance

    def command(self, *arguments):
        words = [str(self.binary)] + (["proxy"] if self.binary.name.startswith("viaduct") else [])
        return words + list(arguments)

    def start(self, config=None, wrapper=(), arguments=()):
        if config is not None:
            if self.binary.name.startswith("viaduct"):
                config = {"statusSocket": str(self.socket), **config}
            self.configuration = config
            # a file of its own: a process that still runs ends when its file changes
            self.starts += 1
            self.config_path = self.config_path.with_name(f"{self.name}-config-{self.starts}.json")
            if self.sockets:
                config = overlay(self.sockets.section(), config)
            self.config_path.write_text(json.dumps(config, indent=2))
        log = open(self.log_path, "a")
        with log:
            log.write(f"=== {time.strftime('%H:%M:%S')} start\n")
            log.flush()
            self.child = self.world.start(
                "node1", [*(self.sockets.wrapper if self.sockets else ()), *wrapper, *self.command("--config", str(self.config_path), *arguments)], output=log)

    @property
    def running(self):
        return self.child is not None and self.child.poll() is None

    def stop(self, number=signal.SIGTERM, within=GENEROUS):
        """Sends a signal and waits for the end: the exit status, or None where it had to be killed."""
        if self.child is None:
            return None
        if self.child.poll() is None:
            self.child.send_signal(number)
        try:
            return self.child.wait(within * PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            return None
        finally:
            self.child = None

    def metrics(self):
        """All samples of /metrics as {name with labels: value}; empty where it does not answer."""
        code, text = self.world["node1"].http_get(address=METRICS[0], port=METRICS[1], path="/metrics")
        samples = {}
        for line in text.splitlines() if code == 200 else ():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                try:
                    samples[name] = float(value)
                except ValueError:
                    pass
        return samples

    def total(self, prefix):
        """The sum of all samples whose names begin so."""
        return sum(value for name, value in self.metrics().items() if name.startswith(prefix))

    def ask(self, path, method="GET"):
        """What the status socket answers: (status, body), or (0, why not)."""
        connection = http.client.HTTPConnection("proxy", timeout=GENEROUS * PATIENCE)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.sock.connect(str(self.socket))
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)
        finally:
            connection.close()

    def health(self, path="/healthz"):
        return self.world["node1"].http_get(address=HEALTH[0], port=HEALTH[1], path=path)

    def log(self, last=None):
        lines = self.log_path.read_text(errors="replace").splitlines()
        return lines[-last:] if last else lines

    def run(self, *arguments, wrapper=(), timeout=120):
        """Runs the proxy to its end with these arguments: a CompletedProcess."""
        return self.world.run("node1", [*wrapper, *self.command(*arguments)], timeout=timeout)


class Sentinel:
    """Tells when a change is in force, whatever the proxy: a service of its own that changes last.

    Its Service gets a new port and its slices a new port name, so it answers only when both watches have delivered
    everything before it and the proxy has programmed that.
    """

    NAMESPACE = "in-force"
    ADDRESSES = {"IPv4": ("172.30.255.253", "10.180.0.1"), "IPv6": ("fd00:10:96::fffd", "fd00:10:180::1")}
    TARGET = 7999

    def __init__(self, world, server):
        self.world = world
        self.server = server
        self.generation = 0
        self.families = dict(self.ADDRESSES)

    def endpoints(self):
        return [(endpoint, self.TARGET, "TCP") for _, endpoint in self.ADDRESSES.values()]

    def objects(self):
        name, port = f"g{self.generation}", 20000 + self.generation % 20000
        virtual = [pair[0] for pair in self.ADDRESSES.values()]
        service = {
            "kind": "Service", "apiVersion": "v1", "metadata": {"namespace": self.NAMESPACE, "name": "sentinel"},
            "spec": {
                "type": "ClusterIP", "clusterIP": virtual[0], "clusterIPs": virtual,
                "ipFamilies": list(self.ADDRESSES), "ipFamilyPolicy": "PreferDualStack",
                "sessionAffinity": "None", "internalTrafficPolicy": "Cluster",
                "ports": [{"name": name, "port": port, "protocol": "TCP", "targetPort": self.TARGET}],
            },
            "status": {"loadBalancer": {}},
        }
        slices = [
            {
                "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
                "metadata": {"namespace": self.NAMESPACE, "name": f"sentinel-{family.lower()}",
                             "labels": {"kubernetes.io/service-name": "sentinel"}},
                "addressType": family,
                "endpoints": [{"addresses": [pair[1]], "conditions": {"ready": True}, "nodeName": "node1"}],
                "ports": [{"name": name, "port": self.TARGET, "protocol": "TCP"}],
            }
            for family, pair in self.ADDRESSES.items()
        ]
        return [service, *slices], port

    def wait(self, within=2 * GENEROUS):
        """Whether all that was applied before is in force within that many seconds.

        `endpoints()` must be served. A family that never answers, while another does, is not waited for again.
        """
        self.generation += 1
        objects, port = self.objects()
        self.server.apply(objects=objects)
        answered = []
        for family, (virtual, _) in list(self.families.items()):
            # the families of one proxy are programmed one soon after the other
            limit = within if family == next(iter(self.families)) else within / 4 if answered else 0.5
            if self.world["node1"].until(
                    protocol="TCP", destination=virtual, port=port, within=limit, pause=0.01, timeout=0.3):
                answered.append(family)
        if answered and len(answered) < len(self.families):
            self.families = {family: self.families[family] for family in answered}
        # what follows the commit: conntrack entries, health check ports
        time.sleep(0.05 * PATIENCE)
        return bool(answered)
