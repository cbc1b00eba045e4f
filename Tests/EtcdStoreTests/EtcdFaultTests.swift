import EtcdTesting
import Foundation
import ObjectStore
import Synchronization
import Testing

@testable import EtcdStore

/// What etcd and the way to it do wrong.
@Suite(.enabled(if: EtcdServer.isInstalled)) struct EtcdFaultTests {
    private func configuration(_ endpoints: [EtcdEndpoint]) -> EtcdConfiguration {
        var configuration = EtcdConfiguration(endpoints: endpoints)
        configuration.attemptTimeout = .milliseconds(500)
        configuration.requestTimeout = .seconds(20)
        return configuration
    }

    /// The revisions of a watch up to one.
    private func revisions(of watch: StoreWatch, through last: Revision) async throws -> [Revision] {
        var found: [Revision] = []
        for try await batch in watch {
            found += batch.events.map(\.revision)
            if batch.revision >= last { break }
        }
        return found
    }

    @Test("A watch whose connection is cut again and again leaves nothing out and tells nothing twice")
    func cutWatch() async throws {
        try await EtcdServer.with { server in
            try await Relay.with(to: server.port) { relay in
                try await EtcdStore.with(configuration([try relay.endpoint])) { watching in
                    try await EtcdStore.with(server) { writing in
                        let start = try await writing.currentRevision()
                        let watch = try await watching.watch(prefix: "/", after: start)
                        for number in 1...100 {
                            _ = try await writing.put("/k\(number)", [1], expecting: .absent)
                            if number % 10 == 5 { relay.cut() }
                        }
                        let found = try await revisions(of: watch, through: start + 100)
                        #expect(found == Array((start + 1)...(start + 100)))
                    }
                }
            }
        }
    }

    @Test("Reads and watches go on with another member, and so do writes that were not sent")
    func failover() async throws {
        try await EtcdServer.with { server in
            try await Relay.with(to: server.port) { first in
                try await Relay.with(to: server.port) { second in
                    try await EtcdStore.with(configuration([try first.endpoint, try second.endpoint])) { store in
                        let start = try await store.put("/a", [1], expecting: .absent)
                        let watch = try await store.watch(prefix: "/", after: start)
                        first.refuse()
                        #expect(try await store.get("/a")?.value == [1])
                        // The connection is known to be gone, so nothing was sent over it.
                        #expect(try await store.put("/b", [1], expecting: .absent) == start + 1)
                        #expect(try await revisions(of: watch, through: start + 1) == [start + 1])
                        // And back.
                        first.refuse(false)
                        second.refuse()
                        #expect(try await store.get("/b")?.value == [1])
                    }
                }
            }
        }
    }

    @Test("A member that stands still is left")
    func stalledMember() async throws {
        try await EtcdServer.with { server in
            try await Relay.with(to: server.port) { first in
                try await Relay.with(to: server.port) { second in
                    try await EtcdStore.with(configuration([try first.endpoint, try second.endpoint])) { store in
                        let start = try await store.put("/a", [1], expecting: .absent)
                        let watch = try await store.watch(prefix: "/", after: start)
                        first.stall()
                        #expect(try await store.get("/a")?.value == [1])
                        _ = try await store.put("/b", [1], expecting: .absent)
                        #expect(try await revisions(of: watch, through: start + 1) == [start + 1])
                    }
                }
            }
        }
    }

    @Test("A write that waits for a member that is left meanwhile is given up", .timeLimit(.minutes(30)))
    func writesToALeftMember() async throws {
        try await EtcdServer.with { server in
            try await Relay.with(to: server.port) { first in
                try await Relay.with(to: server.port) { second in
                    var configuration = configuration([try first.endpoint, try second.endpoint])
                    configuration.requestTimeout = .seconds(600)
                    try await EtcdStore.with(configuration) { store in
                        let before = try await store.put("/a", [1], expecting: .absent)
                        first.stall()
                        do throws(StoreError) {
                            // Only where the member was left before the write began has the other one got it.
                            #expect(try await store.put("/a", [2], expecting: .anything) == before + 1)
                        } catch {
                            #expect(error == .timedOut)
                        }
                        #expect(try await store.put("/b", [1], expecting: .absent) <= before + 2)
                    }
                }
            }
        }
    }

    @Test("A write that may have been done is not tried again, and is done once at most")
    func openWrites() async throws {
        try await EtcdServer.with { server in
            try await Relay.with(to: server.port) { relay in
                var configuration = configuration([try relay.endpoint])
                configuration.requestTimeout = .seconds(1)
                try await EtcdStore.with(configuration) { store in
                    let before = try await store.put("/a", [1], expecting: .absent)
                    relay.stall()
                    await #expect(throws: StoreError.timedOut) {
                        try await store.put("/a", [2], expecting: .anything)
                    }
                    relay.stall(false)
                    relay.cut()
                    try await EtcdStore.with(server) { store in
                        let now = try await store.currentRevision()
                        #expect(now <= before + 1)
                    }
                }
            }
        }
    }

    @Test("A restarted server has all, and watches and writes go on")
    func restart() async throws {
        try await EtcdServer.with { server in
            try await EtcdStore.with(configuration([try server.endpoint])) { store in
                let start = try await store.put("/a", [1], expecting: .absent)
                let watch = try await store.watch(prefix: "/", after: start)
                server.kill()
                // Reads wait for it as long as they may.
                async let read = store.get("/a")
                try server.start()
                #expect(try await read?.value == [1])
                _ = try await store.put("/b", [2], expecting: .absent)
                #expect(try await revisions(of: watch, through: start + 1) == [start + 1])
            }
        }
    }

    @Test("Without a server, requests end at their deadline and say why")
    func noServer() async throws {
        var configuration = configuration([try EtcdEndpoint("http://127.0.0.1:1", isSecure: false)])
        configuration.requestTimeout = .milliseconds(300)
        try await EtcdStore.with(configuration) { store in
            func check(_ body: () async throws -> Void) async {
                do {
                    try await body()
                    Issue.record("there is no server")
                } catch StoreError.unavailable(let why) {
                    #expect(!why.isEmpty)
                } catch StoreError.timedOut {
                    // A starved machine may not even have been refused by then.
                } catch {
                    Issue.record("\(error)")
                }
            }
            await check { _ = try await store.get("/a") }
            await check { _ = try await store.put("/a", [1], expecting: .anything) }
            await check { _ = try await store.watch(prefix: "/", after: 0) }
        }
    }

    @Test("A watch that missed a compaction while it was cut off ends with it")
    func compactionDuringSubscription() async throws {
        try await EtcdServer.with { server in
            try await Relay.with(to: server.port) { relay in
                try await EtcdStore.with(configuration([try relay.endpoint])) { watching in
                    try await EtcdStore.with(server) { store in
                        let start = try await store.put("/a", [0], expecting: .absent)
                        let watch = try await watching.watch(prefix: "/", after: start)
                        relay.refuse()
                        for number in 1...5 {
                            _ = try await store.put("/a", [UInt8(number)], expecting: .anything)
                        }
                        try await store.compact(through: start + 3)
                        relay.refuse(false)
                        await #expect(throws: StoreError.compacted(start + 3)) { for try await _ in watch {} }
                    }
                }
            }
        }
    }

    @Test("Values that are too large, and a store that is full, are told; removals are taken")
    func limits() async throws {
        // Each write is in the backend's size at once, else the quota is noticed some writes later on a busy machine.
        let quota = [
            "--quota-backend-bytes", "\(16 << 20)", "--max-request-bytes", "1000000", "--backend-batch-limit", "1",
        ]
        try await EtcdServer.with(arguments: quota) { server in
            try await EtcdStore.with(server) { store in
                // Beyond etcd's limit, and beyond what its gRPC library takes.
                for size in [1_100_000, 4_000_000] {
                    do {
                        _ = try await store.put("/large", [UInt8](repeating: 1, count: size), expecting: .absent)
                        Issue.record("\(size) bytes were taken")
                    } catch StoreError.tooLarge {}
                }
                let value = [UInt8](repeating: 7, count: 900_000)
                var written = 0
                await #expect(throws: StoreError.full(quota: nil)) {
                    for number in 0..<40 {
                        _ = try await store.put("/k/\(number)", value, expecting: .absent)
                        written += 1
                    }
                }
                #expect((5..<20).contains(written))
                #expect(try await store.get("/k/0")?.value == value)
                _ = try await store.delete("/k/0", expecting: .anything)
                await #expect(throws: StoreError.full(quota: nil)) {
                    try await store.put("/k/again", value, expecting: .absent)
                }
                #expect(try await store.list(prefix: "/k/", after: nil, limit: nil).objects.count == written - 1)
            }
        }
    }

    @Test("A list that takes many requests is of one revision")
    func longLists() async throws {
        try await EtcdServer.with { server in
            try await EtcdStore.with(server) { store in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<1500 {
                        group.addTask {
                            _ = try await store.put(
                                "/k/\(number)", [UInt8](repeating: 1, count: 4000), expecting: .absent)
                        }
                    }
                    try await group.waitForAll()
                }
                async let writes: Void = {
                    for number in 0..<200 { _ = try await store.delete("/k/\(number)", expecting: .anything) }
                }()
                let page = try await store.list(prefix: "/k/", after: nil, limit: nil)
                try await writes
                let again = try await store.list(prefix: "/k/", after: nil, limit: nil, at: page.revision)
                #expect(page.objects == again.objects)
                #expect(page.objects.allSatisfy { $0.revision <= page.revision })
                let part = try await store.list(prefix: "/k/", after: "/k/1", limit: 700, at: page.revision)
                let rest = page.objects.drop { $0.key <= "/k/1" }
                #expect(part.objects == Array(rest.prefix(700)) && part.remaining == rest.count - 700)
            }
        }
    }

    @Test("Stores with different prefixes do not see each other, and each is told how far it is")
    func prefixes() async throws {
        try await EtcdServer.with { server in
            var one = EtcdConfiguration(endpoints: [try server.endpoint], prefix: "/one", root: "/registry")
            one.requestTimeout = .seconds(20)
            var other = one
            other.prefix = "/one.b"
            try await EtcdStore.with(one) { one in
                try await EtcdStore.with(other) { other in
                    let start = try await one.put("/registry/a", [1], expecting: .absent)
                    let watch = try await one.watch(prefix: "", after: start)
                    for number in 0..<10 {
                        _ = try await other.put("/registry/\(number)", [2], expecting: .absent)
                    }
                    #expect(
                        try await one.list(prefix: "", after: nil, limit: nil).objects.map(\.key) == ["/registry/a"])
                    let now = try await one.currentRevision()
                    try await one.requestProgress()
                    #expect(try await revisions(of: watch, through: now) == [])
                    await #expect(throws: StoreError.self) { try await one.put("/other", [1], expecting: .absent) }
                }
            }
        }
    }

    @Test("Of several servers one compacts in a turn")
    func turns() async throws {
        try await EtcdServer.with { server in
            try await EtcdStore.with(server) { one in
                try await EtcdStore.with(server) { other in
                    let first = try await one.compact(inTurn: nil)
                    let second = try await other.compact(inTurn: nil)
                    #expect(first.number == 1 && second.number == 1)
                    let before = try await one.put("/a", [1], expecting: .absent)
                    let next = try await one.compact(inTurn: first)
                    #expect(next.number == 2 && next.revision > before)
                    // The other one comes too late and learns that.
                    let late = try await other.compact(inTurn: second)
                    #expect(late.number == 2)
                    #expect(try await other.compact(inTurn: late).number == 3)
                    await #expect(throws: StoreError.compacted(late.revision)) {
                        try await one.watch(prefix: "", after: before)
                    }
                }
            }
        }
    }

    @Test("A lease that is gone is replaced")
    func lostLease() async throws {
        try await EtcdServer.with { server in
            try await EtcdStore.with(server) { store in
                let now = ContinuousClock.now
                store.leases.withLock { $0.keep(12345, for: 600, ends: now + .seconds(10_000), now: now) }
                _ = try await store.put("/a", [1], expecting: .absent, lifetime: .seconds(600))
                #expect(try await store.get("/a")?.value == [1])
                #expect(store.leases.withLock { $0.take(600, now: now) } != 12345)
            }
        }
    }

    @Test("A watch that nobody reads any more is given up")
    func abandonedWatches() async throws {
        try await EtcdServer.with { server in
            try await EtcdStore.with(server) { store in
                for _ in 0..<50 {
                    let watch = try await store.watch(prefix: "/", after: 0)
                    _ = watch
                }
                for _ in 0..<12_000 where store.openWatches > 0 { try await Task.sleep(for: .milliseconds(25)) }
                #expect(store.openWatches == 0)
            }
        }
    }
}
