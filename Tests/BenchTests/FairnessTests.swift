import Testing

@testable import Bench

@Suite struct FairnessTests {
    @Test("p-values agree with the tables of the chi-square distribution", arguments: [
        (3.841, 1, 0.05), (9.488, 4, 0.05), (13.277, 4, 0.01), (0.711, 4, 0.95), (124.342, 100, 0.05), (70.065, 100, 0.99),
        (21.026, 12, 0.05),
    ])
    func table(chiSquare: Double, degrees: Int, expected: Double) {
        #expect(abs(Fairness.pValue(chiSquare: chiSquare, degreesOfFreedom: degrees) - expected) < 0.0005)
    }
}
