import KubeAPI
import NetworkAddress

/// The names of a cluster's Services and pods (Kubernetes' DNS specification 1.1). Pure.
struct ClusterNames: Sendable {
    let domain: String
    private var services: [ObjectKey: Service] = [:]
    private var slices: [ObjectKey: NamedSlice] = [:]
    /// The slices of each Service.
    private var ofService: [ObjectKey: Set<ObjectKey>] = [:]
    /// Which Services have a cluster IP.
    private var byAddress: [IPAddress: ObjectKey] = [:]

    init(domain: String) { self.domain = domain.lowercased() }

    // MARK: What there is

    mutating func set(_ key: ObjectKey, _ service: Service?) {
        for address in (services[key]?.spec.clusterIPs ?? []).compactMap({ IPAddress($0) })
        where byAddress[address] == key { byAddress[address] = nil }
        services[key] = service
        for address in (service?.spec.clusterIPs ?? []).compactMap({ IPAddress($0) }) { byAddress[address] = key }
    }

    mutating func set(_ key: ObjectKey, _ slice: NamedSlice?) {
        if let old = slices[key] { ofService[old.serviceKey]?.remove(key) }
        slices[key] = slice
        if let slice { ofService[slice.serviceKey, default: []].insert(key) }
    }

    // MARK: Answers

    /// Nil: the name is not of this cluster.
    func answer(_ name: String, _ type: UInt16) -> DNSAnswer? {
        if name.hasSuffix(".in-addr.arpa") || name.hasSuffix(".ip6.arpa") { return reverse(name, type) }
        guard name == domain || name.hasSuffix("." + domain) else { return nil }
        let labels = name.dropLast(domain.count).split(separator: ".").map(String.init)
        if labels.isEmpty {
            return found(name, type, type == DNSType.soa ? [.init(name: domain, value: .authority)] : [])
        }
        if labels == ["dns-version"] { return found(name, type, [.init(name: name, value: .text("1.1.0"))]) }
        switch labels.last {
        case "svc": return service(Array(labels.dropLast()), name, type)
        case "pod": return pod(Array(labels.dropLast()), name, type)
        default: return missing
        }
    }

    private var zone: DNSRecord { DNSRecord(name: domain, value: .authority) }
    private var missing: DNSAnswer { DNSAnswer(code: .noName, authorities: [zone]) }

    /// Those of the type; the name is there in any case.
    private func found(_ name: String, _ type: UInt16, _ records: [DNSRecord], _ more: [DNSRecord] = []) -> DNSAnswer {
        let fitting = records.filter { type == DNSType.any || $0.type == type || $0.type == DNSType.cname }
        return fitting.isEmpty
            ? DNSAnswer(authorities: [zone]) : DNSAnswer(answers: fitting, additions: more)
    }

    private func service(_ labels: [String], _ name: String, _ type: UInt16) -> DNSAnswer {
        guard let namespace = labels.last else { return DNSAnswer(authorities: [zone]) }
        guard labels.count > 1 else {
            let exists = services.keys.contains { $0.namespace == namespace }
            return exists ? DNSAnswer(authorities: [zone]) : missing
        }
        let key = ObjectKey(namespace: namespace, name: labels[labels.count - 2])
        guard let service = services[key] else { return missing }
        let rest = Array(labels.dropLast(2))
        let base = "\(key.name).\(key.namespace).svc.\(domain)"
        if service.spec.type == "ExternalName" {
            guard rest.isEmpty, !service.spec.externalName.isEmpty else { return missing }
            return found(name, type, [.init(name: name, value: .alias(service.spec.externalName.lowercased()))])
        }
        let isHeadless = service.spec.clusterIP == "None"
        let endpoints = isHeadless ? self.endpoints(key) : []
        switch rest.count {
        case 0:
            let addresses = isHeadless ? endpoints.map(\.address) : service.spec.clusterIPs.compactMap { IPAddress($0) }
            // A Service whose endpoints are all gone has a name without addresses.
            if isHeadless, addresses.isEmpty { return missing }
            return found(name, type, addresses.map { .init(name: name, value: .address($0)) })
        case 1:
            let own = endpoints.filter { $0.name == rest[0] }
            return own.isEmpty
                ? missing : found(name, type, own.map { .init(name: name, value: .address($0.address)) })
        case 2 where rest[0].hasPrefix("_") && rest[1].hasPrefix("_"):
            return ports(String(rest[0].dropFirst()), String(rest[1].dropFirst()), service, endpoints, base, name, type)
        default: return missing
        }
    }

