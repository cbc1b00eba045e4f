internal import CLinux
import Glibc
public import NetworkAddress

/// A classic BPF program that decides which packets a socket gets (linux/filter.h, SO_ATTACH_FILTER). On a socket that
/// listens it drops connection requests without an answer. Needs no privilege.
public struct SocketFilter: Hashable, Sendable {
    /// struct sock_filter
    public struct Instruction: Hashable, Sendable {
        public var code: UInt16
        public var ifTrue: UInt8
        public var ifFalse: UInt8
        public var value: UInt32
    }

    /// BPF_MAXINSNS of linux/bpf_common.h.
    public static let maximumLength = 4096

    public let instructions: [Instruction]

    /// Lets packets through whose source is in at least one network of **each** list; an empty list lets nothing
    /// through. Networks of another family are ignored. Nil if the program would be too long for the kernel.
    public init?(sources lists: [[IPNetwork]], family: IPFamily) {
        var program: [Instruction] = []
        for networks in lists {
            let blocks = networks.filter { $0.family == family }.map(Self.match)
            // Behind the last network comes the drop; each match jumps over the rest.
            var rest = blocks.reduce(1) { $0 + $1.count + 1 }
            for block in blocks {
                rest -= block.count + 1
                program += block
                program.append(Instruction(code: Code.jump, ifTrue: 0, ifFalse: 0, value: UInt32(rest)))
            }
            program.append(Self.result(0))
            guard program.count < Self.maximumLength else { return nil }
        }
        program.append(Self.result(UInt32.max))
        instructions = program
    }

    /// For sockets of IPv6 packets without link headers: lets ICMPv6 of one type through.
    public init(icmpv6Type type: UInt8) {
        func load(_ offset: UInt32) -> Instruction {
            Instruction(code: Code.loadAbsoluteByte, ifTrue: 0, ifFalse: 0, value: offset)
        }
        instructions = [
            // The next header; then, behind the header of 40 bytes, the type.
            load(6), Instruction(code: Code.jumpIfEqual, ifTrue: 0, ifFalse: 3, value: UInt32(IPPROTO_ICMPV6)),
            load(40), Instruction(code: Code.jumpIfEqual, ifTrue: 0, ifFalse: 1, value: UInt32(type)),
            Self.result(UInt32.max), Self.result(0),
        ]
    }

    /// For netlink sockets: lets messages through that have some of these bits in an attribute of 32 bits in network order,
    /// and those without the attribute.
    ///
    /// - Parameter offset: of the first attribute, from the beginning of the message.
    public init(netlinkAttribute type: UInt16, at offset: UInt32, hasBits bits: UInt32) {
        instructions = [
            Instruction(code: Code.setAccumulator, ifTrue: 0, ifFalse: 0, value: offset),
            Instruction(code: Code.setIndex, ifTrue: 0, ifFalse: 0, value: UInt32(type)),
            Instruction(
                code: Code.loadAbsoluteWord, ifTrue: 0, ifFalse: 0, value: viaduct_filter_netlink_attribute),
            Instruction(code: Code.jumpIfEqual, ifTrue: 3, ifFalse: 0, value: 0),
            Instruction(code: Code.moveToIndex, ifTrue: 0, ifFalse: 0, value: 0),
            // Behind struct nlattr.
            Instruction(code: Code.loadIndexedWord, ifTrue: 0, ifFalse: 0, value: 4),
            Instruction(code: Code.jumpIfBits, ifTrue: 0, ifFalse: 1, value: bits),
            Self.result(UInt32.max),
            Self.result(0),
        ]
    }

    /// A number in network byte order within a message.
    public struct Field: Hashable, Sendable {
        public enum Width: Hashable, Sendable { case byte, half, word }

        /// From the beginning of the message.
        public var offset: UInt32
        public var width: Width
        public var value: UInt32

        public init(at offset: UInt32, _ width: Width, is value: UInt32) {
            self.offset = offset
            self.width = width
            self.value = value
        }
    }

