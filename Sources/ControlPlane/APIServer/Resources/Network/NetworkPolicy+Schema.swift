/// Fields and protobuf numbers are those of networking.k8s.io/v1.
extension StructSchema {
    static let ipAddress = root(
        "IPAddress", "An address that is in use.",
        [
            Field(2, "spec", .object(ipAddressSpec), .always, "The desired state.")
        ])

    static let ipAddressSpec = StructSchema(
        "IPAddressSpec", "An IP address spec.",
        [
            Field(1, "parentRef", .object(parentReference), .pointer, "The object that the address is for.")
        ])

    static let parentReference = StructSchema(
        "ParentReference", "A parent reference.",
        [
            Field(1, "group", .string, "The API group."),
            Field(2, "resource", .string, "The name of the resource."),
            Field(3, "namespace", .string, "The namespace."),
            Field(4, "name", .string, "The name."),
        ])

    static let networkPolicy = root(
        "NetworkPolicy", "Which traffic pods may have.",
        [
            Field(2, "spec", .object(networkPolicySpec), .always, "The desired state.")
        ])

    static let networkPolicySpec = StructSchema(
        "NetworkPolicySpec", "A network policy spec.",
        [
            Field(
                1, "podSelector", .object(labelSelector), .always, atomic: true,
                "Which pods are meant, by their labels."),
            Field(2, "ingress", .array(.object(networkPolicyIngressRule)), "Rules of traffic that comes in."),
            Field(3, "egress", .array(.object(networkPolicyEgressRule)), "Rules of traffic that goes out."),
            Field(4, "policyTypes", .array(.string), "Ingress, Egress or both."),
        ])

    static let networkPolicyIngressRule = StructSchema(
        "NetworkPolicyIngressRule", "A network policy ingress rule.",
        [
            Field(1, "ports", .array(.object(networkPolicyPort)), "The ports."),
            Field(2, "from", .array(.object(networkPolicyPeer)), "Where traffic may come from."),
        ])

    static let networkPolicyPort = StructSchema(
        "NetworkPolicyPort", "A network policy port.",
        [
            Field(1, "protocol", .string, .pointer, "TCP (the default), UDP or SCTP."),
            Field(2, "port", .intOrString, .pointer, "Number or name of the port."),
            Field(3, "endPort", .int32, .pointer, "The last port of a range."),
        ])

    static let networkPolicyPeer = StructSchema(
        "NetworkPolicyPeer", "A network policy peer.",
        [
            Field(
                1, "podSelector", .object(labelSelector), .pointer, atomic: true,
                "Which pods are meant, by their labels."),
            Field(
                2, "namespaceSelector", .object(labelSelector), .pointer, atomic: true,
                "Which namespaces are meant, by their labels."),
            Field(3, "ipBlock", .object(ipBlock), .pointer, "A range of addresses."),
        ])

    static let ipBlock = StructSchema(
        "IPBlock", "An IP block.",
        [
            Field(1, "cidr", .string, .always, required: true, "The range."),
            Field(2, "except", .array(.string), "Ranges inside it that are left out."),
        ])

    static let networkPolicyEgressRule = StructSchema(
        "NetworkPolicyEgressRule", "A network policy egress rule.",
        [
            Field(1, "ports", .array(.object(networkPolicyPort)), "The ports."),
            Field(2, "to", .array(.object(networkPolicyPeer)), "Where traffic may go to."),
        ])
}
