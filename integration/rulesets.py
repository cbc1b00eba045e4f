"""What a proxy mode leaves in the kernel of node1: to list, to watch, to damage, and what other programs put beside it."""

import json
import pathlib
import re
import time

from proxy import output_directory
from world import wait_until


class Ruleset:
    """The rules of all programs on node1, as one kind of tool shows them."""

    def __init__(self, world):
        self.world = world

    @property
    def section(self):
        """The mode's section of the configuration file."""
        return self.mode

    def run(self, *command, input=None):
        done = self.world.run("node1", list(command), input=input)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout


class NftRuleset(Ruleset):
    mode = "nftables"
    table = "viaduct"

    def clear(self):
        self.run("nft", "flush", "ruleset")

    def listing(self):
        """All rules with their handles, so that a rule that is replaced by an equal one shows."""
        return self.run("nft", "-a", "list", "ruleset")

    def text(self):
        """All rules, in any order."""
        return sorted(self.run("nft", "list", "ruleset").split("\n"))

    def objects(self, kind):
        listed = json.loads(self.run("nft", "-j", "list", "ruleset"))["nftables"]
        return [entry[kind] for entry in listed if kind in entry and entry[kind].get("table") == self.table]

    def add_foreign(self):
        self.run("nft", "-f", "-", input=(
            "table ip other { set s { type ipv4_addr; elements = { 10.0.0.1, 10.0.0.2 }; }\n"
            " chain c { type filter hook forward priority 10; ip saddr @s counter drop; }; }\n"
            "table inet firewall { chain input { type filter hook input priority 5; tcp dport 9999 drop; }; }\n"))

    def foreign(self):
        return "".join(self.run("nft", "list", "table", *table.split()) for table in ("ip other", "inet firewall"))

    def damages(self):
        """What others could do, by name: commands after which 172.30.1.1 is not served any more."""
        map_name = next(one["name"] for one in self.objects("map") if "172.30.1.1" in json.dumps(one.get("elem", [])))
        hook = next(one["name"] for one in self.objects("chain")
                    if one.get("hook") == "prerouting" and one.get("type") == "nat")
        return {
            f"map {map_name} flushed": ["nft", "flush", "map", "ip", self.table, map_name],
            f"chain {hook} flushed": ["nft", "flush", "chain", "ip", self.table, hook],
            "a rule inserted": ["nft", "insert", "rule", "ip", self.table, hook, "ip", "daddr", "172.30.1.1", "drop"],
            "the table deleted": ["nft", "delete", "table", "ip", self.table],
        }

    def __enter__(self):
        """Records every change until the end of the `with`."""
        self.path = output_directory() / "nft-monitor.txt"
        self.child = self.world.start("node1", ["nft", "monitor"], output=open(self.path, "w"))
        wait_until(self._queues)
        return self

    def __exit__(self, *_):
        wait_until(lambda: not any(self._queues()), pause=0.2)
        time.sleep(0.2)  # what it has read it writes
        self.child.terminate()
        self.child.wait()

    def _queues(self):
        """How many bytes wait for the program that listens to changes, for each socket with which it listens."""
        sockets = [line.split() for line in pathlib.Path(f"/proc/{self.child.pid}/net/netlink").read_text().splitlines()[1:]]
        # of netfilter (12), in a group
        return [int(one[4]) for one in sockets if one[1] == "12" and one[2] == str(self.child.pid) and int(one[3], 16)]

    def changes(self):
        return [line for line in self.path.read_text().splitlines() if line and not line.startswith("# new generation")]


