import ProxyConfiguration
import ProxyServer

/// The fill level of the conntrack table and the neighbour table.
enum ConntrackFindings {
    static let count = "/proc/sys/net/netfilter/nf_conntrack_count"
    static let maximum = "/proc/sys/net/netfilter/nf_conntrack_max"
    static let buckets = "/proc/sys/net/netfilter/nf_conntrack_buckets"
    static let hashSize = "/sys/module/nf_conntrack/parameters/hashsize"
    static let neighbourLimit = "/proc/sys/net/ipv4/neigh/default/gc_thresh3"

    static func all(_ facts: HostFacts) -> [Finding] {
        full(facts) + size(facts) + buckets(facts) + losses(facts) + neighbours(facts)
    }

    private static func full(_ facts: HostFacts) -> [Finding] {
        guard let used = facts.number(count), let room = facts.number(maximum), room > 0, used >= 0 else { return [] }
        let share = Double(used) / Double(room)
        guard share >= 0.8 else { return [] }
        let percent = Int((share * 100).rounded(.down))
        return [
            Finding(
                "conntrack-full", share >= 0.95 ? .error : .warning,
                share >= 1
                    ? "the table of connections is full: new connections are dropped"
                    : "the table of connections is \(percent) % full: when it is full, new connections are dropped",
                modes: .netfilter, evidence: [facts.evidence(count), facts.evidence(maximum)],
                cures: [facts.setting(maximum, more(than: room, facts))])
        ]
    }

    private static func more(than room: Int, _ facts: HostFacts) -> Int {
        room <= Int.max / 2 ? max(room * 2, proposed(facts)) : room
    }

    /// What the proxy sets by its defaults.
    private static func proposed(_ facts: HostFacts) -> Int {
        ConntrackSysctls.maximum(ConntrackSettings(), cores: facts.processorCount) ?? 131_072
    }

    /// The proxy makes the table larger at its start, unless it may not.
    private static func size(_ facts: HostFacts) -> [Finding] {
        let wanted = proposed(facts)
        guard let room = facts.number(maximum), room < wanted else { return [] }
        // What a process without the privilege may not write says nothing about a proxy.
        let mayNot = facts.privileges.has(.netAdmin) && facts.unwritable.contains(maximum)
        return [
            Finding(
                "conntrack-size", mayNot ? .warning : .note,
                "the table of connections has room for \(room), fewer than kube-proxy's default for "
                    + "\(facts.processorCount) processors, \(wanted); "
                    + (mayNot
                        ? "it cannot be changed from here, so neither can a proxy that runs like this"
                        : "the proxy sets that at its start by default"),
                modes: .netfilter, evidence: [facts.evidence(maximum)], cures: [facts.setting(maximum, wanted)])
        ]
    }

    private static func buckets(_ facts: HostFacts) -> [Finding] {
        guard let room = facts.number(maximum), let lists = facts.number(buckets), lists > 0, room / lists > 8 else {
            return []
        }
        return [
            Finding(
                "conntrack-buckets", .note,
                "up to \(room / lists) connections share a list of the table: looking one up is slow when it is full",
                modes: .netfilter, evidence: [facts.evidence(maximum), facts.evidence(buckets)],
                cures: ["echo \(room / 4) > \(hashSize)"])
        ]
    }

    private static func losses(_ facts: HostFacts) -> [Finding] {
        guard let statistics = facts.conntrackStatistics.value else { return [] }
        let lost = ["drop", "early_drop"].compactMap { name in
            statistics[name].flatMap { $0 > 0 ? Finding.Evidence("/proc/net/stat/nf_conntrack", "\(name) \($0)") : nil }
        }
        guard !lost.isEmpty else { return [] }
        return [
            Finding(
                "conntrack-losses", .note,
                "the table of connections has been full since this host started: packets were dropped, or connections "
                    + "forgotten early", modes: .netfilter, evidence: lost,
                cures: facts.number(maximum).map { [facts.setting(maximum, more(than: $0, facts))] } ?? [])
        ]
    }

    private static func neighbours(_ facts: HostFacts) -> [Finding] {
        guard let used = facts.neighbours.value, let room = facts.number(neighbourLimit), room > 0,
            Double(used) >= 0.8 * Double(room)
        else { return [] }
        return [
            Finding(
                "neighbours-full", .warning,
                "the table of neighbours is nearly full: pods and hosts beyond its limit are not reached",
                evidence: [Finding.Evidence("/proc/net/arp", "\(used) entries"), facts.evidence(neighbourLimit)],
                cures: [facts.setting(neighbourLimit, room <= Int.max / 4 ? room * 4 : room)])
        ]
    }
}
