import NetworkAddress

/// Names a set or map of a table.
package struct SetName: RawRepresentable, Hashable, Sendable, Comparable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static func < (left: SetName, right: SetName) -> Bool { left.rawValue < right.rawValue }

    /// Looked up once for each element, among few names, which mostly differ in length.
    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue.utf8.count) }
}

/// A set as the kernel needs to know it.
package struct SetDefinition: Hashable, Sendable {
    package enum KeyField: Hashable, Sendable {
        /// The destination, or the only address.
        case address
        case source
        case transport
        case port
        case slot
    }
    package enum Value: Hashable, Sendable {
        case none
        case verdict
        /// The address and port that a connection is sent to.
        case destination
        /// A packet mark, or a slot stored as one.
        case mark
    }

    package var name: SetName
    package var key: [KeyField]
    package var value: Value
    package var isInterval: Bool
    /// Whether packets add the elements, not the proxy.
    package var isFilledByPackets: Bool
    /// The maximum number of elements; 0: no limit.
    package var size: UInt32
    package var comment: String

    package init(
        name: SetName, key: [KeyField], value: Value = .none, isInterval: Bool = false,
        isFilledByPackets: Bool = false, size: UInt32 = 0, comment: String
    ) {
        self.name = name
        self.key = key
        self.value = value
        self.isInterval = isInterval
        self.isFilledByPackets = isFilledByPackets
        self.size = size
        self.comment = comment
    }

    func keyLength(_ family: IPFamily) -> Int {
        key.reduce(0) { $0 + ($1 == .address || $1 == .source ? family.bitWidth / 8 : 4) }
    }

    func valueLength(_ family: IPFamily) -> Int {
        switch value {
        case .none, .verdict: 0
        case .destination: family.bitWidth / 8 + 4
        case .mark: 4
        }
    }
}
