internal import ServiceModel

/// The scheduler that a Service chooses by annotations.
enum SchedulerAnnotations {
    /// A scheduler's name.
    static let scheduler = "viaduct.io/ipvs-scheduler"
    /// Flags of the scheduler, with commas between them.
    static let flags = "viaduct.io/ipvs-scheduler-flags"

    /// Reads them, leaving out what is wrong.
    ///
    /// - Parameters:
    ///   - fallback: the configured scheduler, which flags alone refer to.
    ///   - report: takes the annotation and what is wrong with it.
    /// - Returns: nil for the configured one.
    static func read(
        _ annotations: [String: String], default fallback: IPVSScheduling,
        report: (String, String) -> Void = { _, _ in }
    ) -> IPVSScheduling? {
        guard !annotations.isEmpty else { return nil }
        var scheduler = fallback.scheduler
        var scheduling: IPVSScheduling?
        if let name = annotations[Self.scheduler] {
            do throws(IPVSScheduling.Invalid) {
                let asked = try IPVSScheduling(scheduler: name, flags: "")
                scheduler = asked.scheduler
                scheduling = asked
            } catch {
                report(Self.scheduler, "\(error); the default \(fallback.scheduler.rawValue) is used")
            }
        }
        if let names = annotations[Self.flags] {
            do throws(IPVSScheduling.Invalid) {
                scheduling = IPVSScheduling(scheduler, flags: try IPVSScheduling.flags(names, of: scheduler))
            } catch {
                report(Self.flags, "\(error); ignored")
            }
        }
        return scheduling
    }
}
