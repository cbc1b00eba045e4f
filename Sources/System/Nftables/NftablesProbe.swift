internal import CNftables
package import LinuxSystem
internal import Netlink
package import NetworkAddress

/// Tries whether the kernel accepts something, without leaving anything behind.
package enum NftablesProbe {
    /// Rehearses a table that uses the feature: a transaction without an end, which the kernel checks message by
    /// message and throws away.
    ///
    /// - Throws: the kernel's error: ENOENT or EOPNOTSUPP if it lacks the feature, EPERM without CAP_NET_ADMIN.
    package static func run(_ feature: NftablesFeature, _ family: IPFamily) throws(SystemError) {
        var socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
        let (plan, layout) = feature.plan(family)
        let first = socket.reserveSequence(64)
        let transaction = try TransactionEncoder.encode(
            plan, family: family, table: "viaduct-doctor", layout: layout, firstSequence: first, isRehearsal: true)
        if let rejection = try socket.sendBatch(transaction.bytes).first { throw rejection.error }
    }
}
