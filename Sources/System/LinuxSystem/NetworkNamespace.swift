internal import CLinux
import Glibc

/// A network namespace. One without a name exists as long as this object, or a socket or thread in it.
public final class NetworkNamespace: Sendable {
    /// For netlink messages that put a device into it; valid as long as this object.
    public let descriptor: Int32

    /// Creates a namespace. Needs CAP_SYS_ADMIN.
    public init() throws(SystemError) {
        let made = try DedicatedThread.run { () -> Result<Int32, SystemError> in
            Result { () throws(SystemError) in
                try SystemCall.run("make a network namespace") { viaduct_unshare_network() }
                return try SystemCall.run("open a network namespace") {
                    unsafe open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
                }
            }
        }
        descriptor = try made.get()
    }

    /// One that exists, by a path such as `/proc/1/ns/net`.
    public init(_ path: String) throws(SystemError) {
        descriptor = try SystemCall.run("open the network namespace \(path)") {
            unsafe open(path, O_RDONLY | O_CLOEXEC)
        }
    }

    deinit { SystemCall.close(descriptor) }

    /// Runs `body` in a thread of its own inside the namespace, and waits for it. Sockets that it opens stay in the
    /// namespace, whoever uses them later.
    public func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        let descriptor = descriptor
        let result = try DedicatedThread.run { () -> Result<Value, SystemError> in
            Result { () throws(SystemError) in
                try SystemCall.run("enter a network namespace") { viaduct_enter_network(descriptor) }
                return try body()
            }
        }
        return try result.get()
    }
}
