/// A sandbox as the runtime lists it.
public struct SandboxSummary: Hashable, Sendable {
    public var id: String
    public var pod: PodIdentity
    public var attempt: UInt32
    public var isReady: Bool
    /// Nanoseconds since 1970.
    public var createdAt: Int64
    public var labels: [String: String]
    public var annotations: [String: String]

    public init(
        id: String, pod: PodIdentity, attempt: UInt32, isReady: Bool, createdAt: Int64,
        labels: [String: String] = [:], annotations: [String: String] = [:]
    ) {
        self.id = id
        self.pod = pod
        self.attempt = attempt
        self.isReady = isReady
        self.createdAt = createdAt
        self.labels = labels
        self.annotations = annotations
    }
}

public struct SandboxDetail: Hashable, Sendable {
    public var id: String
    public var isReady: Bool
    /// The first is the primary one; none on the host's network.
    public var addresses: [String]

    public init(id: String, isReady: Bool, addresses: [String]) {
        self.id = id
        self.isReady = isReady
        self.addresses = addresses
    }
}

public enum ContainerState: String, Hashable, Sendable {
    case created
    case running
    case exited
    case unknown
}

/// A container as the runtime lists it.
public struct ContainerSummary: Hashable, Sendable {
    public var id: String
    public var sandbox: String
    public var name: String
    public var attempt: UInt32
    public var state: ContainerState
    /// Nanoseconds since 1970.
    public var createdAt: Int64
    public var image: String
    public var labels: [String: String]
    public var annotations: [String: String]

    public init(
        id: String, sandbox: String, name: String, attempt: UInt32, state: ContainerState, createdAt: Int64,
        image: String = "", labels: [String: String] = [:], annotations: [String: String] = [:]
    ) {
        self.id = id
        self.sandbox = sandbox
        self.name = name
        self.attempt = attempt
        self.state = state
        self.createdAt = createdAt
        self.image = image
        self.labels = labels
        self.annotations = annotations
    }
}

/// All that the runtime tells of a container.
public struct ContainerDetail: Hashable, Sendable {
    public var id: String
    public var state: ContainerState
    /// Nanoseconds since 1970; 0: not yet.
    public var startedAt: Int64
    public var finishedAt: Int64
    public var exitCode: Int32
    /// `Completed`, `Error`, `OOMKilled`
    public var reason: String
    public var message: String
    public var image: String
    public var imageReference: String
    public var logPath: String

    public init(
        id: String, state: ContainerState, startedAt: Int64 = 0, finishedAt: Int64 = 0, exitCode: Int32 = 0,
        reason: String = "", message: String = "", image: String = "", imageReference: String = "",
        logPath: String = ""
    ) {
        self.id = id
        self.state = state
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.exitCode = exitCode
        self.reason = reason
        self.message = message
        self.image = image
        self.imageReference = imageReference
        self.logPath = logPath
    }
}
