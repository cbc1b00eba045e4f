import Dataplane
import DataplaneTesting
import Glibc
import Logging
import NetworkAddress
import NftablesDataplane
import ProxyConfiguration
import Testing

@testable import ProxyServer

/// Which families a proxy starts with.
@Suite struct DataplaneFactoryTests {
    private func make(_ failures: [IPFamily: Int32]) throws(DataplaneError) -> [IPFamily] {
        var settings = ProxySettings()
        settings.mode = Backend(name: "toy", section: .nftables) { _, family, _ throws(DataplaneError) in
            if let code = failures[family] { throw DataplaneError(operation: "open", code: code, message: "no") }
            return FakeDataplane(family)
        } removeLeftovers: { _, _, _ async throws(DataplaneError) in
            false
        }
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        return try DataplaneFactory(settings: settings, logger: logger).makeServing(IPFamily.allCases).map(\.family)
    }

    @Test("A family that the kernel has not got is left out", arguments: [ENOPROTOOPT, ENOENT, EAFNOSUPPORT])
    func singleStack(code: Int32) throws {
        #expect(try make([:]) == [.ipv4, .ipv6])
        #expect(try make([.ipv6: code]) == [.ipv4])
        #expect(try make([.ipv4: code]) == [.ipv6])
    }

    @Test("Without any family, and for other reasons, there is no start") func failures() {
        #expect(throws: DataplaneError.self) { try make([.ipv4: ENOPROTOOPT, .ipv6: ENOPROTOOPT]) }
        #expect(throws: DataplaneError.self) { try make([.ipv6: EPERM]) }
        #expect(throws: DataplaneError.self) { try make([.ipv6: 0]) }
    }
}
