#!/usr/bin/env python3
"""The demonstration: `viaduct up` on node1, kubectl to drive it, real connections to show what it does."""

import argparse
import pathlib
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from proxy import default_binary  # noqa: E402
from up import Up  # noqa: E402
from world import World, wait_until  # noqa: E402

EXAMPLES = pathlib.Path(__file__).resolve().parent / "examples"
ENDPOINTS = ["10.180.0.1", "10.180.0.2", "10.180.1.1", "10.180.1.2", "10.180.1.3"]
HOSTS = {"10.180.0": "node1", "10.180.1": "node2"}
CLUSTER_IP, NODE_ADDRESS, BALANCER_IP, OUTSIDE, STICKY_IP = (
    "10.96.0.80", "192.168.0.2", "1.2.3.4", "203.0.113.2", "10.96.0.81")
MASQUERADED = """:
  node1 masquerades what comes from the outside, so that answers come back through it; with
  externalTrafficPolicy: Local it would keep the client's address and use its own endpoints only"""
TERMINAL = sys.stdout.isatty()


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if TERMINAL else text


def heading(text):
    print(f"\n{paint('1', text)}", flush=True)


def command(text):
    print(paint("2", f"  $ {text}"), flush=True)


def table(tally):
    """One line for each endpoint that answered, with a bar; failures stand out."""
    total = max(sum(tally.values()), 1)
    for name in sorted(tally):
        good = name.rpartition(":")[0] in ENDPOINTS
        label = f"{name} on {HOSTS[name.rpartition('.')[0]]}" if good else f"failed: {name}"
        bar = ("█" if TERMINAL else "#") * round(40 * tally[name] / total)
        print(f"  {label:26} {tally[name]:5}  {tally[name] / total:5.0%}  {paint('32' if good else '31', bar)}")
    if not tally:
        print("  nobody answered")
    sys.stdout.flush()


