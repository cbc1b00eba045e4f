import ContainerRuntime
import FoundationEssentials
import KubeAPI
import LinuxSystem

/// The directory of one pod on this host: its volumes, its /etc/hosts, its containers' last messages. Laid out as
/// kubelet's.
struct PodDirectory: Sendable {
    let path: String

    init(root: String, uid: String) { path = "\(root)/pods/\(uid)" }

    func volume(_ definition: VolumeDefinition) -> String {
        if case .hostPath(let path, _) = definition.source { return path }
        return "\(path)/volumes/kubernetes.io~\(definition.plugin)/\(definition.name)"
    }

    var hostsFile: String { path + "/etc-hosts" }

    /// Makes an empty file for a container's last message.
    func makeMessageFile(_ container: String, _ name: String) throws(SystemError) -> String {
        let directory = "\(path)/containers/\(container)"
        try FileTree.makeDirectory(directory, mode: 0o750)
        try FileTree.write("\(directory)/\(name)", [], mode: 0o666)
        return "\(directory)/\(name)"
    }

    // MARK: Volumes

    func prepareEmptyDirectory(
        _ volume: VolumeDefinition, inMemory: Bool, limit: Int64?, group: UInt32?
    ) throws(SystemError) {
        let directory = self.volume(volume)
        let isNew = !FileTree.isDirectory(directory)
        try FileTree.makeDirectory(directory, mode: 0o777)
        if inMemory, try FileTree.mounts(below: directory).isEmpty {
            try FileTree.mountMemory(directory, size: limit)
            try FileTree.setMode(directory, 0o777)
        } else if !isNew {
            return
        }
        if let group {
            try FileTree.setOwner(directory, user: nil, group: group)
            try FileTree.setMode(directory, 0o2777)
        }
    }

    /// What `hostPath.type` asks for.
    static func checkHostPath(_ path: String, _ type: String) throws(StatusProblem) {
        func fail(_ what: String) -> StatusProblem {
            StatusProblem("FailedMount", "hostPath type check failed: \(path) is not a \(what)")
        }
        let target = FileTree.resolved(path)
        let kind = target.flatMap { FileTree.mode($0) }.map { $0 & 0o170000 }
        do throws(SystemError) {
            switch type {
            case "DirectoryOrCreate": if kind == nil { try FileTree.makeDirectory(path) }
            case "FileOrCreate": if kind == nil { try FileTree.write(path, []) }
            // The runtime makes a directory of what is not there.
            case "": if kind == nil { try FileTree.makeDirectory(path) }
            default: break
            }
        } catch {
            throw StatusProblem("FailedMount", error.description)
        }
        switch type {
        case "Directory": if kind != 0o040000 { throw fail("directory") }
        case "DirectoryOrCreate": if let kind, kind != 0o040000 { throw fail("directory") }
        case "File": if kind != 0o100000 { throw fail("file") }
        case "FileOrCreate": if let kind, kind != 0o100000 { throw fail("file") }
        case "Socket": if kind != 0o140000 { throw fail("socket file") }
        case "CharDevice": if kind != 0o020000 { throw fail("character device") }
        case "BlockDevice": if kind != 0o060000 { throw fail("block device") }
        default: break
        }
    }

    /// A path below a volume, without links that lead out of it; a directory is made where nothing is.
    ///
    /// What a container changes between this look and its mount is not seen: who may write into a volume and have it
    /// mounted with `subPath` is trusted not to race.
    static func subPath(_ path: String, of volume: String) throws(StatusProblem) -> String {
        guard let base = FileTree.resolved(volume) else {
            throw StatusProblem("CreateContainerConfigError", "failed to prepare subPath: there is no \(volume)")
        }
        let whole = "\(base)/\(path)"
        do throws(SystemError) {
            var present = base
            for part in path.split(separator: "/") where part != "." {
                let next = "\(present)/\(part)"
                if FileTree.mode(next) == nil { try FileTree.makeDirectory(next, mode: 0o755) }
                guard let target = FileTree.resolved(next), target == base || target.hasPrefix(base + "/") else {
                    throw SystemError("follow \(whole)", code: 40)
                }
                present = target
            }
            return present
        } catch {
            throw StatusProblem(
                "CreateContainerConfigError", "failed to create subPath directory for volumeMount: \(error)")
        }
    }

    // MARK: The end

    /// Unmounts what is mounted and removes everything.
    func remove() throws(SystemError) {
        guard FileTree.isDirectory(path) else { return }
        for point in try FileTree.mounts(below: path) { try FileTree.unmount(point) }
        // Nothing of another file system may be removed.
        if let left = try FileTree.mounts(below: path).first {
            throw SystemError("remove \(path): something is still mounted at \(left)", code: 16)
        }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw SystemError("remove \(path): \(error)", code: 5)
        }
    }
}
