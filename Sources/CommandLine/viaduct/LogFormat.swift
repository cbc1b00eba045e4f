import ArgumentParser
import Foundation
import JSONStream

/// The form of log lines.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people: time, level, component, message, details.
    case text
    /// A JSON object with the members that Kubernetes components write (`logging.format: json`).
    case json

    func line(at time: Date, level: String, label: String, message: String, details: [String: String]) -> [UInt8] {
        switch self {
        case .text:
            let details = details.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted($0.value))" }.joined()
            return Array("\(time.formatted(Self.time)) \(level) \(label): \(message)\(details)".utf8)
        case .json:
            var line = JSONValue.null
            line["ts"] = .double(time.timeIntervalSince1970 * 1000)
            line["level"] = .string(level)
            line["logger"] = .string(label)
            line["msg"] = .string(message)
            for (key, value) in details { line[key] = .string(value) }
            return line.serialized()
        }
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// What holds spaces is one word for programs.
    private static func quoted(_ text: String) -> String {
        guard text.isEmpty || text.contains(where: { $0 == " " || $0 == "\"" || $0.isNewline }) else { return text }
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}
