import LinuxSystem
import NetworkAddress

/// What a measurement connects to.
struct ProbeTarget: Hashable, Sendable {
    var address: IPAddress
    var port: UInt16
}

/// Opens one new connection after the other, in the client's namespace, and measures each.
enum LatencyProbe {
    /// Times in nanoseconds.
    struct Samples: Sendable {
        /// Until connect() returned.
        var connect: [Double] = []
        /// Until the first answer over that connection.
        var answer: [Double] = []
        /// Until the first answer over UDP, from a port that was not used before.
        var datagram: [Double] = []
        /// How often which endpoint answered over TCP, by IPv4 address.
        var answeredBy: [UInt32: Int] = [:]
        /// Failed attempts, by error.
        var failures: [String: Int] = [:]

        mutating func add(_ other: Samples) {
            connect += other.connect
            answer += other.answer
            datagram += other.datagram
            answeredBy.merge(other.answeredBy, uniquingKeysWith: +)
            failures.merge(other.failures, uniquingKeysWith: +)
        }
    }

    /// After this long an attempt has failed.
    static let timeout = Duration.seconds(2)
    /// The first connections of a batch, which are not counted: caches are cold.
    static let warmUp = 3

    /// Runs in the calling thread's namespace.
    ///
    /// - Parameters:
    ///   - targets: used in turn, at least one.
    ///   - count: connections over TCP, and as many over UDP.
    ///   - firstPort: local ports for UDP from here on, so that no flow is one that the kernel remembers.
    static func run(_ targets: [ProbeTarget], count: Int, firstPort: UInt16) -> Samples {
        ProbeThread.bind()
        var samples = Samples()
        for number in 0..<count + warmUp {
            do throws(SystemError) {
                try stream(targets[number % targets.count], counts: number >= warmUp, &samples)
            } catch {
                samples.failures["tcp: \(error)", default: 0] += 1
                // Timeouts would add up to minutes.
                if samples.failures.values.reduce(0, +) >= 5 { return samples }
            }
        }
        for number in 0..<count + warmUp {
            do throws(SystemError) {
                try datagram(
                    targets[number % targets.count], from: firstPort + UInt16(number), counts: number >= warmUp,
                    &samples)
            } catch {
                samples.failures["udp: \(error)", default: 0] += 1
                if samples.failures.values.reduce(0, +) >= 5 { return samples }
            }
        }
        return samples
    }

    static let request =
        [BackendServer.requestMark] + [UInt8](repeating: 0, count: BackendServer.messageSize - 1)

    private static func stream(_ target: ProbeTarget, counts: Bool, _ samples: inout Samples) throws(SystemError) {
        let clock = ContinuousClock()
        let socket = try ClientSocket(.tcp, .ipv4, timeout: timeout)
        try socket.resetAtEnd()
        let start = clock.now
        try socket.connect(to: target.address, port: target.port)
        let connected = clock.now
        try socket.send(request)
        var answer = request
        try socket.receive(into: &answer)
        let answered = clock.now
        guard counts else { return }
        samples.connect.append((connected - start).nanoseconds)
        samples.answer.append((answered - start).nanoseconds)
        samples.answeredBy[answer[..<4].reduce(0) { $0 << 8 | UInt32($1) }, default: 0] += 1
    }

    private static func datagram(
        _ target: ProbeTarget, from port: UInt16, counts: Bool, _ samples: inout Samples
    ) throws(SystemError) {
        let clock = ContinuousClock()
        let socket = try ClientSocket(.udp, .ipv4, timeout: timeout, localPort: port)
        var answer = request
        let start = clock.now
        try socket.connect(to: target.address, port: target.port)
        try socket.send(request)
        try socket.receive(into: &answer)
        if counts { samples.datagram.append((clock.now - start).nanoseconds) }
    }
}

extension Duration {
    var nanoseconds: Double { Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9 }
}
