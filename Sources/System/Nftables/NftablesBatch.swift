internal import CNftables
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// Messages of nf_tables one after another in a batch of libmnl.
@safe
struct NftablesBatch: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    private let batch: OpaquePointer
    private let family: IPFamily
    private var sequence: UInt32
    private(set) var messageCount = 0

    /// libmnl notices a message that does not fit when it is written already.
    private static let overrun = 1 << 17

    /// - Parameter capacity: bytes, for all messages together.
    /// - Throws: ENOMEM.
    init(capacity: Int, family: IPFamily, firstSequence: UInt32) throws(SystemError) {
        guard let memory = unsafe malloc(capacity + Self.overrun) else {
            throw SystemError("build nftables messages", code: ENOMEM)
        }
        guard let batch = unsafe mnl_nlmsg_batch_start(memory, capacity) else {
            unsafe free(memory)
            throw SystemError("build nftables messages", code: ENOMEM)
        }
        unsafe self.memory = unsafe memory
        unsafe self.batch = unsafe batch
        self.family = family
        sequence = firstSequence
    }

    deinit {
        unsafe mnl_nlmsg_batch_stop(batch)
        unsafe free(memory)
    }

    /// All messages so far.
    var bytes: [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: memory, count: mnl_nlmsg_batch_size(batch)))
    }

    private var current: UnsafeMutablePointer<CChar>? {
        unsafe mnl_nlmsg_batch_current(batch)?.assumingMemoryBound(to: CChar.self)
    }

    private mutating func next() throws(SystemError) {
        guard unsafe mnl_nlmsg_batch_next(batch) else {
            throw SystemError("build nftables messages", code: EMSGSIZE)
        }
        sequence &+= 1
        messageCount += 1
    }

    mutating func begin() throws(SystemError) {
        _ = unsafe nftnl_batch_begin(current, sequence)
        try next()
    }

    mutating func end() throws(SystemError) {
        _ = unsafe nftnl_batch_end(current, sequence)
        try next()
    }

    /// A message with its header; the payload comes from `body`.
    mutating func message(
        _ type: nf_tables_msg_types, flags: Int32 = 0, _ body: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) throws(SystemError) {
        let header = unsafe nftnl_nlmsg_build_hdr(
            current, UInt16(type.rawValue), UInt16(family.netfilterNumber), UInt16(flags), sequence)
        if let header = unsafe header { unsafe body(header) }
        try next()
    }

    /// A complete message, at most as long as what may overrun.
    mutating func append(_ message: (_ sequence: UInt32) throws -> [UInt8]) throws {
        let bytes = try message(sequence)
        guard bytes.count <= Self.overrun, let place = unsafe current else {
            throw SystemError("build nftables messages", code: EMSGSIZE)
        }
        unsafe bytes.withUnsafeBytes { raw in
            guard let start = raw.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(place).copyMemory(from: start, byteCount: raw.count)
        }
        try next()
    }
}

/// An object of libnftnl that goes with this value.
@safe
struct NftablesObject: ~Copyable {
    let pointer: OpaquePointer
    private let release: (OpaquePointer) -> Void

    @unsafe
    private init(_ pointer: OpaquePointer?, _ release: @escaping (OpaquePointer) -> Void) throws(SystemError) {
        guard let pointer = unsafe pointer else { throw SystemError("build nftables messages", code: ENOMEM) }
        unsafe self.pointer = unsafe pointer
        unsafe self.release = unsafe release
    }

    deinit { unsafe release(pointer) }

    static func table() throws(SystemError) -> NftablesObject {
        try unsafe NftablesObject(nftnl_table_alloc()) { unsafe nftnl_table_free($0) }
    }

    static func chain() throws(SystemError) -> NftablesObject {
        try unsafe NftablesObject(nftnl_chain_alloc()) { unsafe nftnl_chain_free($0) }
    }

    static func rule() throws(SystemError) -> NftablesObject {
        try unsafe NftablesObject(nftnl_rule_alloc()) { unsafe nftnl_rule_free($0) }
    }

    static func set() throws(SystemError) -> NftablesObject {
        try unsafe NftablesObject(nftnl_set_alloc()) { unsafe nftnl_set_free($0) }
    }

    static func element() throws(SystemError) -> NftablesObject {
        try unsafe NftablesObject(nftnl_set_elem_alloc()) { unsafe nftnl_set_elem_free($0) }
    }
}
