internal import CSocketBalancing
internal import HostInspection
internal import LinuxSystem

/// Finds network namespaces by their cookies: those of all processes that /proc shows.
enum NamespaceTour {
    /// The calling thread's.
    static func ownCookie() throws(SystemError) -> UInt64 {
        var cookie: UInt64 = 0
        try SystemCall.run("ask for the network namespace's cookie (Linux 5.14)") {
            unsafe viaduct_network_cookie(&cookie)
        }
        return cookie
    }

    /// Runs `body` inside each namespace whose cookie is wanted, as long as some are missing. Those without a process are not
    /// found: nobody waits there.
    static func visit(
        _ wanted: Set<UInt64>, _ body: @escaping @Sendable (_ cookie: UInt64) throws(SystemError) -> Void
    ) throws(SystemError) {
        var missing = wanted
        var seen: Set<String> = []
        for process in try KernelFile.names(in: "/proc") where process.allSatisfy(\.isNumber) {
            if missing.isEmpty { return }
            let path = "/proc/\(process)/ns/net"
            // A process may end at any time.
            guard let link = try? KernelFile.link(path), seen.insert(link).inserted,
                let namespace = try? NetworkNamespace(path)
            else { continue }
            let remaining = missing
            let found = try namespace.run { () throws(SystemError) -> UInt64? in
                let cookie = try ownCookie()
                guard remaining.contains(cookie) else { return nil }
                try body(cookie)
                return cookie
            }
            if let found { missing.remove(found) }
        }
    }
}
