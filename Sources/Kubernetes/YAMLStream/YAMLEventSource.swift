// The parser that Yams is made of: Yams itself hands out whole trees only, and hashes them on the way.
internal import CYaml

/// The events of a text, one at a time.
@safe struct YAMLEventSource: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// The line of the last event, counted from 1.
    private(set) var line = 1

    /// - Parameter text: must outlive the source.
    init(_ text: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            throw YAMLError("no memory is left to read it with")
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    mutating func next() throws(YAMLError) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw unsafe problem(parser.pointee) }
        defer { unsafe yaml_event_delete(&event) }
        line = unsafe Int(clamping: event.start_mark.line) + 1
        return unsafe read(event)
    }

    private func read(_ event: yaml_event_t) -> YAMLEvent {
        switch unsafe event.type {
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            // "!" says the same as quotes; what the scanner calls implicit has no tag.
            let tag = unsafe Self.text(scalar.tag)
            return unsafe .scalar(
                YAMLEventScalar(
                    text: String(decoding: bytes, as: UTF8.self), anchor: Self.text(scalar.anchor), tag: tag,
                    isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE))
        case YAML_SEQUENCE_START_EVENT:
            return unsafe .sequenceStart(anchor: Self.text(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return unsafe .mappingStart(anchor: Self.text(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return unsafe .alias(Self.text(event.data.alias.anchor) ?? "")
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_STREAM_START_EVENT: return .streamStart
        default: return .streamEnd
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe String(cString: pointer)
    }

    private func problem(_ parser: yaml_parser_t) -> YAMLError {
        guard let problem = unsafe parser.problem else { return YAMLError("it cannot be read") }
        let line = unsafe parser.problem_mark.line
        return unsafe YAMLError(String(cString: problem), line: Int(clamping: line) + 1)
    }
}
