import Testing

@testable import IPVSDataplane

@Suite struct ServerCountTests {
    private static let header = """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port Scheduler Flags
          -> RemoteAddress:Port Forward Weight ActiveConn InActConn

        """

    @Test("Of IPv6 only virtual servers count, not endpoints") func listing() {
        #expect(!ServerCount.holdsIPv6(""))
        #expect(!ServerCount.holdsIPv6(Self.header))
        #expect(
            !ServerCount.holdsIPv6(Self.header + "TCP  AC1E0101:0050 rr \n  -> [fd00:0010::0001]:0050 Masq 1 0 0\n"))
        #expect(!ServerCount.holdsIPv6(Self.header + "FWM  56000004 rr \n"))
        #expect(ServerCount.holdsIPv6(Self.header + "TCP  [fd00:0010:0096::0001]:0050 rr \n"))
    }
}
