/// One step through a YAML stream.
enum YAMLEvent {
    case scalar(YAMLEventScalar)
    case sequenceStart(anchor: String?)
    case sequenceEnd
    case mappingStart(anchor: String?)
    case mappingEnd
    case alias(String)
    case documentStart
    case documentEnd
    case streamStart
    case streamEnd
}

struct YAMLEventScalar {
    var text: String
    var anchor: String?
    /// Nil if the text itself determines it.
    var tag: String?
    /// Neither quoted nor a block.
    var isPlain: Bool
}
