import LinuxSystem
import ProxyConfiguration
import ProxyServer
import UserspaceDataplane

/// The order of measurements: each subject comes first equally often, and the sequence varies, so that a machine that
/// gets slower or faster affects all alike.
enum BenchPlan {
    /// Connections to one position of one subject, without a break.
    static let batchSize = 25

    /// One batch: who is measured, and where.
    struct Step: Hashable, Sendable {
        /// The number of the subject.
        var subject: Int
        var position: Workload.Position
    }

    /// The order of `count` subjects in a turn: rotated by the turn, and backwards in every second pass.
    static func order(_ count: Int, turn: Int) -> [Int] {
        guard count > 0 else { return [] }
        let forward = (0..<count).map { ($0 + turn) % count }
        return (turn / count).isMultiple(of: 2) ? forward : forward.reversed()
    }

    /// The batches of a round. Each position of each subject has `batches` of them; the subjects follow each other at
    /// one position, so that what is compared is close in time.
    static func latency(subjects: Int, batches: Int, round: Int) -> [Step] {
        let positions = Workload.Position.allCases
        return (0..<batches).flatMap { batch in
            let turn = round * batches + batch
            return order(positions.count, turn: turn).enumerated().flatMap { place, position in
                order(subjects, turn: turn + place).map { Step(subject: $0, position: positions[position]) }
            }
        }
    }

    /// How many batches `connections` make, and of how many connections each is.
    static func batches(for connections: Int) -> (count: Int, size: Int) {
        let count = max(1, connections / batchSize)
        return (count, max(1, connections / count))
    }

    /// Why a mode that needs a socket for each service would not have them all; nil: it will, or needs none.
    static func shortage(of files: FileBudget, _ subject: Subject, _ workload: Workload) -> String? {
        switch subject {
        case .mode(.userspace), .proxy(.own, .userspace): break
        default: return nil
        }
        // Standard streams, event loops, netlink, the connection to the API server.
        let others = 64
        let needed = workload.servicePorts + others
        guard needed > files.lasting else { return nil }
        return "it needs \(needed + files.reserve) open files, a socket for each service and \(files.reserve) for "
            + "connections, and the limit is \(files.limit) (ulimit -n)"
    }

    /// Seconds that a reference's load would take for so many services, where the growth of the last two loads goes on,
    /// but no faster than with the third power; nil: it cannot be told, since most of a short load is the program's start.
    static func expectedSeconds(_ loads: [(services: Int, seconds: Double)], services: Int) -> Double? {
        guard let last = loads.last, last.services > 0, last.seconds >= 1 else { return nil }
        let factor = Double(services) / Double(last.services)
        guard let before = loads.dropLast().last, before.services < last.services, before.seconds > 0.05,
            last.seconds > before.seconds
        else { return last.seconds * factor }
        let ratio = Double(last.services) / Double(before.services)
        let growth = max(1, min(3, logarithm(last.seconds / before.seconds) / logarithm(ratio)))
        return last.seconds * power(factor, growth)
    }
}
