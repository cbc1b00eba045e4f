public import KubeAPI
import NetworkAddress

extension ServiceModel {
    private static let proxyNameLabel = "service.kubernetes.io/service-proxy-name"
    private static let headlessLabel = "service.kubernetes.io/headless"

    /// Adds or changes a Service. Returns its problems that were not reported before.
    public mutating func upsert(_ service: Service) -> [ServiceProblem] {
        let key = service.metadata.key
        if let problem = Self.missingName(service.metadata, .service) {
            return Self.news([problem], of: key, known: &serviceProblems)
        }
        var parser = ServiceParser(
            service, configuration: configuration)
        let isProxied = service.metadata.labels[Self.proxyNameLabel] == configuration.serviceProxyName
        let parsed = isProxied ? parser.parse() : nil
        setService(parsed, for: key)
        return Self.news(parser.problems, of: key, known: &serviceProblems)
    }

    public mutating func removeService(_ key: ObjectKey) {
        serviceProblems[key] = nil
        setService(nil, for: key)
    }

    /// Adds or changes an EndpointSlice. Returns its problems that were not reported before.
    public mutating func upsert(_ slice: EndpointSlice) -> [ServiceProblem] {
        let key = slice.metadata.key
        if let problem = Self.missingName(slice.metadata, .endpointSlice) {
            return Self.news([problem], of: key, known: &sliceProblems)
        }
        // As upstream has it: the name of another proxy on a slice says nothing, its Service decides.
        guard slice.metadata.labels[Self.headlessLabel] == nil, let serviceName = slice.serviceName else {
            removeEndpointSlice(key)
            return []
        }
        var parser = SliceParser(slice, nodeName: configuration.nodeName)
        guard let parsed = parser.parse(families: configuration.orderedFamilies, nodes: &nodeNames) else {
            removeSlice(key)
            return Self.news(parser.problems, of: key, known: &sliceProblems)
        }
        let slot = slot(for: ObjectKey(namespace: key.namespace, name: serviceName))
        if let old = sliceSlots.updateValue(slot, forKey: key), old != slot { removeSlice(named: key.name, from: old) }
        if setSlice(parsed, in: slot), !isFirstDelta,
            let time = slice.metadata.annotations["endpoints.kubernetes.io/last-change-trigger-time"],
            let changed = Timestamp(time)
        {
            triggerTimes[slot, default: []].append((parsed.family, Double(changed.microseconds) / 1_000_000))
        }
        return Self.news(parser.problems, of: key, known: &sliceProblems)
    }

    public mutating func removeEndpointSlice(_ key: ObjectKey) {
        sliceProblems[key] = nil
        removeSlice(key)
    }

    private static func missingName(_ metadata: ObjectMeta, _ kind: ServiceProblem.Kind) -> ServiceProblem? {
        guard metadata.name.isEmpty || metadata.namespace.isEmpty else { return nil }
        return ServiceProblem(
            kind: kind, key: metadata.key, uid: metadata.uid, reason: .invalidField,
            message: "metadata: no name or no namespace; the object is ignored")
    }

    /// The problems that were not known, which are then.
    private static func news(
        _ problems: [ServiceProblem], of key: ObjectKey, known: inout [ObjectKey: [ServiceProblem]]
    ) -> [ServiceProblem] {
        if problems.isEmpty {
            if !known.isEmpty { known[key] = nil }
            return []
        }
        let old = known.updateValue(problems, forKey: key) ?? []
        return problems.filter { !old.contains($0) }
    }

    // MARK: Records

    mutating func slot(for key: ObjectKey) -> Int32 {
        if let slot = slots[key] { return slot }
        let slot: Int32
        if let free = freeSlots.popLast() {
            slot = free
            records[Int(slot)] = ServiceRecord(key: key)
        } else {
            slot = Int32(records.count)
            records.append(ServiceRecord(key: key))
        }
        slots[key] = slot
        return slot
    }

    private mutating func setService(_ parsed: ParsedService?, for key: ObjectKey) {
        guard parsed != nil || slots[key] != nil else { return }
        let slot = slot(for: key)
        let old = records[Int(slot)].service
        guard old != parsed else { return }
        old?.claims.forEach { release($0, slot) }
        records[Int(slot)].service = parsed
        noteEjection(of: parsed, slot)
        noteSelectors(of: parsed, slot)
        parsed?.claims.forEach { claim($0, slot) }
        dirty.insert(slot)
    }

    /// Whether it differs from what was there.
    private mutating func setSlice(_ parsed: ParsedSlice, in slot: Int32) -> Bool {
        let slices = records[Int(slot)].slices
        if let index = slices.firstIndex(where: { $0.name >= parsed.name }) {
            guard slices[index] != parsed else { return false }
            if slices[index].name == parsed.name {
                records[Int(slot)].slices[index] = parsed
            } else {
                records[Int(slot)].slices.insert(parsed, at: index)
            }
        } else {
            records[Int(slot)].slices.append(parsed)
        }
        dirty.insert(slot)
        return true
    }

    private mutating func removeSlice(_ key: ObjectKey) {
        guard let slot = sliceSlots.removeValue(forKey: key) else { return }
        removeSlice(named: key.name, from: slot)
    }

    private mutating func removeSlice(named name: String, from slot: Int32) {
        records[Int(slot)].slices.removeAll { $0.name == name }
        // Its last change is no measure of how long the removal takes.
        triggerTimes[slot] = nil
        dirty.insert(slot)
    }
}
