package import NetworkAddress

/// The key of an element; its ``SetDefinition`` says which parts are used. 32 bytes, because a start makes hundreds of
/// thousands.
package struct ElementKey: Hashable, Sendable {
    /// Few sets have these.
    private final class Sources: Hashable, Sendable {
        let begin: UInt128
        let end: UInt128

        init(begin: UInt128, end: UInt128) {
            self.begin = begin
            self.end = end
        }

        static func == (left: Sources, right: Sources) -> Bool { left.begin == right.begin && left.end == right.end }

        func hash(into hasher: inout Hasher) {
            hasher.combine(begin)
            hasher.combine(end)
        }
    }

    // Two words: a UInt128 would have the whole key aligned to 16 bytes.
    private var high: UInt64
    private var low: UInt64
    /// nil: both are 0.
    private var sources: Sources?
    package var slot: UInt32
    package var port: UInt16
    package var transport: UInt8
    /// In a set of plain intervals: whether it is the first address behind one.
    package var isIntervalEnd: Bool

    package init(
        address: UInt128 = 0, source: UInt128 = 0, sourceEnd: UInt128 = 0, slot: UInt32 = 0, port: UInt16 = 0,
        transport: UInt8 = 0, isIntervalEnd: Bool = false
    ) {
        high = UInt64(truncatingIfNeeded: address >> 64)
        low = UInt64(truncatingIfNeeded: address)
        self.slot = slot
        self.port = port
        self.transport = transport
        self.isIntervalEnd = isIntervalEnd
        setSources(source, sourceEnd)
    }

    package var address: UInt128 {
        get { UInt128(high) << 64 | UInt128(low) }
        set {
            high = UInt64(truncatingIfNeeded: newValue >> 64)
            low = UInt64(truncatingIfNeeded: newValue)
        }
    }

    package var source: UInt128 {
        get { sources?.begin ?? 0 }
        set { setSources(newValue, sourceEnd) }
    }

    /// The end of a range of sources.
    package var sourceEnd: UInt128 {
        get { sources?.end ?? 0 }
        set { setSources(source, newValue) }
    }

    private mutating func setSources(_ begin: UInt128, _ end: UInt128) {
        sources = begin == 0 && end == 0 ? nil : Sources(begin: begin, end: end)
    }

    /// Orders interval begins and ends; where one range ends and the next begins, the end comes first.
    package static func precedes(_ left: ElementKey, _ right: ElementKey) -> Bool {
        left.address == right.address ? left.isIntervalEnd && !right.isIntervalEnd : left.address < right.address
    }
}

package enum ElementValue: Hashable, Sendable {
    case none
    case verdict(Verdict)
    /// The endpoint that a connection is sent to.
    case destination(IPAddress, UInt16)
    case mark(UInt32)
}

/// The value, comment and timeout of a key.
package struct ElementData: Hashable, Sendable {
    package var value: ElementValue
    /// Shown by nft; names the Service.
    package var comment: String?

    package init(value: ElementValue = .none, comment: String? = nil) {
        self.value = value
        self.comment = comment
    }

    /// As the kernel returns it: comments are cut to the length that nft shows.
    package var normalized: ElementData {
        guard let comment, comment.utf8.count > 127 else { return self }
        var copy = self
        copy.comment = String(decoding: comment.utf8.prefix(127), as: UTF8.self)
        return copy
    }
}

package struct Element: Hashable, Sendable {
    package var key: ElementKey
    package var data: ElementData

    package init(key: ElementKey, data: ElementData = ElementData()) {
        self.key = key
        self.data = data
    }
}
