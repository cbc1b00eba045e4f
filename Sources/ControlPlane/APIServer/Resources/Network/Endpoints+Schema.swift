/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let endpoints = root(
        "Endpoints", "Addresses of a service. Deprecated for EndpointSlice.",
        [
            Field(2, "subsets", .array(.object(endpointSubset)), "Groups of addresses with the same ports.")
        ])

    static let endpointSubset = StructSchema(
        core: "EndpointSubset", "An endpoint subset.",
        [
            Field(1, "addresses", .array(.object(subsetAddress)), "Addresses that take traffic."),
            Field(2, "notReadyAddresses", .array(.object(subsetAddress)), "Addresses that take no traffic yet."),
            Field(3, "ports", .array(.object(subsetPort)), "The ports."),
        ])

    static let subsetAddress = StructSchema(
        core: "EndpointAddress", "An endpoint address.",
        [
            Field(1, "ip", .string, .always, required: true, "The address."),
            Field(3, "hostname", .string, "The host name."),
            Field(4, "nodeName", .string, .pointer, "The node."),
            Field(2, "targetRef", .object(objectReference), .pointer, atomic: true, "The object that is meant."),
        ])

    static let subsetPort = StructSchema(
        core: "EndpointPort", "An endpoint port.",
        [
            Field(1, "name", .string, "The name."),
            Field(2, "port", .int32, .always, required: true, "Number or name of the port."),
            Field(3, "protocol", .string, "TCP (the default), UDP or SCTP."),
            Field(4, "appProtocol", .string, .pointer, "The application protocol."),
        ])
}
