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

    /// What the calling thread, and programs that it starts, pin from now on ends with them.
    static func beginOwn() throws(SystemError) {
        try SystemCall.run("make a mount namespace") { viaduct_own_mounts() }
        try SystemCall.run("mount the bpf file system at \(fileSystem)") {
            unsafe viaduct_mount_bpf_file_system(fileSystem)
        }
    }

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

    /// Unpins what begins connections. What restores addresses goes on.
    ///
    /// - Returns: whether there was anything.
    func stopTranslating() throws(SystemError) -> Bool {
        var found = false
        for name in try names() where Self.isTranslating(name) {
            if try unpin(name) { found = true }
        }
        return found
    }

    /// Unpins everything below it; the kernel frees what nobody uses.
    ///
    /// - Returns: whether there was anything.
    func remove() throws(SystemError) -> Bool {
        guard KernelFile.exists(path) else { return false }
        // Links first: without them the program does not run, and maps can go.
        for name in try names().sorted(by: { Self.order($0) < Self.order($1) }) { _ = try unpin(name) }
        _ = try Self.removing(path) { unsafe rmdir(path) }
        // Others may be there.
        _ = unsafe rmdir(parent)
        return true
    }

    /// - Returns: false: it is gone already.
    private static func removing(_ path: String, _ body: () -> Int32) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try SystemCall.run("remove \(path)") { body() }
            return true
        } catch  where error.code == ENOENT {
            return false
        }
    }

    private func names() throws(SystemError) -> [String] {
        do throws(SystemError) {
            return try KernelFile.names(in: path)
        } catch  where error.code == ENOENT {
            return []
        }
    }

    /// - Returns: false: another one did.
    private func unpin(_ name: String) throws(SystemError) -> Bool {
        try Self.removing(file(name)) { unsafe unlink(file(name)) }
    }

    private static func isTranslating(_ name: String) -> Bool {
        name.hasSuffix(linkSuffix) && (name.hasPrefix("connect") || name.hasPrefix("sendmsg"))
    }

    /// What connects goes first: the rest serves sockets that are there.
    private static func order(_ name: String) -> String {
        (name.hasSuffix(linkSuffix) ? isTranslating(name) ? "0" : "1" : "2") + name
    }

    static let linkSuffix = "_link"

    /// All folders of this network namespace but one.
    static func all(cookie: UInt64, but kept: PinnedFolder? = nil) throws(SystemError) -> [PinnedFolder] {
        let parent = "\(root)/\(cookie)"
        guard KernelFile.exists(parent) else { return [] }
        return try KernelFile.names(in: parent).map { PinnedFolder(parent: parent, path: "\(parent)/\($0)") }
            .filter { $0 != kept }
    }

    /// Removes all folders of this network namespace.
    ///
    /// - Returns: whether there was one.
    static func removeAll(cookie: UInt64) throws(SystemError) -> Bool {
        var found = false
        for folder in try all(cookie: cookie) where try folder.remove() { found = true }
        let parent = "\(root)/\(cookie)"
        _ = try removing(parent) { unsafe rmdir(parent) }
        return found
    }

    private init(parent: String, path: String) { (self.parent, self.path) = (parent, path) }
}
