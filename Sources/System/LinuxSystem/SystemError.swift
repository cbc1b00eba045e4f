import Glibc

/// A system call or a kernel request that failed.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, such as `open netlink socket`.
    public var operation: String
    /// errno.
    public var code: Int32
    /// The kernel's message (extended acknowledgement); empty if there is none.
    public var kernelMessage: String

    public init(_ operation: String, code: Int32, kernelMessage: String = "") {
        self.operation = operation
        self.code = code
        self.kernelMessage = kernelMessage
    }

    /// Whether it is a timeout.
    public var isTimeout: Bool { code == ETIMEDOUT }

    public var message: String {
        let text = unsafe String(cString: strerror(code))
        return kernelMessage.isEmpty ? text : "\(text) (\(kernelMessage))"
    }

    public var description: String { "\(operation): \(message)" }
}

extension SystemError {
    public static func timeout(_ operation: String) -> SystemError { SystemError(operation, code: ETIMEDOUT) }
}
