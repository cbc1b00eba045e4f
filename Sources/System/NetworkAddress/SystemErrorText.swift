/// Explains errors of system calls on sockets and files to users. All network code shares this table: the libraries'
/// own texts name functions and their parameters.
public enum SystemErrorText {
    /// - Parameters:
    ///   - code: errno (linux/errno.h).
    ///   - description: the library's text, such as `bind(descriptor:ptr:bytes:): Address already in use (errno: 98)`;
    ///     its name of the error is used for codes that are not in the table.
    public static func sentence(code: Int32, description: String = "") -> String {
        if let text = table[code] { return text }
        let said = description.split(separator: ": ").first { $0.contains(" (errno") } ?? ""
        let name = said.prefix { $0 != "(" }.trimmedEnd
        return name.isEmpty ? "system error \(code)" : "\(name.prefix(1).lowercased())\(name.dropFirst())"
    }

    private static let table: [Int32: String] = [
        1: "not permitted for this user",
        11: "a resource is not available at the moment",
        12: "there is no memory left",
        13: "not permitted for this user",
        23: "the host has no files left to open",
        24: "this process may open no more files; raise the limit (LimitNOFILE=, ulimit -n)",
        28: "the disk is full",
        30: "the file system is read-only",
        32: "the other side closed the connection",
        97: "this kernel does not have that address family",
        98: "another program has this address and port",
        99: "the address is none of this host",
        100: "the network is down",
        101: "there is no route to that network",
        103: "the connection was broken off",
        104: "the other side reset the connection",
        105: "there is no buffer space left",
        110: "no answer in time",
        111: "connection refused",
        113: "there is no route to that host",
    ]
}

extension Substring {
    fileprivate var trimmedEnd: Substring {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
