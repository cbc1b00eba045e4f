import APIObjects
import JSONStream
import KubeAPI

/// What a DELETE does to an object now: kinds with a grace period are marked and left to whoever ends them, finalizers
/// have to agree, and all else goes at once.
enum DeletionStep: Equatable {
    case remove
    /// The object is already on its way.
    case wait
    /// The object with the marks of its deletion, and whether it goes right after.
    case mark(JSONValue, removes: Bool)

    /// Seconds; no pod lives for centuries.
    private static let longest: Int64 = 1 << 33
    private static let orphan = "orphan"
    private static let foreground = "foregroundDeletion"

    init(_ object: JSONValue, _ definition: ResourceDefinition, _ options: DeleteOptions, now: Timestamp) {
        let metadata = object["metadata"] ?? [:]
        let finalizers = Self.finalizers(metadata.items("finalizers"), definition, options)
        let hasContent = definition.strategy.deletion.hasContent
        let isFree = finalizers.isEmpty && Self.hasNoContent(object, definition)
        let requested = options.gracePeriod.map { $0 < 0 ? 1 : min($0, Self.longest) }
        var marks: JSONValue = ["finalizers": .array(finalizers)]
        if let started = Timestamp(metadata.text("deletionTimestamp")) {
            let pending = min(metadata.number("deletionGracePeriodSeconds"), Self.longest)
            if pending == 0 {
                let isSame = finalizers == metadata.items("finalizers")
                self =
                    isFree ? .remove : isSame ? .wait : .mark(Self.marked(object, marks, isNew: false), removes: false)
                return
            }
            // The period can only become shorter.
            guard let requested, requested < pending else {
                self = .wait
                return
            }
            let seconds = started.microseconds + (requested - pending) * 1_000_000
            marks["deletionTimestamp"] = .string(Timestamp(microseconds: seconds).text())
            marks["deletionGracePeriodSeconds"] = .integer(requested)
            self = .mark(Self.marked(object, marks, isNew: false), removes: requested == 0 && isFree)
            return
        }
        let period = definition.strategy.gracePeriod(object, requested: requested)
        if period == nil, isFree, !hasContent {
            self = .remove
            return
        }
        let seconds = min(max(period ?? 0, 0), Self.longest)
        marks["deletionTimestamp"] = .string(Timestamp(microseconds: now.microseconds + seconds * 1_000_000).text())
        if !hasContent { marks["deletionGracePeriodSeconds"] = .integer(seconds) }
        var marked = Self.marked(object, marks, isNew: true)
        if hasContent { marked["status"] = ["phase": "Terminating"] }
        self = .mark(marked, removes: period == 0 && isFree)
    }

    /// Whether nobody has to agree to the object's removal any more.
    static func isFree(_ object: JSONValue, _ definition: ResourceDefinition) -> Bool {
        (object["metadata"]?.items("finalizers") ?? []).isEmpty && hasNoContent(object, definition)
    }

    /// What a namespace's own finalizers say. A controller takes them away once it has emptied the namespace.
    private static func hasNoContent(_ object: JSONValue, _ definition: ResourceDefinition) -> Bool {
        !definition.strategy.deletion.hasContent || (object["spec"]?.items("finalizers") ?? []).isEmpty
    }

    /// Those of the object, and the one that the policy asks for (garbage collection takes it away again).
    private static func finalizers(
        _ present: [JSONValue], _ definition: ResourceDefinition, _ options: DeleteOptions
    ) -> [JSONValue] {
        let orphans: Bool
        let waits: Bool
        switch options.propagationPolicy {
        case .orphan?: (orphans, waits) = (true, false)
        case .foreground?: (orphans, waits) = (false, true)
        case .background?: (orphans, waits) = (false, false)
        default:
            waits = present.contains(.string(foreground))
            orphans = !waits && (present.contains(.string(orphan)) || definition.strategy.orphansDependents)
        }
        guard !definition.strategy.deletion.hasContent else { return present }
        let others = present.filter { $0 != .string(orphan) && $0 != .string(foreground) }
        let wanted: [JSONValue] = (orphans ? [.string(orphan)] : []) + (waits ? [.string(foreground)] : [])
        return Set(others + wanted) == Set(present) ? present : others + wanted
    }

    private static func marked(_ object: JSONValue, _ marks: JSONValue, isNew: Bool) -> JSONValue {
        var object = object
        object.edit("metadata") { metadata in
            for (field, value) in marks.objectValue ?? [:] { metadata[field] = value == [] ? nil : value }
            if isNew, let generation = metadata["generation"]?.integerValue {
                metadata["generation"] = .integer(generation &+ 1)
            }
            metadata = ObjectWriter.ordered(metadata)
        }
        return object
    }
}
