import NetworkAddress
import ServiceModel

/// Decides which endpoints get no new connections for a while, since theirs stay unanswered. Pure: it is told the time.
///
/// A connection counts as unanswered after ``patience``, or when it is known to be. So many in a row, none of those that
/// began later answered, and the endpoint is left out; then it gets a part of its share until one connection tells.
struct EjectionJudge: Sendable {
    typealias Instant = Duration

    /// How long an answer may take: the client has not asked again by then.
    static let patience = Duration.seconds(1)
    /// Connections that wait for an answer; of more nothing is known.
    static let maximumWaiting = 65_536
    /// Over which connections are counted to tell how many there are a second.
    private static let rateWindow = Duration.seconds(5)

    struct Notice: Hashable, Sendable {
        enum Kind: Hashable, Sendable {
            case ejected(unanswered: Int)
            /// It did not answer when it was tried.
            case ejectedAgain
            case returned
        }

        var kind: Kind
        var port: ServicePortKey
        var endpoint: EndpointAddress
    }

    private enum Standing: Hashable, Sendable {
        case serving
        case out(until: Instant)
        /// It gets a part of its share, until a connection comes.
        case trial(part: UInt8)
        /// A connection has come.
        case awaiting
    }

    private struct EndpointState: Sendable {
        var standing = Standing.serving
        var order: UInt32 = 0
        /// When the unanswered connections began, oldest first.
        var failures: [Instant] = []
    }

    private struct Waiting: Sendable {
        var port: ServicePortKey
        var endpoint: EndpointAddress
        var began: Instant
    }

    private struct WaitingKey: Hashable, Sendable {
        var connection: AnswerEvent.Connection
        var transport: TransportProtocol
    }

    private var targets: [ServicePortKey: EjectionTarget] = [:]
    private var owners: [FrontendKey: ServicePortKey] = [:]
    private var states: [ServicePortKey: [EndpointAddress: EndpointState]] = [:]
    private var waiting: [WaitingKey: Waiting] = [:]
    /// In the order in which they began; some are not waiting any more.
    private var order: [(key: WaitingKey, began: Instant)] = []
    private var rates: [ServicePortKey: (count: Int, since: Instant, perSecond: Double)] = [:]
    private var nextOrder: UInt32 = 1
    private(set) var notices: [Notice] = []

    var isEmpty: Bool { targets.isEmpty }

    /// What is left out now, as the model takes it.
    var ejections: [ServicePortKey: [EndpointAddress: Ejection]] {
        states.compactMapValues { endpoints in
            let out = endpoints.compactMapValues { state -> Ejection? in
                switch state.standing {
                case .serving: nil
                case .out, .awaiting: Ejection(order: state.order)
                case .trial(let part): Ejection(part: part, order: state.order)
                }
            }
            return out.isEmpty ? nil : out
        }
    }

    mutating func takeNotices() -> [Notice] {
        defer { notices = [] }
        return notices
    }

    /// Takes the Service ports that have a rule; what is gone is forgotten.
    mutating func setTargets(_ new: [ServicePortKey: EjectionTarget]) {
        guard new != targets else { return }
        targets = new
        owners = [:]
        for (key, target) in new {
            for frontend in target.frontends { owners[frontend] = key }
        }
        states = states.compactMapValues { $0 }.filter { new[$0.key] != nil }
        for (key, target) in new {
            states[key] = states[key]?.filter { target.endpoints.contains($0.key) }
        }
        rates = rates.filter { new[$0.key] != nil }
        waiting = waiting.filter { new[$0.value.port]?.endpoints.contains($0.value.endpoint) ?? false }
    }

    // MARK: Connections

    mutating func handle(_ events: [AnswerEvent], at now: Instant) {
        for event in events { handle(event, at: now) }
    }

