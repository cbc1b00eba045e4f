import JSONStream

/// Builds a value from events. It has a stack of its own, so depth does not use the thread's stack.
struct YAMLBuilder {
    /// How large a value is with all aliases in it unfolded.
    private struct Size {
        var values = 1
        var bytes = 0
        var height = 0
    }

    private struct Node {
        var value: JSONValue
        var size: Size
        var isMergeKey = false
    }

    /// A collection that is not whole yet. Its parts are changed where they are, never copied.
    private struct Frame {
        let isMapping: Bool
        let anchor: String?
        var items: [JSONValue] = []
        var members = JSONObject()
        var key: Node?
        var size = Size()
    }

    private let limits: YAMLLimits
    private var frames: [Frame] = []
    private var anchors: [String: Node] = [:]
    private var events = 0
    private var values = 0
    private var aliased = 0
    private var bytes = 0
    private var isBehindDocument = false
    private(set) var result: JSONValue?
    private(set) var duplicates: [String] = []
    /// More are not told.
    private static let duplicateLimit = 100

    init(limits: YAMLLimits) { self.limits = limits }

    /// - Returns: false at the end of the stream.
    mutating func take(_ event: YAMLEvent, line: Int) throws(YAMLError) -> Bool {
        switch event {
        case .streamEnd: return false
        case .documentStart:
            guard !isBehindDocument else { throw YAMLError("a second document begins where one is wanted", line: line) }
        case .documentEnd: isBehindDocument = true
        case .streamStart: break
        case .scalar(let scalar):
            try count(line)
            let node = try Self.node(scalar, line)
            try add(node.size, line)
            try finish(node, scalar.anchor, line)
        case .alias(let name):
            try count(line)
            guard let node = anchors[name] else { throw YAMLError("unknown anchor '\(name)' referenced", line: line) }
            aliased += node.size.values
            try add(node.size, line)
            try finish(node, nil, line)
        case .sequenceStart(let anchor): try open(Frame(isMapping: false, anchor: anchor), line)
        case .mappingStart(let anchor): try open(Frame(isMapping: true, anchor: anchor), line)
        case .sequenceEnd, .mappingEnd: try close(line)
        }
        return true
    }

    private mutating func count(_ line: Int) throws(YAMLError) {
        events += 1
        guard events <= limits.events else {
            throw YAMLError("the document has more than \(limits.events) values", line: line)
        }
    }

    /// Counts a value with all that is in it.
    private mutating func add(_ size: Size, _ line: Int) throws(YAMLError) {
        values += size.values
        bytes += size.bytes
        guard frames.count + size.height <= limits.depth else {
            throw YAMLError("the document is nested more than \(limits.depth) levels", line: line)
        }
        let share = YAMLLimits.aliasShare(of: values)
        guard aliased <= 100 || values <= 1000 || Double(aliased) <= share * Double(values) else {
            throw YAMLError("document contains excessive aliasing", line: line)
        }
        guard bytes <= limits.bytes else {
            throw YAMLError("the document unfolds to more than \(limits.bytes) bytes", line: line)
        }
    }

    private static func node(_ scalar: YAMLEventScalar, _ line: Int) throws(YAMLError) -> Node {
        let value: JSONValue
        switch scalar.tag {
        case nil: value = scalar.isPlain ? YAMLScalar.plain(scalar.text) : .string(scalar.text)
        case "!", "tag:yaml.org,2002:str": value = .string(scalar.text)
        case "tag:yaml.org,2002:binary": throw YAMLError("the tag !!binary is not known here", line: line)
        default: value = YAMLScalar.plain(scalar.text)
        }
        let isMergeKey = scalar.text == "<<" && scalar.isPlain && scalar.tag == nil
        return Node(value: value, size: Size(bytes: scalar.text.utf8.count), isMergeKey: isMergeKey)
    }

    private mutating func open(_ frame: Frame, _ line: Int) throws(YAMLError) {
        try count(line)
        if let outer = frames.last, outer.isMapping, outer.key == nil {
            throw YAMLError("invalid map key: it is no scalar", line: line)
        }
        values += 1
        guard frames.count < limits.depth else {
            throw YAMLError("the document is nested more than \(limits.depth) levels", line: line)
        }
        frames.append(frame)
    }

    private mutating func close(_ line: Int) throws(YAMLError) {
        guard let frame = frames.popLast() else { return }
        let value = frame.isMapping ? JSONValue.object(frame.members) : .array(frame.items)
        try finish(Node(value: value, size: frame.size), frame.anchor, line)
    }

    /// Puts a complete value into its parent.
    private mutating func finish(_ node: Node, _ anchor: String?, _ line: Int) throws(YAMLError) {
        if let anchor { anchors[anchor] = Node(value: node.value, size: node.size) }
        guard !frames.isEmpty else {
            result = node.value
            return
        }
        let last = frames.count - 1
        frames[last].size.values += node.size.values
        frames[last].size.bytes += node.size.bytes
        frames[last].size.height = max(frames[last].size.height, node.size.height + 1)
        guard frames[last].isMapping else {
            frames[last].items.append(node.value)
            return
        }
        guard let key = frames[last].key else {
            guard YAMLScalar.key(node.value) != nil else {
                throw YAMLError("invalid map key: it is no scalar with a value", line: line)
            }
            frames[last].key = node
            return
        }
        frames[last].key = nil
        if key.isMergeKey {
            try Self.merge(node.value, into: &frames[last].members, line)
        } else if let name = YAMLScalar.key(key.value) {
            if frames[last].members.index(forKey: name) != nil, duplicates.count < Self.duplicateLimit {
                duplicates.append("line \(line): key \(JSONValue.string(name).text) already set in map")
            }
            frames[last].members[name] = node.value
        }
    }

    /// Of several mappings the first counts most.
    private static func merge(_ value: JSONValue, into members: inout JSONObject, _ line: Int) throws(YAMLError) {
        switch value {
        case .object(let merged):
            for (name, value) in merged { members[name] = value }
        case .array(let items):
            for item in items.reversed() {
                guard case .object = item else { throw wantsMapping(line) }
                try merge(item, into: &members, line)
            }
        default:
            throw wantsMapping(line)
        }
    }

    private static func wantsMapping(_ line: Int) -> YAMLError {
        YAMLError("map merge requires map or sequence of maps as the value", line: line)
    }
}

extension JSONValue {
    fileprivate var text: String { String(decoding: serialized(), as: UTF8.self) }
}
