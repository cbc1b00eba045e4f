public import NetworkAddress

/// Whoever changed what a backend had programmed, as far as the kernel says.
public struct DriftAuthor: Hashable, Sendable, CustomStringConvertible {
    /// What the kernel calls the program; at most 15 bytes.
    public var program: String
    /// The number of its thread in the first process namespace.
    public var process: UInt32

    public init(program: String, process: UInt32) {
        self.program = program
        self.process = process
    }

    public var description: String { "\(program) (pid \(process))" }
}

/// How a backend hears at once of what others do to what it programs, where the kernel tells.
public struct DriftWatch: Sendable {
    /// Called when a family's rules may have been changed; nil: by whom, or whether at all, the kernel does not say.
    public typealias Heard = @Sendable (IPFamily, DriftAuthor?) -> Void

    /// Begins to listen, and listens until the returned object is released.
    public var begin: @Sendable (BackendSettings, [IPFamily], @escaping Heard) throws(DataplaneError) -> any Sendable

    public init(
        begin: @escaping @Sendable (BackendSettings, [IPFamily], @escaping Heard) throws(DataplaneError) -> any Sendable
    ) {
        self.begin = begin
    }
}
