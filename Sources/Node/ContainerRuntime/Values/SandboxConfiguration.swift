/// Who a sandbox or a container belongs to, as labels tell it.
public struct PodIdentity: Hashable, Sendable {
    public var name: String
    public var namespace: String
    public var uid: String

    public init(name: String, namespace: String, uid: String) {
        self.name = name
        self.namespace = namespace
        self.uid = uid
    }
}

/// The namespaces of the kernel that a pod shares with its host.
public struct SharedNamespaces: Hashable, Sendable {
    public var hostNetwork = false
    public var hostPID = false
    public var hostIPC = false
    /// The containers of the pod see each other's processes.
    public var sharesProcesses = false

    public init() {}
}

public enum SeccompProfile: Hashable, Sendable {
    case runtimeDefault
    case unconfined
    /// The path of a profile on this host.
    case localhost(String)
}

/// What a sandbox is to be.
public struct SandboxConfiguration: Hashable, Sendable {
    public struct PortMapping: Hashable, Sendable {
        /// `TCP`, `UDP` or `SCTP`.
        public var transport: String
        public var containerPort: Int32
        public var hostPort: Int32
        public var hostIP: String

        public init(transport: String, containerPort: Int32, hostPort: Int32, hostIP: String) {
            self.transport = transport
            self.containerPort = containerPort
            self.hostPort = hostPort
            self.hostIP = hostIP
        }
    }

    public struct DNS: Hashable, Sendable {
        public var servers: [String] = []
        public var searches: [String] = []
        public var options: [String] = []

        public init() {}
    }

    public var pod: PodIdentity
    /// How many sandboxes the pod had before.
    public var attempt: UInt32 = 0
    public var hostname = ""
    public var logDirectory = ""
    /// Nil: the host's own.
    public var dns: DNS?
    public var portMappings: [PortMapping] = []
    public var labels: [String: String] = [:]
    public var annotations: [String: String] = [:]
    public var cgroupParent = ""
    public var sysctls: [String: String] = [:]
    public var namespaces = SharedNamespaces()
    public var isPrivileged = false
    public var runAsUser: Int64?
    public var runAsGroup: Int64?
    public var supplementalGroups: [Int64] = []
    public var seccomp = SeccompProfile.runtimeDefault
    /// Which of the runtime's ways to run containers; empty: the usual one.
    public var runtimeHandler = ""

    public init(pod: PodIdentity) { self.pod = pod }
}
