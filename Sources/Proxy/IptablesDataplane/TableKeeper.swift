internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// Keeps one table of the kernel in the desired state: reads it, applies changes, replaces it, carries the counters
/// over.
///
/// Every change reads the table first, because it must keep the changes of other programs. Use it under the
/// ``XtablesLock``.
struct TableKeeper {
    let table: Table
    private let engine: TableEngine
    /// The table as it was after the last commit; nil if that is not known.
    private(set) var image: TableImage?
    /// Memory for the next reading.
    private var spare: [UInt8] = []

    /// What a commit did.
    struct Outcome {
        var replaced = false
        var bytes = 0
        var added = 0
        var removed = 0
        /// How our chains differed from what is wanted; only if the table was not as the last commit left it.
        var differences: TableDifferences?
        /// Whether somebody else did something to our chains since the last commit.
        var hasDrifted = false
    }

    /// How often a commit is tried again because others who do not heed the lock wrote meanwhile.
    private static let attempts = 20

    init(_ table: Table, _ engine: TableEngine) {
        self.table = table
        self.engine = engine
    }

    mutating func forget() { image = nil }

    /// Whether the kernel has a table of the shape that the last commit left, if that is known.
    func looksUnchanged(_ socket: borrowing TableSocket) throws(SystemError) -> Bool {
        guard let image else { return true }
        return try socket.shape(of: table.kernelName) == image.shape
    }

    /// Whether the kernel has what the last commit left.
    mutating func isUnchanged(_ socket: borrowing TableSocket) throws(SystemError) -> Bool {
        guard let image else { return false }
        let raw = try socket.read(table.kernelName, into: takeSpare())
        let isSame = image.hasSameRules(as: raw)
        spare = raw.bytes
        return isSame
    }

    /// Puts edits into the table. Without any, or if it is not as the last commit left it, everything of ours is put
    /// in place.
    mutating func commit(
        _ edits: TableAssembly.Wanted?, orAll all: () -> TableAssembly.Wanted, _ socket: borrowing TableSocket
    ) throws(TableFailure) -> Outcome {
        for _ in 0..<Self.attempts {
            if let outcome = try attempt(edits, all, socket) { return outcome }
        }
        throw .system(
            SystemError(
                "replace iptables table \(table.rawValue)", code: EAGAIN, kernelMessage: "it changes all the time"))
    }

    /// nil: somebody else wrote meanwhile.
    private mutating func attempt(
        _ edits: TableAssembly.Wanted?, _ all: () -> TableAssembly.Wanted, _ socket: borrowing TableSocket
    ) throws(TableFailure) -> Outcome? {
        var raw = try read(socket)
        if let base = image, base.hasSameRules(as: raw) {
            // Handed over, not shared: a shared array would be copied when it is written.
            let storage = raw.bytes
            raw.bytes = []
            return try commit(edits ?? all(), on: base, storage: storage, socket)
        }
        let old = image.take()
        let base: TableImage
        do throws(TableFormatError) {
            base = try TableImage(parsing: raw, family: socket.family)
        } catch {
            throw .format(table, error)
        }
        let wanted = all()
        let differences = TableDifferences(table, base, wanted.chains)
        var outcome = try commit(wanted, on: base, storage: takeSpare(), socket)
        outcome?.differences = differences
        if let old {
            // Where all chains are as wanted, what leads to them was not.
            outcome?.hasDrifted = differences.isEmpty || old.ownChains(table) != base.ownChains(table)
        }
        return outcome
    }

    private mutating func commit(
        _ wanted: TableAssembly.Wanted, on base: TableImage, storage: consuming [UInt8],
        _ socket: borrowing TableSocket
    ) throws(TableFailure) -> Outcome? {
        var result: TableAssembly.Result
        do throws(TableFormatError) {
            result = try TableAssembly.assemble(table, base, wanted, into: storage)
        } catch {
            throw .format(table, error)
        }
        if engine == .libiptc { return try commitThroughLibiptc(result, base, socket) }
        if result.image.hasSameRules(as: base.raw) {
            image = result.image
            return Outcome()
        }
        image = nil
        do throws(SystemError) {
            let counters = try socket.replace(table.kernelName, with: &result.image, oldEntryCount: base.entryCount)
            try socket.addCounters(table.kernelName, result.counters(from: counters))
        } catch {
            if error.code == EAGAIN { return nil }
            throw .system(error)
        }
        spare = base.bytes
        let kept = result.origins.count { $0 >= 0 }
        let outcome = Outcome(
            replaced: true, bytes: result.image.bytes.count, added: result.image.entryCount - kept,
            removed: base.entryCount - kept)
        image = result.image
        return outcome
    }