    private struct NamedEndpoint {
        var address: IPAddress
        /// Its host name, or the address with dashes.
        var name: String
        var ports: [NamedSlice.Port]
    }

    private func endpoints(_ key: ObjectKey) -> [NamedEndpoint] {
        var seen: Set<IPAddress> = []
        return (ofService[key] ?? []).sorted().compactMap { slices[$0] }.flatMap { slice in
            slice.endpoints.filter(\.isReady).flatMap { endpoint in
                endpoint.addresses.filter { seen.insert($0).inserted }.map { address in
                    let dashed = String(address.description.map { $0 == "." || $0 == ":" ? "-" : $0 })
                    return NamedEndpoint(
                        address: address, name: endpoint.hostname.isEmpty ? dashed : endpoint.hostname,
                        ports: slice.ports)
                }
            }
        }
    }

    /// `_http._tcp.web.shop.svc.cluster.local`
    private func ports(
        _ port: String, _ transport: String, _ service: Service, _ endpoints: [NamedEndpoint], _ base: String,
        _ name: String, _ type: UInt16
    ) -> DNSAnswer {
        var records: [DNSRecord] = []
        var additions: [DNSRecord] = []
        func isMeant(_ name: String, _ its: String) -> Bool {
            name.lowercased() == port && (its.isEmpty ? "TCP" : its).lowercased() == transport
        }
        if service.spec.clusterIP != "None" {
            for one in service.spec.ports where isMeant(one.name, one.transport) {
                guard let number = UInt16(exactly: one.port) else { continue }
                records.append(.init(name: name, value: .service(port: number, weight: 100, target: base)))
            }
            if !records.isEmpty {
                additions = service.spec.clusterIPs.compactMap { IPAddress($0) }
                    .map { .init(name: base, value: .address($0)) }
            }
        } else {
            for endpoint in endpoints {
                for one in endpoint.ports where isMeant(one.name, one.transport) {
                    let target = "\(endpoint.name).\(base)"
                    records.append(.init(name: name, value: .service(port: one.port, weight: 100, target: target)))
                    additions.append(.init(name: target, value: .address(endpoint.address)))
                }
            }
        }
        return records.isEmpty ? missing : found(name, type, records, additions)
    }

    /// `10-244-1-2.shop.pod.cluster.local`: the address that it says itself.
    private func pod(_ labels: [String], _ name: String, _ type: UInt16) -> DNSAnswer {
        guard labels.count == 2 else { return labels.count < 2 ? DNSAnswer(authorities: [zone]) : missing }
        let text = labels[0]
        let address =
            IPAddress(String(text.map { $0 == "-" ? "." : $0 })) ?? IPAddress(String(text.map { $0 == "-" ? ":" : $0 }))
        guard let address else { return missing }
        return found(name, type, [.init(name: name, value: .address(address))])
    }

    // MARK: Addresses' names

    private func reverse(_ name: String, _ type: UInt16) -> DNSAnswer? {
        guard let address = Self.address(name) else { return nil }
        var names: [String] = []
        if let key = byAddress[address] {
            names = ["\(key.name).\(key.namespace).svc.\(domain)"]
        } else {
            for (key, service) in services.sorted(by: { $0.key < $1.key }) where service.spec.clusterIP == "None" {
                names += endpoints(key).filter { $0.address == address }
                    .map { "\($0.name).\(key.name).\(key.namespace).svc.\(domain)" }
            }
        }
        guard !names.isEmpty else { return nil }
        return found(name, type, names.map { .init(name: name, value: .pointer($0)) })
    }

    /// `4.3.2.1.in-addr.arpa`, or 32 digits and `ip6.arpa`.
    static func address(_ name: String) -> IPAddress? {
        let labels = name.split(separator: ".")
        if name.hasSuffix(".in-addr.arpa") {
            guard labels.count == 6 else { return nil }
            return IPAddress(labels.prefix(4).reversed().joined(separator: "."))
        }
        guard labels.count == 34, labels.prefix(32).allSatisfy({ $0.count == 1 }) else { return nil }
        let digits = labels.prefix(32).reversed().joined()
        guard let value = UInt128(digits, radix: 16) else { return nil }
        return IPAddress(family: .ipv6, value: value)
    }
}
