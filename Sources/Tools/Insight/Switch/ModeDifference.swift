package import Dataplane
import IPVSDataplane
import IptablesDataplane
import NftablesDataplane
import ProxyConfiguration
import ProxyServer
import UserspaceDataplane

/// Something that connections meet in some modes and not in others. ARCHITECTURE.md has the reasons, and
/// integration/differences.py userspace mode's flows one by one.
package struct ModeDifference: Sendable {
    /// The modes that it is true of.
    var modes: Set<Backend>
    var text: String
    /// What is true of the others; nil: just not that.
    var otherwise: String?

    static let all = [
        ModeDifference(
            modes: [.userspace],
            text: "every connection goes through the proxy: endpoints see this node's address, not the client's, and "
                + "connections end with the process",
            otherwise:
                "the kernel translates: endpoints see the client's address where it need not be masqueraded, and "
                + "connections outlive the proxy"),
        ModeDifference(
            modes: [.nftables, .ipvs, .userspace], text: "ports of a cluster IP that no Service has are refused",
            otherwise: "packets to ports of a cluster IP that no Service has go on by this host's routes"),
        ModeDifference(
            modes: [.nftables], text: "packets to cluster IPs that no Service has are dropped"),
        ModeDifference(
            modes: [.userspace], text: "SCTP Services are not served", otherwise: "SCTP Services are served"),
        ModeDifference(
            modes: [.userspace], text: "node ports answer on loopback, too"),
        ModeDifference(
            modes: [.userspace],
            text: "a node port that a program listens on stays that program's, and the Service is not served there",
            otherwise: "a node port that a program listens on is the Service's"),
        ModeDifference(
            modes: [.nftables],
            text:
                "node ports answer on the node's first addresses only unless nodePortAddresses says otherwise, and not "
                + "on loopback",
            otherwise: "node ports answer on all addresses of the node unless nodePortAddresses says otherwise"),
        ModeDifference(
            modes: [.ipvs],
            text:
                "the scheduler chooses the endpoint (round robin unless set), weights are possible, and connections of "
                + "an endpoint that goes may end first (drain)",
            otherwise: "each new connection gets an endpoint at random, and one that goes takes no new connections"),
        ModeDifference(
            modes: [.ipvs],
            text: "session affinity on node ports is by a hash of the client (mh), without a timeout",
            otherwise: "session affinity remembers clients for the timeout of the Service"),
        ModeDifference(
            modes: [.ipvs], text: "packets' marks are set and cleared: other programs' marks on them are lost"),
        ModeDifference(
            modes: [.iptables],
            text:
                "the kernel remembers the last clients of an endpoint for session affinity, 100 unless xt_recent was "
                + "loaded with more"),
        ModeDifference(
            modes: [.iptables],
            text: "a change replaces the whole table: 0.1 to 0.2 s with 10,000 Services",
            otherwise: "a change of an endpoint takes milliseconds, whatever the number of Services"),
    ]

    /// What is new for connections in `after`, and what is over.
    package static func between(_ before: [Backend], _ after: Backend) -> [String] {
        all.compactMap { difference in
            let isNow = difference.modes.contains(after)
            let was = before.contains { difference.modes.contains($0) }
            let wasNot = before.contains { !difference.modes.contains($0) }
            if isNow, wasNot { return difference.text }
            if !isNow, was { return difference.otherwise ?? "no more: \(difference.text)" }
            return nil
        }
    }
}
