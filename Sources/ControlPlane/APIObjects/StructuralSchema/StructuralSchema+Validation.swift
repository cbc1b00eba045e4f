package import JSONStream
import KubeAPI
import KubeSchema

/// What is wrong with a custom object, in upstream's words (kube-openapi's validation, apiextensions' listtype).
extension StructuralSchema {
    private static let mostErrors = 100

    /// - Parameter value: a whole object; its metadata are looked at elsewhere.
    package func validate(_ value: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        validate(value, nil, &errors)
        return Array(errors.prefix(Self.mostErrors))
    }

    private func validate(_ value: JSONValue, _ path: FieldPath?, _ errors: inout [FieldError]) {
        guard errors.count < Self.mostErrors else { return }
        let place = path ?? FieldPath("")
        if value.isNull, isNullable { return }
        guard hasType(value) else {
            errors.append(
                .typeInvalid(
                    place, value.isNull ? "null" : .string(Self.name(of: value)),
                    "\(place) in body must be of type \(wantedType): \"\(Self.name(of: value))\""))
            return
        }
        values(value, place, &errors)
        switch value {
        case .object(let members): object(members, path, &errors)
        case .array(let elements): array(elements, place, &errors)
        case .string(let text): string(text, place, &errors)
        case .integer(let number): self.number(Double(number), value, place, &errors)
        case .double(let number): self.number(number, value, place, &errors)
        default: break
        }
        combinations(value, path, &errors)
    }

    // MARK: Types

    private var wantedType: String { isIntOrString ? "integer,string" : type }

    private func hasType(_ value: JSONValue) -> Bool {
        switch (value, type) {
        case (.integer, _) where isIntOrString, (.string, _) where isIntOrString: true
        case (_, "") where !isIntOrString: true
        case (.object, "object"), (.array, "array"), (.string, "string"), (.bool, "boolean"), (.integer, "integer"),
            (.integer, "number"), (.double, "number"):
            true
        case (.double(let number), "integer"): number.rounded() == number
        default: false
        }
    }

