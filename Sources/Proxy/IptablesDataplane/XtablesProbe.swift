internal import Glibc
package import LinuxSystem
package import NetworkAddress

/// A match or target of the legacy tables that our rules use.
package struct XtablesExtension: Hashable, Sendable {
    package var name: String
    package var revision: UInt8
    package var isTarget: Bool

    private init(_ name: String, _ revision: UInt8, isTarget: Bool = false) {
        self.name = name
        self.revision = revision
        self.isTarget = isTarget
    }

    /// The extensions without which none of our tables can be loaded.
    package static let needed = [
        XtablesExtension("tcp", 0), XtablesExtension("udp", 0), XtablesExtension("comment", 0),
        XtablesExtension("conntrack", 3), XtablesExtension("addrtype", 1), XtablesExtension("mark", 1),
        XtablesExtension("statistic", 0), XtablesExtension("recent", 1),
        XtablesExtension("DNAT", 2, isTarget: true), XtablesExtension("MASQUERADE", 0, isTarget: true),
        XtablesExtension("MARK", 2, isTarget: true), XtablesExtension("REJECT", 0, isTarget: true),
    ]

    /// The extension without which SCTP Services are left out.
    package static let sctp = XtablesExtension("sctp", 0)
}

/// Tries the kernel's legacy tables.
package enum XtablesProbe {
    /// Reads a table, which the kernel creates if this network namespace has none. For a temporary namespace.
    ///
    /// - Throws: ENOPROTOOPT or ENOENT where the kernel has no such table, EPERM without CAP_NET_ADMIN and CAP_NET_RAW.
    package static func table(_ name: String, _ family: IPFamily) throws(SystemError) {
        guard let table = Table(rawValue: name) else { throw SystemError("find table \(name)", code: ENOENT) }
        _ = try TableSocket(family).read(table.kernelName)
    }

    /// Queries a match or target.
    ///
    /// - Throws: ENOENT where the kernel has none of this name, EPROTONOSUPPORT where it has only an older revision.
    package static func run(_ wanted: XtablesExtension, _ family: IPFamily) throws(SystemError) {
        try TableSocket(family).find(wanted.name, revision: wanted.revision, isTarget: wanted.isTarget)
    }
}
