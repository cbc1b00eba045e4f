import Testing

@testable import Bench

@Suite struct FairnessTests {
    @Test(
        "p-values agree with the tables of the chi-square distribution",
        arguments: [
            (3.841, 1, 0.05), (9.488, 4, 0.05), (13.277, 4, 0.01), (0.711, 4, 0.95), (124.342, 100, 0.05),
            (70.065, 100, 0.99), (21.026, 12, 0.05), (0, 4, 1), (1e6, 4, 0),
        ])
    func table(chiSquare: Double, degrees: Int, expected: Double) {
        #expect(abs(Fairness.pValue(chiSquare: chiSquare, degreesOfFreedom: degrees) - expected) < 0.0005)
    }

    @Test func unevenAndEvenCounts() throws {
        let even = try #require(Fairness(services: [[20, 20, 20, 20, 20]]))
        #expect(even.chiSquare == 0 && even.pValue == 1 && even.degreesOfFreedom == 4 && even.connections == 100)
        let uneven = try #require(Fairness(services: [[30, 10, 20, 20, 20]]))
        #expect(uneven.chiSquare == 10 && uneven.pValue > 0.03 && uneven.pValue < 0.05)
        let silent = try #require(Fairness(services: [[100, 0]]))
        #expect(silent.chiSquare == 100 && silent.pValue < 1e-20)
    }

    @Test("Services add up; those with one endpoint or without connections tell nothing")
    func sums() throws {
        let both = try #require(Fairness(services: [[30, 10], [20, 20], [7], [0, 0, 0]]))
        #expect(both.chiSquare == 10 && both.degreesOfFreedom == 2 && both.connections == 80)
        #expect(Fairness(services: [[5], [0, 0]]) == nil)
    }
}
