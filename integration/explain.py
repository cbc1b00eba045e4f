"""Asks `viaduct explain` on node1, and compares what it says of a flow with what became of it."""

import json
import select
import subprocess

from agent import PATIENCE
from world import ADDRESSES, die_with_parent

#: What a connection gets that nobody translates.
UNTOUCHED = {"local": "REJECT", "forwarded": "NOROUTE", "unreachable": "NOROUTE"}


class Explainer:
    """One `viaduct explain --batch` at a time, which reads the API server anew for each question."""

    def __init__(self, world, binary, proxy):
        self.world = world
        self.binary = binary
        self.proxy = proxy
        self.child = None

    def restart(self):
        self.stop()
        self.child = subprocess.Popen(
            ["ip", "netns", "exec", self.world.namespace("node1"), str(self.binary), "explain", "--batch",
             "--config", str(self.proxy.config_path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)

    def ask(self, source, target):
        """The explanation; {"error": ...} where there is none."""
        try:
            self.child.stdin.write(f"{source} {target}\n")
            self.child.stdin.flush()
            ready, _, _ = select.select([self.child.stdout], [], [], 60 * PATIENCE)
            line = self.child.stdout.readline() if ready else ""
        except OSError as error:
            return {"error": f"explain does not take questions: {error}"}
        return json.loads(line) if line else {"error": "explain does not answer"}

    def stop(self):
        if self.child is not None:
            self.child.stdin.close()
            try:
                self.child.wait(30 * PATIENCE)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
            self.child = None


def client_address(flow):
    """The address that the flow comes from; None: node1 chooses."""
    if flow.get("source"):
        return flow["source"]
    if flow["from"] == "node1":
        return None
    family = ":" in flow["destination"]
    return next(address for address in ADDRESSES[flow["from"]] if (":" in address) == family)


def question(flow):
    destination = f"[{flow['destination']}]" if ":" in flow["destination"] else flow["destination"]
    return client_address(flow) or "node", f"{destination}:{flow['port']}/{flow['protocol'].lower()}"


def predicted_outcome(explanation, flow):
    outcome = explanation["outcome"]
    result = outcome["result"]
    if result == "endpoints":
        return "OK"
    if result == "refused":
        return f"ERR:{outcome['error']}" if outcome.get("error") else "REJECT"
    if result == "dropped":
        return "DROP"
    if result == "untouched" and outcome["route"]["kind"] == "forwarded" and flow["protocol"] == "UDP":
        return "DROP"  # Linux does not tell programs that a host cannot be reached over UDP
    # What begins on another node and means a Service is that node's to translate; none does in this world.
    return UNTOUCHED[outcome["route"]["kind"]] if result == "untouched" else "NOROUTE"


def disagreements(explanation, flow, expected, results):
    """What of an explanation is not so: with what upstream does, and with what was seen; [] if all is."""
    if "error" in explanation:
        return [explanation["error"]]
    wrong = []
    outcome = predicted_outcome(explanation, flow)
    allowed = expected["outcome"] if isinstance(expected["outcome"], list) else [expected["outcome"]]
    seen = {result[0] for result in results}
    if outcome not in allowed or seen != {outcome}:
        wrong.append(f"predicted {outcome}, expected {allowed}, seen {sorted(seen)}")
    endpoints = {one["address"]: one for one in explanation.get("endpoints", [])}
    wrong += wrong_endpoints(explanation, set(endpoints), expected, {result[1] for result in results if result[1]})
    client = client_address(flow)
    for _, endpoint, source in {tuple(result) for result in results if result[1]}:
        masqueraded = endpoints.get(endpoint, {}).get("isMasqueraded")
        if client and masqueraded is not None and (source in ADDRESSES["node1"]) != masqueraded:
            wrong.append(f"{endpoint} saw {source}, predicted {'node1' if masqueraded else client}")
    wrong += [
        f"the kernel is said to differ: {one['state']} {one['object']} in {one['place']} {one.get('found', '')}"
        for one in explanation["kernel"]["objects"] if one["state"] != "present"]
    wrong += [f"said to be in the way: {one['message']} ({one['place']})" for one in explanation["obstacles"]]
    wrong += [f"not looked at: {one['what']}: {one['why']}" for one in explanation["gaps"]]
    if not explanation["kernel"].get("objects"):
        wrong.append("nothing was looked up in the kernel")
    return wrong


def wrong_endpoints(explanation, predicted, expected, seen):
    affinity = explanation.get("affinity")
    kept = affinity and affinity.get("endpoint")
    if kept:
        return [] if seen <= {kept} else [f"predicted {kept}, which this client keeps, seen {sorted(seen)}"]
    if affinity:
        return [] if seen <= predicted else [f"predicted one of {sorted(predicted)}, seen {sorted(seen)}"]
    wanted = set(expected.get("endpoints", seen))
    return [] if predicted == wanted == seen else [f"predicted {sorted(predicted)}, expected {sorted(wanted)}, seen {sorted(seen)}"]
