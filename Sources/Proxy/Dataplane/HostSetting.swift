/// A kernel setting with its desired value.
public struct HostSetting: Hashable, Sendable {
    /// The file below /proc/sys or /sys.
    public var path: String
    public var value: Int
    /// Whether the proxy cannot start without it.
    public var isRequired: Bool

    public init(_ path: String, _ value: Int, isRequired: Bool = false) {
        self.path = path
        self.value = value
        self.isRequired = isRequired
    }
}
