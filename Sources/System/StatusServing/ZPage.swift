/// The pages `/statusz` and `/flagz` of Kubernetes' components: text for people, and an object of `config.k8s.io` for
/// clients that request exactly that (component-base zpages).
public struct ZPage: Sendable {
    /// Of the object, such as `Statusz`.
    public var kind: String
    public var text: String
    /// The object in JSON, with this API version.
    public var object: @Sendable (_ apiVersion: String) -> String

    private static let group = "config.k8s.io"
    private static let versions = ["v1beta1", "v1alpha1"]

    public init(kind: String, text: String, object: @escaping @Sendable (_ apiVersion: String) -> String) {
        self.kind = kind
        self.text = text
        self.object = object
    }

    /// The header of the text.
    public static func header(_ component: String, _ what: String) -> String {
        """

        \(component) \(what)
        Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for \
        debugging purposes only.

        """
    }

    /// Answers in the first supported form of the client's Accept header.
    public func answer(_ question: HTTPQuestion) -> HTTPAnswer {
        guard let accept = question.accept, !accept.isEmpty else { return .text(text) }
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            var parameters: [String: String] = [:]
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
                if pair.count == 2, pair[0] != "q" { parameters[pair[0]] = pair[1] }
            }
            switch parts.first {
            case "text/plain", "text/*", "*/*":
                let charset = parameters.removeValue(forKey: "charset")?.lowercased()
                if parameters.isEmpty, charset ?? "utf-8" == "utf-8" { return .text(text) }
            case "application/json":
                if parameters["g"] == Self.group, parameters["as"] == kind, let version = parameters["v"],
                    Self.versions.contains(version)
                {
                    return HTTPAnswer(contentType: "application/json", body: object("\(Self.group)/\(version)"))
                }
            default: break
            }
        }
        return .text("media type not acceptable, must be: text/plain\n", status: 406)
    }
}
