public import Dataplane
internal import LinuxSystem
internal import NetworkAddress

/// What becomes of programs that are not wanted any more.
extension SocketBalancer {
    /// Removes what proxies of this network namespace have pinned, in both families.
    ///
    /// - Returns: whether there was anything.
    public static func removeLeftovers() throws(DataplaneError) -> Bool {
        try wrapping { () throws(SystemError) in
            guard let cookie = try? NamespaceTour.ownCookie() else { return false }
            return try PinnedFolder.removeAll(cookie: cookie)
        }
    }

    /// Ends the work of programs that are not those of `settings`: they translate nothing from now on. They go on restoring
    /// addresses for datagrams that are under way and for sockets that are connected, so this is called again until nothing
    /// is left.
    ///
    /// - Parameter isLast: whether their time is over.
    public static func retire(
        but settings: SocketBalancingSettings, isLast: Bool
    ) throws(DataplaneError) -> Backend.Retirement {
        try wrapping { () throws(SystemError) in
            guard let cookie = try? NamespaceTour.ownCookie() else { return .nothingThere }
            var kept: PinnedFolder?
            // Without the group nothing is ours to keep up to date.
            if settings.isEnabled, let group = try? ControlGroup(settings.cgroup) {
                kept = PinnedFolder(cookie: cookie, group: group.number)
            }
            var result = Backend.Retirement.nothingThere
            for folder in try PinnedFolder.all(cookie: cookie, but: kept) {
                let wasTranslating = try folder.stopTranslating()
                if !isLast, wasTranslating || hasConnections(folder) {
                    result = .isLeft
                } else if try folder.remove() {
                    result = max(result, .isGone)
                }
            }
            return result
        }
    }

    /// Programs of other versions may not have this map: their time is over soon.
    private static func hasConnections(_ folder: PinnedFolder) -> Bool {
        IPFamily.allCases.contains { family in
            let flows = try? SocketFlows(family, in: folder).counts()
            return !(flows ?? [:]).isEmpty
        }
    }
}
