import Glibc
import LinuxSystem
import Testing

@testable import IptablesDataplane

/// Whether another proxy is in nf_tables: who cannot tell must not begin.
@Suite struct NftCompatibilityTablesTests {
    /// Lists that fail in this order, then one with another proxy.
    private func read(_ failures: [Int32]) throws(SystemError) -> NftCompatibilityTables {
        var rest = failures[...]
        return try NftCompatibilityTables { () throws(SystemError) in
            if let code = rest.popFirst() { throw SystemError("list", code: code) }
            return ["nat": ["KUBE-SERVICES"]]
        }
    }

    @Test func changesMeanwhile() throws {
        #expect(try read([]).holdsServiceProxy)
        #expect(try read([EINTR, EINTR, EINTR]).holdsServiceProxy)
        #expect(throws: SystemError.self) { try read(Array(repeating: EINTR, count: 100)) }
    }

    @Test func kernels() throws {
        for code in [EINVAL, EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT] { #expect(try read([code]).isEmpty) }
        for code in [EPERM, ENOBUFS, EMFILE] { #expect(throws: SystemError.self) { try read([code]) } }
    }
}
