/// The capabilities of this process (capabilities(7)).
public enum Capabilities {
    /// CAP_NET_ADMIN of linux/capability.h.
    static let netAdmin = 12

    /// Why the proxy cannot work; nil if it can, or if the kernel does not say.
    public static func missing(_ files: SystemFiles = .host) -> String? {
        guard let effective = files.read("/proc/self/status").flatMap({ effective($0) }) else { return nil }
        guard effective & 1 << UInt64(netAdmin) == 0 else { return nil }
        return "the capability CAP_NET_ADMIN is missing, so the kernel cannot be programmed; "
            + "run as root or add NET_ADMIN to the container's securityContext.capabilities"
    }

    /// `CapEff` of /proc/PID/status.
    static func effective(_ status: String) -> UInt64? {
        for line in status.split(separator: "\n") where line.hasPrefix("CapEff:") {
            return UInt64(line.dropFirst("CapEff:".count).filter { !$0.isWhitespace }, radix: 16)
        }
        return nil
    }
}
