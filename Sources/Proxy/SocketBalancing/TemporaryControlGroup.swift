internal import Glibc
internal import HostInspection
public import LinuxSystem

/// A control group that a process enters for a while, so that a program has its sockets and nobody else's.
public final class TemporaryControlGroup: Sendable {
    public let path: String
    /// Where the process was before.
    private let home: String

    private static let prefix = "viaduct-"

    /// Makes a group for this process, and removes those of processes that have ended.
    ///
    /// - Parameter name: unique in this process.
    /// - Throws: ENOENT without control groups of version 2, EACCES.
    public init(_ name: String) throws(SystemError) {
        guard let root = ControlGroup.hierarchy else {
            throw SystemError("look for the hierarchy of control groups v2 in /proc/mounts", code: ENOENT)
        }
        for other in (try? KernelFile.names(in: root)) ?? [] where other.hasPrefix(Self.prefix) {
            let process = other.dropFirst(Self.prefix.count).prefix(while: \.isNumber)
            if !KernelFile.exists("/proc/\(process)") { Self.remove("\(root)/\(other)") }
        }
        let own = (try? KernelFile.read("/proc/self/cgroup")) ?? ""
        let line = own.split(separator: "\n").first { $0.hasPrefix("0::/") } ?? "0::/"
        home = root + line.dropFirst(3)
        let made = "\(root)/\(Self.prefix)\(getpid())-\(name)"
        try SystemCall.run("make the control group \(made)") { unsafe mkdir(made, 0o755) }
        path = made
    }

    deinit { Self.remove(path) }

    /// Moves this process, with all its threads. Sockets belong to the group in which they were made.
    public func enter() throws(SystemError) { try Self.move(to: path) }

    public func leave() throws(SystemError) { try Self.move(to: home) }

    private static func move(to group: String) throws(SystemError) {
        let path = "\(group)/cgroup.procs"
        let file = try SystemCall.run("open \(path)") { unsafe open(path, O_WRONLY | O_CLOEXEC) }
        defer { SystemCall.close(file) }
        try SystemCall.run("enter the control group \(group)") { unsafe write(file, "0", 1) }
    }

    /// Removes a group without processes.
    public static func remove(_ path: String) { _ = unsafe rmdir(path) }
}
