/// What a container is to be.
public struct ContainerConfiguration: Hashable, Sendable {
    public struct Variable: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public struct Mount: Hashable, Sendable {
        public enum Propagation: Hashable, Sendable {
            case none
            case hostToContainer
            case bidirectional
        }

        public var containerPath: String
        public var hostPath: String
        public var isReadOnly: Bool
        public var propagation: Propagation

        public init(
            containerPath: String, hostPath: String, isReadOnly: Bool = false, propagation: Propagation = .none
        ) {
            self.containerPath = containerPath
            self.hostPath = hostPath
            self.isReadOnly = isReadOnly
            self.propagation = propagation
        }
    }

    /// Limits of the control group.
    public struct Resources: Hashable, Sendable {
        /// Microseconds.
        public var cpuPeriod: Int64 = 0
        /// Microseconds of each period; 0: no limit.
        public var cpuQuota: Int64 = 0
        public var cpuShares: Int64 = 0
        /// Bytes; 0: no limit.
        public var memoryLimit: Int64 = 0
        public var oomScoreAdjustment: Int64 = 0

        public init() {}
    }

    public struct Security: Hashable, Sendable {
        public var addedCapabilities: [String] = []
        public var droppedCapabilities: [String] = []
        public var isPrivileged = false
        public var runAsUser: Int64?
        public var runAsGroup: Int64?
        public var hasReadOnlyRoot = false
        public var supplementalGroups: [Int64] = []
        public var hasNoNewPrivileges = false
        public var maskedPaths: [String] = []
        public var readOnlyPaths: [String] = []
        public var seccomp = SeccompProfile.unconfined

        public init() {}
    }

    public var name: String
    /// How many containers of this name there were before.
    public var attempt: UInt32 = 0
    /// What the runtime calls the image.
    public var image: String
    /// Empty: the image's.
    public var command: [String] = []
    public var arguments: [String] = []
    public var workingDirectory = ""
    public var environment: [Variable] = []
    public var mounts: [Mount] = []
    public var labels: [String: String] = [:]
    public var annotations: [String: String] = [:]
    /// Below the sandbox's directory for logs.
    public var logPath = ""
    public var hasInput = false
    public var endsInputWithSession = false
    public var hasTerminal = false
    public var resources = Resources()
    public var security = Security()
    public var namespaces = SharedNamespaces()
    /// The container whose processes this one sees, by its identifier; nil: only its own, or the pod's.
    public var targetContainer: String?

    public init(name: String, image: String) {
        self.name = name
        self.image = image
    }
}
