/// What the way that a request came by says of the client.
package protocol ClientConnection: Sendable {
    var isSecure: Bool { get }
    /// Whether the client came to a loopback address.
    var isToLoopback: Bool { get }
    /// DER of the certificate that the client showed; nil without one. It was not verified.
    func clientCertificate() async -> [UInt8]?
}
