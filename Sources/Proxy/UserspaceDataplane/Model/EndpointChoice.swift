import NetworkAddress
import ServiceModel

/// Chooses endpoints for the clients of one Service port, of all its frontends. A value that gets the time and the
/// randomness as arguments.
struct EndpointChoice: Sendable {
    typealias Instant = Duration

    /// Clients remembered for one Service port; the one that was away longest is forgotten beyond.
    static let maximumClients = 65536

    private(set) var state: ServicePortState
    private var clients: RecencyTable<IPAddress, EndpointAddress>

    init(_ state: ServicePortState, maximumClients: Int = maximumClients) {
        self.state = state
        clients = RecencyTable(limit: maximumClients)
    }

    var rememberedClients: Int { clients.count }

    /// Takes new endpoints and policies; clients stay with endpoints that stay.
    mutating func update(_ new: ServicePortState) {
        state = new
        if new.service.affinityTimeout == nil, !clients.isEmpty { clients = RecencyTable(limit: clients.limit) }
    }

    /// The endpoints for new connections of this kind of traffic. Empty although there is a socket: such connections are dropped.
    func endpoints(for frontend: Frontend, from origin: Origin) -> [Endpoint] {
        state.choices(frontend.list(for: origin))
    }

    /// The endpoint for a new connection, or nil if there is none that is not excluded.
    ///
    /// - Parameter excluded: endpoints that were tried in vain, or may not be used.
    mutating func choose(
        for client: IPAddress, _ frontend: Frontend, from origin: Origin, except excluded: [EndpointAddress] = [],
        at now: Instant, using random: inout some RandomNumberGenerator
    ) -> EndpointAddress? {
        let endpoints = endpoints(for: frontend, from: origin)
        guard let timeout = state.service.affinityTimeout else {
            return Self.any(of: endpoints, except: excluded, using: &random)
        }
        forgetIdleClients(timeout, now)
        if let kept = clients.use(client, at: now), !excluded.contains(kept), endpoints.endpoint(at: kept) != nil {
            return kept
        }
        let chosen = Self.any(of: endpoints, except: excluded, using: &random)
        if let chosen { _ = clients.set(client, chosen, at: now) } else { clients.remove(client) }
        return chosen
    }

    mutating func forgetIdleClients(at now: Instant) {
        if let timeout = state.service.affinityTimeout { forgetIdleClients(timeout, now) }
    }

    /// An endpoint refused this client: the next connection may choose another one.
    mutating func forget(_ client: IPAddress, at endpoint: EndpointAddress) {
        if clients.value(of: client) == endpoint { clients.remove(client) }
    }

    private mutating func forgetIdleClients(_ timeout: UInt32, _ now: Instant) {
        _ = clients.removeIdle(since: now - .seconds(Int64(timeout)))
    }

    private static func any(
        of endpoints: [Endpoint], except excluded: [EndpointAddress],
        using random: inout some RandomNumberGenerator
    ) -> EndpointAddress? {
        let choices = excluded.isEmpty ? endpoints : endpoints.filter { !excluded.contains($0.address) }
        if choices.isEmpty || choices.haveEqualWeights { return choices.randomElement(using: &random)?.address }
        var number = UInt64.random(in: 0..<choices.reduce(0) { $0 + UInt64($1.weight) }, using: &random)
        return choices.first {
            if number < $0.weight { return true }
            number -= UInt64($0.weight)
            return false
        }?.address
    }
}
