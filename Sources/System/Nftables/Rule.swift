package import NetworkAddress

/// One rule: the expressions for the kernel, and its text as nft writes it.
package struct Rule: Hashable, Sendable {
    package var text: String
    package var expressions: [Expression]
    package var comment: String?
}

/// Builds rules from the parts that backends use, so that text and expressions cannot differ.
package struct RuleBuilder {
    /// A part of a key, loaded into registers one after another.
    package enum Field: Hashable, Sendable {
        case sourceAddress
        case destinationAddress
        /// The unspecified address: node ports are in the maps under it.
        case maskedDestinationAddress
        case layer4Protocol
        case destinationPort
        /// A constant, by numgen: the only expression without input that nft can print within a key.
        case constant(UInt32)
        case random(modulus: UInt32, offset: UInt32)
        case priority
    }

    private let family: IPFamily
    private var texts: [String] = []
    private var expressions: [Expression] = []

    package init(_ family: IPFamily) { self.family = family }

    package static func rule(_ family: IPFamily, comment: String? = nil, _ build: (inout RuleBuilder) -> Void) -> Rule {
        var builder = RuleBuilder(family)
        build(&builder)
        return Rule(text: builder.texts.joined(separator: " "), expressions: builder.expressions, comment: comment)
    }

    private var ip: String { family == .ipv4 ? "ip" : "ip6" }
    private var addressLength: UInt32 { UInt32(family.bitWidth / 8) }

    // MARK: Matches

    package mutating func newConnection() {
        texts.append("ct state new")
        expressions += [
            .connectionTrackingState(into: Register(0)),
            .bitwise(Register(0), mask: Self.host(8), xor: Self.host(0)),
            .compare(Register(0), equal: false, Self.host(0)),
        ]
    }

    package mutating func lookup(_ fields: [Field], inSet set: String, inverted: Bool = false) {
        texts.append("\(load(fields).text) \(inverted ? "!= " : "")@\(set)")
        expressions.append(.lookup(set: set, key: Register(0), into: nil, inverted: inverted))
    }

    package mutating func address(_ side: Expression.Side, in network: IPNetwork, inverted: Bool = false) {
        texts.append("\(ip) \(side == .source ? "saddr" : "daddr") \(inverted ? "!= " : "")\(Self.text(network))")
        // Of whole bytes only these are compared, as nft does it; anything else takes a mask. So does a length of 0,
        // which matches everything, and nothing if inverted.
        let isMasked = network.prefixLength % 8 != 0 || network.prefixLength == 0
        let length = isMasked ? Int(addressLength) : network.prefixLength / 8
        expressions.append(
            .payload(.networkHeader, offset: offset(side), length: UInt32(length), into: Register(0)))
        if isMasked {
            expressions.append(
                .bitwise(Register(0), mask: network.mask.bytes, xor: Array(repeating: 0, count: length)))
        }
        expressions.append(
            .compare(Register(0), equal: !inverted, Array(network.address.bytes.prefix(length))))
    }

    /// A name that ends in `*` matches every name with that prefix.
    package mutating func inputInterface(_ name: String, inverted: Bool = false) {
        texts.append("iifname \(inverted ? "!= " : "")\"\(name)\"")
        var bytes = Array(name.utf8)
        if bytes.last == UInt8(ascii: "*") {
            bytes.removeLast()
        } else {
            bytes += Array(repeating: 0, count: max(0, 16 - bytes.count))
        }
        expressions += [
            .loadMeta(.inputInterfaceName, into: Register(0)), .compare(Register(0), equal: !inverted, bytes),
        ]
    }

    package mutating func localAddress(_ side: Expression.Side) {
        texts.append("fib \(side == .source ? "saddr" : "daddr") type local")
        expressions += [
            .addressType(of: side, into: Register(0)), .compare(Register(0), equal: true, Self.host(2)),
        ]
    }

    /// Compares the bits of the packet's mark that are in `mask`.
    package mutating func mark(masked mask: UInt32, is value: UInt32, inverted: Bool = false) {
        texts.append("meta mark & \(Self.hex(mask)) \(inverted ? "!=" : "==") \(Self.hex(value))")
        expressions += [
            .loadMeta(.mark, into: Register(0)),
            .bitwise(Register(0), mask: Self.host(mask), xor: Self.host(0)),
            .compare(Register(0), equal: !inverted, Self.host(value)),
        ]
    }

    package mutating func transport(_ number: UInt8) {
        texts.append("meta l4proto \(number)")
        expressions += [
            .loadMeta(.layer4Protocol, into: Register(0)), .compare(Register(0), equal: true, [number]),
        ]
    }

    /// The transport protocol is one with ports.
    package mutating func destinationPort(_ port: UInt16) {
        texts.append("th dport \(port)")
        expressions += [
            .payload(.transportHeader, offset: 2, length: 2, into: Register(0)),
            .compare(Register(0), equal: true, [UInt8(port >> 8), UInt8(port & 0xFF)]),
        ]
    }

    // MARK: Statements

    /// Makes the kernel report each rule that the packet meets from here on.
    package mutating func trace() {
        texts.append("meta nftrace set 1")
        expressions += [.immediate([1], into: Register(0)), .storeMeta(.trace, from: Register(0))]
    }

    package mutating func setMark(or bit: UInt32) {
        texts.append("meta mark set meta mark | \(Self.hex(bit))")
        changeMark(mask: ~bit, xor: bit)
    }

    package mutating func setMark(xor bit: UInt32) {
        texts.append("meta mark set meta mark ^ \(Self.hex(bit))")
        changeMark(mask: .max, xor: bit)
    }

    package mutating func setMark(to mark: UInt32) {
        texts.append("meta mark set \(Self.hex(mark))")
        expressions += [.immediate(Self.host(mark), into: Register(0)), .storeMeta(.mark, from: Register(0))]
    }

    /// A key that is not in the map ends the rule.
    package mutating func setMark(fromMap map: String, key: [Field]) {
        texts.append("meta mark set \(load(key).text) map @\(map)")
        expressions += [
            .lookup(set: map, key: Register(0), into: Register(0), inverted: false),
            .storeMeta(.mark, from: Register(0)),
        ]
    }

    private mutating func changeMark(mask: UInt32, xor: UInt32) {
        expressions += [
            .loadMeta(.mark, into: Register(0)),
            .bitwise(Register(0), mask: Self.host(mask), xor: Self.host(xor)),
            .storeMeta(.mark, from: Register(0)),
        ]
    }

    /// The packet's priority carries a number from one expression to the next. Unlike the mark, nobody routes by it,
    /// and it is set for a connection's first packet only.
    package mutating func setPriority(toRandomBelow modulus: UInt32, offset: UInt32) {
        texts.append("meta priority set \(load([.random(modulus: modulus, offset: offset)]).text)")
        expressions.append(.storeMeta(.priority, from: Register(0)))
    }

    package mutating func resetPriority() {
        texts.append("meta priority set none")
        expressions += [.immediate(Self.host(0), into: Register(0)), .storeMeta(.priority, from: Register(0))]
    }

    /// A key that is not in the map ends the rule.
    package mutating func setPriority(fromMap map: String, key: [Field]) {
        texts.append("meta priority set \(load(key).text) map @\(map)")
        expressions += [
            .lookup(set: map, key: Register(0), into: Register(0), inverted: false),
            .storeMeta(.priority, from: Register(0)),
        ]
    }

    /// Remembers something under the key for this many seconds; what is there keeps its value and lives on.
    package mutating func remember(_ value: Field, inMap map: String, key: [Field], timeout seconds: UInt32) {
        let (text, data) = load(key)
        let valueText = load(value, into: data)
        texts.append("update @\(map) { \(text) timeout \(Self.duration(seconds)) : \(valueText) }")
        expressions.append(
            .dynamicSet(
                .update, set: map, key: Register(0), data: data, timeoutMilliseconds: UInt64(seconds) * 1000))
    }

    package mutating func forget(inMap map: String, key: [Field]) {
        let (text, data) = load(key)
        texts.append("delete @\(map) { \(text) : meta priority }")
        expressions += [
            .loadMeta(.priority, into: data),
            .dynamicSet(.delete, set: map, key: Register(0), data: data, timeoutMilliseconds: 0),
        ]
    }

    package mutating func destinationNAT(map: String, key: [Field]) {
        texts.append("dnat \(ip) to \(load(key).text) map @\(map)")
        expressions += [
            .lookup(set: map, key: Register(0), into: Register(0), inverted: false),
            .destinationNAT(address: Register(0), port: Register(addressLength / 4)),
        ]
    }

    package mutating func verdictMap(_ map: String, key: [Field]) {
        texts.append("\(load(key).text) vmap @\(map)")
        expressions.append(.lookup(set: map, key: Register(0), into: .verdict, inverted: false))
    }

    package mutating func masquerade() {
        texts.append("masquerade fully-random")
        expressions.append(.masquerade)
    }

    package mutating func reject() {
        texts.append("reject")
        expressions.append(.reject)
    }

    package mutating func verdict(_ verdict: Verdict) {
        texts.append(verdict.text)
        expressions.append(.verdict(verdict))
    }

    // MARK: Keys

    /// Loads the fields into registers from the first on; returns their text and the first free register.
    private mutating func load(_ fields: [Field]) -> (text: String, next: Register) {
        var register = Register(0)
        var parts: [String] = []
        for field in fields {
            parts.append(load(field, into: register))
            register.slot += width(field)
        }
        return (parts.joined(separator: " . "), register)
    }

    private func width(_ field: Field) -> UInt32 {
        switch field {
        case .sourceAddress, .destinationAddress, .maskedDestinationAddress: addressLength / 4
        default: 1
        }
    }

    private mutating func load(_ field: Field, into register: Register) -> String {
        switch field {
        case .sourceAddress:
            expressions.append(
                .payload(.networkHeader, offset: offset(.source), length: addressLength, into: register))
            return "\(ip) saddr"
        case .destinationAddress:
            expressions.append(
                .payload(.networkHeader, offset: offset(.destination), length: addressLength, into: register))
            return "\(ip) daddr"
        case .maskedDestinationAddress:
            let zeros = [UInt8](repeating: 0, count: Int(addressLength))
            expressions += [
                .payload(.networkHeader, offset: offset(.destination), length: addressLength, into: register),
                .bitwise(register, mask: zeros, xor: zeros),
            ]
            return "\(ip) daddr & \(family == .ipv4 ? "0.0.0.0" : "::")"
        case .layer4Protocol:
            expressions.append(.loadMeta(.layer4Protocol, into: register))
            return "meta l4proto"
        case .destinationPort:
            expressions.append(.payload(.transportHeader, offset: 2, length: 2, into: register))
            return "th dport"
        case .constant(let value):
            return load(.random(modulus: 1, offset: value), into: register)
        case .random(let modulus, let offset):
            expressions.append(.random(modulus: modulus, offset: offset, into: register))
            return "numgen random mod \(modulus)" + (offset == 0 ? "" : " offset \(offset)")
        case .priority:
            expressions.append(.loadMeta(.priority, into: register))
            return "meta priority"
        }
    }

    private func offset(_ side: Expression.Side) -> UInt32 {
        switch (family, side) {
        case (.ipv4, .source): 12
        case (.ipv4, .destination): 16
        case (.ipv6, .source): 8
        case (.ipv6, .destination): 24
        }
    }

    // MARK: Texts and numbers

    private static func host(_ value: UInt32) -> [UInt8] {
        unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func text(_ network: IPNetwork) -> String {
        network.prefixLength == network.family.bitWidth ? "\(network.address)" : "\(network)"
    }

    /// As nft writes times: `3h`, `1m30s`.
    package static func duration(_ seconds: UInt32) -> String {
        let units: [(UInt32, String)] = [(86400, "d"), (3600, "h"), (60, "m"), (1, "s")]
        var rest = seconds
        var text = ""
        for (length, unit) in units where rest >= length {
            text += "\(rest / length)\(unit)"
            rest %= length
        }
        return text.isEmpty ? "0s" : text
    }
}
