import ContainerRuntime
import KubeClient
import Synchronization

/// How much processor time is used a second, from what it was at two moments. What nobody asks about is not measured.
final class UsageRates: Sendable {
    private struct Sample {
        var cpu: UInt64
        var at: Duration
    }

    private struct State {
        var samples: [String: Sample] = [:]
        var rates: [String: UInt64] = [:]
    }

    private let state = Mutex(State())

    /// Less than this between two moments says little.
    static let shortest = Duration.seconds(1)
    /// After this a moment is too long ago.
    private static let longest = Duration.seconds(60)

    /// Whether another measurement soon is needed for rates that mean something.
    func needsBase(now: Duration) -> Bool {
        state.withLock { state in
            let newest = state.samples.values.map(\.at).max()
            return newest.map { now - $0 > Self.longest } ?? true
        }
    }

    /// Takes processor times in nanoseconds by name; what is not among them any more is forgotten.
    func take(_ times: [String: UInt64], now: Duration) {
        state.withLock { state in
            var fresh = State()
            for (name, cpu) in times {
                guard let before = state.samples[name], now - before.at <= Self.longest, cpu >= before.cpu else {
                    fresh.samples[name] = Sample(cpu: cpu, at: now)
                    continue
                }
                let time = now - before.at
                guard time >= Self.shortest else {
                    fresh.samples[name] = before
                    fresh.rates[name] = state.rates[name]
                    continue
                }
                fresh.samples[name] = Sample(cpu: cpu, at: now)
                fresh.rates[name] = UInt64(Double(cpu - before.cpu) / (time / .seconds(1)))
            }
            state = fresh
        }
    }

    /// Nanoseconds a second (`usageNanoCores`); nil while there was one moment only.
    subscript(name: String) -> UInt64? { state.withLock { $0.rates[name] } }
}
