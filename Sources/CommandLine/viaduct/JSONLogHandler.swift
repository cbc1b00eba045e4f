import Foundation
import JSONStream
import Logging

/// A JSON object a line, with the members that Kubernetes components write (`logging.format: json`).
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = JSONValue.null
        line["ts"] = .double(Date().timeIntervalSince1970 * 1000)
        line["level"] = .string(event.level.rawValue)
        line["logger"] = .string(label)
        line["msg"] = .string("\(event.message)")
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
            line[key] = .string("\(value)")
        }
        FileHandle.standardError.write(Data(line.serialized() + [UInt8(ascii: "\n")]))
    }
}
