package import JSONStream

/// What is wrong with a whole object: the rules for all objects and those of its kind, in upstream's order, in which
/// metadata is looked at up to four times (rest.BeforeCreate, rest.BeforeUpdate, and the kind's validation).
package struct ObjectRules {
    private let strategy: any ResourceStrategy
    private let context: AdmissionContext

    package init(_ strategy: any ResourceStrategy, _ context: AdmissionContext) {
        self.strategy = strategy
        self.context = context
    }

    package func create(_ object: JSONValue) -> [FieldError] {
        guard strategy.metadataRules.checksNew else {
            let errors = strategy.validateCreate(object, context)
            return errors.isEmpty ? MetadataValidation.validateAny(object) : errors
        }
        return MetadataValidation.validate(object, strategy) + strategy.validateCreate(object, context)
    }

    package func update(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        let errors: [FieldError]
        switch strategy.metadataRules.update {
        case .nothing: errors = []
        case .change: errors = change(object, old)
        case .object: errors = MetadataValidation.validate(object, strategy)
        case .changeAndObject: errors = change(object, old) + MetadataValidation.validate(object, strategy)
        case .wholeAndChange: errors = create(object) + change(object, old)
        }
        return general(object, old) + errors + strategy.validateUpdate(object, old: old, context)
    }

    package func statusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        general(object, old) + change(object, old) + strategy.validateStatusUpdate(object, old: old)
    }

    package func update(_ object: JSONValue, old: JSONValue, part: String) -> [FieldError] {
        general(object, old) + change(object, old) + MetadataValidation.validate(object, strategy)
            + strategy.validateUpdate(object, old: old, part: part)
    }

    private func general(_ object: JSONValue, _ old: JSONValue) -> [FieldError] {
        MetadataValidation.validateAny(object) + MetadataValidation.validateAnyUpdate(object, old: old)
    }

    private func change(_ object: JSONValue, _ old: JSONValue) -> [FieldError] {
        MetadataValidation.validateUpdate(
            object, old: old, anyFinalizer: strategy.metadataRules.allowsAnyFinalizer)
    }
}
