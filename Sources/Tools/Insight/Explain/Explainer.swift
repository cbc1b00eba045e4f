import Conntrack
import Dataplane
import HostInspection
import LinuxSystem
import Netlink
import NetworkAddress
import ProxyConfiguration
import ProxyServer
import ServiceModel

/// Answers questions about connections: what should happen to them, and what this host's kernel holds for them.
package struct Explainer {
    private let facts: ClusterFacts
    /// Where mode and settings are from, for people.
    private let settingsSource: String
    /// The device that packets come in by, where the user says so.
    private let inputDevice: String?

    package init(_ facts: ClusterFacts, settingsSource: String, inputDevice: String? = nil) {
        self.facts = facts
        self.settingsSource = settingsSource
        self.inputDevice = inputDevice
    }

    /// Also traces a packet: one that it sends, if the connection begins on this node, or the next that arrives.
    ///
    /// - Parameter timeout: how long to wait for a packet.
    /// - Throws: ``ExplainError``: if a named object does not exist, or the packet cannot be traced.
    package func explain(
        from source: FlowSource, to target: FlowTarget, namespace: String, tracingFor timeout: Duration
    ) async throws -> Explanation {
        var (explanation, prediction, evidence) = try explained(from: source, to: target, namespace: namespace)
        explanation.trace = try await PacketFollower(
            facts: facts, flow: prediction.flow, source: prediction.source, rules: evidence.rules, timeout: timeout
        ).follow()
        return explanation
    }

    /// - Throws: ``ExplainError``: if a named object does not exist.
    package func explain(
        from source: FlowSource, to target: FlowTarget, namespace: String
    ) throws(ExplainError) -> Explanation {
        try explained(from: source, to: target, namespace: namespace).explanation
    }

    private func explained(
        from source: FlowSource, to target: FlowTarget, namespace: String
    ) throws(ExplainError) -> (explanation: Explanation, prediction: Prediction, evidence: KernelEvidence) {
        let flow = try FlowResolver(facts, namespace: namespace).flow(from: source, to: target)
        let host = HostPath(facts, inputDevice: inputDevice)
        let prediction = Prediction(facts, flow, source: flow.client.origin == .node ? host.source(to: flow) : nil)
        var explanation = prediction.explanation()
        explanation.settings = settingsSource
        if explanation.outcome.result == .untouched { explanation.outcome.route = host.route(of: flow) }
        SocketPath(settings: facts.settings.socketBalancing, flow: flow, node: facts.facts(flow.family))
            .explain(&explanation)
        let evidence = addKernel(prediction, &explanation)
        addConnections(prediction, &explanation)
        if explanation.outcome.result == .endpoints { host.addObstacles(prediction, &explanation) }
        return (explanation, prediction, evidence)
    }

    // MARK: The kernel

    private func addKernel(_ prediction: Prediction, _ explanation: inout Explanation) -> KernelEvidence {
        let flow = prediction.flow
        let question = KernelQuestion(
            family: flow.family, states: facts.states(flow.family), node: facts.facts(flow.family),
            destination: flow.destination, transport: flow.transport, client: prediction.source,
            origin: flow.client.origin, target: flow.target, localAddresses: facts.localAddresses)
        let evidence: KernelEvidence
        do throws(DataplaneError) {
            evidence = try facts.settings.mode.evidence(facts.settings.backendSettings, question)
        } catch {
            explanation.gaps.append(Gap("what the kernel holds", "\(error)"))
            return KernelEvidence()
        }
        let settings = kernelSettings()
        explanation.kernel.objects = (evidence.objects + settings).map(Explanation.ObjectPart.init)
        explanation.kernel.agrees = (evidence.objects + settings).allSatisfy { $0.state == .asWanted }
        explanation.gaps += evidence.gaps.map { Gap($0.what, $0.why) }
        if let slot = evidence.affinity {
            explanation.affinity?.endpoint = slot.endpoint?.description
            explanation.affinity?.secondsLeft = slot.secondsLeft
            explanation.affinity?.place = slot.place
        }
        return evidence
    }

    /// The settings of the kernel that the mode needs.
    private func kernelSettings() -> [KernelObject] {
        func value(_ path: String) -> String? {
            HostReader.observe { () throws(SystemError) in try KernelFile.read(path, limit: 256) }.value
                .map { String($0.prefix { !$0.isNewline }) }
        }
        let mode = facts.settings.mode
        return mode.hostSettings(facts.settings.backendSettings, value("/proc/sys/kernel/osrelease") ?? "").map {
            let found = value($0.path)
            return KernelObject(
                .setting, in: "sysctl", "\($0.path) = \($0.value)",
                found == "\($0.value)" ? .asWanted : found.map { .different("it is \($0)") } ?? .missing)
        }
    }

    private func addConnections(_ prediction: Prediction, _ explanation: inout Explanation) {
        let flow = prediction.flow
        let clients: Set<IPAddress>? =
            flow.client.address.map { [$0] } ?? (flow.client.origin == .node ? Set(facts.localAddresses) : nil)
        do throws(SystemError) {
            let (flows, count) = try ConntrackFlow.list(
                to: flow.destination, flow.transport, from: clients, limit: 20)
            let allowed = Set(explanation.endpoints.map(\.address))
            explanation.connections.count = count
            explanation.connections.shown = flows.map { Explanation.FlowPart($0, allowed: allowed) }
        } catch {
            if facts.settings.mode.usesNetfilter {
                explanation.gaps.append(Gap("connections that are there already", "\(error)"))
            }
        }
    }
}

extension Explanation.ObjectPart {
    init(_ object: KernelObject) {
        var found: String?
        let state: String
        switch object.state {
        case .asWanted: state = "present"
        case .missing: state = "missing"
        case .unwanted: state = "unwanted"
        case .different(let how):
            state = "different"
            found = how
        }
        self.init(
            kind: object.kind.rawValue, place: object.place, object: object.text, state: state, found: found)
    }
}

extension Explanation.FlowPart {
    /// - Parameter allowed: nil: not known.
    init(_ flow: ConntrackFlow, allowed: Set<String>?) {
        let endpoint = flow.isTranslated ? flow.replySource.description : nil
        self.init(
            client: flow.client.description, destination: flow.destination.description, endpoint: endpoint,
            isMasqueraded: flow.isMasqueraded, isAnswered: flow.isAnswered, secondsLeft: flow.timeout,
            isAllowed: endpoint.flatMap { endpoint in allowed.map { $0.contains(endpoint) } })
    }
}
