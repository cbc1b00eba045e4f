"""Clients that read and compare-and-swap shared objects, watchers that follow them, and a check that what all of them saw
is one history: every acknowledged write happened once, at one moment between its request and its answer."""

import http.client
import json
import random
import threading
import time

from durability_suite import NO_ANSWER, Client, version

# The store may have done what these answer.
OPEN = {0, 500, 503, 504}


class Operation:
    """One request for one key. `token` is what it wrote, or read; `outcome` is "ok", "no" or "open" (nobody knows)."""

    def __init__(self, key, is_write, expected, token):
        self.key, self.is_write, self.expected, self.token = key, is_write, expected, token
        self.start, self.end, self.version, self.outcome = time.monotonic(), None, None, "open"

    def ended(self, outcome, made=None):
        self.end, self.outcome, self.version = time.monotonic(), outcome, made


class Swapper:
    """Reads an object, and writes it if nobody has since."""

    def __init__(self, number, servers, path, keys, seed):
        self.number, self.servers, self.path, self.keys = number, servers, path, keys
        self.random, self.count, self.operations, self.problems = random.Random(f"{seed}/swap/{number}"), 0, [], []

    def run(self, stop):
        client = None
        while not stop.is_set():
            client = client or Client(self.random.choice(self.servers))
            try:
                is_well = self.turn(client)
            except NO_ANSWER:
                is_well = False
            if not is_well:
                client.connection.close()
                client = None
                time.sleep(0.02)

    def turn(self, client):
        key = self.random.choice(self.keys)
        read = Operation(key, False, None, None)
        status, found = client.request("GET", f"{self.path}/{key}")
        if status != 200:
            return status not in OPEN
        read.token = found["data"]["token"]
        read.ended("ok", version(found))
        self.operations.append(read)
        self.count += 1
        token = f"{self.number}-{self.count}"
        write = Operation(key, True, version(found), token)
        self.operations.append(write)
        found["data"]["token"] = token
        status, made = client.request("PUT", f"{self.path}/{key}", found)
        if status == 200:
            write.ended("ok", version(made))
        elif status in (409, 429):
            write.ended("no")
        elif status not in OPEN:
            self.problems.append(f"PUT {key}: {status} {made}")
        return status not in OPEN


class Watcher:
    """Follows a collection from a version on, over one server after the other, with no list in between."""

    def __init__(self, servers, path, start):
        self.servers, self.path, self.version = servers, path, start
        self.seen, self.problems, self.turns = {}, [], 0

    def run(self, stop):
        while not stop.is_set():
            server = self.servers[self.turns % len(self.servers)]
            self.turns += 1
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            try:
                connection.request("GET", f"{self.path}?watch=1&resourceVersion={self.version}&timeoutSeconds=4")
                answer = connection.getresponse()
                if answer.status == 200:
                    for line in answer:
                        if not self.take(json.loads(line)):
                            return
                elif answer.status == 410:
                    self.problems.append(f"version {self.version} is gone")
                    return
            except (*NO_ANSWER, ValueError):
                time.sleep(0.05)
            finally:
                connection.close()

    def take(self, event):
        if event["type"] == "ERROR":
            self.problems.append(f"{event['object']}")
            return event["object"].get("code") != 410
        made = version(event["object"])
        if made <= self.version:
            self.problems.append(f"version {made} came after {self.version}")
        self.version = made
        if event["type"] == "MODIFIED":
            data = event["object"].get("data") or {}
            self.seen.setdefault(event["object"]["metadata"]["name"], []).append((made, data.get("token")))
        return True


def problems(operations, chains):
    """What of the operations cannot be, given all versions of each key: {key: [(version, token), ...]} in order, the
    first one that of the beginning."""
    found = []
    writes = {operation.token: operation for operation in operations if operation.is_write}
    for key, chain in chains.items():
        place = {made: index for index, (made, _) in enumerate(chain)}
        tokens = [token for _, token in chain]
        if len(set(tokens)) != len(tokens):
            found.append(f"{key}: a write was applied twice")
        for made, token in chain[1:]:
            if token not in writes:
                found.append(f"{key}: nobody wrote {token} of version {made}")
            elif writes[token].outcome == "no":
                found.append(f"{key}: {token} was refused, and is version {made}")
        acknowledged = sorted((one for one in operations if one.key == key and one.outcome == "ok"), key=lambda one: one.end)
        for one in acknowledged:
            if one.version not in place or chain[place[one.version]][1] != one.token:
                found.append(f"{key}: {'write' if one.is_write else 'read'} {one.token} of version {one.version} is not in the history")
            elif one.is_write and (place[one.version] == 0 or chain[place[one.version] - 1][0] != one.expected):
                found.append(f"{key}: {one.token} was to follow version {one.expected}, and does not")
        found += real_time(key, acknowledged, writes)
    return found


