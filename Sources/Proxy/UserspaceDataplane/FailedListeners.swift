internal import Glibc
import KubeAPI
import LinuxSystem
import ServiceModel

/// Sockets that could not be opened, reported to those who can fix it.
struct FailedListeners {
    /// For the Services.
    private(set) var problems: [ServiceProblem] = []
    private var unassigned = 0
    private var tooMany = 0
    /// Services without a file for one of their frontends.
    private var starving: Set<ServicePortName> = []

    mutating func note(_ listener: Listener, _ error: SystemError, mayChangeAddresses: Bool) {
        switch error.code {
        case EMFILE:
            tooMany += 1
            if starving.insert(listener.service).inserted { add(listener, "no more files can be opened") }
        // Nobody can add addresses: the log says so once.
        case EADDRNOTAVAIL where !mayChangeAddresses: unassigned += 1
        case EADDRINUSE: add(listener, "another program has this port")
        case EACCES: add(listener, "this port needs CAP_NET_BIND_SERVICE (net.ipv4.ip_unprivileged_port_start)")
        default: add(listener, error.message)
        }
    }

    private mutating func add(_ listener: Listener, _ reason: String) {
        let service = listener.service
        problems.append(
            ServiceProblem(
                kind: .service, key: ObjectKey(namespace: service.namespace, name: service.name),
                reason: .portUnavailable,
                message: "cannot listen on \(listener.key): \(reason); it is not served and tried again with every "
                    + "verification"))
    }

    /// For the log, a line each.
    ///
    /// - Parameter all: error codes, also of earlier attempts.
    func summary(_ budget: FileBudget, all: [ListenerKey: Int32]) -> [String] {
        var lines: [String] = []
        if tooMany > 0 {
            let missing = all.values.count { $0 == EMFILE }
            lines.append(
                "\(missing) frontends of Services are not served: no more files can be opened. Each frontend takes one; "
                    + "this process may have \(budget.limit) and keeps \(budget.reserve) of them for connections. It "
                    + "needs \(budget.limit + missing): raise the limit (LimitNOFILE=\(budget.limit + missing) in its "
                    + "systemd unit, or ulimit -n)")
        }
        if unassigned > 0 {
            lines.append("\(unassigned) frontends of Services are not served: this host does not have their addresses")
        }
        return lines
    }
}

extension ServiceProblem {
    static func unsupportedProtocol(_ name: ServicePortName) -> ServiceProblem {
        ServiceProblem(
            kind: .service, key: ObjectKey(namespace: name.namespace, name: name.name), reason: .invalidProtocol,
            message: "port \"\(name.port)\": userspace mode relays TCP and UDP, not \(name.transport.apiName); "
                + "it is not served")
    }
}
