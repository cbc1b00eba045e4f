import Logging

/// Sets up the log of the process: lines on standard error.
enum LogOutput {
    /// - Parameter verbosity: as `-v`: 4 and more show what is sent to the kernel.
    static func bootstrap(verbosity: Int, isJSON: Bool) {
        let level: Logger.Level = verbosity >= 6 ? .trace : verbosity >= 4 ? .debug : .info
        LoggingSystem.bootstrap { label in
            LineLogHandler(label: label, format: isJSON ? .json : .text, logLevel: level)
        }
    }
}
