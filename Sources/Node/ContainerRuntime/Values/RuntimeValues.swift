public struct RuntimeVersion: Hashable, Sendable {
    /// `containerd`
    public var name: String
    public var version: String

    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}

public struct RuntimeStatus: Hashable, Sendable {
    /// Why it cannot run pods; nil: it can.
    public var runtimeProblem: String?
    /// Why pods would have no network; nil: they would.
    public var networkProblem: String?

    public init(runtimeProblem: String? = nil, networkProblem: String? = nil) {
        self.runtimeProblem = runtimeProblem
        self.networkProblem = networkProblem
    }
}

public struct CommandResult: Hashable, Sendable {
    public var output: [UInt8]
    public var errors: [UInt8]
    public var status: Int32

    public init(output: [UInt8] = [], errors: [UInt8] = [], status: Int32 = 0) {
        self.output = output
        self.errors = errors
        self.status = status
    }
}

/// A session that the runtime serves over HTTP.
public enum StreamingSession: Hashable, Sendable {
    public struct Streams: Hashable, Sendable {
        public var input: Bool
        public var output: Bool
        public var errors: Bool
        public var terminal: Bool

        public init(input: Bool, output: Bool, errors: Bool, terminal: Bool) {
            self.input = input
            self.output = output
            self.errors = errors
            self.terminal = terminal
        }
    }

    case exec(container: String, command: [String], Streams)
    case attach(container: String, Streams)
    case portForward(sandbox: String, ports: [Int32])
}

public struct RuntimeImage: Hashable, Sendable {
    public var id: String
    public var tags: [String]
    public var digests: [String]
    /// Bytes.
    public var size: UInt64
    /// The user that its containers run as; nil: it names none, or a name.
    public var uid: Int64?
    public var username: String
    /// Never to be removed: the runtime itself needs it.
    public var isPinned: Bool

    public init(
        id: String, tags: [String] = [], digests: [String] = [], size: UInt64 = 0, uid: Int64? = nil,
        username: String = "", isPinned: Bool = false
    ) {
        self.id = id
        self.tags = tags
        self.digests = digests
        self.size = size
        self.uid = uid
        self.username = username
        self.isPinned = isPinned
    }
}

/// How to log in at a registry of images.
public struct ImageCredentials: Hashable, Sendable {
    public var username = ""
    public var password = ""
    /// Base64 of `username:password`.
    public var auth = ""
    public var server = ""
    public var identityToken = ""

    public init() {}
}

public struct ContainerStatistics: Hashable, Sendable {
    public var container: String
    public var name: String
    public var labels: [String: String]
    /// Nanoseconds since 1970.
    public var time: Int64
    /// Nanoseconds of processor time so far.
    public var cpu: UInt64?
    /// Bytes.
    public var workingSet: UInt64?
    public var usage: UInt64?
    /// Bytes of files that it wrote outside of volumes.
    public var writtenBytes: UInt64?

    public init(
        container: String, name: String, labels: [String: String], time: Int64, cpu: UInt64?, workingSet: UInt64?,
        usage: UInt64?, writtenBytes: UInt64?
    ) {
        self.container = container
        self.name = name
        self.labels = labels
        self.time = time
        self.cpu = cpu
        self.workingSet = workingSet
        self.usage = usage
        self.writtenBytes = writtenBytes
    }
}
