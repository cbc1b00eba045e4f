/// Numbers from api's core/v1 and networking/v1 generated.proto.
extension ProtobufMessage {
    static let service = ProtobufMessage(
        "Service",
        [
            ProtobufField(1, "metadata", .message(objectMeta)),
            ProtobufField(2, "spec", .message(serviceSpec)),
            ProtobufField(3, "status", .message(serviceStatus)),
        ])

    static let serviceSpec = ProtobufMessage(
        "ServiceSpec",
        [
            ProtobufField(1, "ports", .repeated(.message(servicePort))),
            ProtobufField(2, "selector", .map(.string)),
            ProtobufField(3, "clusterIP", .string),
            ProtobufField(4, "type", .string),
            ProtobufField(5, "externalIPs", .repeated(.string)),
            ProtobufField(7, "sessionAffinity", .string),
            ProtobufField(8, "loadBalancerIP", .string),
            ProtobufField(9, "loadBalancerSourceRanges", .repeated(.string)),
            ProtobufField(10, "externalName", .string),
            ProtobufField(11, "externalTrafficPolicy", .string),
            ProtobufField(12, "healthCheckNodePort", .int32),
            ProtobufField(13, "publishNotReadyAddresses", .bool),
            ProtobufField(14, "sessionAffinityConfig", .message(sessionAffinityConfig)),
            ProtobufField(17, "ipFamilyPolicy", .string),
            ProtobufField(18, "clusterIPs", .repeated(.string)),
            ProtobufField(19, "ipFamilies", .repeated(.string)),
            ProtobufField(20, "allocateLoadBalancerNodePorts", .bool),
            ProtobufField(21, "loadBalancerClass", .string),
            ProtobufField(22, "internalTrafficPolicy", .string),
            ProtobufField(23, "trafficDistribution", .string),
        ])

    static let servicePort = ProtobufMessage(
        "ServicePort",
        [
            ProtobufField(1, "name", .string),
            ProtobufField(2, "protocol", .string),
            ProtobufField(3, "port", .int32),
            ProtobufField(4, "targetPort", .intOrString),
            ProtobufField(5, "nodePort", .int32),
            ProtobufField(6, "appProtocol", .string),
        ])

    static let sessionAffinityConfig = ProtobufMessage(
        "SessionAffinityConfig",
        [
            ProtobufField(1, "clientIP", .message(clientIPConfig))
        ])

    static let clientIPConfig = ProtobufMessage(
        "ClientIPConfig",
        [
            ProtobufField(1, "timeoutSeconds", .int32)
        ])

    static let serviceStatus = ProtobufMessage(
        "ServiceStatus",
        [
            ProtobufField(1, "loadBalancer", .message(loadBalancerStatus)),
            ProtobufField(2, "conditions", .repeated(.message(condition))),
        ])

    static let loadBalancerStatus = ProtobufMessage(
        "LoadBalancerStatus",
        [
            ProtobufField(1, "ingress", .repeated(.message(loadBalancerIngress)))
        ])

    static let loadBalancerIngress = ProtobufMessage(
        "LoadBalancerIngress",
        [
            ProtobufField(1, "ip", .string),
            ProtobufField(2, "hostname", .string),
            ProtobufField(3, "ipMode", .string),
            ProtobufField(4, "ports", .repeated(.message(portStatus))),
        ])

    static let portStatus = ProtobufMessage(
        "PortStatus",
        [
            ProtobufField(1, "port", .int32),
            ProtobufField(2, "protocol", .string),
            ProtobufField(3, "error", .string),
        ])

    static let serviceCIDR = ProtobufMessage(
        "ServiceCIDR",
        [
            ProtobufField(1, "metadata", .message(objectMeta)),
            ProtobufField(2, "spec", .message(serviceCIDRSpec)),
            ProtobufField(3, "status", .message(serviceCIDRStatus)),
        ])

    static let serviceCIDRSpec = ProtobufMessage(
        "ServiceCIDRSpec",
        [
            ProtobufField(1, "cidrs", .repeated(.string))
        ])

    static let serviceCIDRStatus = ProtobufMessage(
        "ServiceCIDRStatus",
        [
            ProtobufField(1, "conditions", .repeated(.message(condition)))
        ])
}
