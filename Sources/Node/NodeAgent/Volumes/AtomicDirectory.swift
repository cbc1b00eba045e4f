import FoundationEssentials
import LinuxSystem

/// A directory whose files change all at once: they lie in a directory of their own, and what containers see are links
/// through `..data`, which is exchanged in one step (as kubelet's AtomicWriter lays it out).
struct AtomicDirectory: Sendable {
    let path: String

    private static let data = "..data"

    /// Makes the files what they are to be; whether anything had to change.
    /// - Parameter group: who owns the files beside root; nil: root's.
    @discardableResult
    func write(_ wanted: VolumeFiles, group: UInt32?, name: @autoclosure () -> String) throws(SystemError) -> Bool {
        try FileTree.makeDirectory(path, mode: group == nil ? 0o755 : 0o2775)
        let old = FileTree.linkTarget("\(path)/\(Self.data)")
        if let old, holds(wanted, in: "\(path)/\(old)", group) { return false }
        let fresh = name()
        try FileTree.makeDirectory("\(path)/\(fresh)")
        for (file, content) in wanted.files { try write(file, content, in: fresh, group) }
        let temporary = "\(path)/..data_tmp"
        _ = try? FileManager.default.removeItem(atPath: temporary)
        try FileTree.link(temporary, to: fresh)
        try FileTree.rename(temporary, to: "\(path)/\(Self.data)")
        let top = Set(wanted.files.keys.map { String($0.prefix { $0 != "/" }) })
        for entry in top where FileTree.linkTarget("\(path)/\(entry)") == nil {
            try FileTree.link("\(path)/\(entry)", to: "\(Self.data)/\(entry)")
        }
        removeStale(keeping: top, fresh)
        return true
    }

    private func write(
        _ file: String, _ content: VolumeFiles.File, in directory: String, _ group: UInt32?
    ) throws(SystemError) {
        let whole = "\(path)/\(directory)/\(file)"
        let parent = whole.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try FileTree.makeDirectory(parent)
        try FileTree.write(whole, content.bytes, mode: Self.mode(content, group))
        if content.user != nil || group != nil {
            try FileTree.setOwner(whole, user: content.user, group: group)
            try FileTree.setMode(whole, Self.mode(content, group))
        }
    }

    /// Whose group it is may read it.
    private static func mode(_ content: VolumeFiles.File, _ group: UInt32?) -> UInt32 {
        group == nil ? content.mode : content.mode | 0o440
    }

    private func holds(_ wanted: VolumeFiles, in directory: String, _ group: UInt32?) -> Bool {
        guard let present = try? FileManager.default.subpathsOfDirectory(atPath: directory) else { return false }
        let files = present.filter { !FileTree.isDirectory("\(directory)/\($0)") }
        guard Set(files) == Set(wanted.files.keys) else { return false }
        return wanted.files.allSatisfy { file, content in
            let whole = "\(directory)/\(file)"
            guard FileTree.mode(whole).map({ $0 & 0o7777 }) == Self.mode(content, group) else { return false }
            return (try? FileTree.read(whole, limit: content.bytes.count + 1)) == content.bytes
        }
    }

    private func removeStale(keeping top: Set<String>, _ fresh: String) {
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let isOurs = entry == Self.data || entry == fresh || top.contains(entry)
            if !isOurs { try? FileManager.default.removeItem(atPath: "\(path)/\(entry)") }
        }
    }
}
