import APIObjects
import JSONStream
import KubeAPI
import KubeSchema

/// What a LimitRange must be like: amounts of known resources that do not contradict each other.
enum LimitRangeRules {
    private static let types = ["Pod", "Container", "PersistentVolumeClaim"]

    static func validate(_ object: JSONValue) -> [FieldError] {
        var seen: Set<String> = []
        return (object["spec"]?.items("limits") ?? []).enumerated().flatMap { index, item -> [FieldError] in
            let path = FieldPath("spec.limits").index(index)
            let type = item.text("type")
            let field = path.child("type")
            var errors = FieldError.named(type, field, by: Names.qualifiedName)
            if !type.contains("/"), !types.contains(type) {
                errors.append(
                    .invalid(field, .string(type), "must be a standard limit type or fully qualified"))
            }
            if !seen.insert(type).inserted { errors.append(.duplicate(field, .string(type))) }
            return errors + lists(item, type, path)
        }
    }

    private static func lists(_ item: JSONValue, _ type: String, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let defaults = ["default", "defaultRequest"]
        for list in ["max", "min"] + (type == "Pod" ? [] : defaults) {
            for (name, _) in item.sortedMembers(list) {
                errors += FieldError.named(name, path.child(list).key(name), by: Names.qualifiedName)
            }
        }
        if type == "Pod" {
            for list in defaults where !item.sortedMembers(list).isEmpty {
                errors.append(.forbidden(path.child(list), "may not be specified when `type` is 'Pod'"))
            }
        }
        if type == "PersistentVolumeClaim", item["min"]?["storage"] == nil, item["max"]?["storage"] == nil {
            errors.append(
                .required(
                    path.child("limits"),
                    "either minimum or maximum storage value is required, but neither was provided"))
        }
        let lists = ["max", "min"] + (type == "Pod" ? [] : defaults) + ["maxLimitRequestRatio"]
        let names = Set(lists.flatMap { item.sortedMembers($0).map(\.key) })
        return errors + names.sorted().flatMap { contradictions($0, item, isPod: type == "Pod", path) }
    }

    /// Two of a resource's amounts, the first of which must not be above the second, and what clients are told if it is.
    private static let orders: [(low: String, high: String, list: String, lowName: String, highName: String)] = [
        ("min", "max", "min", "min value", "max value"),
        ("min", "defaultRequest", "defaultRequest", "min value", "default request value"),
        ("defaultRequest", "max", "defaultRequest", "default request value", "max value"),
        ("defaultRequest", "default", "defaultRequest", "default request value", "default limit value"),
        ("min", "default", "default", "min value", "default value"),
        ("default", "max", "default", "default value", "max value"),
    ]

    private static func contradictions(
        _ name: String, _ item: JSONValue, isPod: Bool, _ path: FieldPath
    ) -> [FieldError] {
        func amount(_ list: String) -> (text: String, value: Int128)? {
            guard !isPod || !list.hasPrefix("default"), let text = item[list]?[name]?.stringValue else { return nil }
            return Quantity.value(text).map { (text, $0) }
        }
        var errors: [FieldError] = orders.compactMap { order in
            guard let low = amount(order.low), let high = amount(order.high), low.value > high.value else { return nil }
            let shown = item[order.list]?[name] ?? .null
            return .invalid(
                path.child(order.list).key(name), shown,
                "\(order.lowName) \(low.text) is greater than \(order.highName) \(high.text)")
        }
        if let ratio = amount("maxLimitRequestRatio"), let one = Quantity.value("1"), ratio.value < one {
            errors.append(
                .invalid(
                    path.child("maxLimitRequestRatio").key(name), .string(ratio.text),
                    "ratio \(ratio.text) is less than 1"))
        }
        return errors
    }
}
