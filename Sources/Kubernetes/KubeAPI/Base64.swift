import Foundation

/// Base 64 of RFC 4648, section 4, with padding.
public enum Base64 {
    public static func encode(_ bytes: some Collection<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// In the alphabet for URLs (section 5), without padding.
    public static func encodeForURL(_ bytes: some Collection<UInt8>) -> String {
        encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// - Returns: nil if the text is not base 64 for URLs; it may lack the padding.
    public static func decodeForURL(_ text: String) -> [UInt8]? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return decode(plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }

    /// Skips line ends, as Go does.
    /// - Parameter allowsSpace: whether to skip other white space, too, which YAML's folding of long lines adds.
    /// - Returns: nil if the text is not base 64.
    public static func decode(_ text: String, allowsSpace: Bool = false) -> [UInt8]? {
        func isPassedOver(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
                || allowsSpace && (byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte))
        }
        let digits = text.utf8.contains(where: isPassedOver) ? text.utf8.filter { !isPassedOver($0) } : Array(text.utf8)
        // Foundation takes any number of padding characters.
        let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard digits.count % 4 == 0, padding <= 2 else { return nil }
        return Data(base64Encoded: Data(digits)).map { Array($0) }
    }
}
