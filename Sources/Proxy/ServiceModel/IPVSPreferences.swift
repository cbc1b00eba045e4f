public import NetworkAddress

/// What a Service asks of the ipvs backend in its annotations.
public struct IPVSPreferences: Hashable, Sendable {
    /// `viaduct.io/ipvs-scheduler`: a scheduler's name.
    public static let schedulerAnnotation = "viaduct.io/ipvs-scheduler"
    /// `viaduct.io/ipvs-scheduler-flags`: flags of the scheduler, with commas between them.
    public static let flagsAnnotation = "viaduct.io/ipvs-scheduler-flags"
    /// `viaduct.io/ipvs-weights`: weights of endpoints by address or CIDR, such as `10.0.0.1=3,10.0.1.0/24=2`.
    public static let weightsAnnotation = "viaduct.io/ipvs-weights"

    /// The weight of the endpoints in a network.
    public struct Weight: Hashable, Sendable {
        public var network: IPNetwork
        /// 0...65535; 0: no new connections.
        public var value: UInt16

        public init(_ network: IPNetwork, _ value: UInt16) {
            self.network = network
            self.value = value
        }
    }

    /// nil: the configured one.
    public var scheduling: IPVSScheduling?
    /// Longest prefixes first.
    public private(set) var weights: [Weight]

    public init(scheduling: IPVSScheduling? = nil, weights: [Weight] = []) {
        self.scheduling = scheduling
        self.weights = weights.sorted {
            ($1.network.prefixLength, $0.network) < ($0.network.prefixLength, $1.network)
        }
    }

    public var isEmpty: Bool { scheduling == nil && weights.isEmpty }

    /// The weight of an endpoint: that of the longest prefix, 1 without one.
    public func weight(of address: IPAddress) -> UInt16 {
        weights.first { $0.network.contains(address) }?.value ?? 1
    }
}

extension IPVSPreferences {
    /// Reads annotations, leaving out what is wrong.
    ///
    /// - Parameters:
    ///   - fallback: the configured scheduler, which flags alone refer to.
    ///   - report: takes the annotation and what is wrong with it.
    init(_ annotations: [String: String], default fallback: IPVSScheduling, report: (String, String) -> Void) {
        self.init()
        let flags = annotations[Self.flagsAnnotation]
        var scheduler = fallback.scheduler
        if let name = annotations[Self.schedulerAnnotation] {
            do throws(IPVSScheduling.Invalid) {
                let asked = try IPVSScheduling(scheduler: name, flags: "")
                scheduler = asked.scheduler
                scheduling = asked
            } catch {
                report(Self.schedulerAnnotation, "\(error); the default \(fallback.scheduler.rawValue) is used")
            }
        }
        if let flags {
            do throws(IPVSScheduling.Invalid) {
                scheduling = IPVSScheduling(scheduler, flags: try IPVSScheduling.flags(flags, of: scheduler))
            } catch {
                report(Self.flagsAnnotation, "\(error); ignored")
            }
        }
        if let text = annotations[Self.weightsAnnotation] {
            self = IPVSPreferences(scheduling: scheduling, weights: Self.weights(text, report))
        }
    }

    /// Every endpoint is compared with each of them.
    static let maximumWeights = 1000

    private static func weights(_ text: String, _ report: (String, String) -> Void) -> [Weight] {
        var weights: [Weight] = []
        for item in text.split(separator: ",", maxSplits: 2 * maximumWeights).map({ String($0).trimmed })
        where !item.isEmpty {
            guard weights.count < maximumWeights else {
                report(weightsAnnotation, "only the first \(maximumWeights) weights count")
                break
            }
            let parts = item.split(separator: "=", omittingEmptySubsequences: false).map { String($0).trimmed }
            guard parts.count == 2, let value = UInt16(parts[1]),
                let network = IPAddress(parts[0]).map({ IPNetwork($0) }) ?? IPNetwork(parts[0])
            else {
                report(
                    weightsAnnotation,
                    "\"\(item)\" is not ADDRESS=WEIGHT or CIDR=WEIGHT with a weight of 0-65535; ignored")
                continue
            }
            weights.removeAll { $0.network == network }
            weights.append(Weight(network, value))
        }
        return weights
    }
}
