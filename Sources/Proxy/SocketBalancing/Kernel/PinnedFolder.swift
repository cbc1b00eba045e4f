internal import CSocketBalancing
internal import Glibc
internal import HostInspection
internal import LinuxSystem

/// Where the maps and links are pinned: they live there without a process.
///
/// `/sys/fs/bpf/viaduct/<network namespace>/<control group>-<program>/`: each proxy has one, and so has each version of
/// the program, whose maps may differ.
struct PinnedFolder: Hashable, Sendable {
    static let fileSystem = "/sys/fs/bpf"
    private static let root = fileSystem + "/viaduct"

    /// Of the proxy's network namespace.
    let parent: String
    let path: String

    /// - Parameters:
    ///   - cookie: the network namespace's.
    ///   - group: the control group's number.
    init(cookie: UInt64, group: UInt64) {
        parent = "\(Self.root)/\(cookie)"
        path = "\(parent)/\(group)-\(Self.programName)"
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The same for the same program.
    private static let programName: String = {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        let bytes = unsafe Array(SocketProgram.object)
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return String(hash, radix: 16)
    }()

    /// Makes the folder, and mounts the file system where nobody has.
    func make() throws(SystemError) {
        let kind = try SystemCall.run("look for the bpf file system at \(Self.fileSystem)") {
            unsafe viaduct_is_bpf_file_system(Self.fileSystem)
        }
        if kind == 0 {
            try SystemCall.run("mount the bpf file system at \(Self.fileSystem)") {
                unsafe viaduct_mount_bpf_file_system(Self.fileSystem)
            }
        }
        try FileTree.makeDirectory(path, mode: 0o700)
    }

    /// Unpins everything below it; the kernel frees what nobody uses.
    ///
    /// - Returns: whether there was anything.
    func remove() throws(SystemError) -> Bool {
        guard KernelFile.exists(path) else { return false }
        // Links first: without them the program does not run, and maps can go.
        for name in try KernelFile.names(in: path).sorted(by: { Self.order($0) < Self.order($1) }) {
            try SystemCall.run("remove \(file(name))") { unsafe unlink(file(name)) }
        }
        try SystemCall.run("remove \(path)") { unsafe rmdir(path) }
        return true
    }

    /// What connects goes first: the rest serves sockets that are there.
    private static func order(_ name: String) -> String {
        let isLink = name.hasSuffix(linkSuffix)
        let begins = name.hasPrefix("connect") || name.hasPrefix("sendmsg")
        return (isLink ? begins ? "0" : "1" : "2") + name
    }

    static let linkSuffix = "_link"

    /// Removes all folders of this network namespace but one.
    ///
    /// - Returns: whether there was another.
    static func removeAll(cookie: UInt64, but kept: PinnedFolder? = nil) throws(SystemError) -> Bool {
        let parent = "\(root)/\(cookie)"
        guard KernelFile.exists(parent) else { return false }
        var found = false
        for name in try KernelFile.names(in: parent) where "\(parent)/\(name)" != kept?.path {
            if try PinnedFolder(parent: parent, path: "\(parent)/\(name)").remove() { found = true }
        }
        if kept == nil { try SystemCall.run("remove \(parent)") { unsafe rmdir(parent) } }
        return found
    }

    private init(parent: String, path: String) { (self.parent, self.path) = (parent, path) }
}
