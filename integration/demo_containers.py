#!/usr/bin/env python3
"""The demonstration's third part: real containers on two hosts of network namespaces, one of which joins by a command."""

import argparse
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from demo_deployments import RUNS, TRAFFIC, Timeline, print_timeline  # noqa: E402
from demo_world import command, heading, paint  # noqa: E402
from node_hosts import Hosts, missing  # noqa: E402
from node_images import BUSYBOX  # noqa: E402
from proxy import default_binary  # noqa: E402
from world import wait_until  # noqa: E402

SERVICE_IP = "10.96.0.90"
STEPS = 7
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "labels": {"app": "web"}}, "spec": {
    "terminationGracePeriodSeconds": 0, "containers": [{
        "name": "web", "image": BUSYBOX, "command": ["sh", "-c", "mkdir /www; echo {\\\"pod\\\": \\\"$(hostname)\\\"} > /www/index.html; exec httpd -f -p 8080 -h /www"],
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}}]}}
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {
    "selector": {"app": "web"}, "clusterIP": SERVICE_IP, "ports": [{"port": 80, "targetPort": 8080}]}}


class ContainerTimeline(Timeline):
    """When each step from a Pod to its first answer was seen."""

    watched = {"pods": "/api/v1/namespaces/default/pods?watch=1"}

    @staticmethod
    def seen(kind, value):
        status = value["status"]
        conditions = {one["type"]: one["status"] for one in status.get("conditions") or []}
        states = [one.get("state", {}) for one in status.get("containerStatuses") or []]
        return (["Pod created"] + ["Pod bound to a node"] * bool(value["spec"].get("nodeName"))
                + ["sandbox with an address"] * (conditions.get("PodReadyToStartContainers") == "True")
                + ["container started"] * any("running" in one for one in states)
                + ["Pod ready"] * (conditions.get("Ready") == "True"))


def ready_nodes(hosts):
    nodes = json.loads(hosts.kubectl("get", "nodes", "-o", "json"))["items"]
    return sum(any(c["type"] == "Ready" and c["status"] == "True" for c in one["status"].get("conditions", []))
               for one in nodes if one["metadata"]["name"] in ("n1", "n2"))


def time_steps(hosts):
    """Seconds from the start of `kubectl apply` to each step; nothing if nobody answers."""
    timeline = ContainerTimeline(["nsenter", f"--net=/run/netns/{hosts.plane.namespace}", "kubectl", "--kubeconfig", str(hosts.kubeconfig)])
    time.sleep(1)
    waiting = subprocess.Popen(
        ["nsenter", f"--net=/run/netns/{hosts.nodes[0].namespace}", TRAFFIC, SERVICE_IP, "--first"], stdout=subprocess.PIPE)
    start = time.monotonic()
    hosts.apply(POD)
    stored = time.monotonic()
    answer = waiting.communicate(timeout=40)[0]
    time.sleep(0.5)
    timeline.stop()
    hosts.kubectl("delete", "pod", "web", "--wait=true")
    if waiting.returncode:
        return {}
    steps = {**timeline.steps, "kubectl has ended": stored, "first answer": json.loads(answer)["at"]}
    return {name: at - start for name, at in steps.items() if at >= start}


def run(hosts):
    """How many things are not as they should be."""
    command("viaduct join " + " ".join(hosts.join_arguments()))
    if not wait_until(lambda: ready_nodes(hosts) == 2, 30, 0.2):
        print(paint("31", "  the two hosts are not ready after 30 s"))
        return 1
    print(hosts.kubectl("get", "nodes", "-o", "wide").replace("\n", "\n  "), end="", flush=True)
    hosts.apply(SERVICE)
    heading(f"From kubectl apply to the first answer of a container: median of {RUNS} runs, and the slowest")
    runs = [time_steps(hosts) for _ in range(RUNS)]
    if any(set(one) != set(runs[0]) or len(one) != STEPS for one in runs):
        print(paint("31", "  the watch did not show every step of each run"))
    if not all(runs):
        print(paint("31", "  nobody answered within 30 s"))
        return 1
    print_timeline(runs)
    return 0


def main():
    parser = argparse.ArgumentParser(prog="integration/demo_containers.py", description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", default=default_binary(), help="default: the newest build")
    chosen = parser.parse_args()
    heading("Real containers on two hosts; the second one joins by the command that viaduct up prints")
    why = missing()
    if why:
        print(f"  left out: {why}")
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="vddemo-") as directory:
        with Hosts(chosen.viaduct, pathlib.Path(directory) / "hosts", joining=("n2",)) as hosts:
            problems = run(hosts)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
