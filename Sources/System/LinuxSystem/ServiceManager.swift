internal import CLinux
import Glibc

/// The service manager that started this process and expects its state, by systemd's protocol (sd_notify(3)).
public struct ServiceManager: Sendable {
    /// The interval within which it expects a keep-alive; nil: none.
    public let watchdog: Duration?
    private let path: String

    /// - Parameter environment: NOTIFY_SOCKET names the socket, WATCHDOG_USEC and WATCHDOG_PID the watchdog.
    /// - Returns: nil without a service manager that expects anything.
    public init?(environment: [String: String]) {
        self.init(environment: environment, process: getpid())
    }

    /// - Parameter process: the number of this process.
    init?(environment: [String: String], process: Int32) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"),
            path.utf8.count <= UnixSocketName.maximumLength
        else { return nil }
        self.path = path
        let isMeant = environment["WATCHDOG_PID"].map { $0 == String(process) } ?? true
        watchdog = environment["WATCHDOG_USEC"].flatMap(Int64.init)
            .flatMap { $0 > 0 && isMeant ? .microseconds($0) : nil }
    }

    public enum State: Hashable, Sendable {
        case ready
        case stopping
        /// A keep-alive.
        case alive
        /// One line for `systemctl status`.
        case status(String)

        var assignment: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .alive: "WATCHDOG=1"
            case .status(let text): "STATUS=\(text.prefix { !$0.isNewline })"
            }
        }
    }

    /// Does not wait: states that the manager cannot receive at once are lost.
    ///
    /// - Throws: as socket(2) and sendto(2).
    public func tell(_ states: [State]) throws(SystemError) {
        let message = Array(states.map(\.assignment).joined(separator: "\n").utf8)
        let type = SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = try SystemCall.run("open a socket") { socket(AF_UNIX, Int32(type), 0) }
        defer { SystemCall.close(descriptor) }
        try SystemCall.run("tell the service manager at \(path)") {
            unsafe UnixSocketName.withAddress(path) { address, length in
                unsafe message.withUnsafeBytes {
                    unsafe sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length)
                }
            }
        }
    }
}
