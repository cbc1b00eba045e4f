import Yams

/// Reads YAML with duplicate keys. Yams rejects those and reports the first one; that one is renamed, and the text read
/// again.
enum YAMLDocuments {
    private static let mark = "viaduct-earlier-"
    private static let maximumDocuments = 16
    /// Each takes a pass over the text.
    private static let maximumDuplicates = 64

    /// - Throws: `YamlError`, also for more duplicates than are looked into.
    static func compose(_ text: String) throws -> [Node] {
        var text = text
        for number in 1...maximumDuplicates {
            do {
                return try documents(text)
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                guard let renamed = rename(text, at: context.mark, number) else { break }
                text = renamed
            }
        }
        return try documents(text)
    }

    /// The key as it stands in the file.
    static func key(_ text: String) -> String {
        guard text.hasPrefix(mark) else { return text }
        let rest = text.dropFirst(mark.count)
        guard let dash = rest.firstIndex(of: "-"), Int(rest[..<dash]) != nil else { return text }
        return String(rest[rest.index(after: dash)...])
    }

    private static func documents(_ text: String) throws -> [Node] {
        let parser = try Parser(yaml: text)
        var documents: [Node] = []
        while documents.count < maximumDocuments, let document = try parser.nextRoot() { documents.append(document) }
        return documents
    }

    /// Nil where there is no such place.
    private static func rename(_ text: String, at place: Mark, _ number: Int) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(place.line - 1) else { return nil }
        var line = String(lines[place.line - 1])
        let scalars = line.unicodeScalars
        guard var index = scalars.index(scalars.startIndex, offsetBy: place.column - 1, limitedBy: scalars.endIndex),
            index < scalars.endIndex
        else { return nil }
        if scalars[index] == "\"" || scalars[index] == "'" { index = scalars.index(after: index) }
        line.unicodeScalars.insert(contentsOf: "\(mark)\(number)-".unicodeScalars, at: index)
        lines[place.line - 1] = line[...]
        return lines.joined(separator: "\n")
    }
}
