import ArgumentParser
import Dataplane
import Foundation
import Insight
import ProxyConfiguration
import ProxyServer

/// `viaduct doctor`: which modes this host supports, and what on it breaks Services.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "List problems of this kernel and host that break Services, and how to fix each.",
        usage: "viaduct doctor [options]",
        discussion: """
            Changes nothing and starts no program. Without root it says what it could not look at. Features of the \
            kernel are tried in a temporary network namespace; modules that are installed and not loaded \
            are left alone unless --load-modules is given.

            Exit status: 0 nothing is wrong; 1 warnings; 2 errors; 3 neither, but not all could be looked at.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    @Option(
        help: ArgumentHelp(
            "Only what concerns this proxy mode: nftables, iptables, ipvs or userspace.", valueName: "mode"))
    var mode: String?

    @Flag(name: .customLong("switch"), help: "Also tell what a switch to --mode would change. Changes nothing.")
    var asksForSwitch = false

    @Option(help: ArgumentHelp("The API server's --service-node-port-range.", valueName: "from-to"))
    var nodePorts = "30000-32767"

    @Flag(help: "Also try what loads modules of the kernel, as the proxy's start would.")
    var loadModules = false

    @Option(name: .shortAndLong, help: ArgumentHelp("text or json.", valueName: "format"))
    var output = Output.text

    func run() async throws {
        let options: DoctorOptions
        do {
            options = try doctorOptions()
        } catch let error as ValidationError {
            try CommandFailure.misuse(error)
        }
        let report = Examination.report(HostReader(loadsModules: loadModules).read(), options)
        switch output {
        case .text:
            let isColoured =
                isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
            print(DoctorText(report, isColoured: isColoured).text, terminator: "")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
        if report.status != 0 { throw ExitCode(report.status) }
    }

    private func doctorOptions() throws -> DoctorOptions {
        var options = DoctorOptions(asksForSwitch: asksForSwitch)
        if let mode {
            guard let known = Backend.named(mode) else {
                let names = Backend.allCases.map(\.name).joined(separator: ", ")
                throw ValidationError("--mode: \"\(mode)\" is no proxy mode; use one of \(names)")
            }
            options.mode = known
        } else if asksForSwitch {
            throw ValidationError("--switch: say to which mode with --mode")
        }
        let ends = nodePorts.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first > 0, first <= last else {
            throw ValidationError("--node-ports: \"\(nodePorts)\" is no range of ports such as 30000-32767")
        }
        options.nodePorts = first...last
        return options
    }
}
