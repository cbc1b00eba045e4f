import FoundationEssentials
import Glibc
import KubeAPI
import SystemPackage

/// The file of an audit log. When it is full it gets a name with the time and a new one is begun.
struct AuditFile {
    private let configuration: AuditLog.Configuration
    private var file: FileDescriptor
    private var size: Int

    private var isStandardOutput: Bool { configuration.path == "-" }

    init(_ configuration: AuditLog.Configuration) throws {
        self.configuration = configuration
        if configuration.path == "-" {
            (file, size) = (.standardOutput, 0)
        } else {
            (file, size) = try Self.open(configuration.path)
        }
    }

    private static func open(_ path: String) throws -> (FileDescriptor, Int) {
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.append, .create], permissions: .ownerReadWrite)
        // One that was there may have been readable by everybody. A device or a pipe is as its owner wants it.
        let status = try Stat(file)
        if status.type == .regular, status.permissions.isForOthers,
            fchmod(file.rawValue, status.permissions.rawValue & 0o700) != 0
        {
            let error = Errno(rawValue: errno)
            try? file.close()
            throw error
        }
        return (file, Int(try file.seek(offset: 0, from: .end)))
    }

    mutating func write(_ line: [UInt8]) throws {
        var problem: (any Error)?
        if configuration.maximumSize > 0, size > 0, size + line.count > configuration.maximumSize {
            // The line is written all the same, and the next one tries again.
            do { try rotate() } catch { problem = error }
        }
        try file.writeAll(line)
        size += line.count
        if let problem { throw problem }
    }

    mutating func close() throws {
        if !isStandardOutput { try file.close() }
    }

    private mutating func rotate() throws {
        guard !isStandardOutput else { return }
        let time = Timestamp.now().text(microseconds: true).replacing(":", with: "-")
        let aside = "\(Self.stem(configuration.path))-\(time)\(Self.suffix(configuration.path))"
        // The last try may have got no further than this.
        guard rename(configuration.path, aside) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
        let next = try Self.open(configuration.path)
        try? file.close()
        (file, size) = next
        try removeOld()
    }

    /// `audit` of `audit.log`.
    private static func stem(_ path: String) -> String { String(path.dropLast(suffix(path).count)) }

    private static func suffix(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return String(name[dot...])
    }

    private func removeOld() throws {
        let directory = FilePath(configuration.path).removingLastComponent().string
        let stem = Self.stem(configuration.path).split(separator: "/").last.map(String.init) ?? ""
        let suffix = Self.suffix(configuration.path)
        let place = directory.isEmpty ? "." : directory
        let backups = try FileManager.default.contentsOfDirectory(atPath: place)
            .filter { $0.hasPrefix(stem + "-2") && $0.hasSuffix(suffix) }.sorted()
        let surplus = configuration.maximumBackups > 0 ? max(0, backups.count - configuration.maximumBackups) : 0
        for (index, name) in backups.enumerated() {
            let path = "\(place)/\(name)"
            let modified = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            let age = modified.map { Duration.seconds(-$0.timeIntervalSinceNow) } ?? .zero
            guard index < surplus || configuration.maximumAge.map({ age > $0 }) == true else { continue }
            try FileManager.default.removeItem(atPath: path)
        }
    }
}
