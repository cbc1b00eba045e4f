"""Hosts in network namespaces on one bridge, each with a member of etcd and a `viaduct up` over all of them."""

import ctypes
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading

from agent import die_with_parent
from etcd_cluster import ETCD
from world import ip, wait_until

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
PKI = ("ca.crt", "ca.key", "sa.key", "sa.pub")


def inside(namespace, body):
    """Calls `body` on a thread in a network namespace: sockets that it makes stay there."""
    result = []

    def run():
        try:
            with open(f"/run/netns/{namespace}") as file:
                if LIBC.setns(file.fileno(), CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            result.append(body())
        except Exception as error:  # to be raised where somebody sees it
            result.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if isinstance(result[0], Exception):
        raise result[0]
    return result[0]


class Host:
    def __init__(self, number, hosts):
        self.number, self.hosts = number, hosts
        self.name = f"h{number}"
        self.namespace = f"vd{os.getpid()}-{self.name}"
        self.address = f"10.77.0.{number + 1}"
        self.directory = hosts.directory / self.name
        self.directory.mkdir(parents=True)
        self.etcd = self.up = self.proxy = None

    def spawn(self, log, *command):
        with open(self.directory / log, "a") as output:
            return subprocess.Popen(["ip", "netns", "exec", self.namespace, *command], stdout=output, stderr=output,
                                    preexec_fn=die_with_parent)

    def start_etcd(self):
        initial = ",".join(f"{host.name}=http://{host.address}:2380" for host in self.hosts.all)
        self.etcd = self.spawn(
            "etcd.log", ETCD, "--name", self.name, "--data-dir", str(self.directory / "etcd"), "--listen-client-urls",
            f"http://{self.address}:2379,http://127.0.0.1:2379", "--advertise-client-urls", f"http://{self.address}:2379",
            "--listen-peer-urls", f"http://{self.address}:2380", "--initial-advertise-peer-urls",
            f"http://{self.address}:2380", "--initial-cluster", initial, "--logger", "zap", "--log-level", "warn")

    def start_up(self, *arguments):
        servers = [f"http://{self.address}:2379"] + [f"http://{host.address}:2379" for host in self.hosts.all if host is not self]
        self.up = self.spawn(
            "up.log", self.hosts.binary, "up", "--data-dir", str(self.directory / "data"), "--etcd-servers",
            ",".join(servers), "--hostname-override", self.name, "--node-ip", self.address, "--port", "8001", *arguments)

    def start_server(self):
        """`viaduct apiserver` with an authority of its own."""
        self.up = self.spawn(
            "up.log", self.hosts.binary, "apiserver", "--data-dir", str(self.directory / "data"), "--etcd-servers",
            ",".join(f"http://{host.address}:2379" for host in self.hosts.all), "--bind-address", self.address,
            "--port", "8001")

    def start_proxy(self):
        """With the first host's kubeconfig, and the addresses of all servers."""
        self.proxy = self.spawn(
            "proxy.log", self.hosts.binary, "proxy", "--kubeconfig", str(self.hosts.all[0].directory / "data/admin.kubeconfig"),
            "--master", ",".join(f"https://{host.address}:6443" for host in self.hosts.all), "--proxy-mode", "nftables",
            "--hostname-override", self.name)

    def kill_up(self):
        self.up.kill()
        self.up.wait()

    def log(self):
        return (self.directory / "up.log").read_text()

    def ask(self, method, path, body=None, timeout=60):
        """(status, answer) of this host's own server; None for no answer."""
        def connect():
            connection = http.client.HTTPConnection("127.0.0.1", 8001, timeout=timeout)
            connection.connect()
            return connection

        try:
            connection = inside(self.namespace, connect)
        except OSError:
            return None, None
        try:
            connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith(b"{") else text.decode()
        except (OSError, http.client.HTTPException):
            return None, None
        finally:
            connection.close()

    def is_ready(self):
        return self.ask("GET", "/readyz", timeout=30)[0] == 200

    def reaches(self, address, port, timeout=10):
        """Whether a TCP connection from this host comes about."""
        def connect():
            with socket.create_connection((address, port), timeout=timeout):
                return True

        try:
            return inside(self.namespace, connect)
        except OSError:
            return False

    def cut_off(self, is_cut=True):
        ip("-n", self.hosts.bridge, "link", "set", self.name, "down" if is_cut else "up")


class Traffic:
    """Connections from a host to a Service, one after the other, until it is finished."""

    def __init__(self, host, address, port):
        self.host, self.address, self.port = host, address, port
        self.made = self.failed = 0
        self.stop = threading.Event()
        # A failed check ends the suite although nobody has finished this.
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stop.wait(0.05):
            self.made += 1
            self.failed += not self.host.reaches(self.address, self.port)

    def finish(self):
        """(how many connections were tried, how many failed)"""
        self.stop.set()
        self.thread.join()
        return self.made, self.failed


class Hosts:
    def __init__(self, binary, directory, count=3):
        self.binary, self.directory = binary, pathlib.Path(directory)
        self.bridge = f"vd{os.getpid()}-br"
        self.directory.mkdir(parents=True, exist_ok=True)
        self.all = []
        self.all += [Host(number, self) for number in range(count)]
        # Without a server, and without a member of etcd.
        self.extra = Host(count, self)

    def __enter__(self):
        ip("netns", "add", self.bridge)
        ip("-n", self.bridge, "link", "add", "br0", "type", "bridge")
        ip("-n", self.bridge, "link", "set", "br0", "up")
        for host in self.all + [self.extra]:
            ip("netns", "add", host.namespace)
            ip("-n", host.namespace, "link", "add", "eth0", "type", "veth", "peer", "name", host.name, "netns", self.bridge)
            ip("-n", self.bridge, "link", "set", host.name, "master", "br0", "up")
            ip("-n", host.namespace, "link", "set", "lo", "up")
            ip("-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", "eth0")
            ip("-n", host.namespace, "link", "set", "eth0", "up")
            ip("-n", host.namespace, "route", "add", "default", "dev", "eth0")
        for host in self.all:
            host.start_etcd()
        return self

    def __exit__(self, *_):
        for host in self.all + [self.extra]:
            for child in (host.up, host.etcd, host.proxy):
                if child and child.poll() is None:
                    child.kill()
                    child.wait()
        for namespace in [self.bridge] + [host.namespace for host in self.all + [self.extra]]:
            ip("netns", "delete", namespace, check=False)

    def start(self, *arguments):
        """One after the other, with the first one's authority and key."""
        first = self.all[0]
        first.start_up(*arguments)
        assert wait_until(first.is_ready, 60, 0.1), "the first host does not serve: " + first.log()[-2000:]
        for host in self.all[1:]:
            pki = host.directory / "data/pki"
            pki.mkdir(parents=True, mode=0o700)
            (host.directory / "data").chmod(0o700)
            for name in PKI:
                shutil.copy(first.directory / "data/pki" / name, pki / name)
            host.start_up(*arguments)
        for host in self.all[1:]:
            assert wait_until(host.is_ready, 60, 0.1), f"{host.name} does not serve: " + host.log()[-2000:]
