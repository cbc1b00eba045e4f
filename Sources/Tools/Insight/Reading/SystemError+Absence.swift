import Glibc
import LinuxSystem

extension SystemError {
    /// Whether the kernel says that it has no such thing, rather than that we may not see it.
    var isAbsence: Bool {
        [ENOENT, ENOPROTOOPT, EPROTONOSUPPORT, EOPNOTSUPP, EAFNOSUPPORT, EINVAL, ENOTSUP, ENOSYS, ENODEV].contains(code)
    }

    /// Whether a privilege is missing.
    var isRefusal: Bool { code == EPERM || code == EACCES }

    /// Whether the reverse path filter may be what drops a packet that a route was asked for.
    var isReversePathFailure: Bool { code == EXDEV || code == EINVAL }

    var isUnreachable: Bool { code == EHOSTUNREACH || code == ENETUNREACH || code == EACCES }
}
