import APIObjects
package import JSONStream
import KubeSchema
package import NetworkAddress

/// Cluster IPs, families and node ports: what is asked for is taken, what is missing is chosen.
extension ServiceStrategy: AllocatingStrategy {
    package func allocate(_ object: inout JSONValue, old: JSONValue?, _ allocators: Allocators) throws -> Reservation {
        var spec = object["spec"] ?? [:]
        let before = old?["spec"]
        if let before { keepAllocated(&spec, from: before) }
        syncClusterIPs(&spec, before: before)
        if Self.needsClusterIP(spec) {
            var errors = ServiceValidation.clusterIPFields(spec)
            // Families are settled only for fields that fit each other.
            if errors.isEmpty { errors = chooseFamilies(&spec, before: before, allocators) }
            guard errors.isEmpty else {
                throw StatusError.invalid(.services, object["metadata"]?.text("name") ?? "", errors)
            }
        }
        var reservation = Reservation(allocators)
        do {
            try allocateAddresses(&spec, before: before, &reservation)
            try allocateNodePorts(&spec, before: before, &reservation)
            try allocateHealthCheckPort(&spec, before: before, &reservation)
        } catch {
            reservation.giveBack()
            if let error = error as? FieldError {
                throw StatusError.invalid(.services, object["metadata"]?.text("name") ?? "", [error])
            }
            throw error
        }
        object["spec"] = spec
        return reservation
    }

    package func release(_ object: JSONValue, _ allocators: Allocators) -> Reservation {
        var reservation = Reservation(allocators)
        let held = Self.held(object["spec"] ?? [:])
        reservation.freedAddresses = held.addresses
        reservation.freedPorts = held.ports
        return reservation
    }

    /// The addresses and ports that a stored spec holds.
    package static func held(_ spec: JSONValue) -> (addresses: [IPAddress], ports: [Int]) {
        guard needsClusterIP(spec) else { return ([], []) }
        let healthPort = Int(spec.number("healthCheckNodePort"))
        let ports = Set(nodePorts(spec) + (healthPort == 0 ? [] : [healthPort]))
        return (spec.strings("clusterIPs").compactMap { IPAddress($0) }, ports.sorted())
    }

    /// A client that leaves out what was allocated means to keep it.
    private func keepAllocated(_ spec: inout JSONValue, from before: JSONValue) {
        if Self.needsClusterIP(before), Self.needsClusterIP(spec) {
            if spec.text("clusterIP").isEmpty { spec["clusterIP"] = before["clusterIP"] }
            if spec.items("clusterIPs").isEmpty, spec["clusterIP"] == before["clusterIP"] {
                spec["clusterIPs"] = before["clusterIPs"]
            }
        }
        if Self.needsNodePorts(before), Self.needsNodePorts(spec), case .array(var ports)? = spec["ports"] {
            var used = Set(Self.nodePorts(spec)).intersection(Self.nodePorts(before))
            let byName = Dictionary(
                before.items("ports").map { ($0.text("name"), Int($0.number("nodePort"))) }, uniquingKeysWith: { $1 })
            for index in ports.indices where ports[index].number("nodePort") == 0 {
                guard let known = byName[ports[index].text("name")], known != 0, used.insert(known).inserted else {
                    continue
                }
                ports[index]["nodePort"] = .integer(Int64(known))
            }
            spec["ports"] = .array(ports)
        }
        if Self.needsHealthCheckPort(before), Self.needsHealthCheckPort(spec), spec.number("healthCheckNodePort") == 0 {
            spec["healthCheckNodePort"] = before["healthCheckNodePort"]
        }
    }

    /// A client that knows only clusterIP, or changed only that, means clusterIPs as well.
    private func syncClusterIPs(_ spec: inout JSONValue, before: JSONValue?) {
        let address = spec.text("clusterIP")
        guard let before else {
            if !address.isEmpty, spec.items("clusterIPs").isEmpty { spec["clusterIPs"] = [.string(address)] }
            return
        }
        guard address != before.text("clusterIP") else { return }
        let isListUntouched = spec.items("clusterIPs").isEmpty || spec["clusterIPs"] == before["clusterIPs"]
        guard isListUntouched else { return }
        spec["clusterIPs"] = address.isEmpty ? nil : [.string(address)]
    }

    // MARK: Families

