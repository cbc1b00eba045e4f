#!/usr/bin/env python3
"""Runs the command blocks of README.md and of the documentation's pages, in their order, on a host of its own: a network
namespace with private directories. What goes on (`viaduct up`, `viaduct proxy`) goes on until the next of its kind."""

import argparse
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from proxy import default_binary  # noqa: E402
from world import World, wait_until  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The pages take a running `viaduct up` and README.md's Service for granted, until one starts a proxy alone.
PAGES = ["Install", "Traffic", "Insight", "Troubleshooting", "Operations", "ControlPlane", "Measure", "Modes", "KubeProxy"]
PRIVATE = ["/var/lib/viaduct", "/var/lib/kube-proxy", "/etc/kubernetes", "/run/viaduct", "/backup", "/tmp/hello"]
# Commands by how they begin. "goes on": in the background until the next such command; "to the end": with status 0, or
# one of those given; "begins": right words, so that it does not end within some seconds, after which it is stopped;
# a suite's name: that one runs it, and what is checked here is that it exists.
RULES = [
    ("viaduct up --data-dir /var/lib/viaduct --containers", "node_suite.py"), ("viaduct join ", "node_suite.py"),
    ("viaduct proxy --kubeconfig FILE", "node_suite.py"),
    ("viaduct up ", "goes on"), ("viaduct proxy --config", "goes on"), ("viaduct proxy --proxy-mode", "goes on"),
    ("viaduct apiserver --etcd-servers", "begins"), ("viaduct bench ", "begins"),
    ("viaduct store migrate", "etcd_suite.py"), ("viaduct store ", "to the end"),
    # The pods and addresses of the examples are not there.
    ("viaduct drain", "to the end", 0, 1),
    ("viaduct doctor", "to the end", 0, 1, 2, 3), ("viaduct explain ", "to the end", 0, 1),
    ("viaduct ", "to the end"), ("kubectl ", "to the end"), ("curl ", "to the end"), ("export ", "to the end"),
    ("for ", "to the end"), ("systemctl ", "package_suite.py"), ("apt ", "package_suite.py"), ("ctr ", "package_suite.py"),
    ("helm ", "package_suite.py"), ("integration/package", "package_suite.py"),
    ("integration/documentation", "test"), ("integration/demo", "test"), ("integration/test", "test"), ("integration/setup", "test"), ("swift build", "test"),
    (".build/release/viaduct", "test"), ("integration/benchmark", "benchmark"),
    ("integration/apiserver-benchmark", "apiserver-benchmark"),
]


def blocks(file):
    """(line number, commands) of each sh and console block; of a console block, what stands behind its prompts."""
    found, kind, lines, start = [], None, [], 0
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if line.startswith("```"):
            if kind in ("sh", "console"):
                found.append((start, commands(lines if kind == "sh" else [
                    one[2:] for one in lines if one.startswith(("# ", "$ "))])))
            kind, lines, start = (None, [], 0) if kind else (line[3:], [], number + 1)
        else:
            lines.append(line)
    return found


def documents():
    """(document, line number, commands) of all blocks."""
    pages = {path.stem for path in (ROOT / "Documentation.docc").glob("*.md") if "```sh" in path.read_text()}
    if pages - set(PAGES):
        sys.exit(f"Nobody runs the commands of {sorted(pages - set(PAGES))}: add them to PAGES in integration/readme_suite.py.")
    for name, file in [("README", ROOT / "README.md")] + [(page, ROOT / f"Documentation.docc/{page}.md") for page in PAGES]:
        for line, texts in blocks(file):
            yield name, line, texts


def commands(lines):
    """Lines that belong together: continued ones, and a loop with its body."""
    joined, text, depth = [], "", 0
    for line in lines:
        line = re.sub(r"\s{2,}#.*$", "", line)
        depth += bool(re.match(r"\s*(for|while) ", line)) - bool(re.match(r"\s*done\b", line))
        text += line.removesuffix("\\") if line.endswith("\\") else line + "\n"
        if not line.endswith("\\") and depth == 0:
            joined.append(text.strip())
            text = ""
    return [one for one in joined if one]


