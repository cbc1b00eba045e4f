internal import CNftables
package import Netlink
package import NetworkAddress

/// Reads elements of a dump (NFTA_SET_ELEM_*), in the form that ``ElementBuilder`` gives them.
package struct ElementReader {
    private let family: IPFamily
    private var addressLength: Int { family.bitWidth / 8 }

    package init(family: IPFamily) { self.family = family }

    /// An element of a dump; nil if it does not have the set's form.
    package func read(_ attributes: NetlinkAttributes, of set: SetDefinition) -> Element? {
        var element = Element(key: ElementKey(), data: ElementData())
        var hasKey = false
        for attribute in attributes {
            switch UInt32(attribute.type) {
            case NFTA_SET_ELEM_KEY.rawValue:
                hasKey = readKey(attribute, set, into: &element.key, source: \.source)
            case NFTA_SET_ELEM_KEY_END.rawValue:
                guard readKey(attribute, set, into: &element.key, source: \.sourceEnd) else { return nil }
            case NFTA_SET_ELEM_FLAGS.rawValue:
                element.key.isIntervalEnd = attribute.bigEndian & UInt64(NFT_SET_ELEM_INTERVAL_END.rawValue) != 0
            case NFTA_SET_ELEM_DATA.rawValue:
                guard let value = readValue(attribute.nested, set) else { return nil }
                element.data.value = value
            case NFTA_SET_ELEM_USERDATA.rawValue:
                element.data.comment = Userdata.comment(in: attribute.payload, type: 0)
            default: break
            }
        }
        return hasKey ? element : nil
    }

    private func readKey(
        _ attribute: NetlinkAttribute, _ set: SetDefinition, into key: inout ElementKey,
        source: WritableKeyPath<ElementKey, UInt128>
    ) -> Bool {
        guard var rest = attribute.nested[UInt16(NFTA_DATA_VALUE.rawValue)]?.payload,
            rest.count == set.keyLength(family)
        else { return false }
        for field in set.key {
            let length = field == .address || field == .source ? addressLength : 4
            let part = rest.prefix(length)
            rest = rest.dropFirst(length)
            switch field {
            case .address: key.address = Self.number(part)
            case .source: key[keyPath: source] = Self.number(part)
            case .transport: key.transport = part[part.startIndex]
            case .port: key.port = UInt16(truncatingIfNeeded: Self.number(part.prefix(2)))
            case .slot: key.slot = part.integer(UInt32.self, at: 0)
            }
        }
        return true
    }

    private func readValue(_ attributes: NetlinkAttributes, _ set: SetDefinition) -> ElementValue? {
        switch set.value {
        case .verdict:
            guard let verdict = attributes[UInt16(NFTA_DATA_VERDICT.rawValue)]?.nested,
                let code = verdict[UInt16(NFTA_VERDICT_CODE.rawValue)]
            else { return nil }
            return Verdict(
                code: Int32(truncatingIfNeeded: code.bigEndian),
                chain: verdict[UInt16(NFTA_VERDICT_CHAIN.rawValue)]?.string
            ).map(ElementValue.verdict)
        case .destination:
            guard let payload = attributes[UInt16(NFTA_DATA_VALUE.rawValue)]?.payload,
                payload.count == set.valueLength(family),
                let address = IPAddress(bytes: payload.prefix(addressLength))
            else { return nil }
            let port = Self.number(payload.dropFirst(addressLength).prefix(2))
            return .destination(address, UInt16(truncatingIfNeeded: port))
        case .mark:
            guard let payload = attributes[UInt16(NFTA_DATA_VALUE.rawValue)]?.payload, payload.count == 4 else {
                return nil
            }
            return .mark(payload.integer(UInt32.self, at: 0))
        case .none: return ElementValue.none
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt128 {
        bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    }
}
