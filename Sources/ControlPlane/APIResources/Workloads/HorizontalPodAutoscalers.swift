import APIObjects
import JSONStream
import KubeSchema

extension ResourceDefinition {
    private static let group = "autoscaling"

    static let horizontalPodAutoscalers = ResourceDefinition(
        "horizontalpodautoscalers", group: group, version: "v2", strategy: HorizontalPodAutoscalers.strategy(isV2: true)
    )

    /// The same objects in the older form, which knows no metric but the processor's.
    static let olderHorizontalPodAutoscalers = ResourceDefinition(
        "horizontalpodautoscalers", group: group, strategy: HorizontalPodAutoscalers.strategy(isV2: false),
        conversion: HorizontalPodAutoscalers.conversion,
        storage: ("/registry/autoscaling/horizontalpodautoscalers/", "autoscaling/v2"))
}

enum HorizontalPodAutoscalers {
    /// Where the older form has metrics and behavior that it has no fields for.
    private static let metrics = "autoscaling.alpha.kubernetes.io/metrics"
    private static let behavior = "autoscaling.alpha.kubernetes.io/behavior"
    private static let conditions = "autoscaling.alpha.kubernetes.io/conditions"

    static func strategy(isV2: Bool) -> PlainStrategy {
        let schema = KubeSchema["autoscaling.\(isV2 ? "v2" : "v1").HorizontalPodAutoscaler"]
        var strategy = PlainKinds.strategy("horizontalpodautoscalers.autoscaling", schema)
        strategy.table = .horizontalPodAutoscalers
        strategy.defaults = { object in
            object.edit("spec") { spec in
                if spec["minReplicas"] == nil { spec["minReplicas"] = 1 }
                if isV2, spec.items("metrics").isEmpty { spec["metrics"] = [utilization(80)] }
            }
        }
        strategy.rules = { object, _ in
            let spec = object["spec"] ?? [:]
            let path = FieldPath("spec")
            var errors = RequiredFields.check(object, schema)
            if spec.number("maxReplicas") < 1 {
                errors.append(
                    .invalid(path.child("maxReplicas"), spec["maxReplicas"] ?? 0, "must be greater than 0"))
            } else if spec.number("maxReplicas") < spec.number("minReplicas") {
                errors.append(
                    .invalid(
                        path.child("maxReplicas"), spec["maxReplicas"] ?? 0,
                        "must be greater than or equal to `minReplicas`"))
            }
            return errors
        }
        return strategy
    }

    private static func utilization(_ percent: Int64) -> JSONValue {
        [
            "type": "Resource",
            "resource": [
                "name": "cpu", "target": ["type": "Utilization", "averageUtilization": .integer(percent)],
            ],
        ]
    }

    private static func processor(_ metric: JSONValue, _ target: String) -> Int64? {
        guard metric.text("type") == "Resource", metric["resource"]?.text("name") == "cpu" else { return nil }
        return metric["resource"]?[target]?["averageUtilization"]?.integerValue
    }

    static let conversion = ResourceDefinition.Conversion(
        toStorage: { older in
            var object = older
            object["apiVersion"] = "autoscaling/v2"
            let annotations = older["metadata"]?["annotations"] ?? [:]
            object.edit("spec") { spec in
                let percent = spec["targetCPUUtilizationPercentage"]?.integerValue
                spec["targetCPUUtilizationPercentage"] = nil
                let others = parsed(annotations, metrics)?.arrayValue ?? []
                let all = (percent.map { [utilization($0)] } ?? []) + others
                spec["metrics"] = .array(all.isEmpty ? [utilization(80)] : all)
                if let behavior = parsed(annotations, behavior) { spec["behavior"] = behavior }
            }
            object.edit("status") { status in
                status["currentCPUUtilizationPercentage"] = nil
                if let conditions = parsed(annotations, conditions) { status["conditions"] = conditions }
            }
            object.edit("metadata") { metadata in
                metadata.edit("annotations") { for name in [metrics, behavior, conditions] { $0[name] = nil } }
                if metadata["annotations"]?.objectValue?.isEmpty == true { metadata["annotations"] = nil }
            }
            return object
        },
        fromStorage: { newer in
            var object = newer
            object["apiVersion"] = "autoscaling/v1"
            var kept: [(String, JSONValue)] = []
            object.edit("spec") { spec in
                let all = spec.items("metrics")
                let first = all.firstIndex { processor($0, "target") != nil }
                if let first {
                    spec["targetCPUUtilizationPercentage"] = processor(all[first], "target").map { .integer($0) }
                }
                let others = all.enumerated().filter { $0.offset != first }.map(\.element)
                if !others.isEmpty { kept.append((metrics, .array(others))) }
                if let behavior = spec["behavior"] { kept.append((Self.behavior, behavior)) }
                spec["metrics"] = nil
                spec["behavior"] = nil
            }
            object.edit("status") { status in
                let present = status.items("currentMetrics").compactMap { processor($0, "current") }.first
                if let present { status["currentCPUUtilizationPercentage"] = .integer(present) }
                if let conditions = status["conditions"] { kept.append((Self.conditions, conditions)) }
                status["currentMetrics"] = nil
                status["conditions"] = nil
            }
            guard !kept.isEmpty else { return object }
            object.editOrMake("metadata") { metadata in
                metadata.editOrMake("annotations") { annotations in
                    for (name, value) in kept {
                        annotations[name] = .string(String(decoding: value.serialized(), as: UTF8.self))
                    }
                }
            }
            return object
        })

    private static func parsed(_ annotations: JSONValue, _ name: String) -> JSONValue? {
        annotations[name]?.stringValue.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
    }
}
