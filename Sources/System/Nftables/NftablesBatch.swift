internal import CNftables
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// A sequence of nf_tables messages. libnftnl and libmnl do not check for room, so each message is built in a buffer
/// that is large enough for any.
@safe
struct NftablesBatch: ~Copyable {
    /// Twice what the list in a message of elements can have; the longest rule needs about 1 KB.
    private static let room = 1 << 17

    private let place: UnsafeMutableRawPointer
    private let family: IPFamily
    private var sequence: UInt32
    private(set) var bytes: [UInt8] = []
    private(set) var messageCount = 0

    /// - Parameter capacity: bytes that all messages together will have, about.
    /// - Throws: ENOMEM.
    init(reservingCapacity capacity: Int, family: IPFamily, firstSequence: UInt32) throws(SystemError) {
        guard let place = unsafe calloc(Self.room, 1) else {
            throw SystemError("build nftables messages", code: ENOMEM)
        }
        unsafe self.place = unsafe place
        self.family = family
        sequence = firstSequence
        bytes.reserveCapacity(capacity)
    }

    deinit { unsafe free(place) }

    /// - Parameter generation: the kernel rejects the batch (ERESTART) if the ruleset has another generation by then.
    mutating func begin(generation: UInt32?) {
        guard let header = unsafe nftnl_batch_begin(place, sequence) else { return }
        if let generation {
            unsafe mnl_attr_put_u32(header, UInt16(NFNL_BATCH_GENID.rawValue), generation.bigEndian)
        }
        unsafe finish(header)
    }

    mutating func end() {
        guard let header = unsafe nftnl_batch_end(place, sequence) else { return }
        unsafe finish(header)
    }

    /// A message with its header; the payload comes from `body`.
    mutating func message(
        _ type: nf_tables_msg_types, flags: Int32 = 0, _ body: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) {
        guard
            let header = unsafe nftnl_nlmsg_build_hdr(
                place, UInt16(type.rawValue), UInt16(family.netfilterNumber), UInt16(flags), sequence)
        else { return }
        unsafe body(header)
        unsafe finish(header)
    }

    @unsafe
    private mutating func finish(_ header: UnsafeMutablePointer<nlmsghdr>) {
        let length = unsafe Int(header.pointee.nlmsg_len)
        precondition(length <= Self.room, "an nf_tables message of \(length) bytes")
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: place, count: length))
        // libmnl 1.0.4 leaves the padding of attributes as it finds it.
        unsafe memset(place, 0, length)
        sequence &+= 1
        messageCount += 1
    }
}
