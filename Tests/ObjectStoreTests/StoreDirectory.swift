import Foundation

@testable import ObjectStore

/// A directory for stores, which goes with the test.
struct StoreDirectory {
    let url: URL
    var path: String { url.appendingPathComponent("store").path }

    static func with(_ body: (StoreDirectory) async throws -> Void) async throws {
        let directory = StoreDirectory(
            url: FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString))
        try FileManager.default.createDirectory(at: directory.url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory.url) }
        try await body(directory)
    }

    func store(quota: Int = SQLiteStore.defaultQuota) throws -> SQLiteStore {
        try SQLiteStore(path: path, durability: .process, quota: quota)
    }

    func size(_ suffix: String) throws -> Int { try Data(contentsOf: URL(fileURLWithPath: path + suffix)).count }

    /// The files as a process leaves them that is killed: copied while it works on them.
    func killed() throws -> StoreDirectory {
        let copy = StoreDirectory(url: url.appendingPathComponent("copy-\(UUID().uuidString)"))
        try FileManager.default.createDirectory(at: copy.url, withIntermediateDirectories: true)
        for suffix in ["", "-wal", "-revision"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy.path + suffix)
        }
        return copy
    }

    func change(_ suffix: String, _ body: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: path + suffix)
        var data = try Data(contentsOf: url)
        body(&data)
        try data.write(to: url)
    }
}
