internal import Dataplane
internal import LinuxSystem
package import NetworkAddress

/// Commits changes to the legacy tables with either engine, without the rest of an ``IptablesDataplane``.
package struct IptablesSender: ~Copyable {
    private let socket: TableSocket
    private var keepers: [Table: TableKeeper]

    /// Opens a socket in the calling thread's network namespace.
    package init(family: IPFamily, engine: TableEngine) throws {
        let socket = try TableSocket(family)
        var keepers: [Table: TableKeeper] = [:]
        for table in Table.programmed {
            // Makes the table where the kernel has not got it yet.
            _ = try socket.read(table.kernelName)
            keepers[table] = TableKeeper(table, engine)
        }
        self.socket = socket
        self.keepers = keepers
    }

    /// Commits a change, table by table, under iptables' lock.
    ///
    /// - Throws: the kernel's error.
    /// - Returns: the number of table replacements and their bytes.
    package mutating func commit(_ change: IptablesContent.Change) throws -> (messages: Int, bytes: Int) {
        var exchanges = 0
        var bytes = 0
        let lock = try XtablesLock()
        for part in change.parts {
            let wanted = part.wanted(socket.family)
            // Out of the dictionary meanwhile, or the table's memory would be copied.
            guard var keeper = keepers.removeValue(forKey: part.table) else { continue }
            defer { keepers[part.table] = keeper }
            let outcome: TableKeeper.Outcome
            do throws(TableFailure) {
                outcome = try keeper.commit(part.isComplete ? nil : wanted, orAll: { wanted }, socket)
            } catch {
                throw IptablesDataplane.explained(error, socket.family)
            }
            if outcome.replaced {
                exchanges += 1
                bytes += outcome.bytes
            }
        }
        _ = consume lock
        return (exchanges, bytes)
    }

    /// The chains of the tables in the calling thread's namespace with their rules, sorted. Counters and xt_statistic's
    /// numbers are left out, because libxtables leaves some in unused fields.
    package static func listing(_ family: IPFamily) throws -> [String] {
        let socket = try TableSocket(family)
        var lines: [String] = []
        for table in Table.programmed {
            let image = try TableImage(parsing: try socket.read(table.kernelName), family: family)
            for chain in image.chains {
                var identities: [String] = []
                image.forEachEntry(chain) {
                    identities.append(String(image.identity($0), radix: 36))
                }
                lines.append("\(table.rawValue) \(chain.name) \(identities.joined(separator: " "))")
            }
        }
        return lines.sorted()
    }
}
