#!/usr/bin/env python3
"""Kills `viaduct apiserver` in the middle of concurrent writes, again and again, and looks at what is left.

Every writer has objects of its own and knows for each what the server acknowledged last and, at most, one write that
the kill left without an answer: after the restart the object must be one of the two, whole. Its last line is
"N passed, N failed, N skipped". The seed decides what is written and when the server dies, not how threads interleave.
"""

import argparse
import hashlib
import http.client
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from agent import die_with_parent  # noqa: E402
from proxy import default_binary  # noqa: E402
from world import free_ports, wait_until  # noqa: E402

NAMESPACE = "durability"
CONFIGMAPS = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
SERVICES = f"/api/v1/namespaces/{NAMESPACE}/services"
# Narrow, so that a port given twice or never given back shows.
NODE_PORTS = range(30000, 30064)
WRITERS = 8
NO_ANSWER = (OSError, http.client.HTTPException)
# Seconds; a server that gives up a request says so before.
ANSWERED = 90


class Report:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, name, problems):
        """`problems` is a list of texts; none: passed."""
        if problems:
            self.failed += 1
            print(f"FAILED: {name}: {len(problems)} of them, the first: {problems[0]}", flush=True)
        else:
            self.passed += 1


class Server:
    """The process; plain HTTP on a loopback port that stays the same."""

    def __init__(self, binary, directory):
        self.binary, self.directory, self.child = binary, directory, None
        self.port, self.secure_port = free_ports(2)

    def start(self):
        with open(self.directory / "log", "a") as log:
            self.child = subprocess.Popen(
                [self.binary, "apiserver", "--data-dir", str(self.directory / "data"), "--secure-port", "0",
                 "--port", str(self.port), "--service-node-port-range", f"{NODE_PORTS[0]}-{NODE_PORTS[-1]}"],
                stdout=log, stderr=log, preexec_fn=die_with_parent)

    def wait(self):
        if not wait_until(lambda: self.child.poll() is not None or self._is_ready(), pause=0.02) or self.child.poll() is not None:
            raise AssertionError("viaduct apiserver does not serve; its log ends:\n" + (self.directory / "log").read_text()[-2000:])

    def _is_ready(self):
        try:
            return Client(self).request("GET", "/readyz")[0] == 200
        except NO_ANSWER:
            return False

    def kill(self):
        self.child.kill()
        self.child.wait()


class Client:
    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=ANSWERED)

    def request(self, method, path, value=None):
        """(status, answer); raises one of NO_ANSWER where there was none, or not a whole one."""
        body = None if value is None else json.dumps(value)
        self.connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text.startswith(b"{") else text.decode()

    def watch(self, path, version, until, seconds=ANSWERED):
        """The events after a version, to the one of the object named `until`; None: 410."""
        self.connection.timeout = max(ANSWERED, seconds)
        self.connection.request("GET", f"{path}?watch=1&resourceVersion={version}&timeoutSeconds={seconds}")
        answer, events = self.connection.getresponse(), []
        if answer.status == 410:
            answer.read()
            return None
        for line in answer:
            event = json.loads(line)
            if event["type"] == "ERROR":
                assert event["object"]["code"] == 410, f"a watch ended with {event['object']}"
                return None
            if event["object"]["metadata"].get("name") == until:
                self.connection.close()
                return events
            events.append(event)
        raise AssertionError(f"the watch from {version} ended before {until}")


def configmap(name, token, size):
    """What belongs to one write: a part without the rest is seen by its digest."""
    filling = token * (size // len(token))
    digest = hashlib.sha256((token + filling).encode()).hexdigest()
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": name},
            "data": {"token": token, "filling": filling, "digest": digest}}


def service(name, token):
    return {"kind": "Service", "apiVersion": "v1", "metadata": {"name": name, "annotations": {"token": token}},
            "spec": {"type": "NodePort", "ports": [{"port": 80}]}}


def essence(thing):
    """What a write decides of an object: None for one that is not there."""
    if thing is None:
        return None
    if "data" in thing:
        return tuple(sorted(thing["data"].items()))
    return thing["metadata"]["annotations"]["token"]


def version(thing):
    return int(thing["metadata"]["resourceVersion"])


def allocation(thing):
    """(cluster IPs, node ports) of a service."""
    spec = thing.get("spec", {})
    return tuple(spec.get("clusterIPs", [])), tuple(port.get("nodePort") for port in spec.get("ports", []))


