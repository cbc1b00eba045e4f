import Testing

@testable import Bench

@Suite struct TextTableTests {
    @Test(
        arguments: [
            (0, "0.0000"), (0.01234, "0.0123"), (0.5, "0.500"), (4.561, "4.56"), (9.996, "10.0"), (78.94, "78.9"),
            (99.96, "100"), (1234.4, "1,234"), (-2.5, "-2.50"), (.nan, "-"), (.infinity, "-"),
        ] as [(Double, String)])
    func figures(value: Double, text: String) { #expect(TextTable.figure(value) == text) }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-4500, "-4,500")])
    func groups(number: Int, text: String) { #expect(TextTable.grouped(number) == text) }

    @Test func fixedRoundsAndKeepsNoMinusZero() {
        #expect(
            TextTable.fixed(1.25, 1) == "1.3" && TextTable.fixed(-0.01, 1) == "0.0" && TextTable.fixed(2.5, 0) == "3")
    }

    @Test("The first column goes to the left, the others to the right; short rows are filled up")
    func columns() {
        var table = TextTable(header: ["name", "µs", "count"])
        table.rows = [["a", "1.5", "10,000"], ["longer", "22"]]
        #expect(
            table.lines() == [
                "name     µs   count",
                "a       1.5  10,000",
                "longer   22",
            ])
    }
}
