#!/usr/bin/env python3
"""The demonstration's second part: Deployments on simulated nodes whose pods are network namespaces on node1."""

import argparse
import json
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from demo_world import EXAMPLES, command, heading, paint  # noqa: E402
from proxy import default_binary  # noqa: E402
from up import Up  # noqa: E402
from world import World, wait_until  # noqa: E402

SERVICE_IP = "10.96.0.90"
RUNS = 5
STEPS = 7
TRAFFIC = str(pathlib.Path(__file__).resolve().parent / "http_traffic.py")
ARGUMENTS = [
    "--simulated-nodes", "3", "--network-namespaces", "--node-monitor-grace-period", "15s", "--node-monitor-period", "1s"]
WATCHED = {
    "replicasets": "/apis/apps/v1/namespaces/default/replicasets?watch=1",
    "pods": "/api/v1/namespaces/default/pods?watch=1",
    "slices": "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?watch=1"
              "&labelSelector=kubernetes.io/service-name%3Dshop",
}


class Timeline:
    """When each step from a Deployment to its first answer was seen, by watches of the API."""

    watched = WATCHED

    def __init__(self, kubectl):
        """`kubectl`: its command line, in the right network."""
        self.steps = {}
        self.children = []
        for kind, path in self.watched.items():
            child = subprocess.Popen(
                [*kubectl, "get", "--raw", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.children.append(child)
            threading.Thread(target=self.follow, args=(kind, child.stdout), daemon=True).start()

    def follow(self, kind, lines):
        for line in lines:
            now, value = time.monotonic(), json.loads(line)["object"]
            for step in self.seen(kind, value):
                self.steps.setdefault(step, now)

    @staticmethod
    def seen(kind, value):
        if kind == "replicasets":
            return ["ReplicaSet created"]
        if kind == "slices":
            ready = [one for one in value.get("endpoints") or [] if one["conditions"].get("ready")]
            return ["first endpoint in an EndpointSlice"] if ready else []
        conditions = {one["type"]: one["status"] for one in value["status"].get("conditions") or []}
        return (["first Pod created"] + ["first Pod bound to a node"] * bool(value["spec"].get("nodeName"))
                + ["first Pod ready"] * (conditions.get("Ready") == "True"))

    def stop(self):
        for child in self.children:
            child.kill()
            child.wait()


def print_timeline(runs):
    medians = {name: statistics.median(run.get(name, 0) for run in runs) for name in runs[0]}
    for name, median in sorted(medians.items(), key=lambda pair: pair[1]):
        print(f"  {median * 1000:7.0f} ms {max(run.get(name, 0) for run in runs) * 1000:7.0f} ms  {name}")


class DeploymentDemo:
    def __init__(self, world, up):
        self.world = world
        self.up = up
        self.problems = 0

    def problem(self, text):
        print(paint("31", f"  {text}"))
        self.problems += 1

    def kubectl(self, *words):
        command(f"kubectl {' '.join(words)}".replace(f"{EXAMPLES}/", "integration/examples/"))
        text = self.up.kubectl(*words)
        lines = text.splitlines()
        if words[:2] == ("rollout", "status"):
            lines = [*(["  ..."] if len(lines) > 1 else []), *lines[-1:]]
        print("".join(f"  {line}\n" for line in lines), end="", flush=True)
        return text

    def pods(self):
        return json.loads(self.up.kubectl("get", "pods", "-l", "app=shop", "-o", "json"))["items"]

    def endpoints(self):
        """Nodes of the endpoints that take traffic."""
        slices = json.loads(self.up.kubectl(
            "get", "endpointslices", "-l", "kubernetes.io/service-name=shop", "-o", "json"))["items"]
        return [one["nodeName"] for value in slices for one in value.get("endpoints") or []
                if one["conditions"].get("ready")]

    @staticmethod
    def _lines(answers):
        """Each pod; while two versions are there, each version."""
        versions = {}
        for name, count in answers.items():
            versions.setdefault(name.split()[0].rpartition("-")[0], []).append(count)
        if len(versions) < 2:
            return answers
        return {f"{version}, {len(counts)} pods": sum(counts) for version, counts in versions.items()}

    def start_traffic(self):
        return subprocess.Popen(
            ["ip", "netns", "exec", self.world.namespace("node1"), TRAFFIC, SERVICE_IP], stdout=subprocess.PIPE)

    def end_traffic(self, child):
        child.send_signal(signal.SIGTERM)
        result = json.loads(child.communicate(timeout=20)[0])
        total = sum(result["answers"].values())
        for name, count in sorted(self._lines(result["answers"]).items()):
            print(f"  {name:36} {count:5}  {count / total:5.0%}")
        print(f"  {total} connections answered, {len(result['failures'])} failed", *result["failures"][:1], flush=True)
        return result

    def deploy(self):
        heading(f"From kubectl apply to the first answer: median of {RUNS} runs, and the slowest")
        manifest = str(EXAMPLES / "5-deployment.yaml")
        runs = []
        for number in range(RUNS):
            if number:
                self.up.kubectl("delete", "-f", manifest, "--wait=true")
                if not wait_until(lambda: not self.pods() and not self.endpoints(), 30, 0.2):
                    self.problem("pods of a deleted Deployment are left after 30 s")
            steps = self.time_steps(manifest, self.kubectl if number == 0 else self.up.kubectl)
            if not steps:
                return
            runs.append(steps)
        if any(set(run) != set(runs[0]) for run in runs) or len(runs[0]) != STEPS:
            self.problem("the watches did not show every step of each run")
        print_timeline(runs)

    def time_steps(self, manifest, kubectl):
        """Seconds from the start of `kubectl apply` to each step; nothing if nobody answers."""
        timeline = Timeline(["ip", "netns", "exec", self.world.namespace("node1"), "kubectl", "--kubeconfig", str(self.up.kubeconfig)])
        time.sleep(1.5)
        waiting = subprocess.Popen(
            ["ip", "netns", "exec", self.world.namespace("node1"), TRAFFIC, SERVICE_IP, "--first"],
            stdout=subprocess.PIPE)
        start = time.monotonic()
        kubectl("apply", "-f", manifest)
        stored = time.monotonic()
        answer = waiting.communicate(timeout=40)[0]
        time.sleep(0.3)
        timeline.stop()
        if waiting.returncode:
            self.problem("nobody answered within 30 s")
            return {}
        steps = {**timeline.steps, "kubectl has ended": stored, "first answer": json.loads(answer)["at"]}
        return {name: at - start for name, at in steps.items() if at >= start}

    def spread(self, count):
        if not wait_until(lambda: len(self.endpoints()) == count, 20, 0.1):
            self.problem(f"there are {len(self.endpoints())} endpoints, not {count}")
        time.sleep(0.3)
        traffic = self.start_traffic()
        time.sleep(2)
        result = self.end_traffic(traffic)
        if len(result["answers"]) != count or result["failures"]:
            self.problem(f"not all of {count} pods answered, or not always: {result['failures'][:1]}")

    def roll(self):
        heading("A new version, while clients keep connecting")
        traffic = self.start_traffic()
        self.kubectl("set", "image", "deployment/shop", "shop=shop:v2")
        self.kubectl("rollout", "status", "deployment/shop", "--timeout=60s")
        time.sleep(1)
        if self.end_traffic(traffic)["failures"]:
            self.problem("connections failed during the rollout")
        images = {pod["spec"]["containers"][0]["image"] for pod in self.pods()
                  if not pod["metadata"].get("deletionTimestamp")}
        if images != {"shop:v2"}:
            self.problem(f"pods of other versions are left: {images}")

    def fail_node(self):
        heading("A node fails: its pods leave the endpoints and come back elsewhere")
        print("  the controllers look every second and give up on a node after 15 s here (--node-monitor-period,\n"
              "  --node-monitor-grace-period); the defaults are 5 s and 40 s")
        self.kubectl("annotate", "node", "node-2", "viaduct.io/simulated-node=stopped")
        start = time.monotonic()
        for what, is_so in [
            ("node-2 is not ready, its pods are out of the endpoints", lambda: "node-2" not in self.endpoints()),
            ("there are 6 endpoints again, on other nodes", lambda: len(self.endpoints()) == 6),
        ]:
            if wait_until(is_so, 60, 0.2):
                print(f"  after {time.monotonic() - start:4.1f} s: {what}", flush=True)
            else:
                self.problem(f"not within 60 s: {what}")
        self.kubectl("get", "pods", "-o", "wide")

    def run(self):
        heading("Deployments: node1 runs the controllers, the scheduler and three simulated nodes as well")
        if not wait_until(lambda: self.up.kubectl("get", "nodes").count(" Ready ") >= 4, 20, 0.2):
            self.problem("the nodes are not ready after 20 s")
        self.kubectl("get", "nodes")
        self.deploy()
        heading("Traffic spreads over 3 pods")
        self.spread(3)
        heading("Scaled to 6")
        self.kubectl("scale", "deployment/shop", "--replicas=6")
        self.spread(6)
        self.roll()
        self.fail_node()
        if problem := self.up.node_problem():
            self.problem(problem)


def main():
    parser = argparse.ArgumentParser(prog="integration/demo_deployments.py", description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", default=default_binary(), help="default: the newest build")
    chosen = parser.parse_args()
    if not chosen.viaduct:
        sys.exit("no build of viaduct: run integration/demo")
    with tempfile.TemporaryDirectory() as data, World() as world:
        up = Up(world, chosen.viaduct, data, ARGUMENTS)
        demo = DeploymentDemo(world, up)
        demo.run()
        up.stop()
    heading("Done: every step was seen" if demo.problems == 0 else f"{demo.problems} problems")
    sys.exit(1 if demo.problems else 0)


if __name__ == "__main__":
    main()
