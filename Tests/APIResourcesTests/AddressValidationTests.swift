import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources
@testable import KubeSchema

/// Spellings that programs read in more than one way are no addresses in the API (KEP-4858).
@Suite struct AddressValidationTests {
    private static let path = FieldPath("x")

    private static let addresses: [(text: String, problem: String?)] = [
        ("10.0.0.1", nil), ("0.0.0.0", nil), ("100.20.3.0", nil), ("::1", nil), ("FD00:0::1", nil), ("fd00:001::", nil),
        ("010.0.0.1", "must not have leading 0s"), ("10.0.0.01", "must not have leading 0s"),
        ("10.00.0.1", "must not have leading 0s"), ("::ffff:10.0.0.01", "must not have leading 0s"),
        ("::ffff:10.0.0.1", "must not be an IPv4-mapped IPv6 address"),
        ("10.0.0", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
    ]

    @Test(arguments: addresses) func ambiguousAddresses(text: String, problem: String?) {
        let errors = AddressValidation.ip(text, Self.path)
        #expect(errors == (problem.map { [.invalid(Self.path, .string(text), $0)] } ?? []))
    }

    private static let ranges: [(text: String, problem: String?)] = [
        ("10.0.0.0/8", nil), ("10.0.0.1/32", nil), ("0.0.0.0/0", nil), ("fd00::/64", nil), ("FD00::/64", nil),
        ("10.0.0.1/8", "must not have bits set beyond the prefix length"),
        ("fd00::1/64", "must not have bits set beyond the prefix length"),
        ("10.0.0.0/08", "must not have leading 0s in IP or prefix length"),
        ("010.0.0.0/8", "must not have leading 0s in IP or prefix length"),
        ("::ffff:10.0.0.0/8", "must not have an IPv4-mapped IPv6 address"),
        ("10.0.0.0/33", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("10.0.0.0", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
    ]

    @Test(arguments: ranges) func ambiguousRanges(text: String, problem: String?) {
        let errors = AddressValidation.cidr(text, Self.path)
        #expect(errors == (problem.map { [.invalid(Self.path, .string(text), $0)] } ?? []))
    }

    @Test func newerKindsTakeOneSpelling() {
        #expect(AddressValidation.canonicalCIDR("fd00::/64", Self.path) == [])
        #expect(
            AddressValidation.canonicalCIDR("FD00::/64", Self.path) == [
                .invalid(Self.path, "FD00::/64", #"must be in canonical form ("fd00::/64")"#)
            ])
    }

    @Test func kindsThatHaveAddresses() throws {
        let slice = try decoded(
            #"{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.01"]},{"addresses":["10.0.0.1"]}]}"#,
            .endpointSlices)
        #expect(
            brief(EndpointSliceStrategy().validateCreate(slice, dualStack)) == ["Invalid endpoints[0].addresses[0]"])
        let service = try decoded(
            #"{"spec":{"ports":[{"port":80}],"type":"LoadBalancer","externalIPs":["01.1.1.1"],"#
                + #""loadBalancerSourceRanges":["10.0.0.1/8"]}}"#, .services)
        #expect(
            brief(ServiceStrategy().validateCreate(service, dualStack)).sorted() == [
                "Invalid spec.LoadBalancerSourceRanges[0]", "Invalid spec.externalIPs[0]",
            ])
        let policy = try decoded(
            #"{"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8","#
                + #""except":["10.1.0.0/16","10.0.0.0/8","11.0.0.0/16"]}}]}]}}"#, .networkPolicies)
        #expect(
            brief(NetworkPolicyRules.validate(policy))
                == (1...2).map { "Invalid spec.ingress[0].from[0].ipBlock.except[\($0)]" })
    }
}
