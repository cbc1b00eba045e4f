import HostInspection
import LinuxSystem

/// Processes of this host, as far as /proc shows them.
struct ProcessReader {
    let privileges: Privileges

    /// Descriptors that are looked at, of all processes together.
    private static let descriptorLimit = 1 << 20

    private func processes() throws(SystemError) -> [Int] { try KernelFile.names(in: "/proc").compactMap { Int($0) } }

    private func name(_ process: Int) -> String? {
        guard let text = try? KernelFile.read("/proc/\(process)/comm", limit: 64) else { return nil }
        return text.split(separator: "\n").first.map(String.init)
    }

    /// Those of these names.
    func programs(_ names: Set<String>) -> Observation<[HostFacts.Program]> {
        HostReader.observe { () throws(SystemError) in
            let here = try? KernelFile.link("/proc/self/ns/net")
            var found: [HostFacts.Program] = []
            for process in try processes() {
                guard let name = name(process), names.contains(name) else { continue }
                let its = try? KernelFile.link("/proc/\(process)/ns/net")
                found.append(HostFacts.Program(name, process, isHere: its.flatMap { its in here.map { $0 == its } }))
            }
            return found.sorted { $0.process < $1.process }
        }
    }

    /// Finds whose sockets these are. Those of other users are not seen without CAP_SYS_PTRACE.
    func owners(of listeners: [HostFacts.Listener]) -> [HostFacts.Listener] {
        var wanted = Set(listeners.map(\.inode))
        var owners: [UInt64: HostFacts.Program] = [:]
        var rest = Self.descriptorLimit
        for process in (try? processes()) ?? [] {
            guard !wanted.isEmpty, rest > 0 else { break }
            guard let descriptors = try? KernelFile.names(in: "/proc/\(process)/fd", limit: rest) else { continue }
            rest -= descriptors.count
            for descriptor in descriptors {
                guard let link = try? KernelFile.link("/proc/\(process)/fd/\(descriptor)"), link.hasPrefix("socket:["),
                    let inode = UInt64(link.dropFirst(8).dropLast()), wanted.remove(inode) != nil
                else { continue }
                owners[inode] = HostFacts.Program(name(process) ?? "?", process)
            }
        }
        return listeners.map { listener in
            var listener = listener
            listener.owner = owners[listener.inode]
            return listener
        }
    }
}
