#!/usr/bin/env python3
"""Attacks `viaduct apiserver` with what anybody may send who reaches it, and looks at what that costs it.

Counts, bytes and ratios of CPU time, no limits on time: work on three times as many keys may cost some more than three
times as much, but not nine times. Its last line is "N passed, N failed, N skipped".
"""

import argparse
import base64
import http.client
import json
import os
import pathlib
import re
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from agent import die_with_parent  # noqa: E402
from proxy import default_binary  # noqa: E402
from world import free_ports, wait_until  # noqa: E402

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
MIB = 1 << 20


class Report:
    def __init__(self, only):
        self.passed, self.failed, self.only = 0, 0, only

    def run(self, check, server):
        if self.only and self.only not in check.__name__:
            return
        try:
            check(server)
            assert server.child.poll() is None, f"the server ended with {server.child.returncode}"
            self.passed += 1
        except Exception as error:  # every check is told, not the first that fails alone
            self.failed += 1
            print(f"FAILED: {check.__name__}: {type(error).__name__}: {error}", flush=True)


class Server:
    """The process, in memory; plain HTTP and HTTPS on loopback ports."""

    def __init__(self, binary, directory, *flags):
        self.directory = directory
        self.port, self.secure_port = free_ports(2)
        self.audit = directory / "audit.log"
        with open(directory / "log", "w") as log:
            self.child = subprocess.Popen(
                [binary, "apiserver", "--data-dir", str(directory / "data"), "--in-memory", "--port", str(self.port),
                 "--secure-port", str(self.secure_port), "--audit-log-path", str(self.audit), *flags],
                stdout=log, stderr=log, preexec_fn=die_with_parent)

    def ready(self):
        try:
            return self.send("GET", "/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def send(self, method, path, body=None, kind="application/json", headers=None):
        """(status, headers, answer)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        connection.request(method, path, body, {**({"Content-Type": kind} if body else {}), **(headers or {})})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, answer.headers, json.loads(text) if text.startswith(b"{") else text.decode()

    def expect(self, status, method, path, *rest, **options):
        answer = self.send(method, path, *rest, **options)
        assert answer[0] == status, f"{method} {path}: {answer[0]} instead of {status}: {str(answer[2])[:300]}"
        return answer[2]

    def cpu(self):
        """Seconds of CPU that the process has used."""
        fields = (pathlib.Path("/proc") / str(self.child.pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Bytes resident."""
        text = (pathlib.Path("/proc") / str(self.child.pid) / "status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) << 10

    def context(self):
        """TLS as the administrator, by HTTP/1.1."""
        text = (self.directory / "data/admin.kubeconfig").read_text()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        pem = self.directory / "admin.pem"
        pem.write_bytes(b"".join(
            base64.b64decode(re.search(rf'{part}"?: ?"([^"]+)"', text)[1])
            for part in ("client-certificate-data", "client-key-data")))
        context.load_cert_chain(pem)
        return context


def named(name, **parts):
    return {"metadata": {"name": name}, **parts}


# What a body may be


def yaml_that_unfolds(server):
    levels = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 13))
    reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    used = server.cpu()
    for end in ("z: *a12", "? *a12\n: z", "{*a12 : z}", "? [*a12]\n: z", "z: {{*a12 : y}}"):
        answer = server.expect(400, "POST", reviews, levels + end, "application/yaml")
        assert "yaml parse error" in answer["message"], answer
    for body in ("[" * 2_000_000, "- " * 500_000, "{a: " * 200_000, "? " * 500_000, "&a " * 10_000):
        server.expect(400, "POST", reviews, body, "application/yaml")
    assert server.cpu() - used < 120, f"{server.cpu() - used} s of CPU"


