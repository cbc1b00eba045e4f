import Testing

@testable import KubeAPI

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("\u{7F}?>", "fz8+"),
    ])
    func bothWays(_ plain: String, _ encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        #expect(Base64.decode(encoded.map { "\($0)\n " }.joined(), allowsSpace: true) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zm8", "Zm9v=", "Zg===", "Z=g=", "Zm9_", "====", "Zé=="])
    func bad(_ encoded: String) {
        #expect(Base64.decode(encoded) == nil)
    }
}