def is_whole(thing):
    if "data" not in thing:
        addresses, ports = allocation(thing)
        return len(addresses) > 0 and all(port in NODE_PORTS for port in ports)
    data = thing["data"]
    return data["digest"] == hashlib.sha256((data["token"] + data["filling"]).encode()).hexdigest()


class Writer:
    """Creates, updates and deletes objects of its own, one request after the other."""

    def __init__(self, number, server, seed):
        self.number, self.server, self.random = number, server, random.Random(f"{seed}/{number}")
        # {path: the object as acknowledged last, None after a delete}
        self.acknowledged = {}
        # (path, what is there if it was done; None: nothing) of a write without an answer
        self.open = None
        # (began, answered, version, path, object) of acknowledged creates and updates
        self.history = []
        self.unexpected = []
        self.count = 0

    def run(self, stop):
        client = Client(self.server)
        while not stop.is_set():
            method, collection, name, wanted = self.next()
            path = f"{collection}/{name}"
            self.open = (path, wanted)
            began = time.monotonic()
            try:
                status, answer = client.request(method, collection if method == "POST" else path, wanted)
            except NO_ANSWER:
                return
            self.open = None
            if status != (201 if method == "POST" else 200):
                self.unexpected.append(f"{method} {path}: {status} {answer}")
                return
            if method == "DELETE":
                self.acknowledged[path] = None
            else:
                self.acknowledged[path] = answer
                self.history.append((began, time.monotonic(), version(answer), path, answer))
        client.connection.close()

    def next(self):
        """(method, collection, name, object) of one write."""
        self.count += 1
        token = f"{self.number}-{self.count}-{self.random.getrandbits(64):x}"
        collection = self.random.choice([CONFIGMAPS, CONFIGMAPS, SERVICES])
        name = f"w{self.number}-{self.random.randrange(4 if collection == SERVICES else 12)}"
        current = self.acknowledged.get(f"{collection}/{name}")
        if current is not None and self.random.random() < 0.3:
            return "DELETE", collection, name, None
        if collection == CONFIGMAPS:
            wanted = configmap(name, token, self.random.choice([0, 100, 40_000]))
        else:
            wanted = service(name, token)
        if current is None:
            return "POST", collection, name, wanted
        return "PUT", collection, name, wanted


class Watcher:
    """Reads events while the server lives, from a version on."""

    def __init__(self, server, collection, start):
        self.collection, self.start, self.events, self.problems = collection, start, [], []
        self.client = Client(server)
        self.client.connection.request("GET", f"{collection}?watch=1&resourceVersion={start}")
        self.answer = self.client.connection.getresponse()
        if self.answer.status != 200:
            self.problems.append(f"the watch from {start} was answered with {self.answer.status}")

    def run(self):
        try:
            for line in self.answer:
                # The kill may cut the last one.
                if line.endswith(b"\n"):
                    self.events.append(json.loads(line))
        except NO_ANSWER:
            pass

    def look(self, found, writers):
        """What was told before the kill is not taken back, and nothing that was acknowledged was passed over."""
        problems, seen, last = list(self.problems), {}, {}
        at = self.start
        for event in self.events:
            if event["type"] == "ERROR":
                return [*problems, f"the watch from {self.start} ended with {event['object']}"]
            item = event["object"]
            if version(item) <= at:
                problems.append(f"{version(item)} comes after {at}")
            at = version(item)
            path = f"{self.collection}/{item['metadata']['name']}"
            seen[at] = (event["type"], item)
            # Not the objects that end a watch, which no writer has.
            if item["metadata"]["name"].startswith("w"):
                last[path] = seen[at]
        answered, deleted = set(), set()
        for writer in writers:
            deleted.update(path for path, item in writer.acknowledged.items() if item is None)
            for _, _, done, path, item in writer.history:
                answered.add(done)
                if self.start < done <= at and path.startswith(self.collection) \
                        and (done not in seen or essence(seen[done][1]) != essence(item)):
                    problems.append(f"{path} at {done} was passed over")
        for path, (kind, item) in last.items():
            got = found.get(path)
            if got is None and kind != "DELETED":
                # One that is gone may have been deleted later, but then its writer had an answer to it.
                if path not in deleted or version(item) not in answered:
                    problems.append(f"{path} at {version(item)} was told, but is not there")
            elif got is not None and (version(got) < version(item) or kind == "DELETED" and version(got) == version(item)):
                problems.append(f"{path} at {version(item)} was told ({kind}), but {version(got)} is there")
        return problems


