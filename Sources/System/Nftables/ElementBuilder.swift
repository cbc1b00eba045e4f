internal import CNftables
internal import LinuxSystem
internal import NetworkAddress

/// Builds elements with one object of libnftnl, which it refills for each: the fastest use of the library.
///
/// A key is its fields one after another, each padded to 4 bytes: addresses and ports in network order, slots in the
/// machine's.
struct ElementBuilder: ~Copyable {
    private let object: NftablesObject
    private let set: SetDefinition
    private let family: IPFamily
    private let isDeleted: Bool
    private var scratch: [UInt8] = []

    init(_ set: SetDefinition, _ family: IPFamily, isDeleted: Bool) throws(SystemError) {
        object = try NftablesObject.element()
        self.set = set
        self.family = family
        self.isDeleted = isDeleted
        scratch.reserveCapacity(64)
    }

    /// Appends the element to the list that is open in a message.
    @unsafe
    mutating func write(_ element: Element, to header: UnsafeMutablePointer<nlmsghdr>) {
        if element.key.isIntervalEnd {
            unsafe nftnl_set_elem_set_u32(
                object.pointer, UInt16(NFTNL_SET_ELEM_FLAGS), NFT_SET_ELEM_INTERVAL_END.rawValue)
        } else {
            unsafe nftnl_set_elem_unset(object.pointer, UInt16(NFTNL_SET_ELEM_FLAGS))
        }
        fill(element.key, source: element.key.source)
        put(NFTNL_SET_ELEM_KEY)
        if set.isInterval, set.key.count > 1 {
            fill(element.key, source: element.key.sourceEnd)
            put(NFTNL_SET_ELEM_KEY_END)
        }
        if !isDeleted { fill(element.data) }
        unsafe nftnl_set_elem_nlmsg_build(header, object.pointer, Int32(NFTA_LIST_ELEM.rawValue))
    }

    private func put(_ attribute: Int) {
        unsafe nftnl_set_elem_set(object.pointer, UInt16(attribute), scratch, UInt32(scratch.count))
    }

    private mutating func fill(_ key: ElementKey, source: UInt128) {
        scratch.removeAll(keepingCapacity: true)
        for field in set.key {
            switch field {
            case .address: append(address: key.address)
            case .source: append(address: source)
            case .transport: append(UInt32(key.transport).littleEndian)
            case .port: append(port: key.port)
            case .slot: append(key.slot)
            }
        }
    }

    private mutating func fill(_ data: ElementData) {
        switch data.value {
        case .none: break
        case .verdict(let verdict):
            unsafe nftnl_set_elem_set_u32(
                object.pointer, UInt16(NFTNL_SET_ELEM_VERDICT), UInt32(bitPattern: verdict.code))
            if let chain = verdict.chain {
                unsafe nftnl_set_elem_set_str(object.pointer, UInt16(NFTNL_SET_ELEM_CHAIN), chain)
            } else {
                unsafe nftnl_set_elem_unset(object.pointer, UInt16(NFTNL_SET_ELEM_CHAIN))
            }
        case .destination(let address, let port):
            scratch.removeAll(keepingCapacity: true)
            append(address: address.value)
            append(port: port)
            put(NFTNL_SET_ELEM_DATA)
        case .mark(let mark):
            scratch.removeAll(keepingCapacity: true)
            append(mark)
            put(NFTNL_SET_ELEM_DATA)
        }
        guard let comment = data.comment else {
            return unsafe nftnl_set_elem_unset(object.pointer, UInt16(NFTNL_SET_ELEM_USERDATA))
        }
        let userdata = Userdata.comment(comment, type: 0)
        unsafe nftnl_set_elem_set(
            object.pointer, UInt16(NFTNL_SET_ELEM_USERDATA), userdata, UInt32(userdata.count))
    }

    private mutating func append(address: UInt128) {
        if family == .ipv4 {
            append(UInt32(truncatingIfNeeded: address).bigEndian)
        } else {
            append(address.bigEndian)
        }
    }

    private mutating func append(port: UInt16) {
        append(port.bigEndian)
        append(UInt16(0))
    }

    private mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
        unsafe withUnsafeBytes(of: value) { unsafe scratch.append(contentsOf: $0) }
    }
}
