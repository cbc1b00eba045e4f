internal import CGenericNetlink
internal import CIPVS
internal import Glibc
internal import LinuxSystem
internal import Netlink

/// One message of IPVS's generic netlink family, built by libnl.
@safe
struct IPVSMessage: ~Copyable {
    private let message: OpaquePointer

    /// Room for the longest message, so that libnl does not take a page for each.
    private static let size = 256

    /// - Parameter type: the number that the kernel gave the family.
    /// - Throws: ENOMEM.
    init(type: UInt16, command: IPVSEnumeration, flags: Int32 = 0, sequence: UInt32) throws(SystemError) {
        guard let message = unsafe nlmsg_alloc_size(Self.size) else {
            throw SystemError("build an IPVS message", code: ENOMEM)
        }
        // The size has room for the headers.
        _ = unsafe genlmsg_put(
            message, 0, sequence, Int32(type), 0, NLM_F_REQUEST | flags, UInt8(command), UInt8(IPVS_GENL_VERSION))
        unsafe self.message = unsafe message
    }

    deinit { unsafe nlmsg_free(message) }

    func put<Value: BitwiseCopyable>(_ attribute: IPVSEnumeration, _ value: Value) {
        _ = unsafe withUnsafeBytes(of: value) { raw in
            unsafe nla_put(message, Int32(attribute), Int32(raw.count), raw.baseAddress)
        }
    }

    func put(_ attribute: IPVSEnumeration, _ text: String) {
        _ = unsafe nla_put_string(message, Int32(attribute), text)
    }

    func nest(_ attribute: IPVSEnumeration, _ body: (borrowing IPVSMessage) -> Void) {
        let start = unsafe nla_nest_start(message, Int32(attribute))
        body(self)
        if let start = unsafe start { unsafe nla_nest_end(message, start) }
    }

    /// Headers and all.
    func append(to writer: inout NetlinkWriter) {
        guard let header = unsafe nlmsg_hdr(message) else { return }
        unsafe writer.append(
            message: UnsafeRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len)))
    }
}
