import Glibc
public import LinuxSystem

/// Why the kernel could not be programmed.
public struct DataplaneError: Error, Sendable, CustomStringConvertible {
    /// What was tried, such as `commit nftables transaction`.
    public var operation: String
    /// errno, 0 if there is none.
    public var code: Int32
    /// The message of the kernel or the library.
    public var message: String

    public init(operation: String, code: Int32 = 0, message: String) {
        self.operation = operation
        self.code = code
        self.message = message
    }

    public init(_ error: SystemError) {
        self.init(operation: error.operation, code: error.code, message: error.message)
    }

    /// Whether the kernel lacks something: a module, a protocol, an address family.
    public var isMissingSupport: Bool {
        [ENOENT, ENOPROTOOPT, EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT].contains(code)
    }

    public var description: String { "\(operation): \(message)" }

    /// - Throws: the body's error, wrapped.
    public static func wrapping<Value: ~Copyable>(
        _ body: () throws(SystemError) -> Value
    ) throws(DataplaneError) -> Value {
        do throws(SystemError) { return try body() } catch { throw DataplaneError(error) }
    }
}
