internal import Glibc
import KubeAPI
import LinuxSystem
import ServiceModel

/// Sockets that could not be opened, told to those who can do something about it.
struct FailedListeners {
    /// For the Services.
    private(set) var problems: [ServiceProblem] = []
    private var unassigned = 0
    private var tooMany = 0

    mutating func note(_ listener: Listener, _ error: SystemError, mayChangeAddresses: Bool) {
        switch error.code {
        case EMFILE, ENFILE: tooMany += 1
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
    var summary: [String] {
        var lines: [String] = []
        if tooMany > 0 {
            lines.append(
                "\(tooMany) frontends of Services are not served: no more files can be opened; raise the limit "
                    + "(LimitNOFILE, ulimit -n)")
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
