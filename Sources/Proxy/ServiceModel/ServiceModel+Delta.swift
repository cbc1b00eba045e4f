import KubeAPI
public import NetworkAddress

extension ServiceModel {
    /// Returns the changes since the previous delta, and new problems: conflicts between Services, and faults of the
    /// node. The first delta holds everything, including the node's facts for every family.
    public mutating func takeDelta() -> (ProxyDelta, [ServiceProblem]) {
        var build = DeltaBuild(
            families: configuration.orderedFamilies, tracksDepartures: configuration.tracksDepartures)
        takeNodeFacts(into: &build)
        if isFirstDelta { expectEveryPort(in: &build) }
        for slot in dirty.sorted() { refresh(slot, into: &build) }
        dirty.removeAll()
        restoredStarts = [:]
        takeStaleFlows(from: &build)
        for slot in triggerTimes.keys.sorted() {
            for change in triggerTimes[slot] ?? [] {
                build.delta.triggerTimes[change.family, default: []].append(change.time)
            }
        }
        triggerTimes.removeAll()
        isFirstDelta = false
        return (build.delta, build.problems)
    }

    private func expectEveryPort(in build: inout DeltaBuild) {
        var counts: [IPFamily: Int] = [:]
        for record in records {
            guard let service = record.service else { continue }
            for family in service.families { counts[family.family, default: 0] += service.ports.count }
        }
        for (family, count) in counts { build.expect(count, in: family) }
    }

    /// Computes the states of a record again and takes over what differs.
    private mutating func refresh(_ slot: Int32, into build: inout DeltaBuild) {
        updateRamp(slot)
        let record = records[Int(slot)]
        var losses: [Loss] = []
        let ports = record.service.map { states(of: $0, in: record, slot, losses: &losses) } ?? []
        for new in ports {
            let old = record.delivered.first { $0.isSamePort(as: new) }
            if let old { count(old, by: -1) }
            count(new, by: 1)
            build.note(new, was: old)
        }
        for old in record.delivered where !ports.contains(where: { $0.isSamePort(as: old) }) {
            count(old, by: -1)
            build.noteRemoved(old)
        }
        reportLosses(losses, of: record, slot, into: &build)
        refreshHealthCheck(record, slot)
        if record.service == nil, record.slices.isEmpty {
            if !ejectingSlots.isEmpty { ejectingSlots.remove(slot) }
            if !selectingSlots.isEmpty { selectingSlots.remove(slot) }
            records[Int(slot)] = .empty
            slots[record.key] = nil
            freeSlots.append(slot)
        } else {
            records[Int(slot)].delivered = ports
        }
    }

    private func states(
        of service: ParsedService, in record: ServiceRecord, _ slot: Int32, losses: inout [Loss]
    ) -> [DeliveredPort] {
        var ports: [DeliveredPort] = []
        ports.reserveCapacity(service.families.count * service.ports.count)
        for family in service.families {
            for port in service.ports {
                let servicePort = claimed(port, family, of: service, record.key, slot, losses: &losses)
                guard let servicePort else { continue }
                let candidates = candidates(slot, servicePort.name, family.family)
                let selection = EndpointSelection(candidates, for: servicePort, canary: service.canary)
                let state = ServicePortState(
                    service: servicePort, cluster: selection.cluster, local: selection.local,
                    hasAny: selection.hasAny)
                ports.append(DeliveredPort(state, candidates))
            }
        }
        return ports
    }

    /// The port with those frontends that its Service has got; nil without the cluster IP.
    private func claimed(
        _ port: ParsedService.Port, _ family: ParsedService.Family, of service: ParsedService, _ key: ObjectKey,
        _ slot: Int32, losses: inout [Loss]
    ) -> ServicePort? {
        func owns(_ frontend: FrontendKey, isWhole: Bool = false) -> Bool {
            if owners[frontend] == slot { return true }
            losses.append(Loss(frontend: frontend, isWhole: isWhole))
            return false
        }
        guard owns(FrontendKey(family.clusterIP, port.port, port.transport), isWhole: true) else { return nil }
        let ownsNodePort = port.nodePort != 0 && owns(.nodePort(port.nodePort, port.transport, family.family))
        let healthPort = service.healthCheckNodePort
        let ownsHealthPort = healthPort != 0 && owns(.nodePort(healthPort, .tcp, family.family))
        let ranges = family.loadBalancerSourceRanges
        let nodeIP = ranges.isEmpty ? nil : nodeIP(family.family)
        return ServicePort(
            name: ServicePortName(
                namespace: key.namespace, name: key.name, port: port.name, transport: port.transport),
            clusterIP: family.clusterIP, port: port.port, nodePort: ownsNodePort ? port.nodePort : 0,
            externalIPs: family.externalIPs.filter { owns(FrontendKey($0, port.port, port.transport)) },
            loadBalancerVIPs: family.loadBalancerVIPs.filter { owns(FrontendKey($0, port.port, port.transport)) },
            loadBalancerSourceRanges: ranges,
            sourceRangesAdmitNode: nodeIP.map { ip in ranges.contains { $0.contains(ip) } } ?? false,
            affinityTimeout: service.affinityTimeout, externalPolicyLocal: service.externalPolicyLocal,
            internalPolicyLocal: service.internalPolicyLocal, healthCheckNodePort: ownsHealthPort ? healthPort : 0,
            sharesVary: service.weights != nil || service.canary != nil || service.slowStart != nil,
            annotations: service.annotations)
    }

