import Foundation
import Testing

@testable import ObjectStore

/// Who may read the files, and how large they stay.
@Suite struct StoreFilesTests {
    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("All files are readable by their owner alone, also those that were there before", arguments: [true, false])
    func permissions(_ existed: Bool) async throws {
        try await StoreDirectory.with { directory in
            if existed {
                let first = try directory.store()
                _ = try await first.put("/a", [1], expecting: .absent)
                try first.close()
                for suffix in ["", "-revision"] {
                    try FileManager.default.setAttributes(
                        [.posixPermissions: 0o644], ofItemAtPath: directory.path + suffix)
                }
            }
            let store = try directory.store()
            _ = try await store.put("/b", [1], expecting: .absent)
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
            #expect(names.contains("store-wal") && names.contains("store-shm"))
            for name in names {
                #expect(try permissions(directory.url.appendingPathComponent(name).path) == 0o600, "\(name)")
            }
            try store.close()
        }
    }

    @Test("What was deleted gives its space back: in the database and in the log")
    func space() async throws {
        try await StoreDirectory.with { directory in
            let store = try directory.store()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4000 {
                    group.addTask {
                        let value = [UInt8](repeating: UInt8(number & 255), count: 4096)
                        _ = try await store.put("/k/\(number)", value, expecting: .absent)
                        _ = try await store.delete("/k/\(number)", expecting: .anything)
                    }
                }
                try await group.waitForAll()
            }
            _ = try await store.put("/last", [1], expecting: .absent)
            try await store.compact(through: store.currentRevision())
            #expect(try directory.size("") < 3 << 20)
            #expect(try directory.size("-wal") < 1 << 20)
            #expect(try await store.get("/last")?.value == [1])
            try store.close()
        }
    }
}
