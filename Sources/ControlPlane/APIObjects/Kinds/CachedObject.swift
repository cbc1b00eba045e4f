package import JSONStream

/// One version of one object, in the bytes that clients get.
package final class CachedObject: Sendable {
    package let key: String
    package let revision: Int64
    /// The JSON with the resourceVersion in it.
    package let bytes: [UInt8]
    package let facts: Facts
    package var labels: [String: String] { facts.labels }

    package init(key: String, revision: Int64, bytes: [UInt8], facts: Facts) {
        self.key = key
        self.revision = revision
        self.bytes = bytes
        self.facts = facts
    }

    package func decoded() throws -> JSONValue { try JSONValue(parsing: bytes) }

    /// What is often asked of an object, read from its bytes once.
    package struct Facts: Sendable {
        package var labels: [String: String] = [:]
        /// Whether it has a deletionTimestamp.
        package var isBeingDeleted = false

        package init() {}

        package init(in bytes: [UInt8]) throws {
            // The metadata comes early, and the rest of the object needs no look.
            try JSONReader.read(member: "metadata", of: bytes) { key, reader in
                switch key {
                case "labels": labels = try reader.stringMapIfPresent()
                case "deletionTimestamp": isBeingDeleted = try reader.stringIfPresent() != nil
                default: try reader.skip()
                }
            }
        }
    }
}