    /// The order of other programs' chains stays as it is, so that the table is read back: it may differ from the bytes
    /// that are wanted, but not in their rules.
    private mutating func commitThroughLibiptc(
        _ result: TableAssembly.Result, _ base: TableImage, _ socket: borrowing TableSocket
    ) throws(TableFailure) -> Outcome? {
        let edits = base.edits(to: result.image)
        image = base
        if edits.isEmpty { return Outcome() }
        image = nil
        let counters = base.counters(result)
        do throws(SystemError) {
            let handle = try LibiptcTable(table.kernelName, socket.family)
            for edit in edits { try handle.carryOut(edit, of: result.image) { counters[$0] } }
            try handle.commit()
        } catch {
            if error.code == EAGAIN { return nil }
            throw .system(error)
        }
        let after: TableImage
        let raw = try read(socket)
        do throws(TableFormatError) {
            after = try TableImage(parsing: raw, family: socket.family)
        } catch {
            throw .format(table, error)
        }
        // Who does not heed the lock wrote between our reading and libiptc's.
        guard after.edits(to: result.image).isEmpty else { return nil }
        image = after
        return Outcome(
            replaced: true, bytes: after.bytes.count,
            added: edits.count { if case .insertRule = $0 { true } else { false } },
            removed: edits.count { if case .deleteRule = $0 { true } else { false } })
    }

    private mutating func read(_ socket: borrowing TableSocket) throws(TableFailure) -> RawTable {
        do throws(SystemError) {
            return try socket.read(table.kernelName, into: takeSpare())
        } catch {
            throw .system(error)
        }
    }

    private mutating func takeSpare() -> [UInt8] {
        let storage = spare
        spare = []
        return storage
    }
}

/// Why a table could not be programmed.
enum TableFailure: Error {
    case system(SystemError)
    case format(Table, TableFormatError)
}

extension TableAssembly.Result {
    /// What the new entries' counters have to start with.
    func counters(from old: [UInt8]) -> [UInt8] {
        let size = EntryLayout.counterSize
        var counters = [UInt8](repeating: 0, count: origins.count * size)
        unsafe counters.withUnsafeMutableBytes { new in
            unsafe old.withUnsafeBytes { old in
                for (index, origin) in origins.enumerated() where origin >= 0 && (Int(origin) + 1) * size <= old.count {
                    unsafe new.storeBytes(
                        of: old.loadUnaligned(fromByteOffset: Int(origin) * size, as: SIMD2<UInt64>.self),
                        toByteOffset: index * size, as: SIMD2<UInt64>.self)
                }
            }
        }
        return counters
    }
}

extension TableImage {
    /// The counters, 16 bytes each, that the rules of the next table begin with, by their positions in it.
    func counters(_ next: TableAssembly.Result) -> [Int: ArraySlice<UInt8>] {
        var places: [Int] = []
        places.reserveCapacity(entryCount)
        for chain in chains { forEachEntry(chain) { places.append($0 + layout.counters) } }
        var counters: [Int: ArraySlice<UInt8>] = [:]
        for chain in next.image.chains {
            var index = chain.entries.lowerBound
            next.image.forEachEntry(chain) { position in
                let origin = Int(next.origins[index])
                if places.indices.contains(origin) {
                    counters[position] = bytes[places[origin]..<places[origin] + EntryLayout.counterSize]
                }
                index += 1
            }
        }
        return counters
    }

    /// What identifies the rules of each chain of ours.
    fileprivate func ownChains(_ table: Table) -> [ChainName: [UInt64]] {
        var found: [ChainName: [UInt64]] = [:]
        for chain in chains where !chain.isBuiltIn && table.owns(chain.name) {
            var rules: [UInt64] = []
            forEachEntry(chain) { rules.append(identity($0, isExact: true)) }
            found[chain.name] = rules
        }
        return found
    }

    /// As the kernel would give it.
    var raw: RawTable { RawTable(hooks: hooks, entryCount: entryCount, bytes: bytes) }
}
