import Foundation

/// Bytes as JSON has them (RFC 4648, with padding).
enum Base64 {
    static func encode(_ bytes: some Collection<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// Nil if the text is no base64; line ends are passed over, as in Go.
    static func decode(_ text: String) -> [UInt8]? {
        let needsCleaning = text.utf8.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        let clean = needsCleaning ? text.filter { $0 != "\n" && $0 != "\r" && $0 != "\r\n" } : text
        return Data(base64Encoded: clean).map { Array($0) }
    }
}
