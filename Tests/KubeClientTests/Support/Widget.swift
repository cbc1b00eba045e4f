import JSONStream
import KubeAPI

/// A kind of object for tests.
struct Widget: APIObject, Hashable {
    static let apiVersion = "test.example/v1"
    static let kind = "Widget"
    static let resource = "widgets"
    static let isNamespaced = true

    var metadata = ObjectMeta()
    var size = 0

    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "metadata": metadata = try ObjectMeta(reading: &reader)
            case "spec":
                try reader.objectIfPresent { key, reader in
                    if case "size" = key { size = try reader.integer() } else { try reader.skip() }
                }
            default: try reader.skip()
            }
        }
    }

    /// `size` is JSON, so that it can be wrong.
    static func json(_ name: String, _ version: Int, size: String = "1") -> String {
        #"{"kind":"Widget","metadata":{"name":"\#(name)","namespace":"ns","resourceVersion":"\#(version)"},"#
            + #""spec":{"size":\#(size)}}"#
    }

    static func list(_ version: Int, continue token: String = "", _ items: String...) -> String {
        #"{"kind":"WidgetList","metadata":{"resourceVersion":"\#(version)","continue":"\#(token)"},"items":["#
            + items.joined(separator: ",") + "]}"
    }

    static func event(_ type: String, _ object: String) -> String {
        #"{"type":"\#(type)","object":\#(object)}"# + "\n"
    }

    static func bookmark(_ version: Int) -> String {
        event("BOOKMARK", #"{"kind":"Widget","metadata":{"resourceVersion":"\#(version)"}}"#)
    }

    static func status(_ code: Int, _ reason: String, _ message: String = "no") -> String {
        #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"\#(message)","#
            + #""reason":"\#(reason)","code":\#(code)}"#
    }
}
