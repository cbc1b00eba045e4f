#!/usr/bin/env python3
"""What `viaduct apiserver` does with its files: who may read them, two processes on one directory, damage, a full disk, a
full quota. Needs root (a small file system of its own). Its last line is "N passed, N failed, N skipped"."""

import argparse
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from durability_suite import NO_ANSWER, Client, Report, Server  # noqa: E402
from proxy import default_binary  # noqa: E402
from world import stays, wait_until  # noqa: E402

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"


def configmap(name, size=100):
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": name}, "data": {"filling": "x" * size}}


class StoreServer(Server):
    """As Server, with HTTPS as well, so that there are certificates and keys, and with a log that can be asked."""

    def __init__(self, binary, directory, arguments=()):
        super().__init__(binary, directory)
        self.arguments = list(arguments)
        self.log = directory / "log"

    def command(self, port=None):
        return [self.binary, "apiserver", "--data-dir", str(self.directory / "data"), "--secure-port", str(self.secure_port),
                "--port", str(port or self.port), *self.arguments]

    def start(self):
        with open(self.log, "a") as log:
            self.child = subprocess.Popen(self.command(), stdout=log, stderr=log)

    def begin(self):
        self.start()
        self.wait()
        return Client(self)

    def ended(self):
        self.child.terminate()
        self.child.wait(120)


def mode(path):
    return path.stat().st_mode & 0o777


def permissions(server, report):
    data = server.directory / "data"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    audit = server.directory / "audit.log"
    audit.write_text("")
    audit.chmod(0o644)
    server.arguments = ["--audit-log-path", str(audit)]
    server.begin()
    server.ended()
    for path in data.rglob("*"):
        if path.is_file() and path.suffix not in (".crt", ".pub"):
            path.chmod(0o644)
    data.chmod(0o755)
    server.begin().request("POST", CONFIGMAPS, configmap("one"))
    open_files = [f"{path}: {mode(path):o}" for path in [data, audit, *data.rglob("*")]
                  if mode(path) & 0o077 and path.suffix not in (".crt", ".pub")]
    report.check("files and directories that existed are closed to others", open_files)
    server.ended()
    shared = server.directory / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    (shared / "somebody-elses").write_text("")
    done = subprocess.run([server.binary, "apiserver", "--data-dir", str(shared)], capture_output=True, text=True, timeout=120)
    report.check("a directory that is not ours alone is refused, and not closed",
                 [] if done.returncode and "chmod 700" in done.stderr + done.stdout and mode(shared) == 0o755
                 else [f"{done.returncode} {done.stderr} {mode(shared):o}"])


def two_processes(server, report):
    server.begin()
    kubeconfig = server.directory / "data" / "admin.kubeconfig"
    # It is written when the port is known, which on a busy machine may be a moment after the first answer.
    wait_until(kubeconfig.exists)
    before = kubeconfig.read_bytes(), kubeconfig.stat().st_mtime_ns
    done = subprocess.run(server.command(server.port + 7), capture_output=True, text=True, timeout=120)
    said = done.stderr + done.stdout
    report.check("a second process on the directory is refused, with the first one's id",
                 [] if done.returncode and str(server.child.pid) in said else [f"{done.returncode}: {said}"])
    now = kubeconfig.read_bytes(), kubeconfig.stat().st_mtime_ns
    report.check("the kubeconfig is the first one's", [] if now == before else ["it was written"])
    server.kill()
    server.begin()
    now = kubeconfig.read_bytes(), kubeconfig.stat().st_mtime_ns
    report.check("after a kill the directory is free, and the same kubeconfig is not written again",
                 [] if now == before else ["it was written"])
    server.ended()


def damage(server, report):
    client = server.begin()
    for number in range(300):
        client.request("POST", CONFIGMAPS, configmap(f"c{number}"))
    last = max(int(item["metadata"]["resourceVersion"]) for item in client.request("GET", CONFIGMAPS)[1]["items"])
    server.kill()
    log = server.directory / "data" / "viaduct.db-wal"
    content = bytearray(log.read_bytes())
    # In the first page after the log's last beginning: what lies further back may be of an older round.
    content[32 + 24 + 512] ^= 1
    log.write_bytes(content)
    client = server.begin()
    said = server.log.read_text()
    report.check("lost changes are told of", [] if "changes are lost" in said else [said[-500:]])
    given = int(client.request("POST", CONFIGMAPS, configmap("after"))[1]["metadata"]["resourceVersion"])
    report.check("their revisions are not given out again", [] if given > last else [f"{given} after {last}"])
    server.ended()
    for path in (server.directory / "data").glob("viaduct.db*"):
        path.unlink()
    server.begin()
    said = server.log.read_text()
    report.check("an empty database beside certificates is told of",
                 [] if "the database is empty" in said else [said[-500:]])
    server.ended()


