/// Numbers from api's discovery/v1 generated.proto.
extension ProtobufMessage {
    static let endpointSlice = ProtobufMessage(
        "EndpointSlice",
        [
            ProtobufField(1, "metadata", .message(objectMeta)),
            ProtobufField(2, "endpoints", .repeated(.message(endpoint))),
            ProtobufField(3, "ports", .repeated(.message(slicePort))),
            ProtobufField(4, "addressType", .string),
        ])

    static let endpoint = ProtobufMessage(
        "Endpoint",
        [
            ProtobufField(1, "addresses", .repeated(.string)),
            ProtobufField(2, "conditions", .message(endpointConditions)),
            ProtobufField(3, "hostname", .string),
            ProtobufField(4, "targetRef", .message(objectReference)),
            ProtobufField(5, "deprecatedTopology", .map(.string)),
            ProtobufField(6, "nodeName", .string),
            ProtobufField(7, "zone", .string),
            ProtobufField(8, "hints", .message(endpointHints)),
        ])

    static let endpointConditions = ProtobufMessage(
        "EndpointConditions",
        [
            ProtobufField(1, "ready", .bool),
            ProtobufField(2, "serving", .bool),
            ProtobufField(3, "terminating", .bool),
        ])

    static let endpointHints = ProtobufMessage(
        "EndpointHints",
        [
            ProtobufField(1, "forZones", .repeated(.message(forZone))),
            ProtobufField(2, "forNodes", .repeated(.message(forNode))),
        ])

    static let forZone = ProtobufMessage(
        "ForZone",
        [
            ProtobufField(1, "name", .string)
        ])

    static let forNode = ProtobufMessage(
        "ForNode",
        [
            ProtobufField(1, "name", .string)
        ])

    static let slicePort = ProtobufMessage(
        "EndpointPort",
        [
            ProtobufField(1, "name", .string),
            ProtobufField(2, "protocol", .string),
            ProtobufField(3, "port", .int32),
            ProtobufField(4, "appProtocol", .string),
        ])
}
