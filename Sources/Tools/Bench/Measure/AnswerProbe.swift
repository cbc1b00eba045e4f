import LinuxSystem
import NetworkAddress

/// Waits until a service answers, in the calling thread's namespace.
enum AnswerProbe {
    /// For one attempt.
    private static let timeout = Duration.milliseconds(50)
    /// Between attempts, so that local ports do not run out.
    private static let pause = Duration.milliseconds(1)

    /// - Parameter endpoint: who is to answer; nil: anybody.
    /// - Throws: ``SystemError`` with ETIMEDOUT.
    static func wait(_ target: ProbeTarget, from endpoint: IPAddress?, within limit: Duration) throws(SystemError) {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while clock.now < deadline {
            if let answer = try? ask(target), endpoint == nil || answer == endpoint { return }
            SystemPause.sleep(pause)
        }
        throw .timeout("wait for \(target.address) to answer")
    }

    /// Who answers a new connection.
    private static func ask(_ target: ProbeTarget) throws(SystemError) -> IPAddress? {
        let socket = try ClientSocket(.tcp, .ipv4, timeout: timeout)
        try socket.resetAtEnd()
        try socket.connect(to: target.address, port: target.port)
        try socket.send(LatencyProbe.request)
        var answer = LatencyProbe.request
        try socket.receive(into: &answer)
        return IPAddress(bytes: answer[..<4])
    }
}