    /// Lets messages through that have all fields of at least one list. Nil if the program would be too long for the kernel.
    public init?(anyOf lists: [[Field]]) {
        var program: [Instruction] = []
        for fields in lists {
            let length = 2 * fields.count + 1
            guard program.count + length < Self.maximumLength, length < UInt8.max else { return nil }
            for (index, field) in fields.enumerated() {
                let load =
                    switch field.width {
                    case .byte: Code.loadAbsoluteByte
                    case .half: Code.loadAbsoluteHalf
                    case .word: Code.loadAbsoluteWord
                    }
                program.append(Instruction(code: load, ifTrue: 0, ifFalse: 0, value: field.offset))
                // Behind this list.
                let rest = UInt8(length - 2 * (index + 1))
                program.append(Instruction(code: Code.jumpIfEqual, ifTrue: 0, ifFalse: rest, value: field.value))
            }
            program.append(Self.result(UInt32.max))
        }
        program.append(Self.result(0))
        instructions = program
    }

    private enum Code {
        static let setAccumulator = UInt16(BPF_LD | BPF_IMM)
        static let setIndex = UInt16(BPF_LDX | BPF_W | BPF_IMM)
        static let moveToIndex = UInt16(BPF_MISC | BPF_TAX)
        static let loadIndexedWord = UInt16(BPF_LD | BPF_W | BPF_IND)
        static let jumpIfBits = UInt16(BPF_JMP | BPF_JSET | BPF_K)
        static let loadAbsoluteByte = UInt16(BPF_LD | BPF_B | BPF_ABS)
        static let loadAbsoluteHalf = UInt16(BPF_LD | BPF_H | BPF_ABS)
        static let loadAbsoluteWord = UInt16(BPF_LD | BPF_W | BPF_ABS)
        static let and = UInt16(BPF_ALU | BPF_AND | BPF_K)
        static let jumpIfEqual = UInt16(BPF_JMP | BPF_JEQ | BPF_K)
        static let jump = UInt16(BPF_JMP | BPF_JA)
        static let result = UInt16(BPF_RET | BPF_K)
    }

    private static func result(_ bytes: UInt32) -> Instruction {
        Instruction(code: Code.result, ifTrue: 0, ifFalse: 0, value: bytes)
    }

    /// Instructions that go on behind their end if the source is in the network, and one further if it is not.
    private static func match(_ network: IPNetwork) -> [Instruction] {
        // saddr of struct iphdr and struct ipv6hdr
        let source: UInt32 = viaduct_filter_network_offset &+ (network.family == .ipv4 ? 12 : 8)
        let address = network.address.bytes
        let mask = network.mask.bytes
        var words: [[Instruction]] = []
        for start in stride(from: 0, to: address.count, by: 4) {
            let bits = word(mask, start)
            guard bits != 0 else { break }
            var word = [
                Instruction(code: Code.loadAbsoluteWord, ifTrue: 0, ifFalse: 0, value: source &+ UInt32(start))
            ]
            if bits != UInt32.max { word.append(Instruction(code: Code.and, ifTrue: 0, ifFalse: 0, value: bits)) }
            let wanted = self.word(address, start)
            word.append(Instruction(code: Code.jumpIfEqual, ifTrue: 0, ifFalse: 0, value: wanted))
            words.append(word)
        }
        var program = words.flatMap { $0 }
        for index in program.indices where program[index].code == Code.jumpIfEqual {
            // Over the jump that follows these instructions.
            program[index].ifFalse = UInt8(program.count - index)
        }
        return program
    }

    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt32 {
        bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Takes the place of the filter that the socket has.
    public func attach(to descriptor: Int32) throws(SystemError) {
        let program = instructions.map {
            sock_filter(code: $0.code, jt: $0.ifTrue, jf: $0.ifFalse, k: $0.value)
        }
        try SystemCall.run("attach a filter to a socket") {
            unsafe program.withUnsafeBufferPointer {
                unsafe viaduct_attach_filter(descriptor, $0.baseAddress, UInt16($0.count))
            }
        }
    }

    /// Removes the filter of a socket, if it has one.
    public static func detach(from descriptor: Int32) {
        var unused: Int32 = 0
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_DETACH_FILTER, &unused, socklen_t(MemoryLayout<Int32>.size))
    }
}
