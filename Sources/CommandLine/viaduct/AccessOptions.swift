import APISecurity
import APIServer
import ArgumentParser
import LinuxSystem

/// Authorization, admission, and limits on concurrent requests.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Node, RBAC, AlwaysAllow or AlwaysDeny; several, separated by commas, are asked in turn.",
            valueName: "modes"))
    var authorizationMode = "Node,RBAC"

    @Option(
        help: ArgumentHelp(
            "Admission plugins to enable: ServiceAccount, for `viaduct apiserver`.",
            valueName: "names"))
    var enableAdmissionPlugins = ""

    @Option(
        help: ArgumentHelp(
            "Admission plugins to disable: ServiceAccount, by which pods of `viaduct up` get a service account and "
                + "its token.", valueName: "names"))
    var disableAdmissionPlugins = ""

    @Option(help: ArgumentHelp("Requests that read, at once; 0: no limit.", valueName: "n"))
    var maxRequestsInflight = 400

    @Option(help: ArgumentHelp("Requests that write, at once; 0: no limit.", valueName: "n"))
    var maxMutatingRequestsInflight = 200

    @Option(help: ArgumentHelp("How long a request other than a watch may take.", valueName: "duration"))
    var requestTimeout = "1m"

    func modes() throws -> [AuthorizationMode] {
        let modes = try authorizationMode.split(separator: ",").map { name in
            if name == "Webhook" || name == "ABAC" {
                throw ValidationError("--authorization-mode: \(name) is not supported here; use RBAC")
            }
            guard let mode = AuthorizationMode(rawValue: String(name)) else {
                let known = AuthorizationMode.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--authorization-mode: \"\(name)\" is unknown; use \(known)")
            }
            return mode
        }
        guard !modes.isEmpty else { throw ValidationError("--authorization-mode: no mode is given; use RBAC") }
        return modes
    }

    /// Whether pods get service accounts.
    /// - Parameter usual: where nobody says.
    func admitsServiceAccounts(usual: Bool) throws -> Bool {
        func isNamed(_ text: String, _ flag: String) throws -> Bool {
            let names = text.split(separator: ",").map(String.init)
            guard let other = names.first(where: { $0 != "ServiceAccount" }) else { return !names.isEmpty }
            throw ValidationError("\(flag): \"\(other)\" cannot be chosen here; ServiceAccount can")
        }
        if try isNamed(disableAdmissionPlugins, "--disable-admission-plugins") { return false }
        return try isNamed(enableAdmissionPlugins, "--enable-admission-plugins") || usual
    }

    func limits() throws -> ServerLimits {
        for (flag, value) in [
            ("--max-requests-inflight", maxRequestsInflight),
            ("--max-mutating-requests-inflight", maxMutatingRequestsInflight),
        ] where value < 0 {
            throw ValidationError("\(flag): \(value) is negative; use 0 for no limit")
        }
        var limits = ServerLimits()
        limits.requestsInFlight = maxRequestsInflight
        limits.mutatingRequestsInFlight = maxMutatingRequestsInflight
        limits.connections = FileBudget.raised().lasting
        limits.requestTimeout = try DurationText.parse(requestTimeout, flag: "--request-timeout")
        return limits
    }
}