def quantities(server):
    quotas = "/api/v1/namespaces/default/resourcequotas"
    hard = {"memory": "1.2Gi", "requests.memory": "9" * 40 + "Gi", "cpu": "1e2000", "requests.cpu": "0.0000000001",
            "limits.memory": "16Ei", "requests.storage": "8Ei"}
    stored = server.expect(201, "POST", quotas, named("q", spec={"hard": hard}))["spec"]["hard"]
    assert stored == {"memory": "1288490188800m", "requests.memory": "9223372036854775807", "cpu": "100e1998",
                      "requests.cpu": "1m", "limits.memory": "9223372036854775807",
                      "requests.storage": "9223372036854775807"}, stored
    container = {"name": "c", "image": "i", "resources": {"limits": {"memory": "16Ei", "cpu": "1e300"}}}
    pod = named("huge", spec={"containers": [{**container, "name": f"c{n}"} for n in range(3)]})
    refused = server.expect(403, "POST", "/api/v1/namespaces/default/pods", pod)
    assert "exceeded quota: q" in refused["message"], refused
    server.expect(200, "DELETE", f"{quotas}/q")
    server.expect(201, "POST", "/api/v1/namespaces/default/pods", pod)


def numbers(server):
    services = "/api/v1/namespaces/default/services"
    for version in (2**64 - 1, 2**63, 10**9):
        for watch in ("", "&watch=1"):
            answer = server.expect(504, "GET", f"{services}?resourceVersion={version}{watch}")
            assert "Too large resource version" in answer["message"], answer
    for query in ("timeoutSeconds=abc", "limit=abc", "limit=9223372036854775808", "watch=1&timeoutSeconds=abc"):
        server.expect(400, "GET", f"{services}?{query}")
    server.expect(200, "GET", f"{services}?limit={2**63 - 1}")
    port = {"port": 80, "nodePort": 2**31 - 1}
    assert server.send("POST", services, named("p", spec={"type": "NodePort", "ports": [port]}))[0] == 422
    for replicas in (2**31 - 1, 2**31, 2**63 - 1, 2**64, -(2**63), 1e300):
        template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
        status = server.send("POST", "/apis/apps/v1/namespaces/default/deployments", named(
            f"d{abs(hash(replicas))}", spec={"replicas": replicas, "selector": {"matchLabels": {"a": "b"}},
                                             "template": template}))[0]
        assert status in (201, 400, 422), (replicas, status)
    for grace in (2**63 - 1, -(2**63), -1):
        server.expect(201, "POST", CONFIGMAPS, named("grace"))
        server.expect(200, "DELETE", f"{CONFIGMAPS}/grace?gracePeriodSeconds={grace}")


def queries(server):
    used = server.cpu()
    server.send("GET", CONFIGMAPS, headers={"Accept": "a/b," * 60_000})
    server.expect(400, "GET", CONFIGMAPS + "?fieldSelector=" + ",".join(f"metadata.name!%3Dn{n}" for n in range(20_000)))
    server.send("POST", CONFIGMAPS + "?fieldManager=" + "%01" * 60_000, named("x"))
    path = "n" * 100_000
    inner = ",".join(f'"{n}":1' for n in range(50_000))
    server.send("POST", CONFIGMAPS, '{"metadata":{"name":"y"},"%s":{%s,"1":2}}' % (path, inner))
    assert server.cpu() - used < 120, f"{server.cpu() - used} s of CPU"


# What work may cost


def ratio(server, title, small, large, work):
    """`work` for two sizes; its cost must grow as its size does, give or take. The best of three counts: what else the
    processors do costs caches and clock."""
    told, limit = [], 2.2 * large / small
    for turn in range(3):
        costs = []
        for size in (small + turn, large + turn):  # each with objects of its own
            work(size, prepare=True)
            before = server.cpu()
            work(size, prepare=False)
            costs.append(server.cpu() - before)
        told.append(f"{small} keys cost {costs[0]:.2f} s of CPU, {large} keys {costs[1]:.2f} s")
        if costs[1] / max(costs[0], 0.05) < limit:
            return
    raise AssertionError(f"{title}: {'; '.join(told)}")


