public import ServiceLifecycle

/// Ends the process when the configuration file changes, as upstream does. The supervisor starts it again, and the new
/// process reads the new file. Meanwhile the rules stay in the kernel.
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
    ///   - interval: how often the file is read. It is not watched with inotify, since a mounted ConfigMap changes when
    ///     a symbolic link in a directory above is swapped.
    ///   - read: returns the contents; nil while the file cannot be read, which does not count as a change.
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
