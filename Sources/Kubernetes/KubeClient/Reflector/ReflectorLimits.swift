/// How much a server may send, and how long it may take. They bound the memory of a list or watch, and how long it can
/// hang, whatever answers at the server's address. A list or a watch that exceeds them ends and starts again.
public struct ReflectorLimits: Hashable, Sendable {
    /// Objects of the kind; Kubernetes supports 150,000 pods.
    public var objects = 250_000
    /// Bytes of all pages of a list.
    public var listBytes = 512 << 20
    /// How long a page of a list may bring no byte, and how long it may take.
    public var pageSilence: Duration = .seconds(30)
    public var page: Duration = .seconds(600)
    /// The same for a watch event that has begun. An event that the server truncated shows in this way.
    public var eventSilence: Duration = .seconds(5)
    public var event: Duration = .seconds(60)

    public init() {}
}
