"""Members of an etcd cluster on loopback, to kill, to stop and to start again (Debian: etcd-server)."""

import base64
import http.client
import json
import pathlib
import shutil
import signal
import subprocess

from agent import die_with_parent
from world import free_ports, wait_until

ETCD = shutil.which("etcd", path="/usr/bin:/usr/local/bin")


class Member:
    def __init__(self, name, directory, client, peer, arguments):
        self.name, self.directory, self.client, self.peer, self.arguments = name, directory, client, peer, arguments
        self.child = None

    def start(self):
        with open(self.directory / f"{self.name}.log", "a") as log:
            self.child = subprocess.Popen(
                [ETCD, "--name", self.name, "--data-dir", str(self.directory / self.name), *self.arguments],
                stdout=log, stderr=log, preexec_fn=die_with_parent)

    def kill(self):
        self.child.kill()
        self.child.wait()

    def freeze(self, is_frozen=True):
        self.child.send_signal(signal.SIGSTOP if is_frozen else signal.SIGCONT)


class Cluster:
    """`tls`: files {"ca", "cert", "key"} for servers and clients alike; without it, plain HTTP."""

    def __init__(self, directory, size=1, arguments=(), tls=None):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        scheme = "https" if tls else "http"
        ports = free_ports(2 * size)
        clients = [f"{scheme}://127.0.0.1:{port}" for port in ports[:size]]
        peers = [f"http://127.0.0.1:{port}" for port in ports[size:]]
        initial = ",".join(f"m{number}={peer}" for number, peer in enumerate(peers))
        secure = ["--cert-file", tls["cert"], "--key-file", tls["key"], "--trusted-ca-file", tls["ca"],
                  "--client-cert-auth"] if tls else []
        self.ports = ports[:size]
        self.members = [
            Member(f"m{number}", self.directory, client, peer, [
                "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", initial, "--logger", "zap",
                "--log-level", "warn", "--heartbeat-interval", "50", "--election-timeout", "500", *secure, *arguments])
            for number, (client, peer) in enumerate(zip(clients, peers))]
        self.is_plain = tls is None
        self.servers = ",".join(clients)

    def __enter__(self):
        for member in self.members:
            member.start()
        return self

    def __exit__(self, *_):
        for member in self.members:
            member.kill()

    def wait(self, seconds=30):
        """Until a member answers what all agree on."""
        if self.is_plain and not wait_until(lambda: self.ask("/v3/kv/range", {"key": text("x")}) is not None, seconds, 0.05):
            raise AssertionError("etcd does not serve")

    def ask(self, path, body):
        """An answer of the first member that gives one; etcd's own JSON form of its API. None: nobody does."""
        for port in self.ports:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            try:
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                found = json.loads(answer.read())
                if answer.status == 200:
                    return found
            except (OSError, http.client.HTTPException, ValueError):
                continue
            finally:
                connection.close()
        return None

    def keys(self, start="/", end="0"):
        """All keys from `start` up to `end`."""
        found = self.ask("/v3/kv/range", {"key": text(start), "range_end": text(end), "keys_only": True})
        return [base64.b64decode(one["key"]) for one in found.get("kvs", [])]

    def revision(self):
        return int(self.ask("/v3/kv/range", {"key": text("x")})["header"]["revision"])

    def is_caught_up(self, number):
        """Whether a member has what the others have, by its own word."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[number], timeout=20)
        try:
            others = self.revision()
            connection.request("POST", "/v3/kv/range", json.dumps({"key": text("x"), "serializable": True}),
                               {"Content-Type": "application/json"})
            return int(json.loads(connection.getresponse().read())["header"]["revision"]) >= others
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
            return False
        finally:
            connection.close()

    def compact(self, revision):
        return self.ask("/v3/kv/compaction", {"revision": revision})


def text(value):
    return base64.b64encode(value.encode()).decode()
