import Foundation
import Logging

/// Writes a line for each event to standard error.
struct LineLogHandler: LogHandler {
    let label: String
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).mapValues { "\($0)" }
        let line = format.line(
            at: .now, level: event.level.rawValue, label: label, message: "\(event.message)", details: details)
        FileHandle.standardError.write(Data(line + [UInt8(ascii: "\n")]))
    }
}
