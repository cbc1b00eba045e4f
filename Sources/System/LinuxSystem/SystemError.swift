import Glibc

/// A system call or a kernel request that failed.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, such as `open netlink socket`.
    public var operation: String
    /// errno.
    public var code: Int32
    /// What the kernel said besides (extended acknowledgement); empty if nothing.
    public var kernelMessage: String

    public init(_ operation: String, code: Int32, kernelMessage: String = "") {
        self.operation = operation
        self.code = code
        self.kernelMessage = kernelMessage
    }

    /// Whether something was waited for in vain.
    public var isTimeout: Bool { code == ETIMEDOUT }

    public var message: String {
        let text = unsafe String(cString: strerror(code))
        return kernelMessage.isEmpty ? text : "\(text) (\(kernelMessage))"
    }

    public var description: String { "\(operation): \(message)" }
}

extension SystemError {
    /// Nothing came in time.
    public static func timeout(_ operation: String) -> SystemError { SystemError(operation, code: ETIMEDOUT) }
}
