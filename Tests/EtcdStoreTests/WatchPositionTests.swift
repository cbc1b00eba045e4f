import Foundation
import ObjectStore
import SwiftProtobuf
import Testing

@testable import EtcdStore

@Suite struct WatchPositionTests {
    private let keys = EtcdKeys(prefix: "/p", root: "")

    private func position(after revision: Revision, prefix: String = "/") -> WatchPosition {
        WatchPosition(keys: keys, prefix: prefix, after: revision)
    }

    private func response(
        _ events: [(Revision, String)], isFragment: Bool = false, header: Revision = 1000
    ) -> EtcdWatchResponse {
        .with {
            $0.header.revision = header
            $0.fragment = isFragment
            $0.events = events.map { revision, key in
                .with {
                    $0.kv.key = key == "marker" ? keys.marker : Data("/p\(key)".utf8)
                    $0.kv.modRevision = revision
                    $0.kv.version = 1
                    $0.kv.value = Data([UInt8(truncatingIfNeeded: revision)])
                }
            }
        }
    }

    private func batch(_ step: WatchPosition.Step) -> StoreBatch? {
        if case .batch(let batch) = step { batch } else { nil }
    }

    @Test("etcd is asked for the last revision that was told, and what is known of it is not told again")
    func resume() {
        var position = position(after: 41)
        #expect(position.makeRequest().createRequest.startRevision == 41)
        let first = batch(position.take(response([(41, "/a"), (42, "/b"), (44, "/c")])))
        #expect(first?.events.map(\.revision) == [42, 44] && first?.revision == 44)
        #expect(position.makeRequest().createRequest.startRevision == 44)
        let next = batch(position.take(response([(44, "/c"), (45, "/d")])))
        #expect(next?.events.map(\.key) == ["/d"])
    }

    @Test("A watch from the beginning does not begin now")
    func beginning() {
        var position = position(after: 0)
        #expect(position.makeRequest().createRequest.startRevision == 1)
    }

    @Test("A revision that two responses share is told once, whole")
    func fragments() {
        var position = position(after: 1)
        let first = batch(position.take(response([(2, "/a"), (3, "/b")], isFragment: true)))
        #expect(first?.events.map(\.revision) == [2] && first?.revision == 2)
        // Nothing is complete.
        #expect(batch(position.take(response([(3, "/c")], isFragment: true))) == nil)
        let last = batch(position.take(response([(3, "/d"), (4, "/e")])))
        #expect(last?.events.map(\.key) == ["/b", "/c", "/d", "/e"] && last?.revision == 4)
    }

    @Test("After a cut within a revision the whole revision comes again")
    func cutFragments() {
        var position = position(after: 1)
        _ = position.take(response([(2, "/a"), (3, "/b")], isFragment: true))
        #expect(position.makeRequest().createRequest.startRevision == 2)
        let again = batch(position.take(response([(2, "/a"), (3, "/b"), (3, "/c")])))
        #expect(again?.events.map(\.key) == ["/b", "/c"])
    }

    @Test("Only events and notices of progress tell how far the watch is")
    func progress() {
        var position = position(after: 5)
        let created = EtcdWatchResponse.with {
            $0.created = true
            $0.header.revision = 90
        }
        guard case .created = position.take(created) else {
            Issue.record("the watch is created")
            return
        }
        #expect(position.revision == 5)
        // The header of events is the server's revision, which the watch need not have come to.
        #expect(batch(position.take(response([(6, "/a")], header: 80)))?.revision == 6)
        #expect(batch(position.take(response([], header: 70))) == StoreBatch(events: [], revision: 70))
        #expect(batch(position.take(response([], header: 70))) == nil)
        // Of the whole stream: it may overtake events in old versions.
        var overtaking = response([], header: 85)
        overtaking.watchID = -1
        #expect(batch(position.take(overtaking)) == nil)
    }

    @Test("The marker and other prefixes move the watch on and are not told")
    func hidden() {
        var position = position(after: 5, prefix: "/wanted/")
        #expect(batch(position.take(response([(6, "marker")]))) == StoreBatch(events: [], revision: 6))
        let mixed = batch(position.take(response([(7, "/other/a"), (8, "/wanted/a"), (9, "/other/b")])))
        #expect(mixed?.events.map(\.key) == ["/wanted/a"] && mixed?.revision == 9)
    }

    @Test("Compaction ends a watch; other ends let it begin anew")
    func ends() {
        var position = position(after: 5)
        let compacted = EtcdWatchResponse.with {
            $0.canceled = true
            $0.compactRevision = 9
        }
        guard case .compacted(9) = position.take(compacted) else {
            Issue.record("compacted")
            return
        }
        let cancelled = EtcdWatchResponse.with {
            $0.canceled = true
            $0.cancelReason = "etcdserver: no leader"
        }
        guard case .cancelled("etcdserver: no leader") = position.take(cancelled) else {
            Issue.record("cancelled")
            return
        }
    }
}
