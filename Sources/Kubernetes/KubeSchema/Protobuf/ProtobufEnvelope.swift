public import JSONStream

/// How the API sends an object as protobuf: four magic bytes and a runtime.Unknown, which says the kind and holds the
/// object's message (apimachinery pkg/runtime/generated.proto, pkg/runtime/serializer/protobuf).
public struct ProtobufEnvelope: Sendable {
    public static let mediaType = "application/vnd.kubernetes.protobuf"
    public static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    /// May be empty: then the request's URL determines them.
    public let apiVersion: String
    public let kind: String
    public let message: ArraySlice<UInt8>

    public init(_ bytes: [UInt8]) throws(ProtobufError) {
        guard !bytes.isEmpty else { throw ProtobufError("the body is empty") }
        guard bytes.starts(with: Self.magic) else {
            throw ProtobufError("the body does not begin with the bytes 6b 38 73 00 of a Kubernetes protobuf message")
        }
        var reader = ProtobufReader(bytes.dropFirst(Self.magic.count))
        guard !reader.isAtEnd else { throw ProtobufError("the body is empty") }
        var typeMeta: JSONValue.Object = [:]
        var message: ArraySlice<UInt8> = []
        var encoding: ArraySlice<UInt8> = []
        while !reader.isAtEnd {
            let (number, wireType) = try reader.tag()
            guard (1...4).contains(number) else {
                try reader.skip(wireType)
                continue
            }
            guard wireType == .bytes else {
                throw ProtobufError("wrong wire type \(wireType.rawValue) of field number \(number) of runtime.Unknown")
            }
            let value = try reader.bytes()
            switch number {
            case 1: typeMeta = typeMeta.merging(try ProtobufMessageDecoder.decode(value, as: .unknownTypeMeta))
            case 2: message = value
            case 3: encoding = value
            default: break
            }
        }
        guard encoding.isEmpty else {
            throw ProtobufError("unknown contentEncoding \"\(String(decoding: encoding, as: UTF8.self))\"")
        }
        apiVersion = typeMeta["apiVersion"]?.stringValue ?? ""
        kind = typeMeta["kind"]?.stringValue ?? ""
        self.message = message
    }

    /// Kind and apiVersion, if given, in their JSON form.
    public var typeMeta: JSONValue {
        var object: JSONValue.Object = [:]
        if !kind.isEmpty { object["kind"] = .string(kind) }
        if !apiVersion.isEmpty { object["apiVersion"] = .string(apiVersion) }
        return .object(object)
    }

    /// The whole object.
    public func object(as description: ProtobufMessage) throws(ProtobufError) -> JSONValue {
        .object((typeMeta.objectValue ?? [:]).merging(try ProtobufMessageDecoder.decode(message, as: description)))
    }
}
