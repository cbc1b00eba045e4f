public import NetworkAddress

/// The program that changed a backend's objects, as far as the kernel says.
public struct DriftAuthor: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's name of the program; at most 15 bytes.
    public var program: String
    /// The id of its thread, in the initial process namespace.
    public var process: UInt32

    public init(program: String, process: UInt32) {
        self.program = program
        self.process = process
    }

    public var description: String { "\(program) (pid \(process))" }
}

/// How a backend learns at once of other programs' changes to its objects, if the kernel reports them.
public struct DriftWatch: Sendable {
    /// Called when a family's rules may have changed. The author is nil if the kernel does not say who changed them, or
    /// whether anybody did.
    public typealias Heard = @Sendable (IPFamily, DriftAuthor?) -> Void

    /// Starts to listen, until the returned object is released.
    public var begin: @Sendable (BackendSettings, [IPFamily], @escaping Heard) throws(DataplaneError) -> any Sendable

    public init(
        begin: @escaping @Sendable (BackendSettings, [IPFamily], @escaping Heard) throws(DataplaneError) -> any Sendable
    ) {
        self.begin = begin
    }
}
