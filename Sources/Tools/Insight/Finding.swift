package import Dataplane
import ProxyConfiguration
import ProxyServer

/// A fact about this host that affects Services.
package struct Finding: Codable, Hashable, Sendable {
    /// A value that was read, and its source.
    package struct Evidence: Codable, Hashable, Sendable {
        package var source: String
        package var value: String

        package init(_ source: String, _ value: String) {
            self.source = source
            self.value = value
        }
    }

    /// Stays the same between versions.
    package var id: String
    package var severity: Severity
    package var message: String
    /// The affected proxy modes.
    package var modes: [String]
    package var evidence: [Evidence]
    /// Commands or settings that fix it; one of them is enough unless the text says otherwise.
    package var cures: [String]

    package init(
        _ id: String, _ severity: Severity, _ message: String, modes: [Backend] = Backend.allCases,
        evidence: [Evidence], cures: [String] = []
    ) {
        self.id = id
        self.severity = severity
        self.message = message
        self.modes = modes.map(\.name)
        self.evidence = evidence
        self.cures = cures
    }
}

/// Something that could not be read.
package struct Gap: Codable, Hashable, Sendable {
    package var what: String
    package var why: String

    package init(_ what: String, _ why: String) {
        self.what = what
        self.why = why
    }
}

extension [Backend] {
    /// Modes in which the kernel forwards packets to endpoints.
    static let netfilter = Backend.allCases.filter(\.usesNetfilter)
}
