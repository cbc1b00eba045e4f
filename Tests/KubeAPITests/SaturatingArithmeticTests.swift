import Testing

@testable import KubeAPI

@Suite struct SaturatingArithmeticTests {
    @Test func ends() {
        #expect(Int32.max +| 1 == .max)
        #expect(Int32.min +| -1 == .min)
        #expect(Int32.min -| 1 == .min)
        #expect(Int32.max -| -1 == .max)
        #expect(0 -| Int64.min == .max)
        #expect(Int64.max *| -2 == .min)
        #expect(Int64.min *| -1 == .max)
        #expect(2 +| 3 *| 4 == 14)
    }

    @Test func timesDoNotTrap() {
        let (first, last) = (Timestamp(microseconds: .min), Timestamp(microseconds: .max))
        #expect(last + .seconds(Int64.max) == last)
        #expect(first + .seconds(Int64.min) == first)
        #expect(last - first > .zero)
        for time in [first, last] {
            #expect(time.text(microseconds: true).hasSuffix("Z"))
            #expect(time.text().hasSuffix("Z"))
        }
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp(microseconds: -1).text(microseconds: true) == "1969-12-31T23:59:59.999999Z")
    }
}
