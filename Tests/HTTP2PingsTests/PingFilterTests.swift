import NIOCore
import TestSupport
import Testing

@testable import HTTP2Pings

@Suite struct PingFilterTests {
    private static func frame(_ type: UInt8, flags: UInt8 = 0, _ content: [UInt8]) -> [UInt8] {
        [0, UInt8(content.count >> 8), UInt8(content.count & 0xFF), type, flags, 0, 0, 0, 0] + content
    }

    /// What passes and what is answered, where the bytes come in pieces of the given sizes.
    private static func filtered(_ bytes: [UInt8], _ sizes: [Int]) -> (passed: [UInt8], answered: [[UInt8]]) {
        var filter = PingFilter()
        var passed: [UInt8] = []
        var answered: [[UInt8]] = []
        var rest = bytes[...]
        var turn = 0
        while !rest.isEmpty {
            let piece = rest.prefix(sizes[turn % sizes.count])
            rest = rest.dropFirst(piece.count)
            turn += 1
            filter.take(ByteBuffer(bytes: piece)) {
                passed += Array(buffer: $0)
            } answer: {
                answered.append(Array(buffer: $0))
            }
        }
        return (passed, answered)
    }

    @Test(
        "PINGs are taken out and answered, everything else passes, however it arrives",
        arguments: [[1], [2, 3], [7], [9, 8], [16, 1], [17], [100], [4000]])
    func pieces(_ sizes: [Int]) {
        let data = Self.frame(0, (0..<1000).map { UInt8($0 % 7) })
        let settings = Self.frame(4, [0, 4, 0, 1, 0, 0])
        let answer = Self.frame(6, flags: 1, [1, 2, 3, 4, 5, 6, 7, 8])
        let strange = Self.frame(6, [1])
        func ping(_ number: UInt8) -> [UInt8] { Self.frame(6, [number, 2, 4, 16, 16, 9, 14, 7]) }
        let end = Self.frame(0, [])
        let bytes = settings + ping(1) + data + ping(2) + ping(3) + answer + data + end + strange + ping(4)
        let (passed, answered) = Self.filtered(bytes, sizes)
        #expect(passed == settings + data + answer + data + end + strange)
        #expect(answered.map(\.first) == [1, 2, 3, 4])
    }

    @Test func answers() {
        let content = ByteBuffer(bytes: [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(
            Array(buffer: PingFilter.frame(answering: content)) == Self.frame(6, flags: 1, [1, 2, 3, 4, 5, 6, 7, 8]))
    }
}