def real_time(key, acknowledged, writes):
    """What ended before an operation began came before it; what it saw had begun before it ended."""
    found, newest, ended = [], 0, 0
    for one in sorted(acknowledged, key=lambda one: one.start):
        while ended < len(acknowledged) and acknowledged[ended].end < one.start:
            newest = max(newest, acknowledged[ended].version)
            ended += 1
        if one.version < newest or (one.is_write and one.version == newest):
            found.append(f"{key}: version {newest} had been seen when {one.token} of version {one.version} began")
        maker = writes.get(one.token)
        if not one.is_write and maker and maker.start > one.end:
            found.append(f"{key}: {one.token} was read before it was written")
    return found


def self_check():
    """The check finds what is wrong."""
    def write(expected, token, start, end, made, outcome="ok"):
        one = Operation("k", True, expected, token)
        one.start, one.end, one.version, one.outcome = start, end, made, outcome
        return one

    def read(token, start, end, made):
        one = Operation("k", False, None, token)
        one.start, one.end, one.version, one.outcome = start, end, made, "ok"
        return one

    good = [write(1, "a", 0, 1, 2), write(2, "b", 2, 3, 3), read("a", 0.5, 2.5, 2), read("b", 4, 5, 3),
            write(3, "c", 4, None, None, "open"), write(1, "d", 0, 1, None, "no")]
    whole = {"k": [(1, "0"), (2, "a"), (3, "b")]}
    assert not problems(good, whole)
    assert not problems(good, {"k": whole["k"] + [(9, "c")]})
    assert problems(good, {"k": [(1, "0"), (3, "b")]})  # a lost write
    assert problems(good, {"k": whole["k"] + [(4, "a")]})  # applied twice
    assert problems(good, {"k": whole["k"] + [(4, "d")]})  # refused, and applied
    assert problems(good, {"k": whole["k"] + [(4, "x")]})  # nobody's
    assert problems(good + [read("a", 6, 7, 2)], whole)  # an old version
    assert problems(good + [write(1, "e", 0, 1, 3)], whole)  # both followed the same version


class Shared:
    """All of it: objects, clients and watchers on threads of their own."""

    def __init__(self, servers, path, seed, clients=8, keys=3):
        self_check()
        self.keys = [f"shared-{number}" for number in range(keys)]
        self.first, client = {}, Client(servers[0])
        for key in self.keys:
            status, made = client.request("POST", path, {
                "kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": key}, "data": {"token": "0"}})
            assert status == 201, made
            self.first[key] = version(made)
        self.servers, self.path = servers, path
        self.swappers = [Swapper(number, servers, path, self.keys, seed) for number in range(clients)]
        start = max(self.first.values())
        self.watchers = [Watcher(servers, path, start), Watcher(servers[::-1], path, start)]
        self.stop, self.stop_watching = threading.Event(), threading.Event()
        self.threads = [threading.Thread(target=one.run, args=(self.stop,)) for one in self.swappers]
        self.watching = [threading.Thread(target=one.run, args=(self.stop_watching,)) for one in self.watchers]
        for thread in self.threads + self.watching:
            thread.start()

    @property
    def swapped(self):
        """How many writes are acknowledged."""
        return sum(one.is_write and one.outcome == "ok" for swapper in self.swappers for one in list(swapper.operations))

    def finish(self):
        """Ends all, and returns what cannot be and how many writes were acknowledged."""
        self.stop.set()
        for thread in self.threads:
            thread.join()
        # Until the watchers have all that there is.
        now = {key: version(Client(self.servers[0]).request("GET", f"{self.path}/{key}")[1]) for key in self.keys}
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and any(
                (one.seen.get(key) or [(self.first[key],)])[-1][0] < now[key] for one in self.watchers for key in self.keys):
            time.sleep(0.05)
        self.stop_watching.set()
        for thread in self.watching:
            thread.join()
        operations = [one for swapper in self.swappers for one in swapper.operations]
        found = [text for one in self.swappers + self.watchers for text in one.problems]
        chains = [{key: [(self.first[key], "0")] + one.seen.get(key, []) for key in self.keys} for one in self.watchers]
        if chains[0] != chains[1]:
            found.append("two watchers saw different histories")
        found += problems(operations, chains[0])
        return found, self.swapped


if __name__ == "__main__":
    self_check()
    print("the check finds what is wrong")