class Run:
    def __init__(self, server, seed, report):
        self.server, self.report, self.random = server, report, random.Random(seed)
        self.writers = [Writer(number, server, seed) for number in range(WRITERS)]
        self.continued = self.expired = self.decided = self.undone = self.told = 0
        self.watchers = []
        # the lists that watches start from: {collection: (version, objects)}
        self.base = {}

    def write_and_kill(self):
        stop = threading.Event()
        self.watchers = [Watcher(self.server, collection, at) for collection, (at, _) in self.base.items()]
        watching = [threading.Thread(target=watcher.run) for watcher in self.watchers]
        threads = [threading.Thread(target=writer.run, args=(stop,)) for writer in self.writers]
        before = self.acknowledged_count()
        for thread in (*watching, *threads):
            thread.start()
        wanted = before + self.random.randrange(40, 400)
        wait_until(lambda: self.acknowledged_count() >= wanted or not any(t.is_alive() for t in threads), pause=0.001)
        time.sleep(self.random.random() * 0.02)
        self.server.kill()
        stop.set()
        for thread in (*watching, *threads):
            thread.join()
        self.report.check("the writers are answered", [text for writer in self.writers for text in writer.unexpected]
                          or ([] if self.acknowledged_count() > before else ["nothing was written"]))

    def acknowledged_count(self):
        return sum(len(writer.history) for writer in self.writers)

    def restart(self):
        self.server.start()
        if self.random.random() < 0.4:
            # Once more, while it repairs and fills its cache.
            time.sleep(self.random.random() * 0.3)
            self.server.kill()
            self.server.start()
        self.server.wait()

    def lists(self):
        client, answers = Client(self.server), {}
        for collection in (CONFIGMAPS, SERVICES):
            _, answer = client.request("GET", collection)
            answers[collection] = (version(answer), {
                f"{collection}/{item['metadata']['name']}": item for item in answer["items"]
                if item["metadata"]["name"].startswith("w")})
        return answers

    def look(self):
        """Everything that must hold after a restart."""
        lists = self.lists()
        found = {path: item for _, items in lists.values() for path, item in items.items()}
        self.report.check("acknowledged writes are there", self.losses(found))
        self.report.check("no object is half there", [f"{path}: {item}" for path, item in found.items() if not is_whole(item)])
        known = {path for writer in self.writers for path in writer.acknowledged}
        self.report.check("nothing is there that nobody wrote", [path for path in found if path not in known])
        highest = max(entry[2] for writer in self.writers for entry in writer.history)
        self.report.check("the version does not go back", [
            f"{collection} is at {at}, {highest} was acknowledged" for collection, (at, _) in lists.items() if at < highest])
        self.report.check("versions grow with time", self.disorder())
        self.report.check("addresses and ports are given once", self.given_twice(found))
        self.report.check("what is held is refused", self.refusals(found))
        for watcher in self.watchers:
            self.report.check(f"the watch of {watcher.collection}", watcher.look(found, self.writers))
            self.told += len(watcher.events)
        for collection in (CONFIGMAPS, SERVICES):
            self.report.check(f"a watch of {collection} from before the kill", self.watched(collection))
        # The next watches start where a client's would that listed after the restart.
        self.base = lists

    def losses(self, found):
        problems = []
        for writer in self.writers:
            if writer.open:
                self.settle(writer, found.get(writer.open[0]))
            for path, wanted in writer.acknowledged.items():
                got = found.get(path)
                if essence(got) != essence(wanted):
                    problems.append(f"{path} was {wanted}, is {got}")
                elif wanted and (version(got), allocation(got)) != (version(wanted), allocation(wanted)):
                    problems.append(f"{path} was acknowledged as {wanted}, is {got}")
        return problems

    def settle(self, writer, got):
        """Takes a write without an answer as done if it was; if it was not, what was acknowledged before counts."""
        path, wanted = writer.open
        writer.open = None
        before = writer.acknowledged.setdefault(path, None)
        if essence(got) == essence(wanted) and (got is None or before is None or version(got) > version(before)):
            writer.acknowledged[path] = got
            self.decided += 1
        else:
            self.undone += 1

    def disorder(self):
        """A write that began after another was acknowledged has the higher version, and no version comes twice."""
        entries = [entry for writer in self.writers for entry in writer.history]
        problems = [f"{len(entries)} writes have {len({entry[2] for entry in entries})} versions"]
        if len({entry[2] for entry in entries}) == len(entries):
            problems = []
        moments = sorted([(entry[0], 1, entry) for entry in entries] + [(entry[1], 0, entry) for entry in entries],
                         key=lambda moment: moment[:2])
        highest = 0
        for _, begins, entry in moments:
            if not begins:
                highest = max(highest, entry[2])
                continue
            if entry[2] <= highest:
                problems.append(f"{entry[3]} has version {entry[2]}, but {highest} was acknowledged before it began")
        return problems

    def given_twice(self, found):
        problems, holders = [], {}
        _, everywhere = Client(self.server).request("GET", "/api/v1/services")
        for item in everywhere["items"]:
            addresses, ports = allocation(item)
            for held in (*(one for one in addresses if one != "None"), *(port for port in ports if port)):
                name = f"{item['metadata']['namespace']}/{item['metadata']['name']}"
                if holders.setdefault(held, name) != name:
                    problems.append(f"{held} is held by {holders[held]} and {name}")
        return problems

    def refusals(self, found):
        """A service that asks for what another one holds."""
        held = [item for path, item in sorted(found.items()) if path.startswith(SERVICES)]
        if not held:
            return []
        addresses, ports = allocation(self.random.choice(held))
        client, problems = Client(self.server), []
        greedy = [service("greedy", "x"), service("greedy", "x")]
        greedy[0]["spec"]["clusterIP"] = addresses[0]
        greedy[1]["spec"]["ports"][0]["nodePort"] = ports[0]
        for body in greedy:
            status, answer = client.request("POST", SERVICES, body)
            if status != 422:
                problems.append(f"{status} {answer}")
        return problems

    def watched(self, collection):
        """What a watch from the list before the kill tells: every acknowledged write, and at the end what a list has."""
        start, state = self.base[collection]
        state = dict(state)
        client = Client(self.server)
        end = f"end-{start}"
        body = configmap(end, "end", 0) if collection == CONFIGMAPS else {
            **service(end, "end"), "spec": {"clusterIP": "None", "ports": [{"port": 80}]}}
        client.request("POST", collection, body)
        events = client.watch(collection, start, end)
        if events is None:
            self.expired += 1
            return []
        self.continued += 1
        problems, last, seen = [], start, {}
        for event in events:
            item = event["object"]
            path, at = f"{collection}/{item['metadata']['name']}", version(item)
            if at <= last:
                problems.append(f"{at} comes after {last}")
            last = at
            seen[at] = essence(item)
            if event["type"] == "DELETED":
                state.pop(path, None)
            else:
                state[path] = item
        for writer in self.writers:
            for _, _, at, path, item in writer.history:
                if at > start and path.startswith(collection) and seen.get(at) != essence(item):
                    problems.append(f"{path} at {at} is missing or different")
        after = self.lists()[collection][1]
        same = {path: version(item) for path, item in state.items()} == {path: version(item) for path, item in after.items()}
        return problems if same else [*problems, "the events do not lead to what is listed"]

    def fill(self):
        """Ports of deleted services are free again: as many services as there are ports find one."""
        client = Client(self.server)
        _, everywhere = client.request("GET", "/api/v1/services")
        held = {port for item in everywhere["items"] for port in allocation(item)[1] if port}
        statuses = [client.request("POST", SERVICES, service(f"fill-{number}", "x"))[0]
                    for number in range(len(NODE_PORTS) - len(held) + 1)]
        self.report.check("no port is lost", [] if statuses[:-1] == [201] * (len(statuses) - 1) else [str(statuses)])
        self.report.check("there are no more ports than there are", [] if statuses[-1] >= 400 else [str(statuses[-1])])


def main():
    parser = argparse.ArgumentParser(prog="integration/durability_suite.py", description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", default=default_binary(), help="default: the newest build")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=5)
    chosen = parser.parse_args()
    if not chosen.viaduct:
        sys.exit("no build of viaduct: run 'swift build' or give --viaduct PATH")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="durability-") as directory:
        server = Server(chosen.viaduct, pathlib.Path(directory))
        try:
            server.start()
            server.wait()
            Client(server).request("POST", "/api/v1/namespaces", {
                "kind": "Namespace", "apiVersion": "v1", "metadata": {"name": NAMESPACE}})
            run = Run(server, chosen.seed, report)
            run.base = run.lists()
            for _ in range(chosen.kills):
                run.write_and_kill()
                run.restart()
                run.look()
            run.fill()
        finally:
            server.kill()
    print(f"seed {chosen.seed}: {chosen.kills} kills among {run.acknowledged_count()} acknowledged creates and updates; "
          f"{run.decided} writes without an answer were done, {run.undone} were not; {run.told} events; of watches from "
          f"before a kill {run.continued} went on and {run.expired} were told 410")
    print(f"{report.passed} passed, {report.failed} failed, 0 skipped")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