class Host:
    """A shell that keeps its variables, on a node of a world, with directories of its own."""

    def __init__(self, world, program, place):
        self.world, self.place, self.environment = world, place, {}
        self.server = None
        (place / "bin").mkdir()
        (place / "bin/viaduct").symlink_to(program)
        (place / "integration").symlink_to(ROOT / "integration")
        self.pid = world.start("node1", ["unshare", "--mount", "sleep", "3600"]).pid
        wait_until(lambda: "sleep" in pathlib.Path(f"/proc/{self.pid}/comm").read_text())
        for directory in PRIVATE:
            os.makedirs(directory, exist_ok=True)
            self.command(f"mount -t tmpfs -o mode=700 tmpfs {directory}", check=True)

    def words(self, text):
        script = "".join(f"export {name}={value}\n" for name, value in self.environment.items()) + text
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", f"--mount=/proc/{self.pid}/ns/mnt", "bash", "-c",
                f"cd {self.place} && export PATH={self.place}/bin:$PATH\n{script}"]

    def command(self, text, check=False, timeout=300):
        done = subprocess.run(self.words(text), capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise RuntimeError(f"{text}: {done.stderr.strip()[-500:]}")
        return done

    def stop(self):
        if self.server and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(120)

    def close(self):
        """Also what blocks left running."""
        self.stop()
        own = os.readlink(f"/proc/{self.pid}/ns/mnt")
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(process / "ns/mnt") == own:
                    os.kill(int(process.name), signal.SIGKILL)

    def go_on(self, text):
        """Ends with a message where it does not become what it should."""
        self.stop()
        log = self.place / "server.log"
        self.server = subprocess.Popen(self.words(f"exec {text}"), stdout=open(log, "w"), stderr=subprocess.STDOUT)
        ready = ("kubectl --kubeconfig /var/lib/viaduct/admin.kubeconfig get --raw /readyz" if " up " in f"{text} "
                 else "curl -sf http://127.0.0.1:10256/livez")
        if not wait_until(lambda: self.server.poll() is not None or self.command(ready).returncode == 0, 90, 0.2):
            return "is not ready after 90 s"
        if self.server.poll() is not None:
            return f"ended with status {self.server.returncode}: {log.read_text()[-500:]}"
        if " up " in f"{text} ":
            wait_until(lambda: self.command("curl -sf http://127.0.0.1:10256/healthz").returncode == 0, 90, 0.2)
        return ""

    def begin(self, text):
        if text.startswith("viaduct apiserver"):  # on another host, in the README
            text += f" --data-dir {self.place}/other --secure-port 7444"
        done = self.command(f"timeout --signal=INT --kill-after=120 4 {text}")
        return "" if done.returncode in (0, 124, 130) else f"status {done.returncode}: {done.stderr.strip()[-500:]}"

    def to_the_end(self, text, statuses):
        if text.startswith("export "):
            name, value = text.removeprefix("export ").split("=", 1)
            self.environment[name] = value
            return ""
        # Programs that a block leaves running, with no reader of their output to wait for.
        if text.startswith("viaduct store restore"):
            self.stop()
        text = re.sub(r" &$", " >/dev/null 2>&1 &", text, flags=re.M)
        if text.startswith("curl "):
            text = text.replace("curl ", "curl --fail --silent --show-error --max-time 60 --retry 5 --retry-all-errors ", 1)
        done = self.command(text)
        return "" if done.returncode in statuses else f"status {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}"


def prepare(host):
    """What the blocks take for granted: an API server elsewhere, kube-proxy's files, a client's certificate for etcd."""
    base = host.place / "elsewhere"
    host.command(f"""
        viaduct apiserver --in-memory --data-dir {base} --secure-port 7443 >{host.place}/elsewhere.log 2>&1 &
        for i in $(seq 600); do [ -e {base}/admin.kubeconfig ] && break; sleep 0.1; done
        cp {base}/admin.kubeconfig /etc/kubernetes/proxy.conf
        printf 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\\nkind: KubeProxyConfiguration\\nmode: nftables\\n' \\
            > /var/lib/kube-proxy/config.conf
        printf 'clientConnection:\\n  kubeconfig: /etc/kubernetes/proxy.conf\\n' >> /var/lib/kube-proxy/config.conf
        cp {base}/pki/ca.crt ca.pem
        printf '#!/bin/sh\\nexec sleep 60\\n' > kube-proxy && chmod +x kube-proxy
        openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=client -keyout client-key.pem -out client.pem -days 1
    """, check=True)
    host.environment["KUBECONFIG"] = f"{base}/admin.kubeconfig"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", help="default: the newest build")
    chosen = parser.parse_args()
    program = pathlib.Path(chosen.viaduct or default_binary()).resolve()
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="viaduct-readme-") as place, World() as world:
        host = Host(world, program, pathlib.Path(place))
        try:
            prepare(host)
            for name, line, texts in documents():
                begun = time.monotonic()
                problems = [f"{text.splitlines()[0]}: {problem}" for text in texts if (problem := run(host, text))]
                passed, failed = passed + (not problems), failed + bool(problems)
                print(f"{'✗' if problems else '✓'} {name}, line {line}: {texts[0].splitlines()[0]} "
                      f"{time.monotonic() - begun:.1f} s", *[f"\n  {one}" for one in problems], flush=True)
        finally:
            host.close()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


def run(host, text):
    """What is wrong; nothing if all is well."""
    rule = next((rule for rule in RULES if text.startswith(rule[0])), None)
    if rule is None:
        return "nobody knows how to test it: add a rule to integration/readme_suite.py"
    how, statuses = rule[1], rule[2:] or (0,)
    if how == "goes on":
        return host.go_on(text)
    if how == "begins":
        return host.begin(text)
    if how == "to the end":
        return host.to_the_end(text, statuses)
    return "" if (ROOT / "integration" / how).exists() else f"there is no integration/{how}"


if __name__ == "__main__":
    sys.exit(main())
