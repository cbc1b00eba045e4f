"""A small Kubernetes API server for tests: it lists, watches and stores what a service proxy reads.

It keeps each object's bytes as they were encoded once, so that tens of thousands of objects are listed quickly, and it
can be told to fail as real servers do. It validates nothing: broken objects are what some tests need.
It runs in a process of its own inside a namespace of the world (`FakeAPIServer`), on plain HTTP.
"""

import asyncio
import bisect
import json
import signal
import ssl
import time
import urllib.parse

from agent import Agent

RESOURCES = {
    ("", "services"): "Service",
    ("", "nodes"): "Node",
    ("", "events"): "Event",
    ("", "pods"): "Pod",
    ("", "namespaces"): "Namespace",
    ("", "endpoints"): "Endpoints",
    ("events.k8s.io", "events"): "Event",
    ("discovery.k8s.io", "endpointslices"): "EndpointSlice",
    ("networking.k8s.io", "servicecidrs"): "ServiceCIDR",
    ("coordination.k8s.io", "leases"): "Lease",
}
PREFERRED = {"": "v1", "events.k8s.io": "v1", "discovery.k8s.io": "v1", "networking.k8s.io": "v1",
             "coordination.k8s.io": "v1"}
CLUSTER_SCOPED = {"nodes", "namespaces", "servicecidrs"}
OF_KIND = {kind: key for key, kind in reversed(RESOURCES.items())}


def parse_selector(text):
    """A label selector as [(key, operator, values)]: =, ==, !=, in, notin, key, !key."""
    requirements = []
    depth, start = 0, 0
    parts = []
    for index, letter in enumerate(text + ","):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    for part in filter(None, parts):
        words = part.split(None, 1)
        rest = words[1] if len(words) == 2 else ""
        if rest.startswith(("in ", "in(", "notin ", "notin(")):
            operator = "notin" if rest.startswith("notin") else "in"
            values = {value.strip() for value in rest[rest.index("(") + 1 : rest.rindex(")")].split(",")}
            requirements.append((words[0], operator, values))
        elif "!=" in part:
            key, value = part.split("!=", 1)
            requirements.append((key.strip(), "notin", {value.strip()}))
        elif "=" in part:
            key, value = part.replace("==", "=", 1).split("=", 1)
            requirements.append((key.strip(), "in", {value.strip()}))
        elif part.startswith("!"):
            requirements.append((part[1:].strip(), "absent", set()))
        else:
            requirements.append((part, "present", set()))
    return requirements


def labels_match(requirements, labels):
    for key, operator, values in requirements:
        value = labels.get(key) if isinstance(labels, dict) else None
        good = {
            "in": value in values, "notin": value not in values, "absent": value is None, "present": value is not None,
        }[operator]
        if not good:
            return False
    return True


class Stored:
    """An object at one revision, with its bytes: `body` without kind and apiVersion (lists), `full` with them."""

    __slots__ = ("namespace", "name", "labels", "revision", "body", "full")

    def __init__(self, kind, api_version, value, revision):
        metadata = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
        metadata = {**metadata, "resourceVersion": str(revision)}
        metadata.setdefault("uid", f"00000000-0000-4000-8000-{revision:012d}")
        metadata.setdefault("creationTimestamp", "2026-01-01T00:00:00Z")
        rest = {key: part for key, part in value.items() if key not in ("kind", "apiVersion")}
        rest["metadata"] = metadata
        self.namespace = metadata.get("namespace", "")
        self.name = metadata["name"]
        self.labels = metadata.get("labels") or {}
        self.revision = revision
        self.body = json.dumps(rest, separators=(",", ":")).encode()
        head = f'{{"kind":{json.dumps(kind)},"apiVersion":{json.dumps(api_version)},'
        self.full = head.encode() + self.body[1:]


class Watcher:
    def __init__(self, writer, resource, namespace, selector, name, bookmarks):
        self.writer = writer
        self.resource = resource
        self.namespace = namespace
        self.selector = selector
        self.name = name
        self.bookmarks = bookmarks

    def wants(self, stored):
        return (
            (not self.namespace or stored.namespace == self.namespace)
            and (not self.name or stored.name == self.name)
            and labels_match(self.selector, stored.labels))

    def write(self, kind, payload):
        line = b'{"type":"' + kind.encode() + b'","object":' + payload + b"}\n"
        self.writer.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")


