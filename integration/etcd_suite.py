#!/usr/bin/env python3
"""`viaduct apiserver` over etcd: one and two of them, over one member and over three, with each of them killed, stopped
and cut off among concurrent writes.

What was acknowledged must be there afterwards, once. The last line is "N passed, N failed, N skipped".
"""

import argparse
import datetime
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from agent import die_with_parent  # noqa: E402
from durability_suite import NO_ANSWER, Client, Server, configmap, essence, is_whole, version  # noqa: E402
from etcd_cluster import ETCD, Cluster  # noqa: E402
from etcd_hosts import Hosts, Traffic  # noqa: E402
from history import Shared  # noqa: E402
from proxy import default_binary  # noqa: E402
from world import wait_until  # noqa: E402

NAMESPACE = "over-etcd"
CONFIGMAPS = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
SERVICES = f"/api/v1/namespaces/{NAMESPACE}/services"
EVENTS = f"/api/v1/namespaces/{NAMESPACE}/events"
EVENT = {"kind": "Event", "apiVersion": "v1", "metadata": {"name": "e"}, "reason": "Test", "type": "Normal",
         "involvedObject": {"kind": "Pod", "namespace": NAMESPACE, "name": "p"}}
LATE_SERVICE = {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "late"},
                "spec": {"clusterIP": "10.96.88.8", "ports": [{"port": 80, "targetPort": 2379}]}}
NODE_PORT_SERVICE = {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "web"}, "spec": {
    "type": "NodePort", "clusterIP": "10.96.77.7", "ports": [{"port": 80, "nodePort": 30077}]}}
# The store may have done what these answer: it could not be asked, or did not answer in time.
OPEN = {500, 503, 504}


class EtcdServer(Server):
    """An API server over etcd."""

    def __init__(self, binary, directory, servers, *arguments):
        directory = pathlib.Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        super().__init__(binary, directory)
        self.arguments, self.environment = ["--etcd-servers", servers, *arguments], None

    def start(self):
        with open(self.directory / "log", "a") as log:
            self.child = subprocess.Popen(
                [self.binary, "apiserver", "--data-dir", str(self.directory / "data"), "--secure-port", "0",
                 "--port", str(self.port), *self.arguments], stdout=log, stderr=log, env=self.environment,
                preexec_fn=die_with_parent)

    def __enter__(self):
        self.start()
        self.wait()
        return self

    def __exit__(self, *_):
        self.kill()

    def log(self):
        return (self.directory / "log").read_text()

    def ask(self, method, path, body=None):
        client = Client(self)
        try:
            return client.request(method, path, body)
        finally:
            client.connection.close()

    def ensure_namespace(self):
        status, answer = self.ask("POST", "/api/v1/namespaces", {
            "kind": "Namespace", "apiVersion": "v1", "metadata": {"name": NAMESPACE}})
        assert status in (201, 409), answer




class SQLiteServer(EtcdServer):
    """An API server that has its store alone."""

    def __init__(self, binary, directory):
        super().__init__(binary, directory, "")
        self.arguments = []


class LeapingServer(EtcdServer):
    """An API server over etcd whose clock is as far off as a file says."""

    def __init__(self, *arguments, library, clock):
        super().__init__(*arguments)
        self.environment = {**os.environ, "LD_PRELOAD": str(library), "LEAPING_CLOCK": str(clock)}


def made_at(thing):
    text = thing["metadata"]["creationTimestamp"]
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def fill(path):
    """Writes until there is no room any more."""
    with open(path, "wb", buffering=0) as filling:
        try:
            while True:
                filling.write(b"x" * 65536)
        except OSError:
            pass


def contents(server):
    """{name: (version, everything else)} of the ConfigMaps and Services of the namespace."""
    found = {}
    for path in (CONFIGMAPS, SERVICES):
        for item in expect(server.ask("GET", path), 200)[1]["items"]:
            found[item["metadata"]["name"]] = (int(item["metadata"].pop("resourceVersion")), item)
    return found


def without_versions(found):
    return {name: item for name, (_, item) in found.items()}


def in_order(found):
    return sorted(found, key=lambda name: found[name][0])


