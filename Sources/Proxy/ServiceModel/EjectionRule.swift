import KubeAPI
public import NetworkAddress

/// When an endpoint whose new connections stay unanswered gets no new ones for a while.
public struct EjectionRule: Hashable, Sendable {
    /// On Services, such as `unanswered=5,within=10s,for=30s`.
    public static let annotation = "viaduct.io/eject"
    static let times = Duration.seconds(1)...Duration.seconds(3600)

    /// So many connections, one after the other; 1...1000.
    public var unanswered = 5
    /// All of them began within this time; 1 s to 1 h.
    public var within = Duration.seconds(10)
    /// How long it gets no new ones; 1 s to 1 h.
    public var pause = Duration.seconds(30)

    public init() {}

    /// Reads an annotation; what is wrong or missing has its default.
    ///
    /// - Parameter report: takes what is wrong.
    public init(parsing text: String, report: (String) -> Void) {
        for item in text.split(separator: ",", maxSplits: 8).map(\.trimmed) where !item.isEmpty {
            let parts = item.split(separator: "=", omittingEmptySubsequences: false).map(\.trimmed)
            guard parts.count == 2 else {
                report("\"\(item)\" is not NAME=VALUE, such as unanswered=5,within=10s,for=30s; ignored")
                continue
            }
            switch parts[0] {
            case "unanswered":
                if let count = Int(parts[1]), (1...1000).contains(count) {
                    unanswered = count
                } else {
                    report("unanswered: \"\(parts[1])\" is not a number from 1 to 1000; taken as \(unanswered)")
                }
            case "within": within = Self.time(parts, within, report)
            case "for": pause = Self.time(parts, pause, report)
            default: report("there is no \"\(parts[0])\", only unanswered, within and for; ignored")
            }
        }
    }

    private static func time(_ parts: [String], _ fallback: Duration, _ report: (String) -> Void) -> Duration {
        if let time = AnnotationDuration.parse(parts[1]), times.contains(time) { return time }
        report(
            "\(parts[0]): \"\(parts[1])\" is not a time from 1s to 1h, such as 30s; taken as "
                + "\(Int(fallback / .seconds(1)))s")
        return fallback
    }
}

/// A Service port in one IP family.
public struct ServicePortKey: Hashable, Sendable, CustomStringConvertible {
    public var name: ServicePortName
    public var family: IPFamily

    public init(name: ServicePortName, family: IPFamily) {
        self.name = name
        self.family = family
    }

    public var description: String { "\(name) (\(family.rawValue))" }
}

/// An endpoint that gets no new connections, or a few to try it.
public struct Ejection: Hashable, Sendable {
    /// The part of its own share that it gets, in 1/256; 0: none.
    public var part: UInt8
    /// Of two that cannot both be left out, the one with the lower number is.
    public var order: UInt32

    public init(part: UInt8 = 0, order: UInt32) {
        self.part = part
        self.order = order
    }

    static let whole: UInt64 = 256
}

/// What somebody has to know who watches the connections of a Service port for ``EjectionRule``.
public struct EjectionTarget: Hashable, Sendable {
    public var rule: EjectionRule
    public var uid: String
    public var frontends: [FrontendKey]
    /// Those that would get new connections if none was left out.
    public var endpoints: Set<EndpointAddress>
}

extension ServiceModel {
    mutating func noteEjection(of service: ParsedService?, _ slot: Int32) {
        if service?.ejection != nil { ejectingSlots.insert(slot) } else { ejectingSlots.remove(slot) }
    }

    public var hasEjectionRules: Bool { !ejectingSlots.isEmpty }

    /// Service ports with a rule, as of the last delta.
    public var ejectionTargets: [ServicePortKey: EjectionTarget] {
        var targets: [ServicePortKey: EjectionTarget] = [:]
        for slot in ejectingSlots {
            let record = records[Int(slot)]
            guard let service = record.service, let rule = service.ejection else { continue }
            for port in record.delivered {
                let key = ServicePortKey(name: port.state.service.name, family: port.family)
                let out = ejections[key] ?? [:]
                var endpoints: Set<EndpointAddress> = []
                for list in EndpointList.allCases {
                    for endpoint in port.state.endpoints(list) where endpoint.weight > 0 || out[endpoint.address] != nil
                    {
                        endpoints.insert(endpoint.address)
                    }
                }
                targets[key] = EjectionTarget(
                    rule: rule, uid: service.uid, frontends: port.state.service.frontendKeys, endpoints: endpoints)
            }
        }
        return targets
    }

    /// Takes the endpoints that are left out now.
    public mutating func setEjections(_ new: [ServicePortKey: [EndpointAddress: Ejection]]) {
        for key in Set(new.keys).union(ejections.keys) where new[key] != ejections[key] {
            if let slot = slots[.init(namespace: key.name.namespace, name: key.name.name)] { dirty.insert(slot) }
        }
        ejections = new
    }
}
