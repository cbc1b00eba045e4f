/// One entry of an Accept header, or a Content-Type.
package struct MediaType: Hashable, Sendable {
    package var name: String
    package var parameters: [String: String]

    package init(_ text: some StringProtocol) {
        let parts = text.split(separator: ";").map { part in
            String(part.drop { $0 == " " }).trimmingSpace()
        }
        name = parts.first?.lowercased() ?? ""
        parameters = [:]
        for part in parts.dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            parameters[String(sides[0]).lowercased()] = sides.count > 1 ? String(sides[1]) : ""
        }
    }

    private static let mostTypes = 32

    /// The entries of an Accept header, the most wanted first.
    package static func list(_ header: String) -> [MediaType] {
        // More than these nobody asks for in earnest, and the sort below is for short lists.
        var types = header.split(separator: ",", maxSplits: mostTypes).prefix(mostTypes).map { MediaType($0) }
        // Insertion, as in upstream's sort of short lists: "before" is no order of all entries, so that another way of
        // sorting has other outcomes.
        for end in types.indices.dropFirst() {
            var place = end
            while place > 0, types[place].isBefore(types[place - 1]) {
                types.swapAt(place, place - 1)
                place -= 1
            }
        }
        return types
    }

    /// How much the type is wanted (RFC 9110, 12.4.2); 1 unless it says otherwise.
    private var weight: Double { parameters["q"].map { Double($0) ?? 1 } ?? 1 }

    private func isBefore(_ other: MediaType) -> Bool {
        if weight > other.weight { return true }
        if !name.hasPrefix("*"), other.name.hasPrefix("*") { return true }
        return !name.hasSuffix("/*") && other.name.hasSuffix("/*")
    }
}

extension String {
    fileprivate func trimmingSpace() -> String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
