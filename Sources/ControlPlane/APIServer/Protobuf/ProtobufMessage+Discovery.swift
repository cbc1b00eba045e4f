/// Numbers from apimachinery's pkg/apis/meta/v1/generated.proto.
extension ProtobufMessage {
    /// What discovery answers with, by version and kind; APIVersions goes without a version.
    static let discovery: [String: ProtobufMessage] = [
        "/APIVersions": apiVersions, "v1/APIGroupList": apiGroupList, "v1/APIGroup": apiGroup,
        "v1/APIResourceList": apiResourceList,
    ]

    private static let apiVersions = ProtobufMessage(
        "APIVersions",
        [
            ProtobufField(1, "versions", .repeated(.string)),
            ProtobufField(2, "serverAddressByClientCIDRs", .repeated(.message(serverAddressByClientCIDR))),
        ])

    private static let apiGroupList = ProtobufMessage(
        "APIGroupList", [ProtobufField(1, "groups", .repeated(.message(apiGroup)))])

    private static let apiGroup = ProtobufMessage(
        "APIGroup",
        [
            ProtobufField(1, "name", .string),
            ProtobufField(2, "versions", .repeated(.message(groupVersionForDiscovery))),
            ProtobufField(3, "preferredVersion", .message(groupVersionForDiscovery)),
            ProtobufField(4, "serverAddressByClientCIDRs", .repeated(.message(serverAddressByClientCIDR))),
        ])

    private static let groupVersionForDiscovery = ProtobufMessage(
        "GroupVersionForDiscovery",
        [ProtobufField(1, "groupVersion", .string), ProtobufField(2, "version", .string)])

    private static let serverAddressByClientCIDR = ProtobufMessage(
        "ServerAddressByClientCIDR",
        [ProtobufField(1, "clientCIDR", .string), ProtobufField(2, "serverAddress", .string)])

    private static let apiResourceList = ProtobufMessage(
        "APIResourceList",
        [
            ProtobufField(1, "groupVersion", .string),
            ProtobufField(2, "resources", .repeated(.message(apiResource))),
        ])

    private static let apiResource = ProtobufMessage(
        "APIResource",
        [
            ProtobufField(1, "name", .string),
            ProtobufField(2, "namespaced", .bool),
            ProtobufField(3, "kind", .string),
            ProtobufField(4, "verbs", .stringList),
            ProtobufField(5, "shortNames", .repeated(.string)),
            ProtobufField(6, "singularName", .string),
            ProtobufField(7, "categories", .repeated(.string)),
            ProtobufField(8, "group", .string),
            ProtobufField(9, "version", .string),
            ProtobufField(10, "storageVersionHash", .string),
        ])
}
