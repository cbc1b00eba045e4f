import JSONStream
import Testing

@Suite struct JSONObjectTests {
    /// What an object is: pairs in order, names once.
    private struct Model {
        var pairs: [(key: String, value: Int64)] = []

        subscript(key: String) -> Int64? {
            get { pairs.first { $0.key == key }?.value }
            set {
                switch (pairs.firstIndex { $0.key == key }, newValue) {
                case (let position?, let value?): pairs[position].value = value
                case (let position?, nil): pairs.remove(at: position)
                case (nil, let value?): pairs.append((key, value))
                case (nil, nil): break
                }
            }
        }
    }

    /// Few names make a small object, many one with an index; walks go up and down across the border.
    @Test(arguments: [4, 16, 17, 18, 40]) func behavesAsPairsInOrder(names: Int) {
        var random = SystemRandomNumberGenerator()
        var object = JSONObject()
        var model = Model()
        for step in 0..<2000 {
            let key = "name \(Int.random(in: 0..<names, using: &random))"
            let value: Int64? = Int.random(in: 0..<3, using: &random) == 0 ? nil : Int64(step)
            object[key] = value.map { .integer($0) }
            model[key] = value
            #expect(object.keys == model.pairs.map(\.key))
            #expect(object.values == model.pairs.map { .integer($0.value) })
            #expect(object[key] == model[key].map { .integer($0) })
        }
    }

    @Test func manyGoAtOnce() {
        var object = JSONObject((0..<40).map { ("\($0)", .integer(Int64($0))) })
        object.remove(named: Set((0..<30).map(String.init)))
        #expect(object.keys == (30..<40).map(String.init))
        #expect(object["5"] == nil)
        #expect(object["35"] == 35)
    }

    @Test func sortingKeepsNamesFindable() {
        var object = JSONObject((0..<30).map { ("\($0)", .integer(Int64($0))) })
        object.sort { $0.key < $1.key }
        #expect(object.keys == (0..<30).map(String.init).sorted())
        for number in 0..<30 { #expect(object["\(number)"] == .integer(Int64(number))) }
    }

    @Test func aLaterValueTakesTheEarlierPlace() {
        let object = JSONObject([(key: "a", value: 1), (key: "b", value: 2), (key: "a", value: 3)])
        #expect(object == ["a": 3, "b": 2])
        #expect(object != ["b": 2, "a": 3])
        #expect(object.merging(["c": 4, "b": 5]) == ["a": 3, "b": 5, "c": 4])
    }

    @Test func choosesMembers() {
        let object: JSONObject = ["a": 1, "b": 2, "c": 3]
        #expect(object.filter { $0.key != "b" } == ["a": 1, "c": 3])
        #expect(object.compactMapValues { $0 == 1 ? Optional.none : $0 } == ["b": 2, "c": 3])
        #expect(object.mapValues { _ in 0 } == ["a": 0, "b": 0, "c": 0])
    }

    @Test func equalObjectsHaveEqualHashes() {
        var long = JSONObject((0..<30).map { ("\($0)", .null) })
        for number in 3..<30 { long["\(number)"] = nil }
        let short: JSONObject = ["0": nil, "1": nil, "2": nil]
        #expect(long == short)
        #expect(long.hashValue == short.hashValue)
    }

    @Test func sharedStorageIsTold() {
        let list: JSONValue = [1, 2]
        var object: JSONValue = ["list": list, "other": "text"]
        #expect(object["list"]?.sharesStorage(with: list) == true)
        #expect(object["list"]?.sharesStorage(with: [1, 2]) == false)
        let before = object
        #expect(object.sharesStorage(with: before))
        object["other"] = "changed"
        #expect(!object.sharesStorage(with: before))
        #expect(object["list"]?.sharesStorage(with: list) == true)
    }
}
