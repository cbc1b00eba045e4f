import Foundation
import Synchronization
import Testing

@testable import ProxyConfiguration

@Suite struct ConfigurationFileTests {
    /// A file whose contents are what the test says.
    private final class FakeFile: Sendable {
        let contents: Mutex<[UInt8]?>
        let reads = Mutex(0)

        init(_ text: String) { contents = Mutex(Array(text.utf8)) }

        func read() -> [UInt8]? {
            reads.withLock { $0 += 1 }
            return contents.withLock { $0 }
        }

        func waitForReads(_ count: Int) async throws {
            let goal = reads.withLock { $0 } + count
            while reads.withLock({ $0 }) < goal { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    @Test func changeEndsTheWatch() async throws {
        let file = FakeFile("a")
        let watch = ConfigurationFileWatch(path: "/etc/c", interval: .milliseconds(1)) { _ in file.read() }
        let error = await #expect(throws: ConfigurationFileWatch.Changed.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                try await file.waitForReads(3)
                // Gone for a moment, as while it is replaced, and back as it was.
                file.contents.withLock { $0 = nil }
                try await file.waitForReads(3)
                file.contents.withLock { $0 = Array("a".utf8) }
                try await file.waitForReads(3)
                file.contents.withLock { $0 = Array("b".utf8) }
                try await group.waitForAll()
            }
        }
        #expect(error?.description == "the configuration file /etc/c changed; ending, to be started again with it")
    }

    @Test func cancellationEndsTheWatchWithoutAnError() async throws {
        let watch = ConfigurationFileWatch(path: "/etc/c", interval: .seconds(3600)) { _ in [] }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch.run() }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func readsFiles() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "viaduct-\(UUID().uuidString).yaml")
        try Data("mode: nftables\n".utf8).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        #expect(try ConfigurationFile.read(path.path()) == Array("mode: nftables\n".utf8))
        let missing = #expect(throws: ConfigurationFile.ReadFailure.self) { try ConfigurationFile.read("/no/such") }
        #expect(missing?.description == "no such file")
        let directory = #expect(throws: ConfigurationFile.ReadFailure.self) { try ConfigurationFile.read("/proc") }
        #expect(directory?.description == "it is a directory")
    }
}
