internal import LinuxSystem
import NetworkAddress
import ServiceModel
internal import Synchronization

/// The connections that the program has translated, from its pinned maps: conntrack has them without their Services.
final class SocketFlows: FlowSource {
    private let family: IPFamily
    private let folder: PinnedFolder
    private let readings = Mutex(Readings())

    /// Reading takes at most this share of the time.
    private static let share = 20

    private struct Readings {
        var counts = SlotCounts()
        var next: ContinuousClock.Instant?
    }

    init(_ family: IPFamily, in folder: PinnedFolder) {
        self.family = family
        self.folder = folder
    }

    var isTracked: Bool { true }

    func read() -> FlowBatch {
        let clock = ContinuousClock()
        let start = clock.now
        return readings.withLock { readings in
            var batch = FlowBatch()
            if let next = readings.next, start < next { return batch }
            // Where no program is at work there is nothing to count.
            guard let changes = try? readings.counts.read(from: folder, MapCodec(family: family)) else { return batch }
            for (path, count) in changes { batch.add(count, path) }
            let end = clock.now
            readings.next = end + (end - start) * Self.share
            return batch
        }
    }

    func live(_ family: IPFamily) async throws -> [FlowPath: FlowCounts] {
        guard family == self.family else { return [:] }
        return try counts()
    }

    /// - Throws: ENOENT where there is no such map.
    func counts() throws(SystemError) -> [FlowPath: FlowCounts] {
        let codec = MapCodec(family: family)
        var found: [FlowPath: FlowCounts] = [:]
        let map = try PinnedMap(
            folder.file("connections" + SocketProgram.digit(family)), keySize: 4, valueSize: codec.connectionSetSize)
        try map.read { map throws(SystemError) in
            try map.forEachConnection(codec) { session in
                let path = FlowPath(
                    transport: session.transport, destination: session.frontend, endpoint: session.endpoint)
                found[path, default: FlowCounts()].live += 1
            }
        }
        return found
    }
}
