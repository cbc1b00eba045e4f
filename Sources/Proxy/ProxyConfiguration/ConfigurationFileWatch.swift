public import ServiceLifecycle

/// Ends the process when the configuration file changes, as upstream does: whoever runs it starts it again, and the
/// new process reads the new file. The rules in the kernel stay meanwhile.
public struct ConfigurationFileWatch: Service {
    /// Thrown by ``run()``.
    public struct Changed: Error, Hashable, Sendable, CustomStringConvertible {
        public var path: String
        public var description: String { "the configuration file \(path) changed; ending, to be started again with it" }
    }

    let path: String
    let interval: Duration
    let read: @Sendable (String) -> [UInt8]?

    /// - Parameters:
    ///   - interval: how often the file is looked at. It is read and not watched with inotify, since a mounted
    ///     ConfigMap changes by swapping a symbolic link in a directory above.
    ///   - read: the contents; nil while the file cannot be read, which is no change.
    public init(
        path: String, interval: Duration = .seconds(5), read: @escaping @Sendable (String) -> [UInt8]?
    ) {
        self.path = path
        self.interval = interval
        self.read = read
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            var known = read(path)
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                guard let contents = read(path) else { continue }
                if let known, known != contents { throw Changed(path: path) }
                known = contents
            }
        }
    }
}