def status(code, reason, message):
    return json.dumps({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason, "code": code}).encode()


class Server:
    def __init__(self, port, tls=None, token=None):
        self.port = port
        self.tls = tls
        self.token = token
        self.revision = 1000
        self.objects = {resource: {} for resource in RESOURCES}
        self.history = []  # (revision, resource, type, old or None, new or None)
        self.compacted = 1000
        self.sorted_list = (None, [])
        self.watchers = set()
        self.connections = set()
        self.tasks = set()  # one a connection
        self.listener = None
        self.failing = None  # (code, reason)
        self.requests = {}
        self.events = []

    # -- storage

    def put(self, value):
        kind, api_version = value["kind"], value["apiVersion"]
        group = api_version.rpartition("/")[0]
        resource = next((key for key, name in RESOURCES.items() if name == kind and key[0] == group), None)
        if resource is None:
            raise ValueError(f"this API server has no {kind} of {api_version}")
        self.revision += 1
        stored = Stored(kind, api_version, value, self.revision)
        table = self.objects[resource]
        old = table.get((stored.namespace, stored.name))
        table[(stored.namespace, stored.name)] = stored
        self._publish(resource, old, stored)

    def remove(self, kind, namespace, name):
        resource = OF_KIND[kind]
        old = self.objects[resource].pop((namespace or "", name), None)
        if old is None:
            return False
        self.revision += 1
        self._publish(resource, old, None)
        return True

    def _publish(self, resource, old, new):
        self.history.append((self.revision, resource, old, new))
        if len(self.history) > 200_000:
            self.compact()
        for watcher in self.watchers:
            if watcher.resource == resource:
                self._notify(watcher, self.revision, old, new)

    def _notify(self, watcher, revision, old, new):
        before = old is not None and watcher.wants(old)
        now = new is not None and watcher.wants(new)
        if now:
            watcher.write("MODIFIED" if before else "ADDED", new.full)
        elif before:
            gone = old.full.replace(f'"resourceVersion":"{old.revision}"'.encode(),
                                    f'"resourceVersion":"{revision}"'.encode(), 1)
            watcher.write("DELETED", gone)

    def compact(self):
        self.history.clear()
        self.compacted = self.revision

    # -- HTTP

    async def serve(self, reader, writer):
        self.connections.add(writer)
        self.tasks.add(asyncio.current_task())
        try:
            while await self.answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.connections.discard(writer)
            self.tasks.discard(asyncio.current_task())
            writer.close()

    async def answer(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length") or 0))
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        kind = "watch" if query.get("watch") in ("1", "true") else method
        self.requests[f"{kind} {url.path}"] = self.requests.get(f"{kind} {url.path}", 0) + 1
        if not self.admits(writer, headers):
            self.reply(writer, 401, status(401, "Unauthorized", "Unauthorized"))
        elif self.failing:
            code, reason = self.failing
            self.reply(writer, code, status(code, reason, "told to fail"))
        else:
            route = self.route(url.path)
            if route is None:
                self.other(writer, url.path)
            elif kind == "watch":
                await self.watch(reader, writer, route, query)
                return False
            else:
                self.rest(writer, method, route, query, body)
        await writer.drain()
        return headers.get("connection", "").lower() != "close"

    def admits(self, writer, headers):
        """With TLS a client needs a certificate or, where there is one, the token."""
        if self.tls is None:
            return True
        if self.token and headers.get("authorization") == f"Bearer {self.token}":
            return True
        return bool(writer.get_extra_info("peercert"))

    def set_token(self, token):
        """Only this token is good from now on."""
        self.token = token

    def reply(self, writer, code, payload, content_type="application/json"):
        parts = payload if isinstance(payload, list) else [payload]
        length = sum(map(len, parts))
        writer.write(
            f"HTTP/1.1 {code} {'OK' if code < 300 else 'Error'}\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {length}\r\n\r\n".encode())
        writer.writelines(parts)

    def other(self, writer, path):
        if path in ("/healthz", "/livez", "/readyz"):
            self.reply(writer, 200, b"ok", "text/plain")
        elif path == "/version":
            self.reply(writer, 200, b'{"major":"1","minor":"36","gitVersion":"v1.36.2"}')
        elif path == "/api":
            self.reply(writer, 200, b'{"kind":"APIVersions","versions":["v1"]}')
        elif path == "/apis":
            groups = [
                {"name": group, "versions": [{"groupVersion": f"{group}/{version}", "version": version}],
                 "preferredVersion": {"groupVersion": f"{group}/{version}", "version": version}}
                for group, version in PREFERRED.items() if group]
            self.reply(writer, 200, json.dumps({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}).encode())
        else:
            self.reply(writer, 404, status(404, "NotFound", f"the server could not find {path}"))

    def route(self, path):
        """(resource, namespace, name) of an API path, or None."""
        words = [urllib.parse.unquote(word) for word in path.strip("/").split("/")]
        if words[:2] == ["api", "v1"]:
            group, words = "", words[2:]
        elif words[:1] == ["apis"] and len(words) > 3:
            group, words = words[1], words[3:]
        else:
            return None
        namespace = ""
        if words[:1] == ["namespaces"] and len(words) > 2:
            namespace, words = words[1], words[2:]
        if not words or (group, words[0]) not in RESOURCES:
            return None
        return (group, words[0]), namespace, words[1] if len(words) > 1 else ""

    def names(self, resource):
        group = resource[0]
        version = f"{group}/{PREFERRED[group]}" if group else "v1"
        return RESOURCES[resource], version

    def selection(self, query):
        selector = parse_selector(query.get("labelSelector", ""))
        name = ""
        for key, _, values in parse_selector(query.get("fieldSelector", "")):
            if key == "metadata.name":
                name = next(iter(values))
        return selector, name

    def rest(self, writer, method, route, query, body):
        resource, namespace, name = route
        if method == "POST":
            value = json.loads(body) if body[:1] == b"{" else {}
            if RESOURCES[resource] == "Event":
                self.events.append(value)
            self.reply(writer, 201, body or b"{}")
        elif method in ("PUT", "PATCH"):
            if RESOURCES[resource] == "Event":
                self.events.append(json.loads(body) if body[:1] == b"{" else {})
                self.reply(writer, 200, body or b"{}")
            elif method == "PATCH" and (namespace, name) in self.objects[resource]:
                self.patch(writer, resource, namespace, name, json.loads(body))
            else:
                self.reply(writer, 200, body or b"{}")
        elif method != "GET":
            self.reply(writer, 405, status(405, "MethodNotAllowed", method))
        elif name:
            stored = self.objects[resource].get((namespace, name))
            if stored:
                self.reply(writer, 200, stored.full)
            else:
                self.reply(writer, 404, status(404, "NotFound", f'{resource[1]} "{name}" not found'))
        else:
            self.list(writer, resource, namespace, query)

    def patch(self, writer, resource, namespace, name, change):
        """A merge; lists of conditions by type, as strategic merges do."""
        def merged(old, new, key=None):
            if key == "conditions" and isinstance(old, list):
                by_type = {one["type"]: one for one in old}
                for one in new:
                    if one.get("$patch") == "delete":
                        by_type.pop(one["type"], None)
                    else:
                        by_type[one["type"]] = {**by_type.get(one["type"], {}), **one}
                return list(by_type.values())
            if key == "conditions":
                return [one for one in new if one.get("$patch") != "delete"]
            if not isinstance(new, dict):
                return new
            result = dict(old) if isinstance(old, dict) else {}
            for part, value in new.items():
                if value is None:
                    result.pop(part, None)
                else:
                    result[part] = merged(result.get(part), value, part)
            return result

        stored = self.objects[resource][(namespace, name)]
        self.put(merged(json.loads(stored.full), change))
        self.reply(writer, 200, self.objects[resource][(namespace, name)].full)

    def get(self, kind, namespace, name):
        """One object as it is stored; None: there is none."""
        stored = self.objects[OF_KIND[kind]].get((namespace, name))
        return json.loads(stored.full) if stored else None

    def chosen(self, resource, namespace, query):
        selector, name = self.selection(query)
        return [
            stored for stored in self.objects[resource].values()
            if (not namespace or stored.namespace == namespace) and (not name or stored.name == name)
            and labels_match(selector, stored.labels)
        ]

    def list(self, writer, resource, namespace, query):
        kind, version = self.names(resource)
        revision, after = self.revision, None
        if query.get("continue"):
            try:
                revision, after = json.loads(query["continue"])
            except ValueError:
                self.reply(writer, 400, status(400, "BadRequest", "continue key is not valid"))
                return
            if revision < self.compacted:
                self.reply(writer, 410, status(410, "Expired", "the provided continue parameter is too old"))
                return
        found = self.chosen(resource, namespace, query)
        limit = int(query.get("limit") or 0)
        more = ""
        if limit:
            # Sorted once a revision, so that page after page of a long list stays quick.
            key = (resource, namespace, query.get("labelSelector"), query.get("fieldSelector"), self.revision)
            if self.sorted_list[0] != key:
                self.sorted_list = (key, sorted(found, key=lambda stored: (stored.namespace, stored.name)))
            found = self.sorted_list[1]
            start = 0
            if after is not None:
                start = bisect.bisect_right(found, after, key=lambda stored: [stored.namespace, stored.name])
            rest = len(found) - start - limit
            found = found[start : start + limit]
            if rest > 0:
                token = json.dumps([revision, [found[-1].namespace, found[-1].name]])
                more = f',"continue":{json.dumps(token)},"remainingItemCount":{rest}'
        head = (f'{{"kind":"{kind}List","apiVersion":"{version}","metadata":{{"resourceVersion":"{revision}"{more}}},'
                f'"items":[').encode()
        self.reply(writer, 200, [head, b",".join(stored.body for stored in found), b"]}\n"])

    # -- watches

    async def watch(self, reader, writer, route, query):
        resource, namespace, name = route
        selector, field_name = self.selection(query)
        watcher = Watcher(writer, resource, namespace, selector, name or field_name,
                          query.get("allowWatchBookmarks") in ("1", "true"))
        since = query.get("resourceVersion", "")
        initial = query.get("sendInitialEvents") == "true"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        if since not in ("", "0") and not initial and int(since) < self.compacted:
            watcher.write("ERROR", status(410, "Expired", f"too old resource version: {since} ({self.compacted})"))
            writer.write(b"0\r\n\r\n")
            await writer.drain()
            return
        if initial or since in ("", "0"):
            for stored in self.chosen(resource, namespace, query):
                watcher.write("ADDED", stored.full)
            if initial:
                watcher.write("BOOKMARK", self.bookmark(resource, True))
        else:
            for revision, changed, old, new in self.history:
                if revision > int(since) and changed == resource:
                    self._notify(watcher, revision, old, new)
        self.watchers.add(watcher)
        seconds = int(query.get("timeoutSeconds") or 3600)
        try:
            await writer.drain()
            await asyncio.wait_for(self._until_gone(reader, watcher), seconds)
        except asyncio.TimeoutError:
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        finally:
            self.watchers.discard(watcher)

    async def _until_gone(self, reader, watcher):
        while True:
            try:
                if not await asyncio.wait_for(reader.read(1024), 30):
                    return
            except asyncio.TimeoutError:
                if watcher.bookmarks:
                    watcher.write("BOOKMARK", self.bookmark(watcher.resource, False))

    def bookmark(self, resource, initial_end):
        kind, version = self.names(resource)
        metadata = {"resourceVersion": str(self.revision), "creationTimestamp": None}
        if initial_end:
            metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
        return json.dumps({"kind": kind, "apiVersion": version, "metadata": metadata}).encode()

    # -- orders from the test

    def apply(self, objects):
        """Creates or replaces objects; returns the time (monotonic) just before the first byte of it was written."""
        start = time.monotonic()
        for value in objects:
            self.put(value)
        return start

    def delete(self, objects):
        """Deletes [{kind, namespace, name}] (or whole objects); returns the time just before."""
        start = time.monotonic()
        for value in objects:
            metadata = value.get("metadata") or value
            self.remove(value["kind"], metadata.get("namespace", ""), metadata["name"])
        return start

    def clear(self, kinds=("EndpointSlice", "Service"), keep_namespace=None):
        """Deletes all objects of these kinds, those of one namespace apart."""
        for kind in kinds:
            for namespace, name in list(self.objects[OF_KIND[kind]]):
                if namespace != keep_namespace:
                    self.remove(kind, namespace, name)

    def bookmark_all(self):
        for watcher in self.watchers:
            watcher.write("BOOKMARK", self.bookmark(watcher.resource, False))

    def close_watches(self):
        """Ends all watches in an orderly way, as a server does at its time-out."""
        for watcher in list(self.watchers):
            watcher.writer.write(b"0\r\n\r\n")
            watcher.writer.close()
        self.watchers.clear()

    def break_connections(self):
        """Cuts all connections at once."""
        for writer in list(self.connections):
            writer.transport.abort()

    def fail(self, code=None, reason="InternalError"):
        """Answers every request with this code from now on; None ends it."""
        self.failing = (code, reason) if code else None

    def expire_watches(self):
        """Sends 410 Gone into all watches and forgets the history."""
        self.compact()
        for watcher in list(self.watchers):
            watcher.write("ERROR", status(410, "Expired", "too old resource version"))
            watcher.writer.write(b"0\r\n\r\n")
            watcher.writer.close()
        self.watchers.clear()

    async def stop_listening(self):
        if self.listener:
            self.listener.close()
            self.listener = None
        self.break_connections()

    async def end(self):
        """Lets every connection come to its end: asyncio prints a traceback for one that it has to cancel."""
        await self.stop_listening()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=5)

    async def listen(self):
        if self.listener is None:
            context = None
            if self.tls:
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=self.tls["ca.crt"])
                context.verify_mode = ssl.CERT_OPTIONAL
                context.load_cert_chain(self.tls["server.crt"], self.tls["server.key"])
            self.listener = await asyncio.start_server(
                self.serve, "127.0.0.1", self.port, limit=1 << 22, reuse_address=True, backlog=128, ssl=context)

    def stats(self):
        return {"requests": dict(self.requests), "watchers": len(self.watchers), "revision": self.revision,
                "events": len(self.events), "objects": {key[1]: len(table) for key, table in self.objects.items()}}

    def posted_events(self):
        return self.events


