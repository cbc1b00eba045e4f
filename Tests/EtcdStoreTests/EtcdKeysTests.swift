import Foundation
import Testing

@testable import EtcdStore

@Suite struct EtcdKeysTests {
    private let keys = EtcdKeys(prefix: "/cluster-a/", root: "/registry")

    private func text(_ range: EtcdKeys.Range?) -> [String]? {
        range.map { [String(decoding: $0.start, as: UTF8.self), String(decoding: $0.end, as: UTF8.self)] }
    }

    @Test("The prefix takes the place of the root, and back")
    func places() {
        let data = keys.data("/registry/pods/default/a")
        #expect(data == Data("/cluster-a/pods/default/a".utf8))
        #expect(data.flatMap(keys.key) == "/registry/pods/default/a")
        #expect(keys.data("/registry") == nil && keys.data("/registryx/a") == nil && keys.data("/other/a") == nil)
        #expect(keys.key(Data("/cluster-a".utf8)) == nil && keys.key(Data("/cluster-ab/c".utf8)) == nil)
        #expect(keys.key(Data("/cluster-a/".utf8) + [0xFF]) == nil)
    }

    @Test(arguments: ["/a", "a", "a/", "//a//", "/a/"]) func slashesAroundThePrefixDoNotMatter(_ prefix: String) {
        #expect(EtcdKeys(prefix: prefix, root: "").data("/k") == Data("/a/k".utf8))
    }

    @Test(arguments: ["", "/"]) func thePrefixMayBeMissing(_ prefix: String) {
        let keys = EtcdKeys(prefix: prefix, root: "")
        #expect(keys.data("/k") == Data("/k".utf8))
        #expect(text(keys.range(prefix: "", after: nil)) == ["/", "0"])
    }

    @Test("Ranges hold all that begins with a prefix and nothing of others")
    func ranges() {
        let all = ["/cluster-a/", "/cluster-a0"]
        #expect(text(keys.range(prefix: "", after: nil)) == all)
        #expect(text(keys.range(prefix: "/registry", after: nil)) == all)
        #expect(text(keys.range(prefix: "/registry/", after: nil)) == all)
        #expect(text(keys.range(prefix: "/registry/pods/", after: nil)) == ["/cluster-a/pods/", "/cluster-a/pods0"])
        #expect(
            text(keys.range(prefix: "/registry/pods/", after: "/registry/pods/a"))
                == ["/cluster-a/pods/a\0", "/cluster-a/pods0"])
        #expect(keys.range(prefix: "/registry/pods/", after: "/registry/services/a") == nil)
        #expect(
            text(keys.range(prefix: "/registry/pods/", after: "/registry/a")) == [
                "/cluster-a/pods/", "/cluster-a/pods0",
            ])
        #expect(keys.range(prefix: "/other/", after: nil) == nil)
    }

    @Test("The marker is watched with the keys and is none of them")
    func marker() {
        let (watched, marker) = (keys.watched, keys.marker)
        #expect(watched.start == marker && marker.lexicographicallyPrecedes(watched.end))
        #expect(keys.key(marker) == nil)
        for key in ["/registry/", "/registry/zzz/\u{10FFFF}"] {
            let data = keys.data(key) ?? Data()
            #expect(marker.lexicographicallyPrecedes(data) && data.lexicographicallyPrecedes(watched.end))
        }
        // Another cluster's prefix.
        for other in ["/cluster-a.b/c", "/cluster-a-b/c", "/cluster-ab/c", "/cluster-b/c"].map({ Data($0.utf8) }) {
            #expect(
                other.lexicographicallyPrecedes(marker) || !other.lexicographicallyPrecedes(watched.end), "\(other)")
        }
    }
}
