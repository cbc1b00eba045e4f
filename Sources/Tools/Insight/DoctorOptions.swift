package import Dataplane
import ProxyConfiguration
import ProxyServer

/// The options of the doctor.
package struct DoctorOptions: Hashable, Sendable {
    /// Nil: all modes.
    package var mode: Backend?
    package var nodePorts: ClosedRange<UInt16>
    /// Whether to report what a switch to `mode` would change.
    package var asksForSwitch: Bool

    package init(
        mode: Backend? = nil, nodePorts: ClosedRange<UInt16> = 30000...32767, asksForSwitch: Bool = false
    ) {
        self.mode = mode
        self.nodePorts = nodePorts
        self.asksForSwitch = asksForSwitch
    }

    var modes: [Backend] { mode.map { [$0] } ?? Backend.allCases }
}
