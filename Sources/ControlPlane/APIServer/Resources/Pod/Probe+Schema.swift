/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let probe = StructSchema(
        core: "Probe", "A probe.",
        probeHandler.inlined(as: 1) + [
            Field(2, "initialDelaySeconds", .int32, "Seconds before the first probe."),
            Field(3, "timeoutSeconds", .int32, "Seconds that a probe may take; 1 if left out."),
            Field(4, "periodSeconds", .int32, "Seconds between probes; 10 if left out."),
            Field(5, "successThreshold", .int32, "Successes in a row that count; 1 if left out."),
            Field(6, "failureThreshold", .int32, "Failures in a row that count; 3 if left out."),
            Field(
                7, "terminationGracePeriodSeconds", .int64, .pointer,
                "Instead of the pod's grace period when this probe fails."),
        ])

    static let probeHandler = StructSchema(
        core: "ProbeHandler", "A probe handler.",
        [
            Field(1, "exec", .object(execAction), .pointer, "A program to run in the container."),
            Field(2, "httpGet", .object(httpGetAction), .pointer, "An HTTP request."),
            Field(3, "tcpSocket", .object(tcpSocketAction), .pointer, "A TCP connection."),
            Field(4, "grpc", .object(grpcAction), .pointer, "A gRPC health check."),
        ])

    static let execAction = StructSchema(
        core: "ExecAction", "An exec action.",
        [
            Field(1, "command", .array(.string), "Program and arguments instead of the image's entry point.")
        ])

    static let httpGetAction = StructSchema(
        core: "HTTPGetAction", "A HTTP get action.",
        [
            Field(1, "path", .string, "The path of the request; / if left out."),
            Field(2, "port", .intOrString, .always, required: true, "Number or name of the port."),
            Field(3, "host", .string, "The host."),
            Field(4, "scheme", .string, "HTTP (the default) or HTTPS."),
            Field(5, "httpHeaders", .array(.object(httpHeader)), "Headers of the request."),
        ])

    static let httpHeader = StructSchema(
        core: "HTTPHeader", "A HTTP header.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "value", .string, .always, required: true, "The value."),
        ])

    static let tcpSocketAction = StructSchema(
        core: "TCPSocketAction", "A TCP socket action.",
        [
            Field(1, "port", .intOrString, .always, required: true, "Number or name of the port."),
            Field(2, "host", .string, "The host."),
        ])

    static let grpcAction = StructSchema(
        core: "GRPCAction", "A GRPC action.",
        [
            Field(1, "port", .int32, .always, required: true, "Number or name of the port."),
            Field(2, "service", .string, .nullable, "The service."),
        ])

    static let lifecycle = StructSchema(
        core: "Lifecycle", "A lifecycle.",
        [
            Field(1, "postStart", .object(lifecycleHandler), .pointer, "Done right after the start."),
            Field(2, "preStop", .object(lifecycleHandler), .pointer, "Done before the container is asked to end."),
            Field(3, "stopSignal", .string, .pointer, "The signal that asks the container to end."),
        ])

    static let lifecycleHandler = StructSchema(
        core: "LifecycleHandler", "A lifecycle handler.",
        [
            Field(1, "exec", .object(execAction), .pointer, "A program to run in the container."),
            Field(2, "httpGet", .object(httpGetAction), .pointer, "An HTTP request."),
            Field(3, "tcpSocket", .object(tcpSocketAction), .pointer, "A TCP connection."),
            Field(4, "sleep", .object(sleepAction), .pointer, "A pause."),
        ])

    static let sleepAction = StructSchema(
        core: "SleepAction", "A sleep action.",
        [
            Field(1, "seconds", .int64, .always, required: true, "How many seconds.")
        ])
}
