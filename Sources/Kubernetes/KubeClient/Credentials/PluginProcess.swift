import Foundation
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

private let systemRead = read(_:_:_:)

/// Starts a credential plugin and reads what it prints. This is the only program that a client starts.
struct PluginProcess {
    /// The plugin cannot ask the user, so nothing takes longer.
    static let timeout = Duration.seconds(60)
    private static let keptOfErrors = 4096

    private let plugin: ExecPlugin
    private let deadline: ContinuousClock.Instant

    /// - Returns: its standard output.
    static func run(_ plugin: ExecPlugin, request: String) async throws(ExecPluginError) -> [UInt8] {
        do {
            // Waiting for a program blocks a thread.
            return try await NIOThreadPool.singleton.runIfActive {
                try PluginProcess(plugin: plugin, deadline: .now + timeout).run(request)
            }
        } catch let error as ExecPluginError {
            throw error
        } catch {
            throw ExecPluginError(plugin, "was not started: this process ends")
        }
    }

    private func run(_ request: String) throws(ExecPluginError) -> [UInt8] {
        var environment = ProcessInfo.processInfo.environment
        let executable = try executable(environment["PATH"] ?? "")
        for variable in plugin.environment { environment[variable.name] = variable.value }
        environment["KUBERNETES_EXEC_INFO"] = request
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: executable)
        process.arguments = plugin.arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw ExecPluginError(plugin, "cannot be started: \(error.localizedDescription)", isMissing: true)
        }
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        var outputs = [
            Output(handle: output.fileHandleForReading, kept: ExecCredential.maximumSize + 1),
            Output(handle: errors.fileHandleForReading, kept: Self.keptOfErrors),
        ]
        try collect(&outputs, of: process)
        guard outputs[0].bytes.count <= ExecCredential.maximumSize else {
            throw ExecPluginError(plugin, "printed more than \(ExecCredential.maximumSize >> 20) MiB")
        }
        guard process.terminationStatus == 0, process.terminationReason == .exit else {
            let end = process.terminationReason == .exit ? "status" : "signal"
            let said = outputs[1].firstLine
            throw ExecPluginError(
                plugin, "ended with \(end) \(process.terminationStatus)" + (said.isEmpty ? "" : ": \(said)"))
        }
        return outputs[0].bytes
    }

    private func executable(_ path: String) throws(ExecPluginError) -> String {
        if plugin.command.contains("/") { return plugin.command }
        for directory in path.split(separator: ":") {
            let candidate = "\(directory)/\(plugin.command)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw ExecPluginError(plugin, "is not in PATH", isMissing: true)
    }

    private struct Output {
        let handle: FileHandle
        let kept: Int
        var bytes: [UInt8] = []
        var isOpen = true

        /// Of what a person may read.
        var firstLine: String {
            let text = String(decoding: bytes, as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
            return String(line.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint && $0.value >= 0x20 })
        }
    }

    /// Reads both outputs until they end, or the program has ended and others hold them open.
    private func collect(_ outputs: inout [Output], of process: Process) throws(ExecPluginError) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while process.isRunning || outputs.contains(where: \.isOpen) {
            guard ContinuousClock.now < deadline else {
                throw ExecPluginError(plugin, "did not end within \(Self.timeout.components.seconds) s")
            }
            let wasRunning = process.isRunning
            let open = outputs.indices.filter { outputs[$0].isOpen }
            var descriptors = open.map {
                pollfd(fd: outputs[$0].handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
            }
            // Short, since the end of the program is no event here.
            let ready = poll(&descriptors, nfds_t(descriptors.count), 20)
            if ready <= 0, !wasRunning { return }
            for (index, descriptor) in zip(open, descriptors) where descriptor.revents != 0 {
                let count = systemRead(descriptor.fd, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    outputs[index].isOpen = false
                    continue
                }
                let room = outputs[index].kept - outputs[index].bytes.count
                outputs[index].bytes += buffer[..<min(count, max(0, room))]
            }
        }
    }
}
