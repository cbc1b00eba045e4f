/// Why a TLS handshake failed. The library's text names one of its source files; this one says what to do.
enum TLSFailure {
    /// By the reasons of BoringSSL (`error:...:SSL routines:OPENSSL_internal:REASON at FILE:LINE`).
    private static let sentences: [(reason: String, text: String)] = [
        (
            "CERTIFICATE_VERIFY_FAILED",
            "the server's certificate is not signed by the certificate authority that is configured, or is not valid now; "
                + "check certificate-authority"
        ),
        ("WRONG_VERSION_NUMBER", "the server does not speak TLS on this port; use http:// or another port"),
        ("HTTP_REQUEST", "the server does not speak TLS on this port; use http:// or another port"),
        ("UNSUPPORTED_PROTOCOL", "the server speaks no TLS version that is supported (1.2 or newer)"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "the server speaks no TLS version that is supported (1.2 or newer)"),
        ("CERTIFICATE_REQUIRED", "the server wants a client certificate; set client-certificate and client-key"),
        ("ALERT_UNKNOWN_CA", "the server does not know the authority of the client certificate"),
        ("ALERT_BAD_CERTIFICATE", "the server refuses the client certificate"),
        ("ALERT_CERTIFICATE_EXPIRED", "the client certificate has expired"),
        ("ALERT_CERTIFICATE_UNKNOWN", "the server refuses the client certificate"),
        ("ALERT_ACCESS_DENIED", "the server refuses the client certificate"),
        ("HANDSHAKE_FAILURE", "the server and this client have no way of encryption in common"),
    ]

    /// - Parameter description: the library's text.
    static func sentence(_ description: String) -> String {
        if let known = sentences.first(where: { description.contains($0.reason) }) { return known.text }
        if description.contains("uncleanShutdown") { return "the server closed the connection" }
        return "\(withoutPlaces(description)); check the certificate authority and the client certificate"
    }

    /// Leaves out ` at /path/file.cc:123` and other source files with a line.
    static func withoutPlaces(_ description: String) -> String {
        description.replacing(#/(?: at)? ?(?:\/|[A-Za-z]:\\)[^\s,\]\)]*\.(?:swift|cc?|cpp|h|S):\d+/#, with: "")
    }
}
