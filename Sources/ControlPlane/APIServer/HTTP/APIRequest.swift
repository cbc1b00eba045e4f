import APIObjects
import APISecurity
import HTTPTypes

/// A request, taken apart as far as no API object is involved.
struct APIRequest: Sendable {
    var method: HTTPRequest.Method
    /// As it was sent, without the query.
    var rawPath: String
    /// Between slashes, with percent escapes resolved.
    var path: [String]
    var query: [String: [String]]
    var accept: String
    var contentType: String
    var userAgent: String
    var authorization: String
    /// What the client called the server.
    var host: String
    /// Whom the client wants to be instead; nil if nobody.
    var impersonation: ImpersonationRequest?

    init(_ head: HTTPRequest) {
        method = head.method
        let target = head.path ?? "/"
        let parts = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
            .map(Substring.init)
        rawPath = String(parts[0])
        path = parts[0].utf8.split(separator: UInt8(ascii: "/")).map {
            PercentEscapes.decoded(Substring($0), plusIsSpace: false)
        }
        query = [:]
        if parts.count > 1 {
            for pair in parts[1].split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = PercentEscapes.decoded(sides[0], plusIsSpace: true)
                query[name, default: []].append(
                    sides.count > 1 ? PercentEscapes.decoded(sides[1], plusIsSpace: true) : "")
            }
        }
        accept = head.headerFields[values: .accept].joined(separator: ",")
        contentType = head.headerFields[.contentType] ?? ""
        userAgent = head.headerFields[.userAgent] ?? ""
        authorization = head.headerFields[values: .authorization].first ?? ""
        host = head.authority ?? ""
        impersonation = ImpersonationRequest(head.headerFields)
    }

    func first(_ name: String) -> String { query[name]?.first ?? "" }

    /// Anything but `false` and `0` is true, the bare `?watch` as well (apimachinery, Convert_Slice_string_To_bool).
    func flag(_ name: String) -> Bool {
        guard let value = query[name]?.first else { return false }
        return !["0", "false"].contains(value.lowercased())
    }

    /// - Throws: ``StatusError`` (400) if the value is no integer of 64 bits.
    func integer(_ name: String) throws(StatusError) -> Int64? {
        let text = first(name)
        guard !text.isEmpty else { return nil }
        if let number = Int64(text) { return number }
        let digits = text.drop { $0 == "-" || $0 == "+" }
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        throw .badRequest(
            "strconv.ParseInt: parsing \"\(text.prefix(64))\": \(isNumber ? "value out of range" : "invalid syntax")")
    }
}
