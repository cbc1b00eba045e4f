/// References to variables in a container's command, arguments and variables: `$(NAME)`; `$$(NAME)` is one that is not
/// looked up. What is not known stays as it is written.
enum VariableExpansion {
    static func expand(_ text: String, _ value: (String) -> String?) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        let dollar = UInt8(ascii: "$")
        while position < bytes.count {
            guard bytes[position] == dollar, position + 1 < bytes.count else {
                result.append(bytes[position])
                position += 1
                continue
            }
            switch bytes[position + 1] {
            case dollar:
                result.append(dollar)
                position += 2
            case UInt8(ascii: "("):
                guard let end = bytes[(position + 2)...].firstIndex(of: UInt8(ascii: ")")) else {
                    // Not closed: an operator that stands alone.
                    result += [dollar, UInt8(ascii: "(")]
                    position += 2
                    continue
                }
                let name = String(decoding: bytes[(position + 2)..<end], as: UTF8.self)
                result += value(name).map { Array($0.utf8) } ?? Array(bytes[position...end])
                position = end + 1
            default:
                result += [dollar, bytes[position + 1]]
                position += 2
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
