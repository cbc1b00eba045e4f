/// How a series is told from the others: by colour, marker and dash pattern, any of which is enough.
struct SeriesStyle {
    /// The class that sets the colour.
    var cssClass: String
    /// `stroke-dasharray`; empty for a solid line.
    var dashes: String
    private var marker: Marker

    private enum Marker {
        case circle, square, triangle, diamond, inverted, plus, bowTie, hexagon, ring
    }

    /// Colours for light and dark paper. They were searched for by computer: in each scheme every two differ by a
    /// CIELAB distance of 20 or more, with full colour vision and with each of its three deficiencies (model of
    /// Machado, Oliveira and Fernandes, 2009), and each has a contrast of 3:1 or more with the paper.
    static let colours: [(light: String, dark: String)] = [
        ("#2460e8", "#5fa7f8"), ("#70320f", "#e58c4d"), ("#23a085", "#2ff0ac"), ("#dd50c8", "#d61fa9"),
        ("#a08716", "#f0d83a"), ("#0c3a54", "#d2e9f6"), ("#cb1f4e", "#ee1f6c"), ("#5a2499", "#8747ff"),
    ]

    private static let all: [(dashes: String, marker: Marker)] = [
        ("", .circle), ("8 3", .square), ("", .triangle), ("8 3 2 3", .diamond), ("3 3", .inverted),
        ("12 4", .plus), ("5 2 1 2 1 2", .bowTie), ("2 4", .hexagon),
    ]

    /// - Parameters:
    ///   - index: any number; the styles are used in turn.
    static func style(_ index: Int, isReference: Bool) -> SeriesStyle {
        if isReference { return SeriesStyle(cssClass: "ref", dashes: "1 4", marker: .ring) }
        let place = ((index % all.count) + all.count) % all.count
        return SeriesStyle(cssClass: "s\(place)", dashes: all[place].dashes, marker: all[place].marker)
    }

    private init(cssClass: String, dashes: String, marker: Marker) {
        self.cssClass = cssClass
        self.dashes = dashes
        self.marker = marker
    }

    /// The outline of the marker around a point, about nine pixels wide.
    func markerPath(x: Double, y: Double) -> String {
        func polygon(_ corners: [(Double, Double)]) -> String {
            let points = corners.map { ChartNumber.coordinate(x + $0.0) + " " + ChartNumber.coordinate(y + $0.1) }
            return "M" + points.joined(separator: "L") + "Z"
        }
        switch marker {
        case .circle, .ring:
            let start = ChartNumber.coordinate(x - 4) + " " + ChartNumber.coordinate(y)
            return "M\(start)a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z"
        case .square: return polygon([(-3.8, -3.8), (3.8, -3.8), (3.8, 3.8), (-3.8, 3.8)])
        case .triangle: return polygon([(0, -5.2), (5, 3.8), (-5, 3.8)])
        case .diamond: return polygon([(0, -5.6), (5, 0), (0, 5.6), (-5, 0)])
        case .inverted: return polygon([(0, 5.2), (5, -3.8), (-5, -3.8)])
        case .plus:
            return polygon([
                (-1.8, -5), (1.8, -5), (1.8, -1.8), (5, -1.8), (5, 1.8), (1.8, 1.8), (1.8, 5), (-1.8, 5), (-1.8, 1.8),
                (-5, 1.8), (-5, -1.8), (-1.8, -1.8),
            ])
        case .bowTie: return polygon([(-4.8, -4.8), (4.8, 4.8), (4.8, -4.8), (-4.8, 4.8)])
        case .hexagon: return polygon([(-5, 0), (-2.5, -4.4), (2.5, -4.4), (5, 0), (2.5, 4.4), (-2.5, 4.4)])
        }
    }
}
