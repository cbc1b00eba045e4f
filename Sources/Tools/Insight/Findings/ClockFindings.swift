import HostInspection
import ProxyServer

/// The host's clock: leases, certificates and tokens depend on it.
enum ClockFindings {
    static func all(_ facts: HostFacts) -> [Finding] {
        guard let clock = facts.clock.value, !clock.isSynchronized else { return [] }
        return [
            Finding(
                "clock", .warning,
                "this host's clock is not known to be in step with others: when it is off, certificates and tokens are "
                    + "refused, and leases end early or late",
                evidence: [
                    Finding.Evidence(
                        "adjtimex(2)", "not synchronized, error of up to \(clock.largestError / 1000) ms assumed")
                ],
                cures: ["timedatectl set-ntp true", "run chronyd or ntpd on the host"])
        ]
    }
}
