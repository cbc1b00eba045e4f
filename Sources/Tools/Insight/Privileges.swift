/// What this process may do (capabilities(7)).
package struct Privileges: Hashable, Sendable {
    package enum Capability: Int, Hashable, Sendable {
        case netAdmin = 12
        case netRaw = 13
        case sysPtrace = 19
        case sysAdmin = 21
        case sysResource = 24

        package var name: String {
            switch self {
            case .netAdmin: "CAP_NET_ADMIN"
            case .netRaw: "CAP_NET_RAW"
            case .sysPtrace: "CAP_SYS_PTRACE"
            case .sysAdmin: "CAP_SYS_ADMIN"
            case .sysResource: "CAP_SYS_RESOURCE"
            }
        }
    }

    /// A bit for each capability.
    package var effective: UInt64

    package init(effective: UInt64 = 0) { self.effective = effective }

    /// From the text of /proc/self/status; none if it does not say.
    package init(status: String) {
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        effective = line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) } ?? 0
    }

    package func has(_ capability: Capability) -> Bool { effective >> UInt64(capability.rawValue) & 1 == 1 }

    /// Why something cannot be done; nil if it can.
    func lacks(_ needed: Capability...) -> String? {
        let missing = needed.filter { !has($0) }.map(\.name)
        return missing.isEmpty ? nil : "needs \(missing.joined(separator: " and ")): run it as root"
    }
}
