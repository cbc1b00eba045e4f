import Conntrack
import Dataplane
import Logging
import NetworkAddress
import ServiceModel

/// What changes the shares of endpoints besides objects.
extension ServiceProxy {
    func setDrains(_ drains: Drains) {
        model.setDrains(drains)
        changed()
    }

    func drainedEndpoints() -> [DrainReason: Set<FlowEnd>] { model.drainedEndpoints() }

    func emptiedByDrains() -> [ServicePortName] { model.emptiedByDrains() }

    func setEjections(_ ejections: [ServicePortKey: [EndpointAddress: Ejection]]) {
        model.setEjections(ejections)
        changed()
    }

    func ejectionTargets() -> [ServicePortKey: EjectionTarget] { model.ejectionTargets }

    /// Cuts what is left to endpoints that have got no new connections for the whole of `drainTimeout`.
    func cutDepartures() async {
        for await (due, departure) in departures {
            // All wait equally long, so that the first one is due first.
            guard (try? await parts.clock.sleep(due)) != nil else { return }
            let state = model.state(of: departure.port.name, family: departure.port.family)
            if state?.chosenAddresses.contains(departure.endpoint) ?? false { continue }
            let flows = UnwantedFlows(
                to: FlowEnd(transport: departure.port.name.transport, address: departure.endpoint),
                by: Set(departure.frontends), isUnansweredOnly: false)
            do {
                for dataplane in parts.dataplanes where dataplane.family == departure.port.family {
                    try await dataplane.cut(flows)
                }
                let count = try await parts.conntrack?.remove(flows) ?? 0
                if count > 0 {
                    parts.logger.notice("\(departure.port): \(count) connections to \(departure.endpoint) were cut")
                }
            } catch {
                parts.logger.warning(
                    "connections to an endpoint that is gone were not cut", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Has shares grow when their time comes, until the task is cancelled.
    func growShares() async {
        for await _ in shareChanges {
            while let due = model.nextStep, !Task.isCancelled {
                let pause = min(max(due - UnixTime.now, 0.01), 3600)
                // A step that comes meanwhile is due later than this one, or is told of.
                guard (try? await Task.sleep(for: .seconds(pause))) != nil else { return }
                model.advance(to: UnixTime.now)
                guard model.hasPendingChanges else { continue }
                changed()
                break
            }
            if Task.isCancelled { return }
        }
    }

    /// After each delta.
    func followShares() {
        if model.nextStep != nil { sharesChanged.yield() }
        if model.hasEjectionRules { ejectionsMayChange.yield() }
        let starts = model.endpointStarts
        parts.state?.update { $0.starts = starts }
    }
}
