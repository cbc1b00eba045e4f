/// The first two numbers of a kernel's release.
public struct KernelRelease: Hashable, Sendable, Comparable {
    public var major: Int
    public var minor: Int

    public init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Takes the likes of `6.1.0-28-amd64`; nil for what does not begin with two numbers.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix(while: \.isNumber)) else {
            return nil
        }
        self.init(major, minor)
    }

    /// That of the running kernel; nil if it cannot be told.
    public static var current: KernelRelease? {
        KernelParameter.text("kernel/osrelease").flatMap { KernelRelease($0) }
    }

    public static func < (left: KernelRelease, right: KernelRelease) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
