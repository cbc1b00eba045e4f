import Testing

@testable import KubeClient

struct TLSFailureTests {
    private static let boring =
        "handshakeFailed(NIOSSL.BoringSSLError.sslError([Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:"

    @Test(arguments: [
        ("CERTIFICATE_VERIFY_FAILED", "the server's certificate is not signed by the certificate authority"),
        ("WRONG_VERSION_NUMBER", "the server does not speak TLS on this port"),
        ("TLSV1_ALERT_UNKNOWN_CA", "the server does not know the authority of the client certificate"),
        ("SOMETHING_NEW", "handshakeFailed("),
    ])
    func sentences(reason: String, text: String) {
        let said = "\(Self.boring)\(reason) at /home/me/swift-nio-ssl/Sources/CNIOBoringSSL/ssl/handshake.cc:393]))"
        let sentence = TLSFailure.sentence(said)
        #expect(sentence.hasPrefix(text), "\(sentence)")
        #expect(!sentence.contains("/home") && !sentence.contains(".cc"), "\(sentence)")
    }

    @Test func placesGoAndTheRestStays() {
        #expect(TLSFailure.withoutPlaces("a at /x/y.swift:12, b") == "a, b")
        #expect(TLSFailure.withoutPlaces("GET http://h:80/a/b failed") == "GET http://h:80/a/b failed")
    }
}