def whole_objects(server):
    def put(size, prepare):
        path = f"{CONFIGMAPS}/put{size}"
        if prepare:
            server.expect(201, "POST", CONFIGMAPS, named(f"put{size}", data={f"k{n}": "v" for n in range(size)}))
        else:
            server.expect(200, "PUT", path, named(f"put{size}", data={f"k{n}": "w" for n in range(size)}))
            server.expect(200, "PUT", path, named(f"put{size}", data={f"l{n}": "w" for n in range(size)}))
    ratio(server, "PUT", 4_000, 20_000, put)


def patches(server):
    kinds = {
        "merge": ("application/merge-patch+json", lambda keys: {"data": {key: None for key in keys}}),
        "strategic": ("application/strategic-merge-patch+json", lambda keys: {"data": {key: "x" for key in keys}}),
    }
    for title, (kind, body) in kinds.items():
        def patch(size, prepare):
            keys, name = [f"k{n}" for n in range(size)], f"{title}{size}"
            if prepare:
                server.expect(201, "POST", CONFIGMAPS, named(name, data={key: "v" for key in keys}))
            else:
                server.expect(200, "PATCH", f"{CONFIGMAPS}/{name}", body(keys), kind)
        ratio(server, title, 4_000, 20_000, patch)

    def operations(size, prepare):
        name = f"json{size}"
        if prepare:
            server.expect(201, "POST", CONFIGMAPS, named(name, data={f"k{n}": "v" for n in range(size)}))
        else:
            steps = [{"op": "replace", "path": f"/data/k{n}", "value": "w"} for n in range(0, size, 2)]
            steps += [{"op": "remove", "path": f"/data/k{n}"} for n in range(1, size, 2)]
            server.expect(200, "PATCH", f"{CONFIGMAPS}/{name}", steps[:10_000], "application/json-patch+json")
    ratio(server, "JSON patch", 2_000, 10_000, operations)

    def finalizers(size, prepare):
        name = f"list{size}"
        if prepare:
            ports = [{"name": f"p{n}", "port": n} for n in range(1, size + 1)]
            server.expect(201, "POST", "/api/v1/namespaces/default/services", named(name, spec={"ports": ports}))
        else:
            ports = [{"port": n, "name": f"q{n}"} for n in range(1, size + 1)]
            server.expect(200, "PATCH", f"/api/v1/namespaces/default/services/{name}", {"spec": {"ports": ports}},
                          "application/strategic-merge-patch+json")
    ratio(server, "a strategic merge of a list", 1_000, 5_000, finalizers)


def applies(server):
    def apply(size, prepare):
        name = f"apply{size}"
        data = {f"k{n}": "v" for n in range(size)}
        kind, path = "application/apply-patch+yaml", f"{CONFIGMAPS}/{name}?fieldManager="
        body = {"apiVersion": "v1", "kind": "ConfigMap", **named(name, data=data)}
        if prepare:
            server.expect(201, "PATCH", path + "one", body, kind)
        else:
            server.expect(200, "PATCH", path + "two", body, kind)
            server.expect(409, "PATCH", path + "three", {**body, "data": {key: "w" for key in data}}, kind)
            server.expect(200, "PATCH", path + "one", {**body, "data": {"k0": "v"}}, kind)
            server.expect(200, "PATCH", path + "two", {**body, "data": {"k0": "v"}}, kind)
    ratio(server, "server-side apply", 2_000, 10_000, apply)


# What is not read


def fill(server):
    for number in range(10):
        server.send("POST", CONFIGMAPS, named(f"big{number}", data={"x": "a" * 270_000}))


