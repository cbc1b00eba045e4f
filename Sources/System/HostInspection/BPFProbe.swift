internal import CHost
internal import Glibc
public import LinuxSystem

/// Finds out what this process may do with eBPF on this kernel, by trying it. Programs and maps are freed at once;
/// nothing is attached.
public enum BPFProbe: String, Hashable, Sendable, CaseIterable {
    case hashMap
    /// A program that translates the address that a socket connects to.
    case socketAddressProgram
    /// A program that reads packets at a device's queues.
    case classifierProgram

    /// - Throws: as bpf(2): EPERM without CAP_BPF, EINVAL or ENOSYS where the kernel lacks it.
    public func run() throws(SystemError) {
        try SystemCall.run("try eBPF") {
            switch self {
            case .hashMap: viaduct_try_bpf_map(BPF_MAP_TYPE_HASH.rawValue)
            case .socketAddressProgram:
                viaduct_try_bpf_program(
                    BPF_PROG_TYPE_CGROUP_SOCK_ADDR.rawValue, BPF_CGROUP_INET4_CONNECT.rawValue)
            case .classifierProgram: viaduct_try_bpf_program(BPF_PROG_TYPE_SCHED_CLS.rawValue, 0)
            }
        }
    }
}
