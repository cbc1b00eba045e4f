import APIObjects
import Crypto
import FoundationEssentials
package import JSONStream
import JWTKit
import KubeAPI
import OrderedCollections
import SwiftASN1
import X509

/// The keys that service accounts' tokens are signed and verified with.
public struct ServiceAccountKeys: Sendable {
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Who issues tokens: the first; tokens of the others are taken, too.
    public var issuers: [String]
    /// Whom tokens are for that name nobody; the API server is all of these.
    public var audiences: [String]
    /// The longest time that a token may be valid; nil: 2^32 seconds.
    public var maximumExpiration: Duration?
    /// Where clients find the keys; nil: beside the issuer.
    public var keySetURI: String?
    let signing: SigningKey
    let verifying: [VerifyingKey]

    /// - Parameters:
    ///   - signingKeyPEM: a private key, RSA or ECDSA.
    ///   - keysPEM: texts with further keys, public or private, whose tokens are taken as well.
    public init(
        signingKeyPEM: String, keysPEM: [String] = [], issuers: [String], audiences: [String] = []
    ) throws(Problem) {
        signing = try SigningKey(pem: signingKeyPEM)
        var keys = [signing.publicKey]
        for pem in keysPEM {
            for key in try VerifyingKey.parse(pem) where !keys.contains(where: { $0.id == key.id }) { keys.append(key) }
        }
        verifying = keys
        self.issuers = issuers
        self.audiences = audiences.isEmpty ? Array(issuers.prefix(1)) : audiences
    }

    /// The document at `/openid/v1/jwks`.
    package var keySet: JSONValue { ["keys": .array(verifying.map(\.jwk))] }

    /// The document at `/.well-known/openid-configuration`.
    package var discovery: JSONValue {
        let issuer = issuers.first ?? ""
        var algorithms: OrderedSet<String> = []
        for key in verifying { algorithms.append(key.jwk.text("alg")) }
        return [
            "issuer": .string(issuer), "jwks_uri": .string(keySetURI ?? "\(issuer)/openid/v1/jwks"),
            "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": .array(algorithms.map { .string($0) }),
        ]
    }

    /// PEM of a new private key for tokens (ECDSA, P-256).
    public static func makeSigningKeyPEM() -> String { P256.Signing.PrivateKey().pemRepresentation }

    struct SigningKey: Sendable {
        enum Material: Sendable {
            case es256(ES256PrivateKey)
            case es384(ES384PrivateKey)
            case es512(ES512PrivateKey)
            case rs256(JWTKit.Insecure.RSA.PrivateKey)
        }

        let material: Material
        let publicKey: VerifyingKey

        init(pem: String) throws(Problem) {
            guard let key = try? Certificate.PrivateKey(pemEncoded: pem),
                let publicKey = VerifyingKey(key.publicKey)
            else { throw Problem(description: "no private key, RSA or ECDSA, in PEM is in it") }
            self.publicKey = publicKey
            let text = (try? key.serializeAsPEM().pemString) ?? pem
            if let key = try? ES256PrivateKey(pem: text) {
                material = .es256(key)
            } else if let key = try? ES384PrivateKey(pem: text) {
                material = .es384(key)
            } else if let key = try? ES512PrivateKey(pem: text) {
                material = .es512(key)
            } else if let key = try? JWTKit.Insecure.RSA.PrivateKey(pem: text) {
                material = .rs256(key)
            } else {
                throw Problem(description: "the key's type is not supported; use RSA of at least 2048 bits, or ECDSA")
            }
        }
    }

    struct VerifyingKey: Sendable {
        enum Material: Sendable {
            case es256(ES256PublicKey)
            case es384(ES384PublicKey)
            case es512(ES512PublicKey)
            case rs256(JWTKit.Insecure.RSA.PublicKey)
        }

        /// The `kid` of its tokens: a digest of the key.
        let id: String
        let material: Material
        let jwk: JSONValue

        init?(_ key: Certificate.PublicKey) {
            guard let document = try? key.serializeAsPEM() else { return nil }
            let id = Base64.encodeForURL(Array(SHA256.hash(data: document.derBytes)))
            let pem = document.pemString
            var members: JSONValue = ["use": "sig", "kid": .string(id)]
            func curve(_ name: String, _ algorithm: String, _ point: some Collection<UInt8>) {
                let half = (point.count - 1) / 2
                members["kty"] = "EC"
                members["alg"] = .string(algorithm)
                members["crv"] = .string(name)
                members["x"] = .string(Base64.encodeForURL(point.dropFirst().prefix(half)))
                members["y"] = .string(Base64.encodeForURL(point.suffix(half)))
            }
            if let point = P256.Signing.PublicKey(key)?.x963Representation, let key = try? ES256PublicKey(pem: pem) {
                material = .es256(key)
                curve("P-256", "ES256", point)
            } else if let point = P384.Signing.PublicKey(key)?.x963Representation,
                let key = try? ES384PublicKey(pem: pem)
            {
                material = .es384(key)
                curve("P-384", "ES384", point)
            } else if let point = P521.Signing.PublicKey(key)?.x963Representation,
                let key = try? ES512PublicKey(pem: pem)
            {
                material = .es512(key)
                curve("P-521", "ES512", point)
            } else if let key = try? JWTKit.Insecure.RSA.PublicKey(pem: pem), let numbers = try? key.getKeyPrimitives()
            {
                material = .rs256(key)
                members["kty"] = "RSA"
                members["alg"] = "RS256"
                members["n"] = .string(Base64.encodeForURL(numbers.modulus))
                members["e"] = .string(Base64.encodeForURL(numbers.publicExponent))
            } else {
                return nil
            }
            self.id = id
            jwk = members
        }

        /// All keys in a text, of private ones their public halves.
        static func parse(_ pem: String) throws(Problem) -> [VerifyingKey] {
            guard let documents = try? PEMDocument.parseMultiple(pemString: pem), !documents.isEmpty else {
                throw Problem(description: "no key in PEM is in it")
            }
            var keys: [VerifyingKey] = []
            for document in documents where document.discriminator != "EC PARAMETERS" {
                let key =
                    (try? Certificate.PublicKey(pemEncoded: document.pemString))
                    ?? (try? Certificate.PrivateKey(pemDocument: document).publicKey)
                    ?? (try? Certificate(pemDocument: document).publicKey)
                guard let found = key.flatMap({ VerifyingKey($0) }) else {
                    throw Problem(description: "the \(document.discriminator) in it is not supported")
                }
                keys.append(found)
            }
            return keys
        }
    }
}
