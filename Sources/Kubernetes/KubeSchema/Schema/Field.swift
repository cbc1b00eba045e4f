public import JSONStream

/// One field of a struct. A class, because copying so many values costs more than reading one of them.
public final class Field: Sendable {
    /// What a missing or empty value becomes, by the tags of upstream's Go field.
    public enum Presence: Sendable {
        /// A zero value is left out.
        case omitEmpty
        /// Left out only when absent; a zero value is kept.
        case pointer
        /// Always present, as its zero value if necessary.
        case always
        /// Always present, as null if necessary.
        case nullable
    }

    public let name: String
    /// The protobuf number; nil for kind and apiVersion, which the envelope has, and for fields of custom resources.
    public let number: Int32?
    /// For fields of an inlined struct: the number of the message that contains the field in protobuf.
    public let outerNumber: Int32?
    public let type: SchemaType
    public let presence: Presence
    public let isRequired: Bool
    /// x-kubernetes-patch-merge-key; on an array, it also means the merge strategy.
    public let patchMergeKey: String?
    /// Lists of plain values that merge as sets (x-kubernetes-patch-strategy: merge without a key).
    public let patchMerges: Bool
    public let patchRetainsKeys: Bool
    public let listKind: ListKind
    /// x-kubernetes-map-type or a struct that is applied as a whole.
    public let isAtomic: Bool
    /// The default value of an absent field.
    public let defaultValue: JSONValue?
    private let text: Text

    private enum Text: Sendable {
        case given(String)
        case facts(FactsReader, Range<Int>)
    }

    public init(
        _ name: String, _ type: SchemaType, _ presence: Presence, required: Bool = false, list: ListKind = .atomic,
        atomic: Bool = false, default: JSONValue? = nil, _ description: String = ""
    ) {
        self.name = name
        number = nil
        outerNumber = nil
        self.type = type
        self.presence = presence
        isRequired = required
        patchMergeKey = nil
        patchMerges = false
        patchRetainsKeys = false
        listKind = list
        isAtomic = atomic
        defaultValue = `default`
        text = .given(description)
    }

    /// - Parameter options: see ``FactsReader``.
    init(
        _ name: String, _ type: SchemaType, _ presence: Presence, options: [Substring], number: Int32,
        description: Range<Int>, in reader: FactsReader
    ) {
        func value(_ option: String) -> String? {
            options.first { $0.hasPrefix(option) }.map { String($0.dropFirst(option.count)) }
        }
        self.name = name
        self.number = number
        outerNumber = nil
        self.type = type
        self.presence = presence
        isRequired = options.contains("r")
        let key = value("P=")
        patchMerges = key != nil
        patchMergeKey = key?.isEmpty == true ? nil : key
        patchRetainsKeys = options.contains("R")
        if let keys = value("m=") {
            listKind = .map(keys.split(separator: ",").map(String.init))
        } else {
            listKind = options.contains("s") ? .set : .atomic
        }
        isAtomic = options.contains("A")
        defaultValue = value("d=").flatMap { try? JSONValue(parsing: Array($0.utf8)) }
        text = .facts(reader, description)
    }

    /// A field of a struct that another one has inlined.
    init(_ field: Field, inlinedAs number: Int32) {
        name = field.name
        self.number = field.number
        outerNumber = number
        type = field.type
        presence = field.presence
        isRequired = field.isRequired
        patchMergeKey = field.patchMergeKey
        patchMerges = field.patchMerges
        patchRetainsKeys = field.patchRetainsKeys
        listKind = field.listKind
        isAtomic = field.isAtomic
        defaultValue = field.defaultValue
        text = field.text
    }

    /// Empty if there is none.
    public var description: String {
        switch text {
        case .given(let text): text
        case .facts(let reader, let range): reader.string(range)
        }
    }
}