class Writer:
    """Writes objects of its own through one server after the other, and knows what each may be."""

    def __init__(self, number, servers, seed):
        self.number, self.servers, self.random = number, servers, random.Random(f"{seed}/{number}")
        # {path: what it may be: essences, None for not there}
        self.possible, self.count, self.acknowledged, self.problems = {}, 0, 0, []
        # {path: (what would be created, since when)}: creates without an answer, which may still be under way
        self.creates = {}
        self.longest = 0.0

    def run(self, stop):
        server, client, last = self.random.choice(self.servers), None, time.monotonic()
        while not stop.is_set():
            client = client or Client(server)
            path, method, wanted = self.next()
            before = self.possible.get(path, {None})
            try:
                status, answer = client.request(method, CONFIGMAPS if method == "POST" else path, wanted)
            except NO_ANSWER:
                status, answer = 0, None
            after = essence(wanted)
            if status in (200, 201):
                # The old state must have been one that was possible, which the store has checked.
                self.possible[path] = {after} if after else self.gone(path)
                self.acknowledged += 1
                self.longest = max(self.longest, time.monotonic() - last)
                last = time.monotonic()
                continue
            if status == 0 or status in OPEN:
                self.possible[path] = before | {after}
                if method == "POST":
                    self.creates.setdefault(path, []).append((after, time.monotonic()))
            elif status == 404 and method != "POST" and None in before:
                self.possible[path] = self.gone(path)
            elif status == 409 and method == "POST" and before != {None}:
                self.possible[path] = before - {None}
            elif status != 429:
                self.problems.append(f"{method} {path}: {status} {answer}; it may be {before}")
            if status in OPEN | {0}:
                client.connection.close()
                server, client = self.random.choice(self.servers), None
                time.sleep(0.02)

    def gone(self, path):
        """What an object may be that was not there just now."""
        recent = [one for one in self.creates.get(path, []) if one[1] > time.monotonic() - 60]
        self.creates[path] = recent
        return {None} | {after for after, _ in recent}

    def next(self):
        self.count += 1
        path = f"{CONFIGMAPS}/w{self.number}-{self.random.randrange(8)}"
        possible = self.possible.get(path, {None})
        token = f"{self.number}-{self.count}"
        wanted = configmap(path.rsplit("/", 1)[1], token, self.random.choice([0, 100, 20_000]))
        if possible == {None} or (None in possible and self.random.random() < 0.5):
            return path, "POST", wanted
        if self.random.random() < 0.2:
            return path, "DELETE", None
        return path, "PUT", wanted


