/// Fields and protobuf numbers are those of networking.k8s.io/v1.
extension StructSchema {
    static let ingress = root(
        "Ingress", "Rules for HTTP traffic from outside.",
        [
            Field(2, "spec", .object(ingressSpec), .always, "The desired state."),
            Field(3, "status", .object(ingressStatus), .always, "The observed state."),
        ])

    static let ingressSpec = StructSchema(
        "IngressSpec", "An ingress spec.",
        [
            Field(4, "ingressClassName", .string, .pointer, "The IngressClass."),
            Field(1, "defaultBackend", .object(ingressBackend), .pointer, "Where requests go that no rule matches."),
            Field(2, "tls", .array(.object(ingressTLS)), "Hosts with certificates."),
            Field(3, "rules", .array(.object(ingressRule)), "The rules."),
        ])

    static let ingressBackend = StructSchema(
        "IngressBackend", "An ingress backend.",
        [
            Field(4, "service", .object(ingressServiceBackend), .pointer, "The service."),
            Field(
                3, "resource", .object(typedLocalObjectReference), .pointer, atomic: true, "The name of the resource."),
        ])

    static let ingressServiceBackend = StructSchema(
        "IngressServiceBackend", "An ingress service backend.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "port", .object(serviceBackendPort), .always, atomic: true, "Number or name of the port."),
        ])

    static let serviceBackendPort = StructSchema(
        "ServiceBackendPort", "A service backend port.",
        [
            Field(1, "name", .string, "The name."),
            Field(2, "number", .int32, "The number."),
        ])

    static let ingressTLS = StructSchema(
        "IngressTLS", "An ingress TLS.",
        [
            Field(1, "hosts", .array(.string), "The host names."),
            Field(2, "secretName", .string, "The name of the Secret."),
        ])

    static let ingressRule = StructSchema(
        "IngressRule", "An ingress rule.",
        [
            Field(1, "host", .string, "The host.")
        ] + ingressRuleValue.inlined(as: 2))

    static let ingressRuleValue = StructSchema(
        "IngressRuleValue", "An ingress rule value.",
        [
            Field(1, "http", .object(httpIngressRuleValue), .pointer, "Paths with their backends.")
        ])

    static let httpIngressRuleValue = StructSchema(
        "HTTPIngressRuleValue", "A HTTP ingress rule value.",
        [
            Field(1, "paths", .array(.object(httpIngressPath)), .always, required: true, "Paths with their backends.")
        ])

    static let httpIngressPath = StructSchema(
        "HTTPIngressPath", "A HTTP ingress path.",
        [
            Field(1, "path", .string, "The path."),
            Field(3, "pathType", .string, .nullable, required: true, "Exact, Prefix or ImplementationSpecific."),
            Field(2, "backend", .object(ingressBackend), .always, required: true, "Where requests go."),
        ])

    static let ingressStatus = StructSchema(
        "IngressStatus", "An ingress status.",
        [
            Field(1, "loadBalancer", .object(ingressLoadBalancerStatus), .always, "The load balancer.")
        ])

    static let ingressLoadBalancerStatus = StructSchema(
        "IngressLoadBalancerStatus", "An ingress load balancer status.",
        [
            Field(1, "ingress", .array(.object(ingressLoadBalancerIngress)), "Rules of traffic that comes in.")
        ])

    static let ingressLoadBalancerIngress = StructSchema(
        "IngressLoadBalancerIngress", "An ingress load balancer ingress.",
        [
            Field(1, "ip", .string, "The address."),
            Field(2, "hostname", .string, "The host name."),
            Field(4, "ports", .array(.object(ingressPortStatus)), "The ports."),
        ])

    static let ingressPortStatus = StructSchema(
        "IngressPortStatus", "An ingress port status.",
        [
            Field(1, "port", .int32, .always, required: true, "Number or name of the port."),
            Field(2, "protocol", .string, .always, required: true, "TCP (the default), UDP or SCTP."),
            Field(3, "error", .string, .pointer, "The error."),
        ])

    static let ingressClass = root(
        "IngressClass", "An implementation of Ingress.",
        [
            Field(2, "spec", .object(ingressClassSpec), .always, "The desired state.")
        ])

    static let ingressClassSpec = StructSchema(
        "IngressClassSpec", "An ingress class spec.",
        [
            Field(1, "controller", .string, "Who is responsible."),
            Field(2, "parameters", .object(ingressClassParametersReference), .pointer, "Settings."),
        ])

    static let ingressClassParametersReference = StructSchema(
        "IngressClassParametersReference", "An ingress class parameters reference.",
        [
            Field(1, "apiGroup", .string, .pointer, "The API group."),
            Field(2, "kind", .string, .always, required: true, "The kind."),
            Field(3, "name", .string, .always, required: true, "The name."),
            Field(4, "scope", .string, .nullable, "The scope."),
            Field(5, "namespace", .string, .pointer, "The namespace."),
        ])
}