def full_disk(server, report):
    data = server.directory / "data"
    data.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(data)], check=True)
    try:
        client = server.begin()
        created, status = [], 201
        while status == 201 and len(created) < 400:
            name = f"large{len(created)}"
            status, answer = client.request("POST", CONFIGMAPS, configmap(name, 200_000))
            created += [name] * (status == 201)
        report.check("a full disk refuses what is new", [] if status >= 500 else [f"{status} after {len(created)}"])
        ready = client.request("GET", "/readyz?verbose")
        report.check("/readyz says so", [] if ready[0] == 500 and "[-]etcd-readiness" in ready[1] else [str(ready)])
        report.check("/livez does not: a restart makes no room",
                     [] if client.request("GET", "/livez")[0] == 200 else ["it does"])
        refused = [f"{name}: {answer}" for name in created[:20]
                   if (answer := client.request("DELETE", f"{CONFIGMAPS}/{name}")[0]) != 200]
        report.check("deletions are taken", refused)
        server.kill()
        with open(data / "filling", "wb") as filling:
            try:
                while True:
                    filling.write(b"x" * 65536)
                    filling.flush()
            except OSError:
                pass
        server.start()
        started = wait_until(lambda: answers(server), pause=0.1)
        report.check("a start on a full disk serves", [] if started else [server.log.read_text()[-600:]])
        subprocess.run(["mount", "-o", "remount,size=64m", str(data)], check=True)
        client = Client(server)
        report.check("when there is room again, it is ready and takes what is new",
                     [] if wait_until(lambda: client.request("GET", "/readyz")[0] == 200, pause=0.2)
                     and client.request("POST", CONFIGMAPS, configmap("again"))[0] == 201 else ["it is not"])
        server.ended()
    finally:
        subprocess.run(["umount", "-l", str(data)], check=True)


def answers(server):
    try:
        return Client(server).request("GET", "/livez")[0] == 200
    except NO_ANSWER:
        return False


def full_quota(server, report):
    server.begin()
    server.ended()
    server.arguments = ["--quota-backend-bytes", "1000000"]
    client = server.begin()
    status = 201
    for number in range(40):
        if status == 201:
            status = client.request("POST", CONFIGMAPS, configmap(f"q{number}", 60_000))[0]
    report.check("a full quota refuses what is new", [] if status >= 500 else [str(status)])
    # An aggregated role whose parts have changed has to be written.
    role = {"kind": "ClusterRole", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {
        "name": "part", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}}, "rules": []}
    client.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", role)
    client.request("DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:aggregate-to-view")
    alive = stays(lambda: server.child.poll() is None, 3) and answers(server)
    report.check("role aggregation at a full quota ends nothing", [] if alive else [server.log.read_text()[-600:]])
    server.kill()
    server.start()
    report.check("nor does the next start",
                 [] if wait_until(lambda: answers(server), pause=0.1) else [server.log.read_text()[-600:]])
    server.ended()


def main():
    parser = argparse.ArgumentParser(prog="integration/store_suite.py", description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", default=default_binary(), help="default: the newest build")
    parser.add_argument("--only", metavar="TEXT", default="", help="checks whose name contains it")
    chosen = parser.parse_args()
    if not chosen.viaduct:
        sys.exit("no build of viaduct: run swift build")
    report = Report()
    for check in [permissions, two_processes, damage, full_disk, full_quota]:
        if chosen.only not in check.__name__:
            continue
        with tempfile.TemporaryDirectory() as directory:
            server = StoreServer(chosen.viaduct, pathlib.Path(directory))
            try:
                check(server, report)
            except (Exception, SystemExit) as problem:
                report.check(check.__name__, [f"{type(problem).__name__}: {problem}"])
            finally:
                if server.child and server.child.poll() is None:
                    server.kill()
    print(f"{report.passed} passed, {report.failed} failed, 0 skipped")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
