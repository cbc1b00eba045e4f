/// The first two numbers of a kernel's release.
public struct KernelRelease: Hashable, Sendable, Comparable {
    public var major: Int
    public var minor: Int

    public init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Parses texts such as `6.1.0-28-amd64`; nil if the text does not begin with two numbers.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix(while: \.isNumber)) else {
            return nil
        }
        self.init(major, minor)
    }

    /// The running kernel's release; nil if it is unknown.
    public static var current: KernelRelease? {
        KernelParameter.text("kernel/osrelease").flatMap { KernelRelease($0) }
    }

    public static func < (left: KernelRelease, right: KernelRelease) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
