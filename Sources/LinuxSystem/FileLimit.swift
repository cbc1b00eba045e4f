internal import CLinux

/// How many files and sockets this process may have open (RLIMIT_NOFILE).
public enum FileLimit {
    /// Raises the limit to the highest that is allowed without privileges.
    ///
    /// - Returns: the limit that holds now; nil if the kernel does not tell.
    public static func raise() -> Int? {
        let limit = viaduct_raise_file_limit()
        return limit == 0 ? nil : Int(clamping: limit)
    }
}
