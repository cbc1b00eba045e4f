import ProxyServer

/// The doctor's report; `-o json` prints it.
package struct DoctorReport: Codable, Hashable, Sendable {
    /// Increases when the meaning of a field changes.
    package var version = 1
    package var kernel: String
    /// Whether the rules, devices and settings are those of the host, not of a container or another network namespace.
    package var isHostNetwork: Bool
    package var modes: [ModeVerdict]
    package var findings: [Finding]
    package var gaps: [Gap]
    /// Set only if a switch was requested.
    package var modeSwitch: ModeSwitch?
    /// Other features of the kernel.
    package var general: [ModeVerdict.FeatureLine]

    /// The exit status: 2 with errors, 1 with warnings, 3 without either but with gaps, else 0.
    package var status: Int32 {
        switch findings.map(\.severity).max() {
        case .error: 2
        case .warning: 1
        case .note, nil: gaps.isEmpty ? 0 : 3
        }
    }
}
