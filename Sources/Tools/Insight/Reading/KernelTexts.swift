import NetworkAddress

/// Small tables of /proc as text.
enum KernelTexts {
    /// Devices of IPv4's default routes (/proc/net/route).
    static func defaultRoutes4(_ text: String) -> [HostFacts.DefaultRoute] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split { $0.isWhitespace }
            // Not those that refuse.
            guard fields.count > 7, fields[1] == "00000000", fields[7] == "00000000", fields[0] != "*",
                let flags = UInt32(fields[3], radix: 16), flags & 0x200 == 0
            else { return nil }
            return HostFacts.DefaultRoute(.ipv4, String(fields[0]))
        }
    }

    /// Devices of IPv6's default routes (/proc/net/ipv6_route).
    static func defaultRoutes6(_ text: String) -> [HostFacts.DefaultRoute] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split { $0.isWhitespace }
            guard fields.count > 9, fields[0].allSatisfy({ $0 == "0" }), fields[1] == "00", fields[9] != "lo",
                let flags = UInt32(fields[8], radix: 16), flags & 0x200 == 0
            else { return nil }
            return HostFacts.DefaultRoute(.ipv6, String(fields[9]))
        }
    }

    /// Virtual servers by kind (/proc/net/ip_vs). Marks of ours have 0x56 in the highest byte.
    static func virtualServers(_ text: String) -> HostFacts.VirtualServers {
        var found = HostFacts.VirtualServers()
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 2 else { continue }
            switch fields[0] {
            // The second line begins with the name of a column.
            case "TCP", "UDP", "SCTP": found.byAddress += 1
            case "FWM":
                let isOurs = UInt32(fields[1], radix: 16).map { $0 >> 24 == 0x56 } ?? false
                if isOurs { found.byOurMark += 1 } else { found.byOtherMark += 1 }
            default: continue
            }
        }
        return found
    }

    /// Sums of the columns of all processors (/proc/net/stat/nf_conntrack); numbers are hexadecimal.
    static func conntrackStatistics(_ text: String) -> [String: UInt64] {
        let lines = text.split(separator: "\n").map { $0.split { $0.isWhitespace } }
        guard let names = lines.first else { return [:] }
        var sums: [String: UInt64] = [:]
        for line in lines.dropFirst() {
            for (name, value) in zip(names, line) {
                sums[String(name), default: 0] &+= UInt64(value, radix: 16) ?? 0
            }
        }
        return sums
    }

    /// The hard limit of open files (/proc/self/limits); nil: none, or not said.
    static func fileLimit(_ text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Max open files") }) else {
            return nil
        }
        let numbers = line.split { $0.isWhitespace }.dropFirst(3)
        return numbers.dropFirst().first.flatMap { Int($0) }
    }

    /// How many processors are online, from a list such as `0-3,8`.
    static func processorCount(_ text: String) -> Int {
        PortFindings.ranges(text).reduce(0) { $0 + $1.count }
    }
}
