import KubeAPI
import Testing

@testable import APIObjects

@Suite struct QuantityValueTests {
    @Test(arguments: [
        ("1", "1000m"), ("1Ki", "1024"), ("0.5", "500m"), ("1e3", "1k"), ("-2", "-2000m"), ("1.5Gi", "1536Mi"),
        ("1u", "1000n"), ("0", "0n"), ("+3M", "3000k"),
    ])
    func equalAmounts(left: String, right: String) { #expect(Quantity.value(left) == Quantity.value(right)) }

    @Test(arguments: [("1", "999m"), ("1Ki", "1k"), ("1", "-1"), ("999999999999999999E", "1Ei")])
    func order(larger: String, smaller: String) throws {
        #expect(try #require(Quantity.value(larger)) > (try #require(Quantity.value(smaller))))
    }

    @Test(arguments: [("1500m", "cpu", "1500m"), ("2", "cpu", "2"), ("2Gi", "Mi", "2Gi"), ("2000", "", "2k")])
    func texts(amount: String, like part: String, expected: String) throws {
        #expect(Quantity.text(try #require(Quantity.value(amount)), like: part) == expected)
    }

    @Test(arguments: [("1u", "1m"), ("1001u", "2m"), ("5m", "5m"), ("1Gi", "1Gi")])
    func thousandths(amount: String, expected: String) throws {
        #expect(try Quantity(amount).roundedUp(to: -3).description == expected)
    }
}