ORDERS = ("apply", "delete", "clear", "bookmark_all", "close_watches", "break_connections", "fail", "expire_watches",
          "compact", "stop_listening", "listen", "stats", "posted_events", "set_token", "get")


def run(pipe, port, tls, token):
    """The body of the server's process: HTTP on `port`, orders from `pipe`."""

    async def main():
        server = Server(port, tls, token)
        await server.listen()
        orders = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def readable():
            try:
                orders.put_nowait(pipe.recv())
            except (EOFError, OSError):
                loop.remove_reader(pipe.fileno())
                orders.put_nowait(None)

        loop.add_reader(pipe.fileno(), readable)
        while (order := await orders.get()) is not None:
            name, arguments = order
            try:
                if name not in ORDERS:
                    raise ValueError(f"no such order: {name}")
                result = getattr(server, name)(**arguments)
                if asyncio.iscoroutine(result):
                    result = await result
                pipe.send((True, result))
            except Exception as error:  # the parent shows it
                pipe.send((False, f"{type(error).__name__}: {error}"))
        await server.end()

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(main())


class FakeAPIServer(Agent):
    """The parent's handle: orders are methods, as in `server.apply(objects=[...])`.

    `tls` are the files of `certificates.make`: HTTPS then, and clients must show a certificate or the token.
    """

    def __init__(self, world, host="node1", port=6443, tls=None, token=None):
        super().__init__(world.namespace(host), "API server", body=lambda pipe: run(pipe, port, tls, token))
        self.port = port
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"

    def kubeconfig(self, path, user=None, cluster=None):
        """Writes a kubeconfig (JSON, which is YAML) that names this server; `user` and `cluster` are more fields."""
        with open(path, "w") as handle:
            json.dump({
                "apiVersion": "v1", "kind": "Config", "current-context": "test",
                "clusters": [{"name": "test", "cluster": {"server": self.url, **(cluster or {})}}],
                "users": [{"name": "test", "user": user or {}}],
                "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            }, handle)
        return path
