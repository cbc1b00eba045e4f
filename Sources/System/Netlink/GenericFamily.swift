internal import CGenericNetlink
internal import Glibc
public import LinuxSystem

/// Families of generic netlink, whose numbers differ between kernels. Looked up with libnl.
public enum GenericFamily {
    /// The message type of a family; the kernel loads its module if it can. Nil if this kernel has no such family.
    public static func number(_ name: String) throws(SystemError) -> UInt16? {
        let operation = "find the netlink family \(name)"
        guard let handle = unsafe nl_socket_alloc() else { throw SystemError(operation, code: ENOMEM) }
        defer { unsafe nl_socket_free(handle) }
        var number = unsafe genl_connect(handle)
        if number >= 0 { number = unsafe genl_ctrl_resolve(handle, name) }
        if number == -NLE_OBJ_NOTFOUND { return nil }
        guard let type = UInt16(exactly: number) else {
            // libnl has errors of its own.
            throw SystemError(
                operation, code: number == -NLE_PERM ? EPERM : EIO,
                kernelMessage: unsafe String(cString: nl_geterror(number)))
        }
        return type
    }
}