def unread_lists(server):
    fill(server)
    before, context = server.memory(), server.context()
    for accept in ("application/json", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/vnd.kubernetes.protobuf"):
        query = "?includeObject=Object" if "Table" in accept else ""
        connections = []
        for _ in range(40):
            plain = socket.socket()
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            plain.connect(("127.0.0.1", server.secure_port))
            secure = context.wrap_socket(plain)
            secure.sendall(f"GET {CONFIGMAPS}{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n\r\n".encode())
            connections.append(secure)
        for secure in connections:
            secure.settimeout(120)
            assert secure.recv(12) in (b"HTTP/1.1 200", b"HTTP/1.1 429")
        grown = server.memory() - before
        limit = (64 if accept == "application/json" else 320) * MIB
        assert grown < limit, f"{grown / MIB:.0f} MiB for 40 lists of {accept} that nobody reads"
        assert server.ready()
        for secure in connections:
            secure.close()


def unread_streams(server):
    """Streams of HTTP/2, of which a client opens a hundred on one connection."""
    fill(server)
    before = server.memory()
    connections = []
    for _ in range(4):
        context = server.context()
        context.set_alpn_protocols(["h2"])
        plain = socket.socket()
        plain.connect(("127.0.0.1", server.secure_port))
        secure = context.wrap_socket(plain)
        assert secure.selected_alpn_protocol() == "h2"
        # A window so wide that nothing but the server's own limits holds it back.
        window = (2**31 - 1).to_bytes(4, "big")
        hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"\x00\x04" + window) + frame(
            8, 0, 0, (2**31 - 1 - 65535).to_bytes(4, "big"))
        fields = b"".join(
            b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value for name, value in (
                (b":method", b"GET"), (b":scheme", b"https"), (b":authority", b"127.0.0.1"),
                (b":path", CONFIGMAPS.encode())))
        secure.sendall(hello + b"".join(frame(1, 5, 2 * n + 1, fields) for n in range(90)))
        connections.append(secure)
    time.sleep(5)
    grown = server.memory() - before
    assert grown < 128 * MIB, f"{grown / MIB:.0f} MiB for 360 streams that nobody reads"
    assert server.ready()
    for secure in connections:
        secure.close()


