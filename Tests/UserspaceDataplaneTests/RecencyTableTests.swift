import TestSupport
import Testing

@testable import UserspaceDataplane

@Suite("The table of what was used last") struct RecencyTableTests {
    @Test("What was idle longest goes first")
    func order() {
        var table = RecencyTable<String, Int>(limit: 3)
        for (index, key) in ["a", "b", "c"].enumerated() {
            #expect(table.set(key, index, at: .seconds(index)) == nil)
        }
        #expect(table.use("a", at: .seconds(3)) == 0)
        #expect(table.set("d", 3, at: .seconds(4))?.key == "b")
        #expect(table.count == 3)
        #expect(table.removeIdle(since: .seconds(3)).map(\.key) == ["c"])
        #expect(table.removeIdle(since: .seconds(3)).isEmpty)
        #expect(table.removeIdle(since: .seconds(5)).map(\.key) == ["a", "d"])
        #expect(table.isEmpty)
    }

    @Test("It agrees with a list that is searched whole", arguments: 1...10)
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = RecencyTable<Int, Int>(limit: 20)
        var list: [(key: Int, value: Int, used: Int)] = []
        for now in 0..<3000 {
            let key = Int.random(in: 0..<40, using: &random)
            let place = list.firstIndex { $0.key == key }
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let evicted = table.set(key, now, at: .seconds(now))
                if let place { list.remove(at: place) }
                if list.count == 20 {
                    #expect(evicted?.key == list.removeFirst().key)
                } else {
                    #expect(evicted == nil)
                }
                list.append((key, now, now))
            case 5...7:
                #expect(table.use(key, at: .seconds(now)) == place.map { list[$0].value })
                if let place { list.append((key, list.remove(at: place).value, now)) }
            case 8:
                #expect(table.remove(key) == place.map { list[$0].value })
                if let place { list.remove(at: place) }
            default:
                let limit = now - Int.random(in: 0..<60, using: &random)
                let idle = list.prefix { $0.used < limit }
                #expect(table.removeIdle(since: .seconds(limit)).map(\.key) == idle.map(\.key))
                list.removeFirst(idle.count)
            }
            #expect(table.count == list.count)
        }
        #expect(Set(table.keys) == Set(list.map(\.key)))
    }
}
