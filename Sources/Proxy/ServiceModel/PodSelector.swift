/// Chooses pods by their labels: the equality-based requirements of Kubernetes' label selectors, all of which have to hold.
struct PodSelector: Hashable, Sendable {
    enum Requirement: Hashable, Sendable {
        case equal(String, String)
        /// Also where the label is missing, as in Kubernetes.
        case different(String, String)
        case present(String)
        case missing(String)
    }

    static let maximumRequirements = 16

    let requirements: [Requirement]

    /// Reads `app=web`, `track!=stable`, `canary`, `!canary`, several with the separator between them. Nil: it is no selector.
    init?(parsing text: some StringProtocol, separator: Character = ",") {
        let parts = text.split(
            separator: separator, maxSplits: Self.maximumRequirements, omittingEmptySubsequences: false
        ).map(\.trimmed)
        guard parts.count <= Self.maximumRequirements else { return nil }
        var requirements: [Requirement] = []
        for part in parts {
            guard let requirement = Self.requirement(part) else { return nil }
            requirements.append(requirement)
        }
        self.requirements = requirements
    }

    private static func requirement(_ text: String) -> Requirement? {
        if text.hasPrefix("!") {
            let key = text.dropFirst().trimmed
            return isKey(key) ? .missing(key) : nil
        }
        guard let sign = text.firstIndex(of: "=") else { return isKey(text) ? .present(text) : nil }
        var key = text[..<sign]
        var value = text[text.index(after: sign)...]
        let isDifferent = key.hasSuffix("!")
        if isDifferent { key = key.dropLast() } else if value.hasPrefix("=") { value = value.dropFirst() }
        guard isKey(key.trimmed), isValue(value.trimmed) else { return nil }
        return isDifferent ? .different(key.trimmed, value.trimmed) : .equal(key.trimmed, value.trimmed)
    }

    /// `name` or `prefix/name`; what the API server would not take as a label's key matches nothing and is a mistake.
    private static func isKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, parts.count <= 2, !name.isEmpty, text.utf8.count <= 317 else { return false }
        return isValue(String(name)) && (parts.count == 1 || !parts[0].isEmpty && isValue(String(parts[0]), limit: 253))
    }

    private static func isValue(_ text: String, limit: Int = 63) -> Bool {
        func isEnd(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        guard let first = text.utf8.first, let last = text.utf8.last else { return true }
        return text.utf8.count <= limit && isEnd(first) && isEnd(last)
            && text.utf8.allSatisfy { isEnd($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
    }

    func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .equal(let key, let value): labels[key] == value
            case .different(let key, let value): labels[key] != value
            case .present(let key): labels[key] != nil
            case .missing(let key): labels[key] == nil
            }
        }
    }
}
