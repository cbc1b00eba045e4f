/// The validated configuration for backends.
public struct BackendSettings: Hashable, Sendable {
    /// The value of a field in the mode's section.
    public enum Option: Hashable, Sendable {
        case text(String)
        case texts([String])
        case flag(Bool)
        case duration(Duration)
    }

    /// The packet mark that says "masquerade" between two hooks (1 << masqueradeBit).
    public var masqueradeMark: UInt32 = 1 << 14
    /// Whether the kernel serves node ports on IPv4 loopback addresses.
    public var localhostNodePorts = false
    /// Whether connection tracking treats packets outside the window as valid.
    public var isConntrackLiberal = false
    /// Idle time after which a UDP client is dropped; zero: the default.
    public var udpIdleTimeout = Duration.zero
    /// How long connections go on to an endpoint that is gone; zero: the default.
    public var drainTimeout = Duration.zero
    /// The fields of the mode's section that only its backend understands, by name.
    public var options: Options

    public struct Options: Hashable, Sendable {
        private let values: [String: Option]

        public init(_ values: [String: Option] = [:]) { self.values = values }

        /// Empty without the field.
        public func text(_ name: String) -> String {
            if case .text(let value) = values[name] { value } else { "" }
        }

        public func texts(_ name: String) -> [String] {
            if case .texts(let value) = values[name] { value } else { [] }
        }

        public func flag(_ name: String) -> Bool {
            if case .flag(let value) = values[name] { value } else { false }
        }

        /// Zero without the field.
        public func duration(_ name: String) -> Duration {
            if case .duration(let value) = values[name] { value } else { .zero }
        }
    }

    public init(options: Options = Options()) { self.options = options }
}
