import JSONStream
import KubeAPI

/// The columns that `kubectl get` shows of a kind (meta.k8s.io/v1 Table).
struct TableDefinition: Sendable {
    struct Column: Sendable {
        var name: String
        var type = "string"
        var format = ""
        var description: String
        /// 0 is always shown, 1 only with `-o wide`.
        var priority = 0

        static let name = Column(name: "Name", format: "name", description: "The name of the object.")
        static let age = Column(name: "Age", description: "How long ago the object was created.")

        var json: JSONValue {
            [
                "name": .string(name), "type": .string(type), "format": .string(format),
                "description": .string(description), "priority": .integer(Int64(priority)),
            ]
        }
    }

    let columns: [Column]
    let cells: @Sendable (JSONValue, Timestamp) -> [JSONValue]

    init(columns: [Column], cells: @escaping @Sendable (JSONValue, Timestamp) -> [JSONValue]) {
        self.columns = columns
        self.cells = cells
    }

    static func name(_ object: JSONValue) -> JSONValue { .string(object["metadata"]?.text("name") ?? "") }

    static func age(_ object: JSONValue, _ now: Timestamp) -> JSONValue {
        since(object["metadata"]?.text("creationTimestamp") ?? "", now)
    }

    static func since(_ text: String, _ now: Timestamp) -> JSONValue {
        guard let time = Timestamp(text) else { return "<unknown>" }
        return .string(duration(max(0, (now.microseconds - time.microseconds) / 1_000_000)))
    }

    /// Seconds as kubectl shows them: two units for small numbers, one for larger ones.
    static func duration(_ seconds: Int64) -> String {
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
        let years = days / 365
        func two(_ first: Int64, _ one: String, _ second: Int64, _ other: String) -> String {
            second == 0 ? "\(first)\(one)" : "\(first)\(one)\(second)\(other)"
        }
        if seconds < 120 { return "\(seconds)s" }
        if minutes < 10 { return two(minutes, "m", seconds % 60, "s") }
        if minutes < 180 { return "\(minutes)m" }
        if hours < 8 { return two(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        if hours < 192 { return two(days, "d", hours % 24, "h") }
        if days < 730 { return "\(days)d" }
        if days < 2920 { return two(years, "y", days % 365, "d") }
        return "\(years)y"
    }
}