def places_in_flight(server):
    """Who has not read its list still has a place among those that are answered."""
    fill(server)
    connections, answers = [], []
    for _ in range(8):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(f"GET {CONFIGMAPS} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer t\r\n\r\n".encode())
        connection.settimeout(120)
        connections.append(connection)
        answers.append(connection.recv(12))
    assert answers == [b"HTTP/1.1 200"] * 3 + [b"HTTP/1.1 429"] * 5, answers
    for connection in connections:
        connection.close()
    # The places are free once the clients are gone.
    assert wait_until(lambda: server.send("GET", CONFIGMAPS, headers={"Authorization": "Bearer t"})[0] == 200, 60)


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def silent_watchers(server):
    fill(server)
    before = server.memory()
    watchers = []
    for _ in range(150):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(f"GET {CONFIGMAPS}?watch=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        watchers.append(connection)
    for connection in watchers:
        connection.settimeout(120)
        assert connection.recv(12) == b"HTTP/1.1 200"
    grown = server.memory() - before
    assert grown < 64 * MIB, f"{grown / MIB:.0f} MiB for 150 watchers that read nothing"
    for connection in watchers:
        connection.close()


def idle_connections(server):
    """Connections without a handshake: others get through meanwhile, and these end by themselves."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    idle = [socket.create_connection(("127.0.0.1", server.secure_port)) for _ in range(1200)]
    assert server.ready()
    context = server.context()
    with context.wrap_socket(socket.create_connection(("127.0.0.1", server.secure_port), timeout=180)) as secure:
        secure.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert secure.recv(12) == b"HTTP/1.1 200"
    for connection in idle:
        connection.settimeout(180)
        assert connection.recv(1) == b"", "an idle connection was answered"
        connection.close()


# Checks that need a server of other flags.
FLAGS = {places_in_flight: ["--max-requests-inflight", "3", "--authorization-mode", "AlwaysAllow", "--token-auth-file",
                            "{directory}/tokens"]}

# What is told


def messages(server):
    secret = "hunter2-hunter2"
    body = '{"metadata":{"name":"s"},"stringData":{"password":"%s"' % secret
    answer = server.expect(400, "POST", "/api/v1/namespaces/default/secrets", body)
    assert secret in answer["message"], "upstream shows the text to its sender"
    server.expect(201, "POST", "/api/v1/namespaces/default/secrets", named("s"))
    for kind, patch in (("application/merge-patch+json", {"data": secret}), ("application/merge-patch+json", {"data": {"a": secret}}),
                        ("application/strategic-merge-patch+json", {"metadata": {"$patch": secret}}),
                        ("application/apply-patch+yaml", {"data": {"a": secret}})):
        server.send("PATCH", "/api/v1/namespaces/default/secrets/s?fieldManager=m", patch, kind)
    server.send("PUT", "/api/v1/namespaces/default/secrets/s", named("s", type=secret))
    server.send("POST", "/api/v1/namespaces/default/secrets", f"stringData: {{a: {secret}}}\n x", "application/yaml")
    assert wait_until(lambda: server.audit.read_text().count("/secrets") >= 8, 30)
    assert secret not in server.audit.read_text(), "the audit log has text of a body"
    assert secret not in (server.directory / "log").read_text(), "the log has text of a body"


def missing_parts(server):
    for part in ("log", "exec", "attach", "portforward", "proxy"):
        answer = server.expect(404, "GET", f"/api/v1/namespaces/default/pods/p/{part}")
        assert answer["message"] == 'pods "p" not found', answer
    missing = server.expect(404, "GET", "/apis/metrics.k8s.io/v1beta1/pods")["message"]
    assert "no node of this cluster has an agent" in missing, missing
    job = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}
    status, headers, _ = server.send("POST", "/apis/batch/v1/namespaces/default/jobs", named("j", spec=job))
    assert status == 201 and "nothing in this cluster runs Jobs" in (headers["Warning"] or ""), (status, headers["Warning"])


def appliers(server):
    """Many who apply one missing object at once: nobody is told of a conflict, and all of it is there."""
    for turn in range(5):
        results = []

        def apply(number):
            body = {"apiVersion": "v1", "kind": "ConfigMap", **named(f"many{turn}", data={f"k{number}": "v"})}
            results.append(server.send("PATCH", f"{CONFIGMAPS}/many{turn}?fieldManager=m{number}", body,
                                       "application/apply-patch+yaml")[0])
        threads = [threading.Thread(target=apply, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == [200] * 7 + [201], results
        assert len(server.expect(200, "GET", f"{CONFIGMAPS}/many{turn}")["data"]) == 8


CHECKS = [
    yaml_that_unfolds, quantities, numbers, queries, whole_objects, patches, applies, unread_lists, unread_streams,
    silent_watchers, places_in_flight, idle_connections, messages, missing_parts, appliers]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--viaduct", default=default_binary(), help="the program (default: the newest build)")
    parser.add_argument("--only", help="checks whose name has this in it")
    chosen = parser.parse_args()
    if not chosen.viaduct:
        sys.exit("no build of viaduct: run 'swift build' or give --viaduct PATH")
    report = Report(chosen.only)
    for check in CHECKS:
        if chosen.only and chosen.only not in check.__name__:
            continue
        # A process for each: what one check leaves in memory is not the next one's.
        with tempfile.TemporaryDirectory(prefix="hostile-") as directory:
            (pathlib.Path(directory) / "tokens").write_text("t,somebody,1\n")
            flags = [flag.format(directory=directory) for flag in FLAGS.get(check, [])]
            server = Server(chosen.viaduct, pathlib.Path(directory), *flags)
            try:
                if not wait_until(lambda: server.child.poll() is not None or server.ready(), 60, 0.05):
                    sys.exit("viaduct apiserver does not serve")
                report.run(check, server)
            finally:
                server.child.kill()
                server.child.wait()
    print(f"{report.passed} passed, {report.failed} failed, 0 skipped")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
