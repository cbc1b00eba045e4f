internal import NetworkAddress
internal import ServiceModel

/// The key of an element; which parts count, the ``SetDefinition`` says.
struct ElementKey: Hashable, Sendable {
    var address: UInt128 = 0
    var source: UInt128 = 0
    /// The end of a range of sources.
    var sourceEnd: UInt128 = 0
    var slot: UInt32 = 0
    var port: UInt16 = 0
    var transport: UInt8 = 0
    /// In a set of plain intervals: the first address behind one.
    var isIntervalEnd = false
}

enum ElementValue: Hashable, Sendable {
    case none
    case verdict(Verdict)
    case endpoint(EndpointAddress)
}

/// What belongs to a key.
struct ElementData: Hashable, Sendable {
    var value: ElementValue = .none
    /// Shown by nft; names the service.
    var comment: String?
}

struct Element: Hashable, Sendable {
    var key: ElementKey
    var data: ElementData
}
