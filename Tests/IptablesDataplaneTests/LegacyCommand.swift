import Glibc
import NetworkAddress
import Testing

/// The iptables-legacy commands, where they are installed: as other programs that write, and as readers of what we
/// wrote. They read the tables with libiptc.
enum LegacyCommand {
    static let isInstalled = access("/usr/sbin/iptables-legacy", X_OK) == 0

    /// Runs `iptables-legacy` or `ip6tables-legacy` and returns what it prints.
    @discardableResult
    static func run(_ family: IPFamily = .ipv4, _ arguments: String) throws -> String {
        try shell("/usr/sbin/\(program(family)) -w \(arguments)")
    }

    /// `iptables-legacy-save -c` of one table, without the lines that tell the time.
    static func save(_ family: IPFamily = .ipv4, _ table: String) throws -> [String] {
        try shell("/usr/sbin/\(program(family))-save -c -t \(table)").split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }

    static func restore(_ family: IPFamily = .ipv4, _ lines: [String]) throws {
        try shell("/usr/sbin/\(program(family))-restore -c -w --noflush <<'END'\n\(lines.joined(separator: "\n"))\nEND")
    }

    private static func program(_ family: IPFamily) -> String {
        family == .ipv4 ? "iptables-legacy" : "ip6tables-legacy"
    }

    @discardableResult
    static func shell(_ command: String) throws -> String {
        let stream = try #require(popen("{ \(command)\n} 2>&1", "r"))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
        let text = String(decoding: bytes, as: UTF8.self)
        try #require(pclose(stream) == 0, "\(command): \(text)")
        return text
    }
}
