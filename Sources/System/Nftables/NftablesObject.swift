internal import CNftables
internal import Glibc
internal import LinuxSystem

/// An object of libnftnl that is freed with this value.
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

    /// With its expressions.
    static func rule() throws(SystemError) -> NftablesObject {
        try unsafe NftablesObject(nftnl_rule_alloc()) { unsafe nftnl_rule_free($0) }
    }

    static func set() throws(SystemError) -> NftablesObject {
        try unsafe NftablesObject(nftnl_set_alloc()) { unsafe nftnl_set_free($0) }
    }

    static func element() throws(SystemError) -> NftablesObject {
        try unsafe NftablesObject(nftnl_set_elem_alloc()) { unsafe nftnl_set_elem_free($0) }
    }

    static func trace() throws(SystemError) -> NftablesObject {
        try unsafe NftablesObject(nftnl_trace_alloc()) { unsafe nftnl_trace_free($0) }
    }
}