    // MARK: Conflicts

    private struct Loss: Equatable {
        var frontend: FrontendKey
        /// Whether the port is not proxied for it.
        var isWhole: Bool
    }

    private mutating func reportLosses(
        _ losses: [Loss], of record: ServiceRecord, _ slot: Int32, into build: inout DeltaBuild
    ) {
        guard !losses.isEmpty || conflictProblems[slot] != nil else { return }
        var problems: [ServiceProblem] = []
        for loss in losses {
            let owner = owners[loss.frontend].map { records[Int($0)].key.description } ?? "another Service"
            let problem = ServiceProblem(
                kind: .service, key: record.key, uid: record.service?.uid ?? "", reason: .conflict,
                message: "\(loss.frontend) belongs to the older Service \(owner); "
                    + (loss.isWhole ? "this port is not proxied" : "ignored here"))
            if !problems.contains(problem) { problems.append(problem) }
        }
        let known = conflictProblems[slot] ?? []
        build.problems += problems.filter { !known.contains($0) }
        conflictProblems[slot] = problems.isEmpty ? nil : problems
    }

    // MARK: Figures

    private mutating func count(_ port: DeliveredPort, by step: Int) {
        let state = port.state
        guard state.outcome(of: .local) == .drop else { return }
        if state.service.internalPolicyLocal {
            noLocalEndpoints[port.family, default: NoLocalEndpointsCounts()].internal += step
        }
        if state.service.externalPolicyLocal, state.service.isExternallyAccessible {
            noLocalEndpoints[port.family, default: NoLocalEndpointsCounts()].external += step
        }
    }

    private mutating func refreshHealthCheck(_ record: ServiceRecord, _ slot: Int32) {
        guard let service = record.service, service.healthCheckNodePort != 0 else {
            if !healthCheckNodePorts.isEmpty { healthCheckNodePorts[record.key] = nil }
            return
        }
        var check = HealthCheckPort(port: service.healthCheckNodePort)
        var isOwned = false
        for family in service.families.map(\.family) {
            isOwned = isOwned || owners[.nodePort(service.healthCheckNodePort, .tcp, family)] == slot
            var addresses: Set<IPAddress> = []
            for slice in record.slices where slice.family == family && !slice.ports.isEmpty {
                addresses.formUnion(slice.endpoints.filter { $0.flags.contains([.ready, .local]) }.map(\.ip))
            }
            if !addresses.isEmpty { check.localReadyEndpoints[family] = addresses.count }
        }
        healthCheckNodePorts[record.key] = isOwned ? check : nil
    }

    // MARK: Flows

    private func takeStaleFlows(from build: inout DeltaBuild) {
        var flows = StaleFlows()
        for (family, frontends) in build.liveFrontends where !frontends.isEmpty {
            flows.families[family] = StaleFamilyFlows(frontends: frontends)
        }
        for frontend in build.goneFrontends where flows.families[frontend.ip.family]?.frontends[frontend] == nil {
            flows.families[frontend.ip.family, default: .init()].frontends[frontend] = FlowTargets()
        }
        for family in flows.families.keys { completeFlows(family, &flows.families[family, default: .init()]) }
        build.delta.staleFlows = flows
    }

    private func completeFlows(_ family: IPFamily, _ flows: inout StaleFamilyFlows) {
        flows.nodeAddresses = Set(node.localAddresses.filter { $0.family == family })
        flows.podNetworks = localPods(family).networks
    }

    /// The allowed targets of flows to all frontends, for when their actual targets are unknown.
    public func allFlows(_ family: IPFamily) -> StaleFamilyFlows {
        var flows = StaleFamilyFlows()
        for record in records {
            for port in record.delivered where port.family == family {
                port.state.service.forEachFrontend { flows.frontends[$0.key] = port.targets(of: $0) }
            }
        }
        completeFlows(family, &flows)
        return flows
    }
}