class Suite:
    def __init__(self, binary, directory, seed=1, only="", kills=8):
        self.binary, self.directory, self.seed, self.only, self.kills = binary, pathlib.Path(directory), seed, only, kills
        self.passed = self.failed = 0

    def run(self):
        for name in dir(self):
            if name.startswith("test_") and self.only in name:
                began = time.monotonic()
                try:
                    getattr(self, name)(self.directory / name)
                    self.passed += 1
                    verdict = "passed"
                except Exception as error:  # a test's failure is no reason to leave the others out
                    self.failed += 1
                    verdict = f"FAILED: {type(error).__name__}: {error}"
                print(f"{name[5:].replace('_', ' ')}: {verdict} ({time.monotonic() - began:.1f} s)", flush=True)

    # One server

    def test_one_server_over_one_member(self, directory):
        """Objects, lists in pages and watches; a restart finds all; nothing is kept on this host."""
        with Cluster(directory / "etcd") as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers) as server:
                server.ensure_namespace()
                for number in range(30):
                    expect(server.ask("POST", CONFIGMAPS, configmap(f"c{number:02}", f"t{number}", 100)), 201)
                _, page = expect(server.ask("GET", CONFIGMAPS + "?limit=20"), 200)
                rest = page["metadata"]["continue"]
                expect(server.ask("DELETE", CONFIGMAPS + "/c25"), 200)
                _, last = expect(server.ask("GET", f"{CONFIGMAPS}?limit=20&continue={rest}"), 200)
                names = [one["metadata"]["name"] for one in page["items"] + last["items"]]
                check_equal(names, [f"c{number:02}" for number in range(30)], "the pages")
                check(version(page) == version(last), "both pages are of one version")
                _, changed = expect(server.ask("PUT", CONFIGMAPS + "/c00", configmap("c00", "new", 10)), 200)
                old = dict(configmap("c00", "newer", 10), metadata={"name": "c00", "resourceVersion": str(version(page))})
                expect(server.ask("PUT", CONFIGMAPS + "/c00", old), 409)
                client = Client(server)
                expect(server.ask("POST", CONFIGMAPS, configmap("end", "end", 0)), 201)
                events = client.watch(CONFIGMAPS, version(page), "end")
                check_equal([(event["type"], event["object"]["metadata"]["name"]) for event in events],
                            [("DELETED", "c25"), ("MODIFIED", "c00")], "the watch")
                keys = etcd.keys("/registry/configmaps/", "/registry/configmaps0")
                check(f"/registry/configmaps/{NAMESPACE}/c00".encode() in keys, f"the key is in etcd: {keys}")
                check(not (directory / "a/data/viaduct.db").exists(), "there is no database on this host")
            with EtcdServer(self.binary, directory / "b", etcd.servers) as server:
                _, found = expect(server.ask("GET", CONFIGMAPS + "/c00"), 200)
                check_equal(found, changed, "the object after a restart on another host")

    def test_prefixes_and_foreign_changes(self, directory):
        """Two clusters in one etcd do not see each other, and reads do not wait for the other's changes."""
        with Cluster(directory / "etcd") as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers, "--etcd-prefix", "/one") as one, \
                    EtcdServer(self.binary, directory / "b", etcd.servers, "--etcd-prefix", "two/") as two:
                one.ensure_namespace()
                two.ensure_namespace()
                expect(one.ask("POST", CONFIGMAPS, configmap("mine", "a", 10)), 201)
                for number in range(50):
                    expect(two.ask("POST", CONFIGMAPS, configmap(f"c{number}", "b", 10)), 201)
                _, found = expect(one.ask("GET", CONFIGMAPS), 200)
                check_equal([item["metadata"]["name"] for item in found["items"]], ["mine"], "the first cluster")
                _, found = expect(two.ask("GET", CONFIGMAPS), 200)
                check_equal(len(found["items"]), 50, "the second cluster")
                check(all(key.startswith((b"/one", b"/two")) for key in etcd.keys()), "both keep to their prefixes")

    def test_events_end(self, directory):
        with Cluster(directory / "etcd") as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers, "--event-ttl", "4s") as server:
                server.ensure_namespace()
                began = time.monotonic()
                expect(server.ask("POST", EVENTS, EVENT), 201)
                status = server.ask("GET", EVENTS + "/e")[0]
                check(status == 200 or time.monotonic() - began > 4, f"the Event is there: {status}")
                check(wait_until(lambda: server.ask("GET", EVENTS + "/e")[0] == 404, pause=0.1), "the Event ends")

    def test_tls(self, directory):
        """With client certificates; without the right ones it says so and does not serve."""
        files = certificates(directory / "pki")
        with Cluster(directory / "etcd", tls=files) as etcd:
            good = ["--etcd-cafile", files["ca"], "--etcd-certfile", files["cert"], "--etcd-keyfile", files["key"]]
            with EtcdServer(self.binary, directory / "a", etcd.servers, *good) as server:
                server.ensure_namespace()
                expect(server.ask("POST", CONFIGMAPS, configmap("c", "t", 10)), 201)
            other = ["--etcd-cafile", certificates(directory / "other")["ca"], *good[2:]]
            servers = [EtcdServer(self.binary, directory / name, etcd.servers, *flags)
                       for name, flags in (("no-certificate", good[:2]), ("other-authority", other))]
            try:
                for server in servers:
                    server.start()
                for server in servers:
                    check(wait_until(lambda server=server: "not available" in server.log(), pause=0.1),
                          f"it is told: {server.log()}")
                    check(not server._is_ready(), "it does not serve")
            finally:
                for server in servers:
                    server.kill()

    def test_bad_flags(self, directory):
        directory.mkdir(parents=True)
        missing, data = str(directory / "missing.pem"), ["--data-dir", str(directory / "data")]
        for flags, word in (
                (["--etcd-servers", "ftp://a"], "ftp"), (["--etcd-servers", "https://a:2379,"], "--etcd-servers"),
                (["--etcd-servers", "http://a", "--etcd-certfile", "/etc/hostname"], "together"),
                (["--etcd-servers", "http://a", "--etcd-cafile", missing], missing),
                (["--etcd-cafile", "/etc/hostname"], "--etcd-servers"),
                (["--etcd-servers", "http://a", "--in-memory"], "--in-memory"),
                (["--etcd-servers", "https://a", "--etcd-cafile", "/etc/hostname"], "certificates")):
            done = subprocess.run([self.binary, "apiserver", *data, *flags], capture_output=True, text=True, timeout=120)
            check(done.returncode not in (0, -signal.SIGTRAP, -signal.SIGILL) and word in done.stderr,
                  f"{flags}: {done.returncode} {done.stderr}")

    def test_full_store(self, directory):
        """Refuses writes and takes deletions, at a start as well."""
        with Cluster(directory / "etcd", arguments=["--quota-backend-bytes", str(20 << 20)]) as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers) as server:
                server.ensure_namespace()
                statuses = [server.ask("POST", CONFIGMAPS, configmap(f"c{number}", "x" * 50, 800_000))[0]
                            for number in range(40)]
                check(201 in statuses and statuses[-1] >= 500, f"it fills up: {statuses}")
                written = {f"c{number}" for number, status in enumerate(statuses) if status == 201}
                expect(server.ask("DELETE", CONFIGMAPS + "/c0"), 200)
            with EtcdServer(self.binary, directory / "a", etcd.servers) as server:
                _, found = expect(server.ask("GET", CONFIGMAPS), 200)
                # A write that was given up for its time may have come through all the same.
                there = {item["metadata"]["name"] for item in found["items"]}
                check(written - {"c0"} <= there and "c0" not in there,
                      f"what was acknowledged is there after a start on a full store: {written} and {there}")
                expect(server.ask("DELETE", CONFIGMAPS + "/c1"), 200)
                check(server.ask("POST", CONFIGMAPS, configmap("again", "x", 10))[0] >= 500, "writes are refused")

    def test_too_large(self, directory):
        with Cluster(directory / "etcd", arguments=["--max-request-bytes", "500000"]) as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers) as server:
                server.ensure_namespace()
                expect(server.ask("POST", CONFIGMAPS, configmap("large", "x" * 50, 700_000)), 413)
                expect(server.ask("POST", CONFIGMAPS, configmap("small", "x" * 50, 300_000)), 201)

    # Outages

    def test_etcd_is_away(self, directory):
        """Requests end with an error, the server goes on, and watches go on without a gap when etcd is back."""
        with Cluster(directory / "etcd") as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers) as server:
                server.ensure_namespace()
                _, first = expect(server.ask("POST", CONFIGMAPS, configmap("before", "t", 10)), 201)
                watcher = Client(server)
                found = []
                # Longer than a write waits for etcd.
                thread = threading.Thread(
                    target=lambda: found.append(watcher.watch(CONFIGMAPS, version(first), "end", seconds=300)))
                thread.start()
                # The watch must be there by then.
                check(wait_until(lambda: watches(server) > 0, pause=0.02), "the watch begins")
                etcd.members[0].kill()
                status = server.ask("POST", CONFIGMAPS, configmap("lost", "t", 10))[0]
                check(status in OPEN, f"a write without etcd: {status}")
                expect(server.ask("GET", CONFIGMAPS + "?resourceVersion=0"), 200)
                etcd.members[0].start()
                check(wait_until(lambda: server.ask("GET", "/readyz")[0] == 200, pause=0.05), "ready again")
                expect(server.ask("POST", CONFIGMAPS, configmap("after", "t", 10)), 201)
                expect(server.ask("POST", CONFIGMAPS, configmap("end", "t", 10)), 201)
                thread.join(300)
                check_equal([event["object"]["metadata"]["name"] for event in found[0]], ["after"], "the watch")

    def test_server_waits_for_etcd(self, directory):
        with Cluster(directory / "etcd") as etcd:
            etcd.wait()
            etcd.members[0].kill()
            server = EtcdServer(self.binary, directory / "a", etcd.servers)
            server.start()
            try:
                time.sleep(1)
                check(server.child.poll() is None, "it waits: " + server.log())
                etcd.members[0].start()
                server.wait()
                server.ensure_namespace()
            finally:
                server.kill()

    def test_compaction_while_cut_off(self, directory):
        """A server that missed changes that are compacted lists anew: its clients are told so and see the truth."""
        with Cluster(directory / "etcd") as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers) as one, \
                    EtcdServer(self.binary, directory / "b", etcd.servers) as two:
                one.ensure_namespace()
                for number in range(10):
                    expect(one.ask("POST", CONFIGMAPS, configmap(f"c{number}", "old", 10)), 201)
                _, before = expect(two.ask("GET", CONFIGMAPS), 200)
                two.child.send_signal(signal.SIGSTOP)
                # More than buffers on the way hold.
                for number in range(200):
                    expect(one.ask("PUT", CONFIGMAPS + "/c1", configmap("c1", f"new{number}-" + "x" * 50, 300_000)), 200)
                expect(one.ask("DELETE", CONFIGMAPS + "/c0"), 200)
                _, now = expect(one.ask("POST", CONFIGMAPS, configmap("fresh", "t", 10)), 201)
                check(etcd.compact(version(now)) is not None, "etcd is compacted")
                two.child.send_signal(signal.SIGCONT)
                # Its connection to etcd may have ended meanwhile.
                wait_until(lambda: two.ask("GET", CONFIGMAPS)[0] == 200)
                _, after = expect(two.ask("GET", CONFIGMAPS), 200)
                _, truth = expect(one.ask("GET", CONFIGMAPS), 200)
                check_equal(after["items"], truth["items"], "the list of the server that was cut off")
                check(wait_until(lambda: "began anew" in two.log() or "compacted" in two.log()), "the log tells: " + two.log())
                check(two.child.poll() is None, "it goes on")
                check(Client(two).watch(CONFIGMAPS, version(before), "end") is None, "a watch from before is told 410")

    # viaduct store

    def store(self, *arguments, status=0):
        done = subprocess.run([self.binary, "store", *map(str, arguments)], capture_output=True, text=True, timeout=300)
        check(done.returncode == status, f"store {arguments}: {done.returncode} {done.stdout} {done.stderr}")
        return done.stdout + done.stderr

    def test_store_commands(self, directory):
        """A copy of a running server's database, put back; a damaged one is seen; to etcd and back, in the same order."""
        data, copy = directory / "a/data", directory / "copy.db"
        (directory / "a").mkdir(parents=True)
        with Cluster(directory / "etcd") as etcd, SQLiteServer(self.binary, directory / "a") as server:
            etcd.wait()
            server.ensure_namespace()
            for number in range(20):
                expect(server.ask("POST", CONFIGMAPS, configmap(f"c{number:02}", f"t{number}", 5000)), 201)
            for number in (7, 3, 11):
                expect(server.ask("PUT", f"{CONFIGMAPS}/c{number:02}", configmap(f"c{number:02}", "new", 10)), 200)
            expect(server.ask("POST", SERVICES, NODE_PORT_SERVICE), 201)
            first = contents(server)
            self.store("snapshot", copy, "--data-dir", data)
            self.store("snapshot", copy, "--data-dir", data, status=1)
            expect(server.ask("POST", CONFIGMAPS, configmap("late", "t", 10)), 201)
            check("0 problems" in self.store("check", copy), "the copy is whole")
            check("0 problems" in self.store("check", "--data-dir", data), "the database is whole, while a server runs")
            etcd_flags = ["--etcd-servers", etcd.servers]
            check("in use" in self.store("migrate", "--to", "etcd", "--data-dir", data, *etcd_flags, status=1),
                  "nothing is moved from under a server")
            check("in use" in self.store("restore", copy, "--replace", "--data-dir", data, status=1), "nor replaced")
            last = contents(server)
            server.kill()
            self.damage(copy, directory / "damaged.db")
            self.store("restore", directory / "damaged.db", "--data-dir", directory / "d/data", status=1)
            # The copy put back: what was then, and watches from before are told.
            self.store("restore", copy, "--data-dir", data, status=1)
            self.store("restore", copy, "--data-dir", directory / "b/data")
            with SQLiteServer(self.binary, directory / "b") as server:
                check_equal(contents(server), first, "the copy, put back")
                check(Client(server).watch(CONFIGMAPS, last["late"][0], "none") is None, "a watch from before")
            # To etcd: the same in the same order, behind all that there was.
            self.store("migrate", "--to", "etcd", "--data-dir", data, *etcd_flags)
            check("not empty" in self.store("migrate", "--to", "etcd", "--data-dir", data, *etcd_flags, status=1), "only once")
            with EtcdServer(self.binary, directory / "c", etcd.servers) as server:
                moved = contents(server)
                check_equal(without_versions(moved), without_versions(last), "what is in etcd")
                check_equal(in_order(moved), in_order(last), "the order of revisions")
                check(min(one[0] for one in moved.values()) > max(one[0] for one in last.values()), "all revisions are new")
                taken = dict(NODE_PORT_SERVICE, metadata={"name": "taken"})
                expect(server.ask("POST", SERVICES, taken), 422)
                check("0 problems" in self.store("check", *etcd_flags), "etcd is whole")
                expect(server.ask("POST", CONFIGMAPS, configmap("in-etcd", "t", 10)), 201)
                moved = contents(server)
            # And back, with the revisions that it had there.
            back = directory / "e/data"
            self.store("migrate", "--to", "sqlite", "--data-dir", back, *etcd_flags)
            check("0 problems" in self.store("check", "--data-dir", back), "the new database is whole")
            with SQLiteServer(self.binary, directory / "e") as server:
                check_equal(contents(server), moved, "what came back")
                expect(server.ask("POST", SERVICES, taken), 422)
                expect(server.ask("POST", CONFIGMAPS, configmap("after", "t", 10)), 201)

    def damage(self, copy, damaged):
        """One byte of one value."""
        whole = bytearray(copy.read_bytes())
        place = whole.rindex(b"t19t19t19")
        whole[place + 1] ^= 1
        damaged.write_bytes(whole)
        told = self.store("check", damaged, status=1)
        check("c19" in told and "damaged" in told, f"the damage is told: {told}")

    # Several servers

    def test_two_servers_agree(self, directory):
        """Counters that many raise through both servers; addresses and ports that both give out."""
        with Cluster(directory / "etcd") as etcd:
            etcd.wait()
            narrow = ["--service-node-port-range", "30000-30063", "--service-cluster-ip-range", "10.96.0.0/24"]
            with EtcdServer(self.binary, directory / "a", etcd.servers, *narrow) as one, \
                    EtcdServer(self.binary, directory / "b", etcd.servers, *narrow) as two:
                one.ensure_namespace()
                self.raise_counter([one, two])
                self.give_out([one, two])

    def raise_counter(self, servers):
        expect(servers[0].ask("POST", CONFIGMAPS, {"kind": "ConfigMap", "apiVersion": "v1",
                                                   "metadata": {"name": "counter"}, "data": {"n": "0"}}), 201)
        problems = []

        def work(server):
            client = Client(server)
            for _ in range(20):
                while True:
                    _, current = client.request("GET", CONFIGMAPS + "/counter")
                    current["data"]["n"] = str(int(current["data"]["n"]) + 1)
                    status, answer = client.request("PUT", CONFIGMAPS + "/counter", current)
                    if status == 200:
                        break
                    if status != 409:
                        problems.append(f"{status} {answer}")
                        return

        together([lambda server=server: work(server) for server in servers * 3])
        check_equal(problems, [], "the counter's writers")
        for server in servers:
            check_equal(server.ask("GET", CONFIGMAPS + "/counter")[1]["data"]["n"], "120", "the counter")

    def give_out(self, servers):
        """More services than there are ports, through both servers at once; then all go, and it works again."""
        for turn in range(2):
            statuses = []

            def work(number, server):
                client = Client(server)
                for each in range(12):
                    statuses.append(client.request("POST", SERVICES, {
                        "kind": "Service", "apiVersion": "v1", "metadata": {"name": f"s{turn}-{number}-{each}"},
                        "spec": {"type": "NodePort", "ports": [{"port": 80}]}})[0])

            together([lambda number=number, server=server: work(number, server)
                      for number, server in enumerate(servers * 3)])
            _, found = expect(servers[turn].ask("GET", SERVICES), 200)
            ports = [item["spec"]["ports"][0]["nodePort"] for item in found["items"]]
            addresses = [item["spec"]["clusterIP"] for item in found["items"]]
            check_equal(len(set(ports)), len(ports), "node ports are given once")
            check_equal(len(set(addresses)), len(addresses), "cluster IPs are given once")
            check_equal((statuses.count(201), len(ports)), (64, 64), f"all ports are given out, of {statuses}")
            taken = {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "greedy"},
                     "spec": {"clusterIP": addresses[0], "ports": [{"port": 80}]}}
            for server in servers:
                expect(server.ask("POST", SERVICES, taken), 422)
            for number, item in enumerate(found["items"]):
                expect(servers[number % 2].ask("DELETE", f"{SERVICES}/{item['metadata']['name']}"), 200)

    def test_kills(self, directory):
        """Three members, two servers, writers of objects of their own, clients that share some: one after the other is
        killed. Nothing acknowledged is lost or done twice, and watches have no gaps."""
        with Cluster(directory / "etcd", size=3) as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers) as one, \
                    EtcdServer(self.binary, directory / "b", etcd.servers) as two:
                one.ensure_namespace()
                writers = [Writer(number, [one, two], self.seed) for number in range(4)]
                stop = threading.Event()
                threads = [threading.Thread(target=writer.run, args=(stop,)) for writer in writers]
                shared = Shared([one, two], CONFIGMAPS, self.seed)
                for thread in threads:
                    thread.start()
                chance = random.Random(self.seed)
                for turn in range(self.kills):
                    time.sleep(0.5 + chance.random())
                    if turn % 2 == 0:
                        member = chance.choice(etcd.members)
                        member.kill()
                        time.sleep(1 + chance.random())
                        member.start()
                    else:
                        server = chance.choice([one, two])
                        server.kill()
                        server.start()
                        server.wait()
                time.sleep(1)
                # One member that stands still rather than dies.
                etcd.members[0].freeze()
                time.sleep(2.5)
                etcd.members[0].freeze(False)
                time.sleep(0.5)
                wait_until(lambda: sum(writer.acknowledged for writer in writers) > 100 and shared.swapped > 100, 120, 0.2)
                stop.set()
                for thread in threads:
                    thread.join()
                found, swapped = shared.finish()
                check_equal(found, [], "the history of what clients share")
                check_equal([text for writer in writers for text in writer.problems], [], "answers")
                self.settle(writers, [one, two])
                total = sum(writer.acknowledged for writer in writers)
                longest = max(writer.longest for writer in writers)
                print(f"  {self.kills} kills, {total} and {swapped} acknowledged writes; the longest pause of a writer was "
                      f"{longest:.1f} s")
                check(total > 100 and swapped > 100, f"only {total} and {swapped} writes were acknowledged")

    def settle(self, writers, servers):
        """Every object is what its writer knows it may be, and all servers show the same."""
        lists = [expect(server.ask("GET", CONFIGMAPS), 200)[1] for server in servers]
        shown = [{item["metadata"]["name"]: item for item in found["items"]} for found in lists]
        check_equal(shown[0], shown[1], "what the servers show")
        problems = [f"{name} is half there" for name, item in shown[0].items() if name.startswith("w") and not is_whole(item)]
        for writer in writers:
            for path, possible in writer.possible.items():
                found = essence(shown[0].get(path.rsplit("/", 1)[1]))
                if found not in possible:
                    problems.append(f"{path} is {str(found)[:200]}, may be {str(possible)[:400]}")
        check_equal(problems, [], "acknowledged writes")

    def test_three_hosts(self, directory):
        """`viaduct up` on each of three hosts is a cluster: the Service kubernetes leads to all that live, one of them has
        the controllers and another takes over, and the proxies' rules stay."""
        quick = ["--leader-elect-lease-duration", "6s", "--leader-elect-renew-deadline", "4s",
                 "--leader-elect-retry-period", "1s"]
        with Hosts(self.binary, directory) as hosts:
            hosts.start(*quick)
            one, two, three = hosts.all
            everybody = [host.address for host in hosts.all]
            check(wait_until(lambda: all(endpoints(host) == everybody for host in hosts.all), pause=0.2),
                  f"an endpoint for each server: {[endpoints(host) for host in hosts.all]}")
            check(wait_until(lambda: holder(two, "kube-controller-manager") and holder(two, "kube-scheduler"), pause=0.2),
                  "there are leaders")
            # An API server alone is one of them, too; that it has another authority is told.
            node = hosts.extra
            node.start_server()
            check(wait_until(lambda: endpoints(one) == everybody + [node.address], 120, 0.2), f"a fourth server: {endpoints(one)}")
            check(wait_until(lambda: "another certificate authority" in one.log(), pause=0.2), "a stranger is told of")
            node.up.terminate()
            node.up.wait(120)
            check_equal(endpoints(one), everybody, "after its end")
            # A fourth host has a proxy alone, which knows all servers.
            node.start_proxy()
            for host in hosts.all + [node]:
                check(wait_until(lambda host=host: host.reaches("10.96.0.1", 443), pause=0.1), f"{host.name} reaches the Service")
            expect(three.ask("POST", "/apis/apps/v1/namespaces/default/deployments", deployment("before")), 201)
            check(wait_until(lambda: has_pods(two, "before"), pause=0.2), "the controllers work")
            # The first host leads, as it came first.
            before = holder(two, "kube-controller-manager")
            one.kill_up()
            check(two.is_ready() and three.is_ready(), "the others go on at once")
            expect(two.ask("POST", "/api/v1/namespaces/default/services", LATE_SERVICE), 201)
            expect(two.ask("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", late_slice(three.address)), 201)
            began = time.monotonic()
            check(wait_until(lambda: node.reaches("10.96.88.8", 80, 2), 120, 0.05), "its proxy goes on with another server")
            print(f"  a change reached a proxy whose server had died after {time.monotonic() - began:.1f} s")
            traffic = Traffic(node, "10.96.88.8", 80)
            check(wait_until(lambda: endpoints(two) == everybody[1:], 120, 0.1), f"the dead one goes: {endpoints(two)}")
            # Its rules lead to its own server as well, which is dead.
            check(any(one.reaches("10.96.0.1", 443) for _ in range(40)), "rules stay where the process died")
            check(wait_until(lambda: holder(two, "kube-controller-manager") not in (before, "", None), 120, 0.1),
                  f"another one leads: {holder(two, 'kube-controller-manager')}")
            expect(three.ask("POST", "/apis/apps/v1/namespaces/default/deployments", deployment("after")), 201)
            check(wait_until(lambda: has_pods(two, "after"), pause=0.2), "the new leader works")
            one.start_up(*quick)
            check(wait_until(lambda: endpoints(three) == everybody, 120, 0.2), f"it comes back: {endpoints(three)}")
            for _ in range(self.kills // 5 - 1):
                self.kill_leader(hosts, quick)
            # One that ends takes itself out at once.
            two.up.terminate()
            two.up.wait(120)
            check_equal(endpoints(three), [one.address, three.address], "after an orderly end")
            # A host that is cut off acknowledges nothing, and the others go on.
            one.cut_off()
            check(wait_until(lambda: endpoints(three) == [three.address], 120, 0.2), f"the cut off one goes: {endpoints(three)}")
            status, _ = one.ask("POST", "/apis/apps/v1/namespaces/default/deployments", deployment("lost"))
            check(status in OPEN | {None}, f"a write on a host that is cut off: {status}")
            expect(three.ask("GET", "/apis/apps/v1/namespaces/default/deployments/lost"), 404)
            one.cut_off(False)
            check(wait_until(lambda: endpoints(three) == [one.address, three.address], 120, 0.2), "it comes back again")
            expect(one.ask("GET", "/apis/apps/v1/namespaces/default/deployments/after"), 200)
            made, failed = traffic.finish()
            check(made > 50 and not failed, f"Service traffic notices: {failed} of {made} connections failed")

    def kill_leader(self, hosts, arguments):
        """Kills the host's process that has the controllers: another takes over, and it comes back."""
        before = next(found for host in hosts.all if (found := holder(host, "kube-controller-manager")))
        leader = next((host for host in hosts.all if before in host.log()), hosts.all[0])
        other = next(host for host in hosts.all if host is not leader)
        began = time.monotonic()
        leader.kill_up()
        check(wait_until(lambda: holder(other, "kube-controller-manager") not in (before, "", None), 120, 0.1), "another one leads")
        print(f"  another one leads after {time.monotonic() - began:.1f} s")
        leader.start_up(*arguments)
        check(wait_until(leader.is_ready, 120, 0.1), "it comes back")

    def test_full_disk_of_a_member(self, directory):
        """A member whose disk is full fails alone; with room again it is one of them again."""
        disk = directory / "etcd/m0"
        disk.mkdir(parents=True, mode=0o700)
        # etcd takes 64 MB at once for each file of its log.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=150m,mode=700", "tmpfs", str(disk)], check=True)
        try:
            with Cluster(directory / "etcd", size=3) as etcd:
                etcd.wait()
                with EtcdServer(self.binary, directory / "a", etcd.servers) as one, \
                        EtcdServer(self.binary, directory / "b", etcd.servers) as two:
                    one.ensure_namespace()
                    shared = Shared([one, two], CONFIGMAPS, self.seed, clients=4)
                    fill(disk / "filling")
                    deadline = time.monotonic() + 180
                    written = 0
                    while etcd.members[0].child.poll() is None and time.monotonic() < deadline:
                        status = one.ask("POST", CONFIGMAPS, configmap(f"large{written}", "x" * 50, 900_000))[0]
                        check(status == 201 or status in OPEN, f"a write beside a full disk: {status}")
                        written += status == 201
                    check(etcd.members[0].child.poll() is not None, "the member fails")
                    for number in range(10):
                        # The member may have led the others, so the first writes may end without an answer.
                        beside = configmap(f"beside{number}", "t", 10)
                        check(wait_until(lambda: one.ask("POST", CONFIGMAPS, beside)[0] in (201, 409), pause=0.1),
                              "writes go on without the member")
                    (disk / "filling").unlink()
                    etcd.members[0].start()
                    check(wait_until(lambda: etcd.is_caught_up(0), 120, 0.2), "it catches up")
                    found, _ = shared.finish()
                    check_equal(found, [], "the history of what clients share")
                    for number in range(written):
                        expect(two.ask("GET", f"{CONFIGMAPS}/large{number}"), 200)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)

    def test_clock_jumps(self, directory):
        """The clock of one of two servers leaps hours ahead and back: Events live as long as they should, and all agree."""
        directory.mkdir(parents=True)
        compiler, library, clock = shutil.which("cc") or shutil.which("clang"), directory / "clock.so", directory / "clock"
        if not compiler:
            print("  left out: there is no C compiler")
            return
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library),
                        str(pathlib.Path(__file__).with_name("leaping_clock.c"))], check=True)
        clock.write_text("0")
        with Cluster(directory / "etcd") as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers, "--event-ttl", "6s") as one, \
                    LeapingServer(self.binary, directory / "b", etcd.servers, "--event-ttl", "6s", library=library,
                                  clock=clock) as two:
                one.ensure_namespace()
                shared = Shared([one, two], CONFIGMAPS, self.seed, clients=4)
                for number, leap in enumerate((3 * 3600, -3 * 3600)):
                    # At once: it may be read at any time.
                    (directory / "next").write_text(str(leap))
                    (directory / "next").rename(clock)
                    event = dict(EVENT, metadata={"name": f"e{number}"})
                    began = time.monotonic()
                    _, made = expect(two.ask("POST", EVENTS, event), 201)
                    off = made_at(made) - time.time()
                    check(abs(off - leap) < 600, f"the clock leaps: {off} s instead of {leap}")
                    time.sleep(1)
                    for server in (one, two):
                        status = server.ask("GET", f"{EVENTS}/e{number}")[0]
                        check(status == 200 or time.monotonic() - began > 6, f"the Event is there: {status}")
                    check(wait_until(lambda number=number: one.ask("GET", f"{EVENTS}/e{number}")[0] == 404, pause=0.1),
                          "the Event ends")
                wait_until(lambda: shared.swapped > 20, 120, 0.2)
                found, swapped = shared.finish()
                check_equal(found, [], "the history of what clients share")
                check(swapped > 20, f"only {swapped} writes")

    def test_lost_quorum(self, directory):
        """Without a majority nothing is acknowledged, requests end, and service comes back by itself."""
        with Cluster(directory / "etcd", size=3) as etcd:
            etcd.wait()
            with EtcdServer(self.binary, directory / "a", etcd.servers) as server:
                server.ensure_namespace()
                for member in etcd.members[:2]:
                    member.kill()
                status = request_slowly(server)
                check(status in OPEN, f"a write without a majority: {status}")
                etcd.members[0].start()
                check(wait_until(lambda: request_slowly(server, "later") in (201, 409), 120, 0.2), "service comes back")


