import LinuxSystem
import NetworkAddress

/// What connections carry that stay open, in the client's namespace.
enum ThroughputProbe {
    struct Result: Codable, Hashable, Sendable {
        /// Payload over one connection in one direction.
        var bytesPerSecond: Double
        /// Requests and answers of 64 bytes over ``connections`` connections, each with one under way.
        var requestsPerSecond: Double
        /// Of both ends, what is between them in the kernel, and the process that programs, for 10⁹ bits.
        var cpuSecondsPerGigabit: Double
    }

    static let connections = 8
    private static let timeout = Duration.seconds(5)
    private static let chunk = [UInt8](repeating: BackendServer.streamMark, count: 128 * 1024)

    /// Runs in the calling thread's namespace, each of both measurements for about `duration`.
    ///
    /// - Parameter otherCPU: what the process that programs has used so far, in seconds.
    static func run(
        _ target: ProbeTarget, for duration: Duration, otherCPU: () -> Double
    ) throws(SystemError) -> Result {
        ProbeThread.bind()
        let stream = try stream(target, for: duration, otherCPU: otherCPU)
        return Result(
            bytesPerSecond: stream.bytesPerSecond, requestsPerSecond: try requests(target, for: duration),
            cpuSecondsPerGigabit: stream.cpuSecondsPerGigabit)
    }

    /// The receiver says how much arrived; the time is until it said so.
    private static func stream(
        _ target: ProbeTarget, for duration: Duration, otherCPU: () -> Double
    ) throws(SystemError) -> (bytesPerSecond: Double, cpuSecondsPerGigabit: Double) {
        let clock = ContinuousClock()
        let socket = try ClientSocket(.tcp, .ipv4, timeout: timeout)
        try socket.connect(to: target.address, port: target.port)
        // Past slow start.
        for _ in 0..<16 { try socket.send(chunk) }
        let start = clock.now
        let (own, other) = (ProcessUsage.current, otherCPU())
        while clock.now - start < duration { try socket.send(chunk) }
        try socket.finishSending()
        var answer = [UInt8](repeating: 0, count: 8)
        try socket.receive(into: &answer)
        let received = answer.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let seconds = (clock.now - start).seconds
        let used = ProcessUsage.current - own
        let cpu = used.userSeconds + used.systemSeconds + otherCPU() - other
        let bytes = Double(received) - Double(16 * chunk.count)
        return (bytes / seconds, bytes > 0 ? cpu / (bytes * 8e-9) : 0)
    }

    private static func requests(_ target: ProbeTarget, for duration: Duration) throws(SystemError) -> Double {
        let clock = ContinuousClock()
        let group = try KeptConnections(count: connections, target, timeout: timeout)
        for _ in 0..<20 { try group.exchange() }
        let start = clock.now
        var count = 0
        while clock.now - start < duration {
            try group.exchange()
            count += connections
        }
        return Double(count) / (clock.now - start).seconds
    }
}

/// Connections that stay open. A list of its own, since arrays hold no owned descriptors.
private final class KeptConnections {
    private let socket: ClientSocket
    private let rest: KeptConnections?
    private let request =
        [BackendServer.requestMark] + [UInt8](repeating: 0, count: BackendServer.messageSize - 1)

    /// - Parameter count: 1 or more.
    init(count: Int, _ target: ProbeTarget, timeout: Duration) throws(SystemError) {
        socket = try ClientSocket(.tcp, .ipv4, timeout: timeout)
        try socket.connect(to: target.address, port: target.port)
        rest = count > 1 ? try KeptConnections(count: count - 1, target, timeout: timeout) : nil
    }

    /// Sends a request on each, then waits for all answers.
    func exchange() throws(SystemError) {
        try send()
        var answer = request
        try receive(&answer)
    }

    private func send() throws(SystemError) {
        try socket.send(request)
        try rest?.send()
    }

    private func receive(_ answer: inout [UInt8]) throws(SystemError) {
        try socket.receive(into: &answer)
        try rest?.receive(&answer)
    }
}
