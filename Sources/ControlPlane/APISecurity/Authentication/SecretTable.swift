import Crypto

/// Values by secret texts. Secrets are looked up by a keyed digest, so that neither the table's shape nor the time of a
/// comparison tells how much of a guess is right.
struct SecretTable<Value: Sendable>: Sendable {
    typealias Digest = HMAC<SHA256>.MAC

    private let key = SymmetricKey(size: .bits256)
    private var values: [Digest: Value] = [:]

    var count: Int { values.count }

    subscript(secret: String) -> Value? {
        get { values[digest(secret)] }
        set { values[digest(secret)] = newValue }
    }

    mutating func removeAll() { values.removeAll() }

    private func digest(_ secret: String) -> Digest {
        var secret = secret
        return secret.withUTF8 { HMAC<SHA256>.authenticationCode(for: UnsafeRawBufferPointer($0), using: key) }
    }
}