    private func chooseFamilies(
        _ spec: inout JSONValue, before: JSONValue?, _ allocators: Allocators
    ) -> [FieldError] {
        let isFree = Self.isHeadless(spec) && (spec["selector"]?.objectValue ?? [:]).isEmpty
        // A client that leaves the policy out means to keep it.
        let policy =
            spec["ipFamilyPolicy"]?.stringValue ?? before?["ipFamilyPolicy"]?.stringValue
            ?? (isFree ? "RequireDualStack" : "SingleStack")
        spec["ipFamilyPolicy"] = .string(policy)
        if let before, policy == "SingleStack", before.text("ipFamilyPolicy") != "SingleStack" {
            // A downgrade gives up the second of each where the client left both.
            for field in ["clusterIPs", "ipFamilies"] where spec[field] == before[field] {
                spec[field] = spec[field]?.arrayValue.map { .array(Array($0.prefix(1))) }
            }
        }
        var families = spec.strings("ipFamilies")
        let served = allocators.families.map(\.apiName)
        var errors = policy == "SingleStack" ? Self.singleStackErrors(spec) : []
        errors += Self.inferFamilies(&families, spec, served: served)
        guard errors.isEmpty else { return errors }
        if !isFree {
            errors = Self.unservedErrors(policy, families, served: served)
            guard errors.isEmpty else { return errors }
        }
        if families.isEmpty { families = [served.first ?? "IPv4"] }
        if policy != "SingleStack", families.count == 1, isFree || served.count > 1 {
            families.append(families[0] == "IPv4" ? "IPv6" : "IPv4")
        }
        spec["ipFamilies"] = .array(families.map { .string($0) })
        return []
    }

    /// A service of one family that asks for more.
    private static func singleStackErrors(_ spec: JSONValue) -> [FieldError] {
        ["clusterIPs", "ipFamilies"].filter { spec.items($0).count > 1 }.map { field in
            .invalid(
                FieldPath("spec.ipFamilyPolicy"), "SingleStack",
                "must be RequireDualStack or PreferDualStack when multiple '\(field)' are specified")
        }
    }