class Demo:
    def __init__(self, world, up):
        self.world = world
        self.up = up
        self.failures = 0

    def apply(self, name):
        command(f"kubectl apply -f integration/examples/{name}")
        for line in self.up.kubectl("apply", "-f", str(EXAMPLES / name)).splitlines():
            print("  " + line)

    def send(self, title, host, address, port, count=300, source=None, explanation=""):
        heading(title)
        # a load balancer's address is given by a controller, a moment after the Service is there
        self.world[host].until(protocol="TCP", destination=address, port=port, source=source, pause=0.05)
        results = self.world[host].flow(
            protocol="TCP", destination=address, port=port, source=source, count=count)
        tally, sources = {}, set()
        for outcome, endpoint, seen in results:
            key = endpoint if outcome == "OK" else outcome
            tally[key] = tally.get(key, 0) + 1
            if seen:
                sources.add(seen)
        table(tally)
        print(f"  the endpoints saw the client as {', '.join(sorted(sources)) or 'nobody'}{explanation}")
        self.failures += sum(1 for outcome, _, _ in results if outcome != "OK")

    def in_force(self, address, wanted):
        """Waits until exactly these endpoints answer."""
        def seen():
            results = self.world["pod3"].flow(protocol="TCP", destination=address, port=80, count=30, timeout=0.3)
            return {endpoint for _, endpoint, _ in results} == {f"{one}:8080" for one in wanted}
        return wait_until(seen)

    def scale_under_traffic(self):
        heading("Endpoints come and go while clients keep connecting")
        clients = [("pod3", CLUSTER_IP, 80, None), ("ext", BALANCER_IP, 80, OUTSIDE)]
        for host, address, port, source in clients:
            self.world[host].traffic_start(
                name="steady", protocol="TCP", destination=address, port=port, source=source, pause=0.004)
        before = {}
        phases = [
            ("two endpoints", None, None),
            ("three more endpoints", "3-web-scaled.yaml", ENDPOINTS),
            ("back to two", "2-web.yaml", ["10.180.0.1", "10.180.1.1"]),
        ]
        for title, manifest, wanted in phases:
            print()
            if manifest:
                self.apply(manifest)
                if not self.in_force(CLUSTER_IP, wanted):
                    print(paint("31", "  the change is not in force after a minute"))
                    self.failures += 1
                before = self._total(clients)
            time.sleep(1.5)
            now = self._total(clients)
            print(f"  {title}, 1.5 s of traffic from a pod and from the outside:")
            table({name: count - before.get(name, 0) for name, count in now.items() if count > before.get(name, 0)})
        total = self._total(clients)
        for host, *_ in clients:
            self.world[host].traffic_stop(name="steady")
        bad = sum(count for name, count in total.items() if name.rpartition(":")[0] not in ENDPOINTS)
        print(f"\n  {sum(total.values())} connections in all, {bad} failed")
        self.failures += bad

    def _total(self, clients):
        total = {}
        for host, *_ in clients:
            for name, count in self.world[host].traffic_tally(name="steady").items():
                total[name] = total.get(name, 0) + count
        return total

    def run(self):
        heading("A network of namespaces: two nodes, three pods, and the outside")
        print("  node1 runs `viaduct up`: an API server with its store and the service proxy, in one process")
        heading("Services and endpoints, by kubectl")
        for name in ("1-nodes.yaml", "2-web.yaml", "4-sticky.yaml"):
            self.apply(name)
        if not self.in_force(CLUSTER_IP, ["10.180.0.1", "10.180.1.1"]):
            print(paint("31", "  the service does not answer after a minute"))
            self.failures += 1
        command("kubectl get services,endpointslices -o wide")
        print("".join(f"  {line}\n" for line in self.up.kubectl("get", "services,endpointslices", "-o", "wide").splitlines()), end="")
        self.send(f"ClusterIP {CLUSTER_IP}:80, 300 connections from a pod", "pod3", CLUSTER_IP, 80)
        self.send(f"NodePort {NODE_ADDRESS}:30080, 300 connections from the outside", "ext", NODE_ADDRESS, 30080, source=OUTSIDE,
                  explanation=MASQUERADED)
        self.send(f"Load-balancer address {BALANCER_IP}:80, 300 connections from the outside", "ext", BALANCER_IP, 80, source=OUTSIDE,
                  explanation=MASQUERADED)
        self.send(f"Session affinity, {STICKY_IP}:80, 300 connections from a pod", "pod3", STICKY_IP, 80)
        self.scale_under_traffic()
        heading("The API server, as the Service kubernetes")
        for host in ("node1", "pod1", "pod3"):
            address = ["curl", "-sk", "-m", "60", "-o", "/dev/null", "-w", "%{http_code}", "https://10.96.0.1/version"]
            found = self.world.run(host, address).stdout
            print(f"  from {host}: {found}")
            self.failures += found != "200"
        heading("How the kernel does it: one map says how many endpoints each service has, one says which")
        for name in ("endpoint-counts", "endpoints"):
            command(f"nft list map ip viaduct {name}")
            listed = self.world.run("node1", ["nft", "list", "map", "ip", "viaduct", name]).stdout
            print("".join(f"  {line}\n" for line in listed.expandtabs(4).splitlines()), end="")
        if problem := self.up.node_problem():
            print(paint("31", f"  {problem}"))
            self.failures += 1


def main():
    parser = argparse.ArgumentParser(prog="integration/demo_world.py", description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", default=default_binary(), help="default: the newest build")
    chosen = parser.parse_args()
    if not chosen.viaduct:
        sys.exit("no build of viaduct: run integration/demo")
    with tempfile.TemporaryDirectory() as data, World() as world:
        world.serve([(address, 8080, "TCP") for address in ENDPOINTS])
        up = Up(world, chosen.viaduct, data, ["--cluster-cidr", "10.180.0.0/16", "--load-balancer-addresses", BALANCER_IP])
        demo = Demo(world, up)
        demo.run()
        up.stop()
    heading("Done: every connection was answered" if demo.failures == 0 else f"{demo.failures} problems")
    sys.exit(1 if demo.failures else 0)


if __name__ == "__main__":
    main()
