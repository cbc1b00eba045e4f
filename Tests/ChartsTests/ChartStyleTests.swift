import Foundation
import Testing

@testable import Charts

@Suite struct ChartStyleTests {
    @Test("Every two colours tell apart with any colour vision", arguments: [false, true])
    func distances(dark: Bool) {
        let colours = SeriesStyle.colours.map { Colour(hex: dark ? $0.dark : $0.light) }
        #expect(colours.count == LineChart.styleCount)
        for vision in Colour.visions {
            let seen = colours.map { $0.seen(with: vision.matrix).lab }
            for (index, first) in seen.enumerated() {
                for (other, second) in seen.enumerated().dropFirst(index + 1) {
                    let distance = zip(first, second).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
                    #expect(distance >= 20, "\(vision.name): \(index) and \(other)")
                }
            }
        }
    }

    @Test("Every colour has a contrast of 3:1 with the paper", arguments: [("#ffffff", false), ("#0f1419", true)])
    func contrast(paper: String, dark: Bool) {
        #expect(ChartStyleSheet.css.contains("--chart-paper:\(paper)"))
        for colour in SeriesStyle.colours {
            let luminances = [paper, dark ? colour.dark : colour.light].map { Colour(hex: $0).luminance }.sorted()
            #expect((luminances[1] + 0.05) / (luminances[0] + 0.05) >= 3, "\(colour)")
        }
    }

    @Test("Each style has a marker of its own, and dashes differ where colours are close in lightness")
    func markers() {
        let styles = (0..<LineChart.styleCount).map { SeriesStyle.style($0, isReference: false) }
        #expect(Set(styles.map { $0.markerPath(x: 0, y: 0) }).count == LineChart.styleCount)
        #expect(Set(styles.map(\.dashes)).count >= LineChart.styleCount - 1)
        #expect(SeriesStyle.style(9, isReference: false).cssClass == "s1")
        #expect(SeriesStyle.style(.min, isReference: false).cssClass == "s0")
    }

    @Test("The style sheet can stand in XML and HTML as it is, and loads nothing")
    func styleSheet() {
        for css in [ChartStyleSheet.css, ReportStyleSheet.css] {
            #expect(!css.contains("<") && !css.contains("&") && !css.contains("]]>"))
            #expect(!css.contains("url(") && !css.contains("@import"))
            #expect(css.count(where: { $0 == "{" }) == css.count(where: { $0 == "}" }))
            #expect(css.contains("@media (prefers-color-scheme:dark)") && css.contains("@media print"))
        }
    }
}

/// A colour in linear sRGB.
private struct Colour {
    var channels: [Double]

    /// Full colour vision and its deficiencies: Machado, Oliveira and Fernandes, "A Physiologically-based Model for
    /// Simulation of Color Vision Deficiency", 2009, severity 1.0.
    static let visions: [(name: String, matrix: [[Double]])] = [
        ("full", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (
            "protanopia",
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        ),
        (
            "deuteranopia",
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        ),
        (
            "tritanopia",
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        ),
    ]

    init(hex: String) {
        let bits = Int(hex.dropFirst(), radix: 16) ?? 0
        channels = [16, 8, 0].map { shift in
            let share = Double((bits >> shift) & 0xFF) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
    }

    var luminance: Double {
        0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }

    func seen(with matrix: [[Double]]) -> Colour {
        var colour = self
        colour.channels = matrix.map { row in min(max(zip(row, channels).map(*).reduce(0, +), 0), 1) }
        return colour
    }

    /// CIELAB with the white of D65.
    var lab: [Double] {
        let x = (0.4124 * channels[0] + 0.3576 * channels[1] + 0.1805 * channels[2]) / 0.9505
        let z = (0.0193 * channels[0] + 0.1192 * channels[1] + 0.9505 * channels[2]) / 1.089
        let roots = [x, luminance, z].map { $0 > 0.008856 ? cbrt($0) : 7.787 * $0 + 16 / 116 }
        return [116 * roots[1] - 16, 500 * (roots[0] - roots[1]), 200 * (roots[1] - roots[2])]
    }
}
