internal import CNftables
internal import Glibc
package import LinuxSystem
internal import Netlink
package import NetworkAddress

/// Reads single elements of sets and maps with libnftnl, to check the result of a transaction.
package struct SetInspector: ~Copyable {
    private let family: IPFamily
    private let table: String
    private var socket: NetlinkSocket

    /// An element found in the kernel.
    package struct Found: Hashable, Sendable {
        package var element: Element
        /// Milliseconds until it expires; nil: never.
        package var expiration: UInt64?
    }

    /// - Throws: EPERM without CAP_NET_ADMIN.
    package init(_ family: IPFamily, table: String) throws(SystemError) {
        self.family = family
        self.table = table
        socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
    }

    /// The element with this key; in a set of intervals, the one that contains it. Nil if there is none, or no such
    /// set.
    package mutating func element(_ key: ElementKey, of set: SetDefinition) throws(SystemError) -> Found? {
        var found: Found?
        let sequence = socket.reserveSequence()
        let bytes = try request(set, key: key, flags: UInt16(NLM_F_ACK), sequence)
        let family = family
        do throws(SystemError) {
            try socket.request(bytes, sequence: sequence, operation: "get an element of \(set.name.rawValue)") {
                found = Self.parse($0.whole, set, family).first ?? found
            }
        } catch  where error.code == ENOENT {
            return nil
        }
        return found
    }

    /// All elements of a set; empty if there is no such set.
    ///
    /// - Parameter limit: further elements are ignored.
    package mutating func elements(of set: SetDefinition, limit: Int = 1 << 20) throws(SystemError) -> [Found] {
        var found: [Found] = []
        let sequence = socket.reserveSequence()
        let bytes = try request(set, key: nil, flags: UInt16(NLM_F_DUMP), sequence)
        let family = family
        do throws(SystemError) {
            try socket.request(bytes, sequence: sequence, operation: "list the set \(set.name.rawValue)") {
                if found.count < limit { found += Self.parse($0.whole, set, family) }
            }
        } catch  where error.code == ENOENT || error.isInterruptedDump {
            return found
        }
        return found
    }

    private func request(
        _ set: SetDefinition, key: ElementKey?, flags: UInt16, _ sequence: UInt32
    ) throws(SystemError) -> [UInt8] {
        let object = try NftablesObject.set()
        unsafe nftnl_set_set_str(object.pointer, UInt16(NFTNL_SET_TABLE.rawValue), table)
        unsafe nftnl_set_set_str(object.pointer, UInt16(NFTNL_SET_NAME.rawValue), set.name.rawValue)
        if let key {
            guard let element = unsafe nftnl_set_elem_alloc() else {
                throw SystemError("get an element of \(set.name.rawValue)", code: ENOMEM)
            }
            let bytes = Self.bytes(key, set, family)
            unsafe nftnl_set_elem_set(element, UInt16(NFTNL_SET_ELEM_KEY), bytes, UInt32(bytes.count))
            if set.isInterval, set.key.count > 1 {
                unsafe nftnl_set_elem_set(element, UInt16(NFTNL_SET_ELEM_KEY_END), bytes, UInt32(bytes.count))
            }
            // The set frees it.
            unsafe nftnl_set_elem_add(object.pointer, element)
        }
        return unsafe LibnftnlReader.message(
            NFT_MSG_GETSETELEM, family: family.netfilterNumber, flags: flags, sequence: sequence
        ) { header in
            unsafe nftnl_set_elems_nlmsg_build_payload(header, object.pointer)
        }
    }

    // MARK: Keys and values

    private static func addressBytes(_ value: UInt128, _ family: IPFamily) -> [UInt8] {
        IPAddress(family: family, value: value).bytes
    }

    private static func native(_ value: UInt32) -> [UInt8] { unsafe withUnsafeBytes(of: value) { unsafe Array($0) } }

    static func bytes(_ key: ElementKey, _ set: SetDefinition, _ family: IPFamily) -> [UInt8] {
        set.key.flatMap { field -> [UInt8] in
            switch field {
            case .address: addressBytes(key.address, family)
            case .source: addressBytes(key.source, family)
            case .transport: [key.transport, 0, 0, 0]
            case .port: [UInt8(key.port >> 8), UInt8(key.port & 0xFF), 0, 0]
            case .slot: native(key.slot)
            }
        }
    }

    private static func key(_ bytes: [UInt8], _ set: SetDefinition, _ family: IPFamily) -> ElementKey? {
        var key = ElementKey()
        var rest = bytes[...]
        let width = family.bitWidth / 8
        for field in set.key {
            let length = field == .address || field == .source ? width : 4
            guard rest.count >= length else { return nil }
            let part = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            switch field {
            case .address: key.address = IPAddress(bytes: part)?.value ?? 0
            case .source: key.source = IPAddress(bytes: part)?.value ?? 0
            case .transport: key.transport = part[0]
            case .port: key.port = UInt16(part[0]) << 8 | UInt16(part[1])
            case .slot: key.slot = number(part)
            }
        }
        return key
    }

    private static func number(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0
        unsafe withUnsafeMutableBytes(of: &value) { unsafe $0.copyBytes(from: bytes.prefix(4)) }
        return value
    }

    private static func parse(_ message: ArraySlice<UInt8>, _ set: SetDefinition, _ family: IPFamily) -> [Found] {
        guard let object = try? NftablesObject.set(),
            unsafe LibnftnlReader.parse(
                message, NFT_MSG_NEWSETELEM, { unsafe nftnl_set_elems_nlmsg_parse($0, object.pointer) }),
            let iterator = unsafe nftnl_set_elems_iter_create(object.pointer)
        else { return [] }
        defer { unsafe nftnl_set_elems_iter_destroy(iterator) }
        // libnftnl does not expect that there are none.
        guard unsafe nftnl_set_elems_iter_cur(iterator) != nil else { return [] }
        var found: [Found] = []
        while let element = unsafe nftnl_set_elems_iter_next(iterator) {
            if let item = unsafe read(element, set, family) { found.append(item) }
        }
        return found
    }

    @unsafe
    private static func read(_ element: OpaquePointer, _ set: SetDefinition, _ family: IPFamily) -> Found? {
        func bytes(_ attribute: Int) -> [UInt8]? {
            var length: UInt32 = 0
            guard unsafe nftnl_set_elem_is_set(element, UInt16(attribute)),
                let data = unsafe nftnl_set_elem_get(element, UInt16(attribute), &length)
            else { return nil }
            return unsafe Array(UnsafeRawBufferPointer(start: data, count: Int(length)))
        }
        guard var key = bytes(NFTNL_SET_ELEM_KEY).flatMap({ self.key($0, set, family) }) else { return nil }
        if let end = bytes(NFTNL_SET_ELEM_KEY_END).flatMap({ self.key($0, set, family) }) { key.sourceEnd = end.source }
        // libnftnl reads from nowhere what is not set.
        if unsafe nftnl_set_elem_is_set(element, UInt16(NFTNL_SET_ELEM_FLAGS)) {
            let flags = unsafe nftnl_set_elem_get_u32(element, UInt16(NFTNL_SET_ELEM_FLAGS))
            key.isIntervalEnd = flags & NFT_SET_ELEM_INTERVAL_END.rawValue != 0
        }
        var data = ElementData()
        data.comment = bytes(NFTNL_SET_ELEM_USERDATA).flatMap { Userdata.comment(in: $0[...], type: 0) }
        switch set.value {
        case .none: break
        case .verdict:
            guard unsafe nftnl_set_elem_is_set(element, UInt16(NFTNL_SET_ELEM_VERDICT)) else { return nil }
            let code = Int32(bitPattern: unsafe nftnl_set_elem_get_u32(element, UInt16(NFTNL_SET_ELEM_VERDICT)))
            let chain = unsafe LibnftnlReader.text(nftnl_set_elem_get_str(element, UInt16(NFTNL_SET_ELEM_CHAIN)))
            guard let verdict = Verdict(code: code, chain: chain) else { return nil }
            data.value = .verdict(verdict)
        case .destination:
            guard let value = bytes(NFTNL_SET_ELEM_DATA), value.count >= family.bitWidth / 8 + 2,
                let address = IPAddress(bytes: value.prefix(family.bitWidth / 8))
            else { return nil }
            let port = value.dropFirst(family.bitWidth / 8).prefix(2)
            data.value = .destination(address, port.reduce(0) { $0 << 8 | UInt16($1) })
        case .mark:
            guard let value = bytes(NFTNL_SET_ELEM_DATA), value.count >= 4 else { return nil }
            data.value = .mark(number(value))
        }
        var expiration: UInt64?
        if unsafe nftnl_set_elem_is_set(element, UInt16(NFTNL_SET_ELEM_EXPIRATION)) {
            expiration = unsafe nftnl_set_elem_get_u64(element, UInt16(NFTNL_SET_ELEM_EXPIRATION))
        }
        return Found(element: Element(key: key, data: data), expiration: expiration)
    }
}
