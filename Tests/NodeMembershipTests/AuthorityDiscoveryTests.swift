import Crypto
import FoundationEssentials
import KubeClient
import SwiftASN1
import Testing
import X509

@testable import NodeMembership

@Suite struct AuthorityDiscoveryTests {
    private static func certificate(_ name: String) throws -> Certificate {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName { CommonName(name) }
        return try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: Date(),
            notValidAfter: Date() + 3600, issuer: subject, subject: subject, extensions: .init(), issuerPrivateKey: key)
    }

    private static func bytes(_ certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    @Test("The hash is the one that kubeadm and openssl have")
    func hash() throws {
        // openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256
        #expect(AuthorityDiscovery.hash(ofPEM: Self.known) == Self.knownHash)
        #expect(AuthorityDiscovery.isHash(Self.knownHash))
        for text in [
            "", "sha256:", "sha1:" + Self.knownHash.dropFirst(7), Self.knownHash + "0",
            "sha256:" + String(repeating: "x", count: 64),
        ] {
            #expect(!AuthorityDiscovery.isHash(text))
        }
    }

    @Test("Of the certificates that a server shows, the one with the hash counts, and without it none")
    func choice() throws {
        let (leaf, authority) = (try Self.certificate("leaf"), try Self.certificate("authority"))
        let chain = [try Self.bytes(leaf), try Self.bytes(authority), [1, 2, 3]]
        let hash = try #require(AuthorityDiscovery.hash(authority))
        let wanted = try authority.serializeAsPEM().pemString + "\n"
        #expect(
            try AuthorityDiscovery.authority(of: chain, .hashes(["sha256:0", hash.uppercased()]), server: "s") == wanted
        )
        #expect(try AuthorityDiscovery.authority(of: chain, .unsafe, server: "s") == wanted)
        let problem = #expect(throws: AuthorityDiscovery.Problem.self) {
            try AuthorityDiscovery.authority(of: chain, .hashes([Self.knownHash]), server: "s")
        }
        #expect(problem?.description.contains(hash) == true)
        #expect(throws: AuthorityDiscovery.Problem.self) {
            try AuthorityDiscovery.authority(of: [], .unsafe, server: "s")
        }
    }
}

extension AuthorityDiscoveryTests {
    fileprivate static let knownHash = "sha256:bfbf7b9b2871c98c6f4e05604e6b2b282145834bfa85ded0721708e3620b84e1"
    fileprivate static let known = """
        -----BEGIN CERTIFICATE-----
        MIIBbjCCARWgAwIBAgIUVr4VGL4604uaGTtFVOtHjJjYBn4wCgYIKoZIzj0EAwIw
        DTELMAkGA1UEAwwCY2EwHhcNMjYxMTMwMDIzMjUwWhcNMzYxMTI3MDIzMjUwWjAN
        MQswCQYDVQQDDAJjYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMpCd6JmBMIU
        WwQQnXhy6VGfzjlUzjE/WcBsFuvepgWgmbBtUWZ2P1u3YLTEwrYY0pQP2nVdZNJp
        CnaYlcMxB0SjUzBRMB0GA1UdDgQWBBSe1sGX2KAjUNLdXRDEqzC9fhlV2DAfBgNV
        HSMEGDAWgBSe1sGX2KAjUNLdXRDEqzC9fhlV2DAPBgNVHRMBAf8EBTADAQH/MAoG
        CCqGSM49BAMCA0cAMEQCIAyuPX3mNhkMQAO/JfIHqkqtvkO5Ze3XQJQlDS9quM/m
        AiAwIrShGgfmIFdKXSsgfywVirGtD9qksjzbo6AwUcXBtQ==
        -----END CERTIFICATE-----
        """
}
