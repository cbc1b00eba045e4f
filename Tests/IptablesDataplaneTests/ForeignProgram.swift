import NetworkAddress
import TestSupport
import Testing

/// A program like a container engine or a CNI plugin: chains and rules of its own, jumps from the built-in chains
/// before and behind others, with counters, changed again and again through iptables-legacy-restore.
struct ForeignProgram {
    private let family: IPFamily
    private var random = SeededGenerator(seed: 99)
    private var ports: [Int] = [8001, 8002]
    private var next = 8003
    private var counter = 1000

    init(_ family: IPFamily) { self.family = family }

    /// Its lines of iptables-save -c.
    private(set) var wanted: [String] = []

    /// No packet comes from there, so that counters do not depend on what other tests send.
    private var nobody: String { family == .ipv4 ? "203.0.113.9" : "2001:db8:9::9" }

    mutating func start() throws {
        try LegacyCommand.restore(
            family,
            [
                "*nat", ":OTHER-PORTS - [0:0]", ":OTHER-SNAT - [0:0]",
                "[7:700] -A PREROUTING -m addrtype --dst-type LOCAL -j OTHER-PORTS",
                "[8:800] -A POSTROUTING -s \(nobody) -m comment --comment \"OTHER; masquerade\" -j OTHER-SNAT",
                "COMMIT",
                "*filter", ":OTHER-FORWARD - [0:0]", "[5:500] -A FORWARD -j OTHER-FORWARD", "COMMIT",
            ])
        try LegacyCommand.run(family, "-P FORWARD ACCEPT")
        try LegacyCommand.run(family, "-t filter -I INPUT 1 -s \(nobody) -m comment --comment OTHER-first -c 3 300")
        try step()
    }

    /// Publishes a port, or takes one back.
    mutating func step() throws {
        if ports.count > 4 || random.oneIn(3) {
            ports.remove(at: Int.random(in: 0..<ports.count, using: &random))
        } else {
            ports.append(next)
            next += 1
        }
        counter += 1
        let target = family == .ipv4 ? "10.88.0.2" : "[fd88::2]"
        let nat = ports.map {
            "[\(counter):\($0)] -A OTHER-PORTS -p tcp -m tcp --dport \($0) -j DNAT --to-destination \(target):80"
        }
        let forward = ports.map { "[\($0):\(counter)] -A OTHER-FORWARD -p tcp -m tcp --dport \($0) -j ACCEPT" }
        try LegacyCommand.restore(
            family,
            ["*nat", ":OTHER-PORTS - [0:0]"] + nat + ["COMMIT", "*filter", ":OTHER-FORWARD - [0:0]"] + forward
                + ["COMMIT"])
        wanted = try ["filter", "nat"].flatMap { try LegacyCommand.save(family, $0) }.filter { $0.contains("OTHER") }
    }
}
