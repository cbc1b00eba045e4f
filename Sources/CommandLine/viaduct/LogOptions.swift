import ArgumentParser

/// The log flags of long-running commands.
struct LogOptions: ParsableArguments {
    @Option(
        name: [.customShort("v"), .customLong("v"), .customLong("verbosity")],
        help: ArgumentHelp(
            "How much to log; 4 is for debugging, with what is sent to the kernel; 6 is everything.", valueName: "level"
        ))
    var verbosity = 0

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var loggingFormat = LogFormat.text

    func bootstrap() { LogOutput.bootstrap(verbosity: verbosity, isJSON: loggingFormat == .json) }
}
