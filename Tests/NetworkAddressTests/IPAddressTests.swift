import NetworkAddress
import TestSupport
import Testing

@Suite struct IPAddressTests {
    /// Section numbers are those of RFC 5952 and RFC 4291.
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("010.001.0.09", "10.1.0.9"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),  // 5952 1
        ("2001:0db8::0001", "2001:db8::1"),  // 4.1
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),  // 4.2.1
        ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),  // 4.2.2
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),  // 4.2.3, the longest run
        ("2001:db8:0:0:1:0:0:0", "2001:db8:0:0:1::"),
        ("2001:DB8::ABCD", "2001:db8::abcd"),  // 4.3
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:0", "::"), ("fe80::", "fe80::"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("0:0:0:0:0:FFFF:129.144.52.38", "129.144.52.38"),  // 4291 2.2, as Go
        ("::13.1.68.3", "::d01:4403"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:77.88.99.11", "1:2:3:4:5:6:4d58:630b"),
    ]) func canonical(text: String, expected: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == expected)
        #expect(IPAddress(expected) == address)
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.", ".1.2.3",
        "1..2.3", "0x1.2.3.4", "1.2.3.4/24", "1.2.3.4:80", "٠.0.0.0", "1.2.3.99999999999999999999",
        ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
        "12345::", "g::", "::1%eth0", "[::1]", "1.2.3.4::", "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "1:",
        ":1", "1:2:3:4:5:6:7:", "::-1", "::+1",
    ]) func notAnAddress(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func bytes() throws {
        let ipv4 = try #require(IPAddress("192.0.2.1"))
        #expect(ipv4.bytes == [192, 0, 2, 1])
        #expect(IPAddress(bytes: ipv4.bytes) == ipv4)
        let ipv6 = try #require(IPAddress("2001:db8::ff"))
        #expect(ipv6.bytes == [0x20, 0x01, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [0xFF])
        #expect(IPAddress(bytes: ipv6.bytes) == ipv6)
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
        #expect(ipv6.bracketed == "[2001:db8::ff]")
        #expect(ipv4.bracketed == "192.0.2.1")
    }

    @Test func order() throws {
        let sorted = try ["9.0.0.0", "10.0.0.0", "::", "::1", "2001:db8::", "ff00::"].map {
            try #require(IPAddress($0))
        }
        #expect(sorted.shuffled().sorted() == sorted)
    }

    @Test(arguments: [
        ("127.0.0.1", "loopback"), ("127.255.0.9", "loopback"), ("128.0.0.1", ""), ("126.255.255.255", ""),
        ("::1", "loopback"), ("::2", ""), ("169.254.0.1", "link-local"), ("169.253.255.255", ""), ("169.255.0.0", ""),
        ("fe80::1", "link-local"), ("febf::1", "link-local"), ("fec0::1", ""), ("fe7f::1", ""),
        ("224.0.0.1", "multicast"), ("239.255.255.255", "multicast"), ("240.0.0.0", ""), ("223.255.255.255", ""),
        ("ff02::1", "multicast"), ("fe00::1", ""), ("0.0.0.0", "unspecified"), ("::", "unspecified"), ("0.0.0.1", ""),
        ("::ffff:127.0.0.1", "loopback"),
    ]) func kinds(text: String, kind: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isLoopback == (kind == "loopback"))
        #expect(address.isLinkLocal == (kind == "link-local"))
        #expect(address.isMulticast == (kind == "multicast"))
        #expect(address.isUnspecified == (kind == "unspecified"))
    }

    @Test func compactInMemory() {
        // 50,000 endpoints are held several times over.
        #expect(MemoryLayout<IPAddress>.stride == 24)
        #expect(MemoryLayout<IPAddress>.size == 17, "a port fits behind it")
    }

    @Test func roundTripOfRandomAddresses() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            var value = UInt128(random.next()) << 64 | UInt128(random.next())
            // Runs of zero groups are where the text form is difficult.
            for group in 0..<8 where Bool.random(using: &random) { value &= ~(UInt128(0xFFFF) << UInt128(group * 16)) }
            let ipv4 = IPAddress(ipv4: UInt32(truncatingIfNeeded: value))
            #expect(IPAddress(ipv4.description) == ipv4)
            guard value >> 32 != 0xFFFF else { continue }
            let ipv6 = IPAddress(family: .ipv6, value: value)
            #expect(IPAddress(ipv6.description) == ipv6)
            #expect(ipv6.value == value)
            #expect(!ipv6.description.contains(":::"))
        }
    }

    @Test func mutatedTextsDoNotCrash() {
        var random = SeededGenerator(seed: 2)
        let alphabet = Array("0123456789abcdefF:::...%/[] ".utf8) + [0xFF, 0]
        var parsed = 0
        for _ in 0..<40_000 {
            let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = IPNetwork(text)
            guard let address = IPAddress(text) else { continue }
            parsed += 1
            #expect(IPAddress(address.description) == address)
        }
        #expect(parsed > 50)
    }
}

@Suite struct IPNetworkTests {
    @Test(arguments: [
        ("10.1.2.3/8", "10.0.0.0/8", "10.255.255.255", "255.0.0.0"),
        ("1.2.3.4/32", "1.2.3.4/32", "1.2.3.4", "255.255.255.255"),
        ("1.2.3.4/0", "0.0.0.0/0", "255.255.255.255", "0.0.0.0"),
        ("10.0.0.129/25", "10.0.0.128/25", "10.0.0.255", "255.255.255.128"),
        ("fd00:1::ff/64", "fd00:1::/64", "fd00:1::ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff::"),
        ("::/0", "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"),
        ("fd00::1/128", "fd00::1/128", "fd00::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("10.0.0.0/08", "10.0.0.0/8", "10.255.255.255", "255.0.0.0"),
    ]) func good(text: String, canonical: String, last: String, mask: String) throws {
        let network = try #require(IPNetwork(text))
        #expect(network.description == canonical)
        #expect(network.lastAddress.description == last)
        #expect(network.mask.description == mask)
        #expect(IPNetwork(canonical) == network)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "fd00::/129", "10.0.0.0/-1", "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/8 ", "10.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.0/99999999999999999999", "10.0.0.0/٨",
    ]) func bad(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test func containment() throws {
        let network = try #require(IPNetwork("10.1.0.0/16"))
        for (text, isIn) in [
            ("10.1.0.0", true), ("10.1.255.255", true), ("10.2.0.0", false), ("10.0.255.255", false),
            ("::a01:0", false),
        ] {
            #expect(network.contains(try #require(IPAddress(text))) == isIn, "\(text)")
        }
        for (text, isIn) in [
            ("10.1.0.0/16", true), ("10.1.7.0/24", true), ("10.0.0.0/8", false), ("10.2.0.0/24", false),
        ] {
            #expect(network.contains(try #require(IPNetwork(text))) == isIn, "\(text)")
        }
        let all = try #require(IPNetwork("::/0"))
        #expect(all.contains(try #require(IPAddress("fd00::1"))))
        #expect(!all.contains(try #require(IPAddress("10.0.0.1"))))
    }

    @Test func randomNetworks() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<5000 {
            let family = IPFamily.allCases[Int.random(in: 0...1, using: &random)]
            let address = IPAddress(family: family, value: UInt128(random.next()) << 64 | UInt128(random.next()))
            let length = Int.random(in: 0...family.bitWidth, using: &random)
            let network = try #require(IPNetwork(address: address, prefixLength: length))
            #expect(network.contains(address))
            #expect(network.address <= address)
            #expect(address <= network.lastAddress)
            #expect(IPNetwork(network.description)?.prefixLength == length)
        }
    }
}
