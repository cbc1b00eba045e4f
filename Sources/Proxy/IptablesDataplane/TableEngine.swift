/// How tables get into the kernel. Rules, chains and what a commit leaves alone are the same with both.
public enum TableEngine: String, CaseIterable, Hashable, Sendable {
    /// The table's bytes are put together here: 0.15 s of CPU for an endpoint among 10,000 services.
    case blob
    /// Through libiptc, rule by rule, which knows the kernel's layout itself: 0.5 to 0.7 s.
    case libiptc
}
