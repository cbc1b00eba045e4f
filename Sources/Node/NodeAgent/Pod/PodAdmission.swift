import KubeAPI

/// Whether a pod that was bound to this node can run here (kubelet's admission handlers). Pure.
///
/// Labels of the node are not looked at: the scheduler has, and who binds a pod by hand means it.
enum PodAdmission {
    /// Kernel settings of a pod's own namespaces that cannot harm other pods (kubelet's list).
    private static let safeSysctls: Set<String> = [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ]

    /// Why it fails at once; nil: it may run.
    /// - Parameters:
    ///   - others: pods of this node that have not ended.
    ///   - allocatable: amounts by name.
    static func problem(
        _ pod: BoundPod, beside others: [BoundPod], allocatable: [String: String]
    ) -> StatusProblem? {
        for entry in pod.spec.securityContext.list("sysctls") {
            let name = entry.text("name").replacing("/", with: ".")
            guard !safeSysctls.contains(name) else { continue }
            return StatusProblem("SysctlForbidden", "forbidden sysctl: \"\(name)\" not allowlisted")
        }
        // A static pod is this host's own choice.
        guard pod.metadata.annotations[StaticPod.source] == nil else { return nil }
        if let most = allocatable["pods"].flatMap({ Int($0) }), others.count + 1 > most {
            return outOf("pods", requested: 1, used: Int64(others.count), capacity: Int64(most))
        }
        return hostPort(pod, others) ?? resources(pod, others, allocatable)
    }

    private static func outOf(
        _ name: String, requested: Int64, used: Int64, capacity: Int64
    ) -> StatusProblem {
        StatusProblem(
            "OutOf\(name)",
            "Node didn't have enough resource: \(name), requested: \(requested), used: \(used), capacity: \(capacity)")
    }

    private static func hostPort(_ pod: BoundPod, _ others: [BoundPod]) -> StatusProblem? {
        func ports(_ pod: BoundPod) -> [ContainerDefinition.Port] {
            (pod.spec.containers + pod.spec.sidecars).flatMap(\.ports).filter { $0.hostPort > 0 }
        }
        func any(_ address: String) -> Bool { address.isEmpty || address == "0.0.0.0" || address == "::" }
        let taken = others.flatMap(ports)
        let clashes = ports(pod).contains { port in
            taken.contains { other in
                other.hostPort == port.hostPort && other.transport == port.transport
                    && (any(other.hostIP) || any(port.hostIP) || other.hostIP == port.hostIP)
            }
        }
        return clashes
            ? StatusProblem(
                "NodePorts", "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports")
            : nil
    }

    private static func resources(
        _ pod: BoundPod, _ others: [BoundPod], _ allocatable: [String: String]
    ) -> StatusProblem? {
        let wanted = requests(pod.spec)
        for name in wanted.keys.sorted() {
            guard let amount = wanted[name], amount > .zero else { continue }
            let capacity = allocatable[name].flatMap { ResourceAmount($0) } ?? .zero
            let used = others.reduce(ResourceAmount.zero) { $0 + (requests($1.spec)[name] ?? .zero) }
            guard used + amount > capacity else { continue }
            // Thousandths of a processor, and units of all else.
            func number(_ amount: ResourceAmount) -> Int64 { name == "cpu" ? amount.milli : amount.units }
            return outOf(name, requested: number(amount), used: number(used), capacity: number(capacity))
        }
        return nil
    }

    /// What a pod needs: its containers together with its sidecars, or what the greediest init container needs beside the
    /// sidecars that run by then.
    static func requests(_ spec: PodDefinition) -> ResourceList {
        func amounts(_ container: ContainerDefinition) -> ResourceList {
            container.limits.merging(container.requests) { $1 }.compactMapValues { ResourceAmount($0) }
        }
        var total: ResourceList = [:]
        for container in spec.containers { total.merge(amounts(container), uniquingKeysWith: +) }
        var sidecars: ResourceList = [:]
        var greediest: ResourceList = [:]
        for container in spec.initContainers {
            let own = sidecars.merging(amounts(container), uniquingKeysWith: +)
            if container.isSidecar { sidecars = own } else { greediest.merge(own) { max($0, $1) } }
        }
        total.merge(sidecars, uniquingKeysWith: +)
        total.merge(greediest) { max($0, $1) }
        total.merge(spec.overhead.compactMapValues { ResourceAmount($0) }, uniquingKeysWith: +)
        return total
    }
}