def holder(host, lease):
    """Who leads, as another host sees it."""
    status, found = host.ask("GET", f"/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/{lease}")
    return found["spec"].get("holderIdentity") if status == 200 else None


def endpoints(host):
    """The addresses of the Service kubernetes, of its slice and of its Endpoints, which must agree."""
    status, found = host.ask("GET", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes")
    if status != 200:
        return None
    slices = [address for endpoint in found["endpoints"] for address in endpoint["addresses"]]
    status, found = host.ask("GET", "/api/v1/namespaces/default/endpoints/kubernetes")
    subsets = [one["ip"] for subset in found.get("subsets", []) for one in subset["addresses"]] if status == 200 else None
    return sorted(slices) if sorted(slices) == sorted(subsets or []) else None


def deployment(name):
    labels = {"app": name}
    return {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": name},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": {
                "metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}


def watches(server):
    """How many watches a server has open."""
    text = server.ask("GET", "/metrics")[1]
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
               if line.startswith("apiserver_longrunning_requests{") and 'verb="WATCH"' in line)


def late_slice(address):
    """Of LATE_SERVICE: a member of etcd takes its connections."""
    return {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
            "metadata": {"name": "late-1", "labels": {"kubernetes.io/service-name": "late"}},
            "endpoints": [{"addresses": [address]}], "ports": [{"port": 2379}]}


def has_pods(host, name):
    """Whether the controllers have made a pod of a deployment."""
    _, found = host.ask("GET", f"/api/v1/namespaces/default/pods?labelSelector=app%3D{name}")
    return bool(found and found.get("items"))


def request_slowly(server, name="none"):
    client = Client(server)
    client.connection.timeout = 120
    try:
        return client.request("POST", CONFIGMAPS, configmap(name, "t", 10))[0]
    except NO_ANSWER as error:
        return f"{error}"


def together(jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def expect(answer, status):
    assert answer[0] == status, f"{answer[0]} instead of {status}: {str(answer[1])[:500]}"
    return answer


def check(holds, what):
    assert holds, what[-2000:]


def check_equal(found, wanted, what):
    assert found == wanted, f"{what}: {str(found)[:1000]} instead of {str(wanted)[:1000]}"


def certificates(directory):
    """An authority, and one certificate for etcd and its clients."""
    directory.mkdir(parents=True)
    paths = {name: str(directory / f"{name}.pem") for name in ("ca", "ca-key", "cert", "key", "request")}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", paths["ca-key"], "-out", paths["ca"], "-subj", "/CN=authority", "-days", "2"],
                   check=True, capture_output=True)
    subprocess.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", paths["key"], "-out", paths["request"], "-subj", "/CN=etcd"], check=True, capture_output=True)
    extensions = directory / "extensions"
    extensions.write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
    subprocess.run(["openssl", "x509", "-req", "-in", paths["request"], "-CA", paths["ca"], "-CAkey", paths["ca-key"],
                    "-CAcreateserial", "-out", paths["cert"], "-days", "2", "-extfile", str(extensions)],
                   check=True, capture_output=True)
    return paths


def main():
    parser = argparse.ArgumentParser(prog="integration/etcd_suite.py", description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", default=default_binary(), help="default: the newest build")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=8, help="of members and servers, in turns (100: some five minutes)")
    parser.add_argument("--only", metavar="TEXT", default="", help="the tests whose names contain it")
    chosen = parser.parse_args()
    if not chosen.viaduct:
        sys.exit("no build of viaduct: run 'swift build' or give --viaduct PATH")
    if not ETCD:
        print("there is no etcd: install etcd-server\n0 passed, 0 failed, 1 skipped")
        return
    with tempfile.TemporaryDirectory(prefix="etcd-") as directory:
        suite = Suite(chosen.viaduct, directory, chosen.seed, chosen.only, chosen.kills)
        suite.run()
    print(f"{suite.passed} passed, {suite.failed} failed, 0 skipped")
    sys.exit(1 if suite.failed else 0)


if __name__ == "__main__":
    main()