    private static func name(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    // MARK: Rules

    private func values(_ value: JSONValue, _ path: FieldPath, _ errors: inout [FieldError]) {
        guard !rules.allowed.isEmpty, !rules.allowed.contains(where: { $0.agrees(with: value) }) else { return }
        let names = rules.allowed.map { allowed in
            allowed.stringValue ?? String(decoding: allowed.serialized(), as: UTF8.self)
        }
        errors.append(.notSupported(path, value, names))
    }

    private func object(_ members: JSONObject, _ path: FieldPath?, _ errors: inout [FieldError]) {
        let place = path ?? FieldPath("")
        for name in rules.required where members[name] == nil {
            errors.append(.required(path?.child(name) ?? FieldPath(name)))
        }
        if let most = rules.maxProperties, members.count > most {
            errors.append(.tooMany(place, members.count, most: Int(clamping: most)))
        }
        if let fewest = rules.minProperties, members.count < fewest {
            errors.append(
                .invalid(place, .object(members), "\(place) in body should have at least \(fewest) properties"))
        }
        for (name, member) in members {
            if path == nil, ["metadata", "kind", "apiVersion"].contains(name) { continue }
            let inner = additional == nil ? path?.child(name) ?? FieldPath(name) : place.key(name)
            (self[name] ?? additional)?.validate(member, inner, &errors)
        }
    }

    private func array(_ elements: [JSONValue], _ path: FieldPath, _ errors: inout [FieldError]) {
        if let most = rules.maxItems, elements.count > most {
            errors.append(.tooMany(path, elements.count, most: Int(clamping: most)))
        }
        if let fewest = rules.minItems, elements.count < fewest {
            errors.append(
                .invalid(path, .integer(Int64(elements.count)), "\(path) in body should have at least \(fewest) items"))
        }
        var seen: Set<JSONValue> = []
        for (index, element) in elements.enumerated() {
            items?.validate(element, path.index(index), &errors)
            guard let identity = identity(element) else { continue }
            if !seen.insert(identity).inserted { errors.append(.duplicate(path.index(index), identity)) }
        }
    }

    /// What no two items may have in common; nil if they may be alike.
    private func identity(_ element: JSONValue) -> JSONValue? {
        switch listKind {
        case .set: return element.sortedByName
        case .map(let keys):
            return .object(JSONObject(keys.sorted().map { ($0, element[$0] ?? items?[$0]?.defaultValue ?? .null) }))
        case .atomic: return rules.hasUniqueItems ? element.sortedByName : nil
        }
    }

    private func string(_ text: String, _ path: FieldPath, _ errors: inout [FieldError]) {
        let length = Int64(text.unicodeScalars.count)
        if let most = rules.maxLength, length > most {
            errors.append(.tooLong(path, most: Int(clamping: most)))
        }
        if let fewest = rules.minLength, length < fewest {
            errors.append(.invalid(path, .string(text), "\(path) in body should be at least \(fewest) chars long"))
        }
        if let problem = rules.pattern?.problem(text) {
            errors.append(.invalid(path, .string(text), "\(path) in body \(problem)"))
        }
        if !hasFormat(text) {
            errors.append(.invalid(path, .string(text), "\(path) in body must be of type \(format): \"\(text)\""))
        }
    }

    /// Formats that are not known say nothing, as upstream has it.
    private func hasFormat(_ text: String) -> Bool {
        switch format {
        case "date-time": Timestamp(text) != nil
        case "date": Timestamp(text + "T00:00:00Z") != nil
        case "byte": Base64.decode(text) != nil
        default: true
        }
    }

    private func number(_ number: Double, _ value: JSONValue, _ path: FieldPath, _ errors: inout [FieldError]) {
        func shown(_ limit: Double) -> String { limit == limit.rounded() ? String(Int64(clamping: limit)) : "\(limit)" }
        if let most = rules.maximum, number > most || rules.isMaximumExclusive && number == most {
            let word = rules.isMaximumExclusive ? "less than" : "less than or equal to"
            errors.append(.invalid(path, value, "\(path) in body should be \(word) \(shown(most))"))
        }
        if let least = rules.minimum, number < least || rules.isMinimumExclusive && number == least {
            let word = rules.isMinimumExclusive ? "greater than" : "greater than or equal to"
            errors.append(.invalid(path, value, "\(path) in body should be \(word) \(shown(least))"))
        }
        if let factor = rules.multipleOf, factor > 0, (number / factor).rounded() * factor != number {
            errors.append(.invalid(path, value, "\(path) in body should be a multiple of \(shown(factor))"))
        }
        if format == "int32", Int32(exactly: number) == nil {
            errors.append(.invalid(path, value, "\(path) in body must be of type int32: \"int64\""))
        }
    }

    private func combinations(_ value: JSONValue, _ path: FieldPath?, _ errors: inout [FieldError]) {
        let place = path ?? FieldPath("")
        func passing(_ schemas: [StructuralSchema]) -> Int {
            schemas.filter { schema in
                var found: [FieldError] = []
                schema.validate(value, path, &found)
                return found.isEmpty
            }.count
        }
        func fail(_ text: String) { errors.append(.invalid(place, value, "\"\(place)\" must \(text)")) }
        if !rules.allOf.isEmpty, passing(rules.allOf) < rules.allOf.count {
            for schema in rules.allOf { schema.validate(value, path, &errors) }
            fail("validate all the schemas (allOf)")
        }
        if !rules.anyOf.isEmpty, passing(rules.anyOf) == 0 { fail("validate at least one schema (anyOf)") }
        if !rules.oneOf.isEmpty {
            let count = passing(rules.oneOf)
            if count != 1 {
                let found = count == 0 ? "none valid" : "\(count) valid alternatives"
                fail("validate one and only one schema (oneOf). Found \(found)")
            }
        }
        if let not = rules.not, passing([not]) > 0 { fail("not validate the schema (not)") }
    }
}

extension Int64 {
    fileprivate init(clamping number: Double) {
        self = Int64(exactly: number.rounded()) ?? (number < 0 ? .min : .max)
    }
}
