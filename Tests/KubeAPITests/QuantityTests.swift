import KubeAPI
import TestSupport
import Testing

/// The expectations are apimachinery's (quantity_test.go and ParseQuantity).
@Suite struct QuantityTests {
    @Test(
        "The text that clients get back",
        arguments: [
            ("0", "0"), ("0Mi", "0"), ("-0", "0"), ("000", "0"), ("0.000n", "0"),
            ("1000m", "1"), ("1024Mi", "1Gi"), ("0.5Gi", "512Mi"), ("1500m", "1500m"), ("100k", "100k"), ("2e3", "2e3"),
            ("1e2", "100"), ("1e4", "10e3"), ("2E3", "2E3"), ("1e-3", "1e-3"), ("100000", "100k"), ("1234", "1234"),
            // Short numbers that look canonical are given back as they are.
            ("1.500", "1.500"), ("+5", "+5"), ("0100m", "0100m"), ("0.5", "500m"), ("1.5", "1500m"), ("9Gi", "9Gi"),
            ("8Gi", "8Gi"), ("1000Gi", "1000Gi"), ("16384Gi", "16Ti"),
            // A fraction of a byte is written in decimal and nothing is lost.
            ("1.2Gi", "1288490188800m"), ("1.1Mi", "1153433600m"), ("0.1Ki", "102400m"), ("0.5Ki", "512"),
            // 2^63 - 1 is the most for binary suffixes.
            ("7Ei", "7Ei"), ("8Ei", "9223372036854775807"), ("16Ei", "9223372036854775807"),
            ("-8Ei", "-9223372036854775807"),
            ("9007199254740992Ki", "9223372036854775807"), ("9999999999999999999999Ki", "9223372036854775807"),
            // Others may be as long as they like.
            ("9E", "9E"), ("10E", "10E"), ("100E", "100E"), ("9223372036854775807", "9223372036854775807"),
            ("9223372036854775808", "9223372036854775808"),
            ("123456789012345678901234567890", "123456789012345678901234567890"), ("1e1000", "10e999"),
            ("1000E", "1e21"), ("1e2147483647", "10e2147483646"),
            // Finer than a nano is rounded up, away from zero.
            ("1n", "1n"), ("0.1n", "1n"), ("1.00000000001", "1000000001n"), ("-0.1n", "-1n"), ("1e-1000", "1e-9"),
            ("0.9999999999", "1"), ("1e-2147483648", "1e-9"),
        ])
    func canonical(text: String, expected: String) throws { #expect(try Quantity(text).description == expected) }

    @Test(
        "No quantities",
        arguments: [
            ("", Quantity.Problem.format), (".", .format), ("-", .format), ("m", .format), ("1.2.3", .format),
            ("1X", .format),
            ("1 ", .format), ("٣", .format), ("1e", .suffix), ("1mm", .suffix), ("1ki", .suffix), ("1KI", .format),
            ("1e99999999999", .suffix), ("1Zi", .format), ("--1", .format), ("0x10", .format), ("1e1.5", .format),
        ])
    func refused(text: String, problem: Quantity.Problem) {
        #expect(throws: problem) { try Quantity(text) }
    }

    @Test(
        "Rounding up to thousandths, as resource lists are",
        arguments: [
            ("1.2Gi", "1288490188800m"), ("1.23456789Gi", "1325607178061m"), ("1u", "1m"), ("-1u", "-1m"),
            ("1.500", "1.500"),
            ("999999n", "1m"), ("8Ei", "9223372036854775807"), ("0.3Ki", "307200m"), ("0.0001Ki", "103m"),
        ])
    func thousandths(text: String, expected: String) throws {
        #expect(try Quantity(text).roundedUp(to: -3).description == expected)
    }

    @Test("Numbers of fixed width are cut off at their ends")
    func scaled() throws {
        #expect(try Quantity("8Ei").scaled(to: -3, as: Int64.self) == .max)
        #expect(try Quantity("-8Ei").scaled(to: -3, as: Int64.self) == .min)
        #expect(try Quantity("1e2147483647").scaled(to: -9, as: Int128.self) == .max)
        #expect(try Quantity("9223372036854775807").scaled(to: 0, as: Int64.self) == .max)
        #expect(try Quantity("-9223372036854775808").scaled(to: 0, as: Int64.self) == .min)
        #expect(try Quantity("1500m").scaled(to: 0, as: Int64.self) == 2)
        #expect(try Quantity("-1500m").scaled(to: 0, as: Int64.self) == -2)
        #expect(try Quantity("0").scaled(to: -9, as: Int64.self) == 0)
    }

    @Test func order() throws {
        let texts = ["-1e1000", "-8Ei", "-1", "-1n", "0", "1n", "999m", "1", "1Ki", "1025", "8Ei", "8E2", "1e1000"]
            .map { $0 == "8E2" ? "9223372036854775808" : $0 }
        let amounts = try texts.map(Quantity.init)
        #expect(amounts == amounts.shuffled().sorted())
        #expect(try Quantity("1Ki") == Quantity("1024") && Quantity("1000m") == Quantity("1"))
        #expect(try Quantity("1000m").hashValue == Quantity("1").hashValue)
    }

    @Test("Any text is read or refused, and what is read reads again as the same amount")
    func anyText() throws {
        var random = SeededGenerator(seed: 5)
        let letters = Array("0123456789.-+eEmunkKMGTPi")
        var good = 0
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...24, using: &random)).map { _ in
                    letters[Int.random(in: 0..<(Bool.random(using: &random) ? 10 : letters.count), using: &random)]
                })
            guard let amount = try? Quantity(text) else { continue }
            good += 1
            #expect(try Quantity(amount.description) == amount, "\(text)")
            #expect(amount.roundedUp(to: -3).isNegative == amount.isNegative)
        }
        #expect(good > 2000)
    }
}
