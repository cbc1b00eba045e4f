"""Where userspace mode answers differently from iptables mode, flow by flow, and why. All else has to agree."""

from world import ADDRESSES

LOCAL = (
    "service addresses are addresses of lo: what nobody listens on is refused, where netfilter modes translate nothing "
    "and the packet goes on to a router, or to nobody")
RULE = "iptables mode's refusal of the node's own datagrams fails the send; here nobody listens, and the kernel refuses"
LOOPBACK = "iptables.localhostNodePorts belongs to iptables mode; sockets of all addresses serve loopback, too"

NO = {"outcome": "REJECT", "endpoints": []}

# scenario: {(protocol, host, destination, port): (what is right here, why)}; the host may be None for all of them
USERSPACE = {
    "clusterip basic": {
        ("TCP", None, "172.30.0.41", 81): (NO, LOCAL),
        ("UDP", None, "172.30.0.41", 80): (NO, LOCAL),
    },
    "clusterip multi endpoints, target port, hairpin": {("UDP", None, "172.30.0.42", 80): (NO, LOCAL)},
    "no endpoints rejects": {
        ("TCP", "node1", "192.168.99.11", 80): (NO, LOCAL),
        ("TCP", "node1", "1.2.3.4", 80): (NO, LOCAL),
        ("UDP", "node1", "172.30.0.50", 53): (NO, RULE),
    },
    "external ips": {("TCP", None, "192.168.99.11", 81): (NO, LOCAL)},
    "loadbalancer cluster policy": {("TCP", "ext", "1.2.3.4", 81): (NO, LOCAL)},
    "terminating endpoints: none usable, Local": {("TCP", "node1", "1.2.3.10", 80): (NO, LOCAL)},
    "ports change": {("TCP", None, "172.30.0.81", 80): (NO, LOCAL)},
    "service cidr": {("TCP", "pod3", "172.30.1.2", 81): (NO, LOCAL)},
    "node ports on localhost switched off": {
        ("TCP", "node1", "127.0.0.1", 30500):
            ({"outcome": "OK", "endpoints": ["10.180.0.1:80", "10.180.1.1:80"]}, LOOPBACK),
    },
}


def _applies(difference, flow):
    protocol, host, destination, port = difference
    return (protocol, destination, port) == (flow["protocol"], flow["destination"], flow["port"]) and (
        host in (None, flow["from"]))


def userspace_expectation(scenario, flow):
    """What a flow should do in userspace mode: what it does in iptables mode, except that every endpoint sees an
    address of node1, where the proxy is who connects, and except for the table above."""
    expected = {key: value for key, value in flow["expect"]["iptables"].items() if key != "sources"}
    for difference, (outcome, _) in USERSPACE.get(scenario, {}).items():
        # the first flow to a port that iptables mode serves is no difference
        if _applies(difference, flow) and expected["outcome"] != "OK":
            expected = outcome
    return {**expected, "sources_within": ADDRESSES["node1"]}


def unused_differences(scenario):
    """Entries of the table that no flow of the scenario needs: they must go."""
    flows = [flow for step in scenario["steps"] for flow in step.get("flows", [])]
    return [
        difference for difference, (outcome, _) in USERSPACE.get(scenario["name"], {}).items()
        if not any(_applies(difference, flow) and flow["expect"]["iptables"]["outcome"] != outcome["outcome"]
                   for flow in flows)
    ]
