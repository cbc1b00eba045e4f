/// How much a server may send, and how long it may take: whoever answers at the server's address decides neither how
/// much memory a list and a watch take nor how long they hang. A list or a watch beyond them ends, and is begun anew.
public struct ReflectorLimits: Hashable, Sendable {
    /// Objects of the kind; Kubernetes is made for 150,000 pods.
    public var objects = 250_000
    /// Bytes of all pages of a list.
    public var listBytes = 512 << 20
    /// How long a page of a list may bring no byte, and how long it may take.
    public var pageSilence: Duration = .seconds(30)
    public var page: Duration = .seconds(600)
    /// The same of a watch event that has begun. One that was cut by the server's side looks like this.
    public var eventSilence: Duration = .seconds(5)
    public var event: Duration = .seconds(60)

    public init() {}
}
