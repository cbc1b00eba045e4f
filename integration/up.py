"""Starts `viaduct up` (API server and proxy in one process) on node1 of a world."""

import subprocess
import sys

from proxy import output_directory
from world import wait_until

PORT = 8001
URL = f"http://127.0.0.1:{PORT}"


class Up:
    """The process and kubectl against it."""

    def __init__(self, world, binary, data_directory, arguments=()):
        self.world = world
        self.log_path = output_directory() / "up.log"
        with open(self.log_path, "w") as log:
            self.child = world.start("node1", [
                str(binary), "up", "--hostname-override", "node1", "--data-dir", str(data_directory),
                "--port", str(PORT), *arguments], output=log)
        ready = wait_until(lambda: self.child.poll() is not None or self._is_ready(), 30, 0.1)
        if not ready or self.child.poll() is not None:
            what = "is not ready after 30 s" if self.child.poll() is None else f"ended with status {self.child.poll()}"
            sys.exit(f"viaduct up {what}; its log ends:\n" + "\n".join(self.log_path.read_text().splitlines()[-8:]))

    def _is_ready(self):
        return self.world["node1"].http_get(address="127.0.0.1", port=PORT, path="/readyz")[0] == 200

    def kubectl(self, *words, input=None, check=True):
        done = self.world.run("node1", ["kubectl", "--server", URL, *words], input=input)
        if check and done.returncode != 0:
            raise RuntimeError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
