import Glibc
import Testing

/// The nft command, where it is installed: as another program that writes, and as a reader of what we wrote.
enum NftCommand {
    private static let path = ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"].first { (path: String) in
        access(path, X_OK) == 0
    }

    static let isInstalled = path != nil

    /// Runs a script of nft commands and returns what it prints.
    @discardableResult
    static func run(_ script: String, json: Bool = false) throws -> String {
        let (text, status) = try output(of: script, json: json)
        try #require(status == 0, "nft \(script): \(text)")
        return text
    }

    /// The same for a script that may fail: nil then.
    static func attempt(_ script: String) throws -> String? {
        let (text, status) = try output(of: script, json: false)
        return status == 0 ? text : nil
    }

    private static func output(of script: String, json: Bool) throws -> (text: String, status: Int32) {
        let command = "\(try #require(path)) \(json ? "-j " : "")-f - 2>&1 <<'END'\n\(script)\nEND\n"
        let stream = try #require(popen(command, "r"))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
        return (String(decoding: bytes, as: UTF8.self), pclose(stream))
    }
}
