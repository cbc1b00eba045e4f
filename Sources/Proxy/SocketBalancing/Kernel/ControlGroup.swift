internal import CSocketBalancing
internal import Glibc
internal import HostInspection
internal import LinuxSystem

/// The control group to whose sockets the program is attached.
struct ControlGroup: Hashable, Sendable {
    let path: String
    let number: UInt64

    /// - Parameter path: empty: the root of the version 2 hierarchy, where it is mounted.
    /// - Throws: ENOENT where there is no such group, or no such hierarchy.
    init(_ path: String) throws(SystemError) {
        let found = path.isEmpty ? Self.hierarchy : path
        guard let found else {
            throw SystemError("look for the hierarchy of control groups v2 in /proc/mounts", code: ENOENT)
        }
        let kind = try SystemCall.run("open the control group \(found)") { unsafe viaduct_is_cgroup2(found) }
        guard kind == 1 else { throw SystemError("open \(found) as a control group v2", code: EINVAL) }
        self.path = found
        number = unsafe viaduct_cgroup_number(found)
    }

    /// Where groups of version 2 are mounted.
    static var hierarchy: String? {
        guard let mounts = try? KernelFile.read("/proc/mounts") else { return nil }
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 2, fields[2] == "cgroup2" { return String(fields[1]) }
        }
        return nil
    }
}
