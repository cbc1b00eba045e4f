/// Numbers from api's core/v1, events/v1 and coordination/v1 generated.proto.
extension ProtobufMessage {
    static let event = ProtobufMessage(
        "Event",
        [
            ProtobufField(1, "metadata", .message(objectMeta)),
            ProtobufField(2, "involvedObject", .message(objectReference)),
            ProtobufField(3, "reason", .string),
            ProtobufField(4, "message", .string),
            ProtobufField(5, "source", .message(eventSource)),
            ProtobufField(6, "firstTimestamp", .time),
            ProtobufField(7, "lastTimestamp", .time),
            ProtobufField(8, "count", .int32),
            ProtobufField(9, "type", .string),
            ProtobufField(10, "eventTime", .microTime),
            ProtobufField(11, "series", .message(eventSeries)),
            ProtobufField(12, "action", .string),
            ProtobufField(13, "related", .message(objectReference)),
            ProtobufField(14, "reportingComponent", .string),
            ProtobufField(15, "reportingInstance", .string),
        ])

    static let objectReference = ProtobufMessage(
        "ObjectReference",
        [
            ProtobufField(1, "kind", .string),
            ProtobufField(2, "namespace", .string),
            ProtobufField(3, "name", .string),
            ProtobufField(4, "uid", .string),
            ProtobufField(5, "apiVersion", .string),
            ProtobufField(6, "resourceVersion", .string),
            ProtobufField(7, "fieldPath", .string),
        ])

    static let eventSource = ProtobufMessage(
        "EventSource",
        [
            ProtobufField(1, "component", .string),
            ProtobufField(2, "host", .string),
        ])

    static let eventSeries = ProtobufMessage(
        "EventSeries",
        [
            ProtobufField(1, "count", .int32),
            ProtobufField(2, "lastObservedTime", .microTime),
        ])

    static let groupEvent = ProtobufMessage(
        "Event",
        [
            ProtobufField(1, "metadata", .message(objectMeta)),
            ProtobufField(2, "eventTime", .microTime),
            ProtobufField(3, "series", .message(groupEventSeries)),
            ProtobufField(4, "reportingController", .string),
            ProtobufField(5, "reportingInstance", .string),
            ProtobufField(6, "action", .string),
            ProtobufField(7, "reason", .string),
            ProtobufField(8, "regarding", .message(objectReference)),
            ProtobufField(9, "related", .message(objectReference)),
            ProtobufField(10, "note", .string),
            ProtobufField(11, "type", .string),
            ProtobufField(12, "deprecatedSource", .message(eventSource)),
            ProtobufField(13, "deprecatedFirstTimestamp", .time),
            ProtobufField(14, "deprecatedLastTimestamp", .time),
            ProtobufField(15, "deprecatedCount", .int32),
        ])

    static let groupEventSeries = ProtobufMessage(
        "EventSeries",
        [
            ProtobufField(1, "count", .int32),
            ProtobufField(2, "lastObservedTime", .microTime),
        ])

    static let lease = ProtobufMessage(
        "Lease",
        [
            ProtobufField(1, "metadata", .message(objectMeta)),
            ProtobufField(2, "spec", .message(leaseSpec)),
        ])

    static let leaseSpec = ProtobufMessage(
        "LeaseSpec",
        [
            ProtobufField(1, "holderIdentity", .string),
            ProtobufField(2, "leaseDurationSeconds", .int32),
            ProtobufField(3, "acquireTime", .microTime),
            ProtobufField(4, "renewTime", .microTime),
            ProtobufField(5, "leaseTransitions", .int32),
            ProtobufField(6, "strategy", .string),
            ProtobufField(7, "preferredHolder", .string),
        ])
}
