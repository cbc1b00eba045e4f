internal import CLinux
import Glibc

/// How many files and sockets this process may have open (RLIMIT_NOFILE).
public enum FileLimit {
    /// Raises the limit as far as this process may: with CAP_SYS_RESOURCE to the kernel's maximum (fs.nr_open), else to
    /// its hard limit.
    ///
    /// - Returns: the limit now in force; nil if it is unknown.
    public static func raise() -> Int? {
        let limit = viaduct_raise_file_limit(KernelParameter.number("fs/nr_open").map(UInt.init(clamping:)) ?? 0)
        return limit == 0 ? nil : Int(clamping: limit)
    }
}

/// How a process that listens on many addresses divides the files that it may open. A value.
public struct FileBudget: Hashable, Sendable {
    /// Files and sockets of this process in total.
    public let limit: Int

    public init(limit: Int) {
        self.limit = limit
    }

    /// Raises the limit as far as possible.
    public static func raised() -> FileBudget { FileBudget(limit: FileLimit.raise() ?? 1024) }

    /// Files that are not for listening sockets: for connections, and for everything else that the process opens.
    public var reserve: Int { min(1024, limit / 4) }

    /// Files for listening sockets, and for those that were open before them. The kernel allocates the lowest free
    /// number, so a descriptor of this number or above shows that they are used up.
    public var lasting: Int { limit - reserve }

    /// How many UDP clients may have a socket each at a time.
    public var clients: Int { limit / 4 }
}
