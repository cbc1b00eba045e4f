package import JSONStream
package import KubeAPI

/// The columns that `kubectl get` shows of a kind (meta.k8s.io/v1 Table).
package struct TableDefinition: Sendable {
    package struct Column: Sendable {
        package var name: String
        package var type = "string"
        package var format = ""
        package var description: String
        /// 0 is always shown, 1 only with `-o wide`.
        package var priority = 0

        package init(name: String, type: String = "string", format: String = "", description: String, priority: Int = 0)
        {
            self.name = name
            self.type = type
            self.format = format
            self.description = description
            self.priority = priority
        }

        package static let name = Column(name: "Name", format: "name", description: "The name of the object.")
        package static let age = Column(name: "Age", description: "How long ago the object was created.")

        package var json: JSONValue {
            [
                "name": .string(name), "type": .string(type), "format": .string(format),
                "description": .string(description), "priority": .integer(Int64(priority)),
            ]
        }
    }

    package let columns: [Column]
    package let cells: @Sendable (JSONValue, Timestamp) -> [JSONValue]

    package init(columns: [Column], cells: @escaping @Sendable (JSONValue, Timestamp) -> [JSONValue]) {
        self.columns = columns
        self.cells = cells
    }

    package static func name(_ object: JSONValue) -> JSONValue { .string(object["metadata"]?.text("name") ?? "") }

    package static func age(_ object: JSONValue, _ now: Timestamp) -> JSONValue {
        since(object["metadata"]?.text("creationTimestamp") ?? "", now)
    }

    package static func since(_ text: String, _ now: Timestamp) -> JSONValue {
        guard let time = Timestamp(text) else { return "<unknown>" }
        return .string(duration(max(0, (now.microseconds - time.microseconds) / 1_000_000)))
    }

    /// Seconds as kubectl shows them: two units for small numbers, one for larger ones.
    package static func duration(_ seconds: Int64) -> String {
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
