internal import Dataplane
internal import LinuxSystem
package import NetworkAddress

/// Sends messages to IPVS, without the rest of an ``IPVSDataplane``.
package struct IPVSSender: ~Copyable {
    private var kernel: IPVSKernel

    /// Opens a netlink socket in the calling thread's network namespace.
    ///
    /// - Throws: a message for the user if this kernel has no IPVS.
    package init(family: IPFamily) throws { kernel = try IPVSKernel(family: family) }

    /// Sends all messages, many in one call.
    ///
    /// - Throws: the kernel's error for the first message that it rejected.
    /// - Returns: the number of bytes.
    package mutating func send(_ messages: IPVSContent.Messages) throws -> Int {
        let (report, refused) = try kernel.send(messages.commands)
        if let (server, endpoint) = refused.first {
            throw DataplaneError(
                operation: "IPVS: add \(endpoint) to \(server)", message: "the kernel takes the address for no host's")
        }
        return report.bytes
    }

    /// All virtual servers of the family in the calling thread's namespace, one line for each server and each endpoint,
    /// sorted.
    package static func listing(_ family: IPFamily) throws -> [String] {
        var kernel = try IPVSKernel(family: family)
        return try kernel.servers().flatMap { key, server in
            ["\(key) \(server.settings.text)"]
                + server.endpoints.map { "\(key) -> \($0.key) weight \($0.value.weight) \($0.value.isTranslating)" }
        }.sorted()
    }
}
