/// What resolv.conf(5) says.
struct ResolverFile: Hashable, Sendable {
    var servers: [String] = []
    var searches: [String] = []
    var options: [String] = []

    init() {}

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let keyword = words.first, !keyword.hasPrefix("#"), !keyword.hasPrefix(";") else { continue }
            switch keyword {
            case "nameserver": if words.count > 1 { servers.append(words[1]) }
            // The last one counts.
            case "search":
                searches = words.dropFirst().map { $0.count > 1 && $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
            case "options": options = Array(words.dropFirst())
            default: break
            }
        }
    }
}