class LegacyRuleset(Ruleset):
    mode = "iptables"
    # a replaced table is all new: what the kernel shows is its rules, and counters that go on
    tools = ("iptables-legacy", "ip6tables-legacy")

    def clear(self):
        self.run("nft", "flush", "ruleset")
        for tool in self.tools:
            for table in ("nat", "filter", "mangle"):
                self.run(tool, "-t", table, "-F")
                self.run(tool, "-t", table, "-X")

    def text(self):
        saved = "".join(self.run(f"{tool}-save") for tool in self.tools)
        # times, policy counters, and the kubelet's chain, which stays
        return [re.sub(r" \[\d+:\d+\]$", "", line) for line in saved.split("\n")
                if not line.startswith("#") and "KUBE-FIREWALL" not in line]

    def listing(self):
        return "\n".join(self.text())

    def add_foreign(self):
        self.run("iptables-legacy-restore", "--noflush", "-c", input=(
            "*nat\n:OTHER - [0:0]\n[3:33] -A PREROUTING -j OTHER\n[7:77] -A OTHER -d 10.99.0.1/32 -j RETURN\nCOMMIT\n"
            "*filter\n:FIREWALL - [0:0]\n[5:55] -A INPUT -p tcp -m tcp --dport 9999 -j DROP\n"
            "[2:22] -A FIREWALL -s 10.99.0.0/16 -j DROP\nCOMMIT\n"))

    def foreign(self):
        saved = self.run("iptables-legacy-save", "-c")
        return "\n".join(line for line in saved.split("\n") if "OTHER" in line or "FIREWALL -s" in line or "9999" in line)

    def damages(self):
        chain = next(line.split()[1] for line in self.text() if "-A KUBE-SVC-" in line and "172.30.1.1/32" in line)
        return {
            f"chain {chain} flushed": ["iptables-legacy", "-t", "nat", "-F", chain],
            "chain PREROUTING flushed": ["iptables-legacy", "-t", "nat", "-F", "PREROUTING"],
            "a rule inserted": ["iptables-legacy", "-t", "nat", "-I", chain, "-d", "172.30.1.1", "-j", "ACCEPT"],
            "the table flushed": ["iptables-legacy", "-t", "nat", "-F"],
        }

    def __enter__(self):
        self.before = set(self.text())
        return self

    def __exit__(self, *_):
        self.after = set(self.text())

    def changes(self):
        return sorted(f"- {line}" for line in self.before - self.after) + sorted(
            f"+ {line}" for line in self.after - self.before)


class IPVSRuleset(NftRuleset):
    """Virtual servers and service addresses beside the nftables ruleset."""

    mode = "ipvs"
    table = "viaduct-ipvs"
    device = "kube-ipvs0"
    settings = pathlib.Path("/proc/sys/net/ipv4/vs")  # there while ip_vs is loaded

    def clear(self):
        super().clear()
        self.world.run("node1", ["ip", "link", "del", self.device])
        if self.settings.exists():
            self.run("ipvsadm", "-C")

    def servers(self):
        """What ipvsadm would save: a sorted list of lines."""
        return sorted(self.run("ipvsadm", "-Sn").splitlines())

    def addresses(self):
        listed = self.world.run("node1", ["ip", "-o", "addr", "show", "dev", self.device]).stdout
        return {line.split()[3].split("/")[0] for line in listed.splitlines()}

    def listing(self):
        return "\n".join([super().listing(), *self.servers(), *sorted(self.addresses())])

    def text(self):
        return super().text() + self.servers() + sorted(self.addresses())


class LoopbackAddresses(Ruleset):
    """Userspace mode has no rules: local routes to lo for service addresses, and sockets as long as the proxy runs."""

    mode = "userspace"
    section = "iptables"

    def clear(self):
        self.run("nft", "flush", "ruleset")
        for family in ("-4", "-6"):
            for address in self.addresses(family):
                if address not in ("127.0.0.1", "::1"):
                    self.run("ip", family, "addr", "del", address, "dev", "lo")
            for address in self.routes(family):
                self.run("ip", family, "route", "del", "local", address, "dev", "lo", "table", "local")

    def addresses(self, family="-4", *selection):
        listed = self.run("ip", "-o", family, "addr", "show", "dev", "lo", *selection)
        return {line.split()[3].split("/")[0] for line in listed.splitlines()}

    def routes(self, family):
        """By the number of their maker."""
        listed = self.run("ip", family, "route", "show", "table", "local", "proto", "199")
        return {line.split()[1] for line in listed.splitlines()}

    def ours(self):
        """The service addresses; where an earlier version left some as addresses of lo, those as well."""
        return self.routes("-4") | self.routes("-6") | self.addresses("-4", "label", "lo:viaduct")

    def text(self):
        return sorted(self.addresses() | self.addresses("-6") | self.routes("-4") | self.routes("-6"))

    def listing(self):
        return "\n".join(self.text())

    def sockets(self):
        """Addresses and ports on which somebody listens."""
        return {" ".join(line.split()[0:1] + line.split()[4:5]) for line in self.run("ss", "-Hlntu").splitlines()}

    def add_foreign(self):
        self.run("ip", "addr", "add", "10.99.0.1/32", "dev", "lo")
        self.run("ip", "-6", "addr", "add", "fd00:99::1/128", "dev", "lo")

    def foreign(self):
        return [line for family in ("-4", "-6") for line in self.run("ip", "-o", family, "addr", "show").splitlines()
                if ":99::" in line or "10.99." in line]

    def damages(self):
        return {"an address deleted": ["ip", "route", "del", "local", "172.30.1.1", "dev", "lo", "table", "local"]}

    def __enter__(self):
        self.before = set(self.text()) | self.sockets()
        return self

    def __exit__(self, *_):
        self.after = set(self.text()) | self.sockets()

    def changes(self):
        return sorted(self.before ^ self.after)


RULESETS = {one.mode: one for one in (NftRuleset, LegacyRuleset)}