    private mutating func handle(_ event: AnswerEvent, at now: Instant) {
        let key = WaitingKey(connection: event.connection, transport: event.transport)
        switch event.kind {
        case .began:
            let destination = event.connection.destination
            let port =
                owners[FrontendKey(destination.ip, destination.port, event.transport)]
                ?? owners[.nodePort(destination.port, event.transport, destination.ip.family)]
            guard let port, waiting.count < Self.maximumWaiting else { return }
            count(port, at: now)
            waiting[key] = Waiting(port: port, endpoint: event.endpoint, began: now)
            order.append((key, now))
            if case .trial? = states[port]?[event.endpoint]?.standing {
                states[port]?[event.endpoint]?.standing = .awaiting
            }
        case .answered:
            guard let one = waiting.removeValue(forKey: key) else { return }
            succeeded(one)
        case .failed:
            guard let one = waiting.removeValue(forKey: key) else { return }
            failed(one, at: now)
        case .ended: waiting[key] = nil
        }
    }

    private mutating func count(_ port: ServicePortKey, at now: Instant) {
        var rate = rates[port] ?? (0, now, 0)
        rate.count += 1
        let passed = now - rate.since
        if passed >= Self.rateWindow { rate = (1, now, Double(rate.count) / (passed / .seconds(1))) }
        rates[port] = rate
    }

    private mutating func succeeded(_ one: Waiting) {
        guard var state = states[one.port]?[one.endpoint] else { return }
        state.failures.removeAll { $0 <= one.began }
        switch state.standing {
        case .trial, .awaiting:
            state.standing = .serving
            state.failures = []
            notices.append(Notice(kind: .returned, port: one.port, endpoint: one.endpoint))
        case .serving, .out: break
        }
        states[one.port]?[one.endpoint] = state
    }

    private mutating func failed(_ one: Waiting, at now: Instant) {
        guard let target = targets[one.port], target.endpoints.contains(one.endpoint) else { return }
        var state = states[one.port]?[one.endpoint] ?? EndpointState()
        defer { states[one.port, default: [:]][one.endpoint] = state }
        switch state.standing {
        case .out: return
        case .trial, .awaiting:
            state.standing = .out(until: now + target.rule.pause)
            notices.append(Notice(kind: .ejectedAgain, port: one.port, endpoint: one.endpoint))
        case .serving:
            state.failures.append(one.began)
            state.failures.removeAll { $0 < one.began - target.rule.within }
            let out = states[one.port]?.values.count { $0.standing != .serving } ?? 0
            guard state.failures.count >= target.rule.unanswered, out < target.endpoints.count / 2 else { return }
            notices.append(
                Notice(
                    kind: .ejected(unanswered: state.failures.count), port: one.port, endpoint: one.endpoint))
            state = EndpointState(standing: .out(until: now + target.rule.pause), order: nextOrder)
            nextOrder &+= 1
        }
    }

    // MARK: Time

    /// What has waited too long is unanswered, and who has been left out for long enough is tried.
    mutating func tick(at now: Instant) {
        var passed = 0
        for (key, began) in order {
            guard began + Self.patience <= now else { break }
            passed += 1
            // The same client may have begun another one since.
            guard let one = waiting[key], one.began == began else { continue }
            waiting[key] = nil
            failed(one, at: now)
        }
        order.removeFirst(passed)
        for port in states.keys {
            let part = trialPart(port)
            states[port] = states[port]?.mapValues { state in
                var state = state
                if case .out(let until) = state.standing, until <= now { state.standing = .trial(part: part) }
                return state
            }
        }
        tryAgainWhereNothingIsKnown()
    }

    /// A connection that was to tell may have ended without anybody knowing how.
    private mutating func tryAgainWhereNothingIsKnown() {
        for (port, endpoints) in states {
            for (endpoint, state) in endpoints where state.standing == .awaiting {
                if waiting.values.contains(where: { $0.port == port && $0.endpoint == endpoint }) { continue }
                let part = trialPart(port)
                states[port]?[endpoint]?.standing = .trial(part: part)
            }
        }
    }

    /// The part of its share with which an endpoint gets about one connection a second.
    private func trialPart(_ port: ServicePortKey) -> UInt8 {
        let own = (rates[port]?.perSecond ?? 0) / Double(max(1, targets[port]?.endpoints.count ?? 1))
        return UInt8(min(255, max(1, 256 / max(1, own))))
    }
}
