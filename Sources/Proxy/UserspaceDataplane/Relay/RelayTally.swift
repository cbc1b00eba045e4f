import NetworkAddress
import ServiceModel
import Synchronization

/// Counts what the relay carries, by the way that it goes.
final class RelayTally: Sendable {
    private struct State: Sendable {
        var batch = FlowBatch()
        /// TCP connections that there are.
        var live: [FlowPath: Int] = [:]
        /// Whether anybody has asked: bytes cost a lock each time that some arrive.
        var isWatched = false
    }

    private let state = Mutex(State())

    func began(_ path: FlowPath) {
        state.withLock { state in
            if path.transport == .tcp { state.live[path, default: 0] += 1 }
            if state.isWatched { state.batch.began(path) }
        }
    }

    func ended(_ path: FlowPath) {
        state.withLock { state in
            let rest = (state.live[path] ?? 0) - 1
            state.live[path] = rest > 0 ? rest : nil
        }
    }

    /// Bytes on their way to the endpoint, or back.
    func moved(_ path: FlowPath, _ bytes: Int, toEndpoint: Bool) {
        state.withLock { state in
            guard state.isWatched else { return }
            var counts = FlowCounts()
            if toEndpoint { counts.bytesSent = UInt64(bytes) } else { counts.bytesReceived = UInt64(bytes) }
            state.batch.ended(path, counts)
        }
    }

    func read() -> FlowBatch {
        state.withLock { state in
            state.isWatched = true
            defer { state.batch = FlowBatch() }
            return state.batch
        }
    }

    var live: [FlowPath: FlowCounts] {
        state.withLock { state in
            state.live.mapValues { count in
                var counts = FlowCounts()
                counts.live = count
                return counts
            }
        }
    }
}

/// What one family's relay carries, over TCP and UDP.
struct RelayFlows: FlowSource {
    let family: IPFamily
    let tally: RelayTally
    let flows: UDPFlows

    func read() -> FlowBatch { tally.read() }

    func live(_ family: IPFamily) async throws -> [FlowPath: FlowCounts] {
        family == self.family ? tally.live.merging(flows.live) { one, _ in one } : [:]
    }
}
