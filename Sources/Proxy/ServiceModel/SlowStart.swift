import KubeAPI
import NetworkAddress

/// How the share of a new endpoint grows.
struct SlowStart: Hashable, Sendable {
    /// On Services: how long it takes.
    static let annotation = "viaduct.io/slow-start"
    /// A share grows in so many steps, whatever the time.
    static let steps = 10
    static let range = Duration.seconds(1)...Duration.seconds(3600)

    let duration: Duration

    /// Nil: it is no duration in ``range``.
    init?(parsing text: String) {
        guard let duration = AnnotationDuration.parse(text), Self.range.contains(duration) else { return nil }
        self.duration = duration
    }

    private var seconds: Double { duration / .seconds(1) }

    /// The share that an endpoint has by now, in parts of ``steps``: from 1 up.
    ///
    /// - Parameter start: when it was first ready; both in seconds since 1970. A clock that was set back ends it.
    func step(since start: Double, at now: Double) -> Int {
        let passed = now - start
        guard passed >= 0, passed < seconds else { return Self.steps }
        return max(1, Int(passed / seconds * Double(Self.steps)))
    }

    /// When the share grows next; nil: it is whole.
    func nextStep(since start: Double, at now: Double) -> Double? {
        let step = step(since: start, at: now)
        guard step < Self.steps else { return nil }
        return start + seconds * Double(step + 1) / Double(Self.steps)
    }
}

/// Endpoints of one Service that have not got their whole share yet.
struct Ramp: Hashable, Sendable {
    /// When each was first ready, in seconds since 1970.
    var starts: [IPAddress: Double] = [:]
    /// When the next share grows.
    var due = Double.infinity
}

/// When an endpoint of a Service was first ready, to be kept over a restart.
public struct EndpointStart: Hashable, Sendable, Codable {
    public var namespace: String
    public var service: String
    public var address: String
    /// Seconds since 1970.
    public var start: Double
}

extension ServiceModel {
    /// When a share grows next, in seconds since 1970; nil: all are whole.
    public var nextStep: Double? {
        ramps.isEmpty ? nil : ramps.values.reduce(Double.infinity) { min($0, $1.due) }
    }

    /// Tells the time; shares that have grown by now are in the next delta.
    ///
    /// - Parameter now: seconds since 1970.
    public mutating func advance(to now: Double) {
        self.now = now
        for (slot, ramp) in ramps where ramp.due <= now { dirty.insert(slot) }
    }

    /// Sorted by Service and address.
    public var endpointStarts: [EndpointStart] {
        ramps.flatMap { slot, ramp in
            let key = records[Int(slot)].key
            return ramp.starts.map {
                EndpointStart(namespace: key.namespace, service: key.name, address: "\($0.key)", start: $0.value)
            }
        }.sorted { ($0.namespace, $0.service, $0.address) < ($1.namespace, $1.service, $1.address) }
    }

    /// What an earlier process knew. Comes before the first delta, which drops what does not hold any more.
    public mutating func restore(_ starts: [EndpointStart]) {
        for start in starts {
            guard let address = IPAddress(start.address), start.start.isFinite else { continue }
            restoredStarts[ObjectKey(namespace: start.namespace, name: start.service), default: [:]][address] =
                start.start
        }
    }

    /// Brings the ramps of a Service up to date before its states are computed.
    mutating func updateRamp(_ slot: Int32) {
        let record = records[Int(slot)]
        guard let slowStart = record.service?.slowStart else {
            if !ramps.isEmpty { ramps[slot] = nil }
            return
        }
        let ready = record.readyAddresses
        var starts = ramps[slot]?.starts ?? restoredStarts.removeValue(forKey: record.key) ?? [:]
        // Beside nobody, or where all begin together, there is nothing to grow beside.
        if !isFirstDelta {
            var known: Set<IPAddress> = []
            for port in record.delivered {
                for list in EndpointList.allCases {
                    for endpoint in port.state.endpoints(list) where endpoint.state == .serving {
                        known.insert(endpoint.address.ip)
                    }
                }
            }
            if !known.isEmpty {
                for address in ready where !known.contains(address) { starts[address] = now }
            }
        }
        starts = starts.filter { ready.contains($0.key) && slowStart.nextStep(since: $0.value, at: now) != nil }
        guard !starts.isEmpty else {
            ramps[slot] = nil
            return
        }
        let due = starts.values.compactMap { slowStart.nextStep(since: $0, at: now) }.min() ?? .infinity
        ramps[slot] = Ramp(starts: starts, due: due)
    }
}

extension ServiceRecord {
    fileprivate var readyAddresses: Set<IPAddress> {
        var addresses: Set<IPAddress> = []
        for slice in slices {
            for endpoint in slice.endpoints where endpoint.flags.contains(.ready) { addresses.insert(endpoint.ip) }
        }
        return addresses
    }
}
