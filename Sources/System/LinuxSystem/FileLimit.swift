internal import CLinux
import Glibc

/// How many files and sockets this process may have open (RLIMIT_NOFILE).
public enum FileLimit {
    /// Raises the limit as far as this process may: with CAP_SYS_RESOURCE to the most that the kernel has for anybody
    /// (fs.nr_open), else to its hard limit.
    ///
    /// - Returns: the limit that holds now; nil if the kernel does not tell.
    public static func raise() -> Int? {
        let limit = viaduct_raise_file_limit(KernelParameter.number("fs/nr_open").map(UInt.init(clamping:)) ?? 0)
        return limit == 0 ? nil : Int(clamping: limit)
    }
}

/// What a process that listens on many addresses does with the files that it may open. A value.
public struct FileBudget: Hashable, Sendable {
    /// Files and sockets of this process, all in all.
    public let limit: Int

    public init(limit: Int) {
        self.limit = limit
    }

    /// Raises the limit as far as it goes.
    public static func raised() -> FileBudget { FileBudget(limit: FileLimit.raise() ?? 1024) }

    /// Files that sockets which listen leave alone: for connections, and for what else the process opens.
    public var reserve: Int { min(1024, limit / 4) }

    /// Files for sockets that listen, and for whatever was open before them. The kernel gives out the lowest number that
    /// is free, so that a descriptor of this number or above tells that they are used up.
    public var lasting: Int { limit - reserve }

    /// UDP clients that may have a socket each at a time.
    public var clients: Int { limit / 4 }
}
