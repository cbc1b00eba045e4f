extension StructSchema {
    static let service = root(
        "Service", "A name for a set of endpoints: a virtual IP and the ports that proxies forward to the endpoints.",
        [
            Field("spec", .object(serviceSpec), .always, "What the service should be."),
            Field("status", .object(serviceStatus), .always, "What the load balancer reported."),
        ])

    static let servicePort = StructSchema(
        "ServicePort", "A port that the service exposes.",
        [
            Field("name", .string, "A DNS label, unique in the service; may be left out if there is one port only."),
            Field("protocol", .string, default: "TCP", "TCP (the default), UDP or SCTP."),
            Field("appProtocol", .string, .pointer, "The application protocol, for load balancers."),
            Field("port", .int32, .always, required: true, "The port that the service exposes."),
            Field(
                "targetPort", .intOrString, .always, "Number or name of the port on the endpoints; `port` if left out."),
            Field("nodePort", .int32, "The port on every node, for the types NodePort and LoadBalancer."),
        ])

    static let serviceSpec = StructSchema(
        "ServiceSpec", "The desired state of a Service.",
        [
            Field(
                "ports", .array(.object(servicePort)), mergeKey: "port", list: .map(["port", "protocol"]),
                "The ports that the service exposes."),
            Field("selector", .map(.string), atomic: true, "Labels of the pods that are endpoints."),
            Field("clusterIP", .string, "The virtual IP; None for a headless service. Allocated if left out."),
            Field("clusterIPs", .array(.string), "The virtual IPs, at most one of each family."),
            Field("type", .string, "ClusterIP (the default), NodePort, LoadBalancer or ExternalName."),
            Field("externalIPs", .array(.string), "Further addresses that nodes accept traffic for."),
            Field("sessionAffinity", .string, "None (the default) or ClientIP."),
            Field("loadBalancerIP", .string, "Deprecated. The wanted address of the load balancer."),
            Field("loadBalancerSourceRanges", .array(.string), "The clients that the load balancer lets in, as CIDRs."),
            Field("externalName", .string, "The DNS name that a service of type ExternalName stands for."),
            Field("externalTrafficPolicy", .string, "Cluster (the default) or Local, for traffic from outside."),
            Field("healthCheckNodePort", .int32, "The health check port for externalTrafficPolicy Local."),
            Field("publishNotReadyAddresses", .bool, "Whether endpoints count as ready before they are."),
            Field(
                "sessionAffinityConfig", .object(sessionAffinityConfig), .pointer, "Settings of the session affinity."),
            Field("ipFamilies", .array(.string), "The families of the cluster IPs: IPv4, IPv6."),
            Field("ipFamilyPolicy", .string, .pointer, "SingleStack, PreferDualStack or RequireDualStack."),
            Field("allocateLoadBalancerNodePorts", .bool, .pointer, "Whether a LoadBalancer gets node ports."),
            Field("loadBalancerClass", .string, .pointer, "Which load balancer implementation is meant."),
            Field(
                "internalTrafficPolicy", .string, .pointer, "Cluster (the default) or Local, for traffic from inside."),
            Field("trafficDistribution", .string, .pointer, "PreferSameZone or PreferSameNode."),
        ])

    private static let sessionAffinityConfig = StructSchema(
        "SessionAffinityConfig", "Settings of the session affinity.",
        [
            Field(
                "clientIP",
                .object(
                    StructSchema(
                        "ClientIPConfig", "Settings of ClientIP affinity.",
                        [Field("timeoutSeconds", .int32, .pointer, "Seconds that a client sticks, 1 to 86400.")])),
                .pointer, "Settings of ClientIP affinity.")
        ])

    private static let serviceStatus = StructSchema(
        "ServiceStatus", "The state of a Service.",
        [
            Field(
                "loadBalancer",
                .object(
                    StructSchema(
                        "LoadBalancerStatus", "The state of a load balancer.",
                        [
                            Field(
                                "ingress", .array(.object(loadBalancerIngress)),
                                "Where traffic for the service should be sent.")
                        ])), .always, "The load balancer, if there is one."),
            Field(
                "conditions", .array(.object(condition)), mergeKey: "type", list: .map(["type"]), "Current conditions."),
        ])

    private static let loadBalancerIngress = StructSchema(
        "LoadBalancerIngress", "An entry point of a load balancer.",
        [
            Field("ip", .string, "Its address."),
            Field("hostname", .string, "Its DNS name."),
            Field("ipMode", .string, .pointer, "VIP (the default) or Proxy."),
            Field(
                "ports",
                .array(
                    .object(
                        StructSchema(
                            "PortStatus", "The state of a port.",
                            [
                                Field("port", .int32, .always, required: true, "The port."),
                                Field("protocol", .string, .always, required: true, "TCP, UDP or SCTP."),
                                Field("error", .string, .pointer, "What is wrong with the port."),
                            ]))), "The ports of the service."),
        ])
}
