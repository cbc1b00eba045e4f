import KubeAPI
import Testing

@testable import KubeClient

@Suite struct InformerCacheTests {
    private func lease(_ name: String, holder: String) -> Lease {
        var lease = Lease(metadata: ObjectMeta(name: name, namespace: "ns"))
        lease.holder = holder
        return lease
    }

    @Test func indexesFollowTheObjects() {
        let cache = InformerCache<Lease>(indexes: [ObjectIndex("holder") { $0.holder.isEmpty ? [] : [$0.holder] }])
        let keys = { (holder: String) in cache.objects("holder", holder).map(\.metadata.name) }
        #expect(cache.insert(lease("b", holder: "x")) == nil)
        cache.insert(lease("a", holder: "x"))
        #expect(keys("x") == ["a", "b"])
        #expect(cache.insert(lease("a", holder: "y"))?.holder == "x")
        #expect(keys("x") == ["b"] && keys("y") == ["a"])
        cache.insert(lease("a", holder: ""))
        #expect(keys("y").isEmpty)
        #expect(cache.remove(ObjectKey(namespace: "ns", name: "b"))?.holder == "x")
        #expect(cache.remove(ObjectKey(namespace: "ns", name: "b")) == nil)
        #expect(keys("x").isEmpty && cache.count == 1)
        #expect(cache[ObjectKey(namespace: "ns", name: "a")] != nil)
        #expect(cache.objects("no such index", "x").isEmpty)
    }
}
