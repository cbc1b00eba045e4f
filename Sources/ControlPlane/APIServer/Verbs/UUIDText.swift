/// Random identifiers (RFC 9562, version 4).
enum UUIDText {
    private static let digits = Array("0123456789abcdef".utf8)

    static func random() -> String {
        let high = UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000
        let low = UInt64.random(in: .min ... .max) & ~(0b11 << 62) | 0b10 << 62
        return String(unsafeUninitializedCapacity: 36) { text in
            var position = 0
            for word in [high, low] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    if [8, 13, 18, 23].contains(position) {
                        text[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    text[position] = digits[Int(word >> UInt64(shift) & 0xF)]
                    position += 1
                }
            }
            return position
        }
    }
}
