internal import Dataplane
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// Explains failures to users.
extension IptablesDataplane {
    static func explained(_ failure: TableFailure, _ family: IPFamily) -> DataplaneError {
        switch failure {
        case .system(let error):
            if error.code == ENOENT, let missing = missingExtension(family) {
                return DataplaneError(
                    operation: error.operation, code: error.code,
                    message: "this kernel lacks \(missing), which iptables mode needs; load it, or use nftables mode")
            }
            return explained(error)
        case .format(let table, let error):
            return DataplaneError(
                operation: "understand iptables table \(table.rawValue)", message: error.description)
        }
    }

    private static func missingExtension(_ family: IPFamily) -> String? {
        guard let socket = try? TableSocket(family) else { return nil }
        let needed: [(StaticString, UInt8)] = [
            ("tcp", 0), ("udp", 0), ("comment", 0), ("conntrack", 3), ("addrtype", 1), ("mark", 1), ("statistic", 0),
            ("recent", 1),
        ]
        return needed.first { !socket.hasMatch($0.0, revision: $0.1) }.map { "the match xt_\($0.0)" }
    }

    static func explained(_ error: SystemError) -> DataplaneError {
        let hint =
            switch error.code {
            case EPERM, EACCES: " (run as root or with the capabilities CAP_NET_ADMIN and CAP_NET_RAW)"
            case ENOPROTOOPT, ENOENT, EOPNOTSUPP:
                "; this kernel has no legacy iptables tables: load the modules iptable_nat and iptable_filter (and "
                    + "ip6table_nat and ip6table_filter), if it has them, or use nftables mode (--proxy-mode nftables)"
            default: ""
            }
        return DataplaneError(operation: error.operation, code: error.code, message: error.message + hint)
    }
}
