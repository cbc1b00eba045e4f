"""Starts `viaduct up`, or `viaduct apiserver` alone, on node1 of a world."""

import datetime
import json
import pathlib
import subprocess
import sys

from proxy import output_directory
from world import wait_until


class Up:
    """The process and kubectl against it."""

    def __init__(self, world, binary, data_directory, arguments=(), subcommand="up"):
        self.world = world
        # Written when the server answers.
        self.kubeconfig = pathlib.Path(data_directory) / "admin.kubeconfig"
        self.log_path = output_directory() / "up.log"
        with open(self.log_path, "w") as log:
            self.child = world.start("node1", [
                str(binary), subcommand, "--data-dir", str(data_directory),
                *(["--hostname-override", "node1"] if subcommand == "up" else []), *arguments], output=log)
        ready = wait_until(lambda: self.child.poll() is not None or self._is_ready(), 90, 0.1)
        if not ready or self.child.poll() is not None:
            what = "is not ready after 90 s" if self.child.poll() is None else f"ended with status {self.child.poll()}"
            sys.exit(f"viaduct {subcommand} {what}; its log ends:\n" + "\n".join(self.log_path.read_text().splitlines()[-8:]))

    def _is_ready(self):
        if not self.kubeconfig.exists():
            return False
        return self.world.run("node1", [*self._kubectl, "get", "--raw", "/readyz"]).stdout == "ok"

    @property
    def _kubectl(self):
        return ["kubectl", "--kubeconfig", str(self.kubeconfig)]

    def kubectl(self, *words, input=None, check=True):
        done = self.world.run("node1", [*self._kubectl, *words], input=input)
        if check and done.returncode != 0:
            raise RuntimeError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def node_problem(self):
        """What is wrong with this host's own Node after all that time; nothing while it speaks for itself."""
        node = json.loads(self.kubectl("get", "node", "node1", "-o", "json"))
        lease = json.loads(self.kubectl("get", "lease", "node1", "-n", "kube-node-lease", "-o", "json", check=False) or "null")
        ready = [one for one in node["status"].get("conditions", []) if one["type"] == "Ready"]
        if [one["status"] for one in ready] != ["True"]:
            return f"this host's own Node is not ready: {ready}"
        if not lease:
            return "this host's own Node has no Lease"
        renewed = datetime.datetime.fromisoformat(lease["spec"]["renewTime"].replace("Z", "+00:00"))
        age = (datetime.datetime.now(datetime.timezone.utc) - renewed).total_seconds()
        # For as long as it lasts: it is renewed each ten seconds.
        if age > 40:
            return f"the Lease of this host's own Node was renewed {age:.0f} s ago"
        empty = [name for name, value in node["status"].get("nodeInfo", {}).items() if value == ""]
        return f"this host's own Node says nothing of {empty}" if empty or "nodeInfo" not in node["status"] else ""

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(60)
            except subprocess.TimeoutExpired:
                self.child.kill()