    /// Adds the families of addresses that are given without one.
    private static func inferFamilies(
        _ families: inout [String], _ spec: JSONValue, served: [String]
    ) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, text) in spec.strings("clusterIPs").enumerated() where text != "None" && index >= families.count {
            guard let family = IPAddress(text)?.family.apiName else { continue }
            if served.contains(family) {
                families.append(family)
            } else {
                errors.append(
                    .invalid(
                        FieldPath("spec.clusterIPs").index(index), spec["clusterIPs"] ?? [],
                        "\(family) is not configured on this cluster"))
            }
        }
        return errors
    }

    /// A service that needs a family that the cluster has no addresses of.
    private static func unservedErrors(_ policy: String, _ families: [String], served: [String]) -> [FieldError] {
        var errors: [FieldError] = []
        if policy == "RequireDualStack", served.count < 2 {
            errors.append(
                .invalid(
                    FieldPath("spec.ipFamilyPolicy"), .string(policy),
                    "this cluster is not configured for dual-stack services"))
        }
        for (index, family) in families.enumerated() where !served.contains(family) {
            errors.append(
                .invalid(
                    FieldPath("spec.ipFamilies").index(index), .string(family), "not configured on this cluster"))
        }
        return errors
    }

    // MARK: Addresses

    private func allocateAddresses(
        _ spec: inout JSONValue, before: JSONValue?, _ reservation: inout Reservation
    ) throws {
        let held = before.map { Self.held($0).addresses } ?? []
        var wanted: [IPAddress] = []
        if Self.needsClusterIP(spec), !Self.isHeadless(spec) {
            let given = spec.strings("clusterIPs")
            let whole = spec["clusterIPs"] ?? []
            for (index, family) in spec.strings("ipFamilies").enumerated() {
                let address: IPAddress
                do {
                    if index < given.count, let explicit = IPAddress(given[index]) {
                        address = explicit
                        if !held.contains(explicit) { try take(explicit, &reservation) }
                    } else {
                        address = try takeAny(family == "IPv4" ? .ipv4 : .ipv6, &reservation)
                    }
                } catch let error as AllocationError {
                    let what =
                        index < given.count ? "failed to allocate IP \(given[index])" : "failed to allocate a serviceIP"
                    throw FieldError.invalid(
                        FieldPath("spec.clusterIPs"), whole, "\(what): \(error.message)")
                }
                wanted.append(address)
            }
            spec["clusterIPs"] = .array(wanted.map { .string($0.description) })
            spec["clusterIP"] = wanted.first.map { .string($0.description) }
        }
        reservation.freedAddresses = held.filter { !wanted.contains($0) }
    }

    private func take(_ address: IPAddress, _ reservation: inout Reservation) throws {
        try reservation.allocators.withLock { state in
            guard state.addresses[address.family] != nil else {
                throw AllocationError(message: "the provided network does not match the current range")
            }
            try state.addresses[address.family]?.take(address)
        }
        reservation.takenAddresses.append(address)
    }

    private func takeAny(_ family: IPFamily, _ reservation: inout Reservation) throws -> IPAddress {
        let address = try reservation.allocators.withLock { state in try state.addresses[family]?.takeAny() }
        guard let address else { throw AllocationError(message: "no \(family.apiName) range is configured") }
        reservation.takenAddresses.append(address)
        return address
    }

    // MARK: Node ports

    private func allocateNodePorts(
        _ spec: inout JSONValue, before: JSONValue?, _ reservation: inout Reservation
    ) throws {
        let held = Set(before.map { Self.needsNodePorts($0) ? Self.nodePorts($0) : [] } ?? [])
        let choosesMissing =
            spec.text("type") == "NodePort" || spec["allocateLoadBalancerNodePorts"]?.boolValue != false
        if Self.needsNodePorts(spec), case .array(var ports)? = spec["ports"] {
            if before == nil {
                try takeNodePorts(of: &ports, choosesMissing: choosesMissing, &reservation)
            } else {
                try takeNodePorts(of: &ports, held: held, choosesMissing: choosesMissing, &reservation)
            }
            spec["ports"] = .array(ports)
            reservation.freedPorts += held.subtracting(Self.nodePorts(spec))
        } else {
            reservation.freedPorts += held
        }
    }

    /// For a new service: protocols on one port number share a node port, and nothing else does.
    private func takeNodePorts(
        of ports: inout [JSONValue], choosesMissing: Bool, _ reservation: inout Reservation
    ) throws {
        var chosen: [Int64: Int] = [:]
        let explicitly = Dictionary(
            ports.lazy.filter { $0.number("nodePort") != 0 }.map { ($0.number("port"), Int($0.number("nodePort"))) },
            uniquingKeysWith: { first, _ in first })
        for index in ports.indices {
            let number = ports[index].number("port")
            let explicit = Int(ports[index].number("nodePort"))
            if explicit == 0, !choosesMissing { continue }
            if let shared = chosen[number] {
                if explicit == 0 {
                    ports[index]["nodePort"] = .integer(Int64(shared))
                } else if explicit != shared {
                    try takePort(explicit, at: index, &reservation)
                }
                continue
            }
            let nodePort: Int
            if let wanted = explicitly[number] {
                nodePort = wanted
                try takePort(nodePort, at: index, &reservation)
            } else {
                nodePort = try takeAnyPort(&reservation)
            }
            ports[index]["nodePort"] = .integer(Int64(nodePort))
            chosen[number] = nodePort
        }
    }

    /// For a change: what is held may be used for any port, and what is missing is chosen for each by itself.
    private func takeNodePorts(
        of ports: inout [JSONValue], held: Set<Int>, choosesMissing: Bool, _ reservation: inout Reservation
    ) throws {
        var taken = held
        var pairs: Set<JSONValue> = []
        for index in ports.indices {
            let explicit = Int(ports[index].number("nodePort"))
            if explicit == 0 {
                guard choosesMissing else { continue }
                ports[index]["nodePort"] = .integer(Int64(try takeAnyPort(&reservation)))
            } else if taken.insert(explicit).inserted {
                try takePort(explicit, at: index, &reservation)
            }
            let transport = ports[index].text("protocol")
            let nodePort = ports[index].number("nodePort")
            guard pairs.insert([.string(transport), .integer(nodePort)]).inserted else {
                throw StatusError.unclassified("duplicate nodePort: {\(transport) \(nodePort)}")
            }
        }
    }

    private func allocateHealthCheckPort(
        _ spec: inout JSONValue, before: JSONValue?, _ reservation: inout Reservation
    ) throws {
        let needed = Self.needsHealthCheckPort(spec)
        let held = before.flatMap { Self.needsHealthCheckPort($0) ? Int($0.number("healthCheckNodePort")) : nil } ?? 0
        let explicit = Int(spec.number("healthCheckNodePort"))
        if needed {
            if explicit == 0 {
                spec["healthCheckNodePort"] = .integer(Int64(try takeAnyPort(&reservation)))
            } else if explicit != held, held == 0 {
                do {
                    try reservation.allocators.withLock { state in try state.ports.take(explicit) }
                    reservation.takenPorts.append(explicit)
                } catch let error as AllocationError {
                    throw StatusError.internalError(
                        "failed to allocate requested HealthCheck NodePort \(explicit): \(error.message)")
                }
            }
        } else if held != 0 {
            reservation.freedPorts.append(held)
        }
    }

    private func takePort(_ port: Int, at index: Int, _ reservation: inout Reservation) throws {
        do {
            try reservation.allocators.withLock { state in try state.ports.take(port) }
        } catch let error as AllocationError {
            let path = FieldPath("spec.ports").index(index).child("nodePort")
            throw FieldError.invalid(path, .integer(Int64(port)), error.message)
        }
        reservation.takenPorts.append(port)
    }

    private func takeAnyPort(_ reservation: inout Reservation) throws -> Int {
        do {
            let port = try reservation.allocators.withLock { state in try state.ports.takeAny() }
            reservation.takenPorts.append(port)
            return port
        } catch let error as AllocationError {
            throw StatusError.internalError("failed to allocate a nodePort: \(error.message)")
        }
    }
}
