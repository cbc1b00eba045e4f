import ServiceModel

/// How many times, and for how long, to try endpoints for one connection. The timeouts are those of kube-proxy's
/// userspace mode. A failed endpoint is not tried again while there are others.
struct DialAttempts: Sendable {
    static let timeouts: [Duration] = [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)]

    private(set) var failed: [EndpointAddress] = []
    private var refusals: Set<EndpointAddress> = []
    private var count = 0

    /// How long the next attempt may take; nil: enough was tried.
    var timeout: Duration? { count < Self.timeouts.count ? Self.timeouts[count] : nil }

    /// An attempt failed. One that was refused at once is not worth a second try; one without answer may be.
    mutating func note(_ endpoint: EndpointAddress, wasRefused: Bool) {
        count += 1
        failed.append(endpoint)
        if wasRefused { refusals.insert(endpoint) }
    }

    /// Nobody is left but endpoints that failed: those that did not refuse may be tried again.
    ///
    /// - Returns: whether there are any.
    mutating func startOver() -> Bool {
        let again = failed.contains { !refusals.contains($0) }
        failed = Array(refusals)
        return again
    }
}
