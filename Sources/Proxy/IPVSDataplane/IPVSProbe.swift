internal import Dataplane
internal import Glibc
package import LinuxSystem
internal import NetworkAddress

/// Tries IPVS, in a temporary network namespace: a scheduler is tried with a virtual server for a mark that no packet
/// has.
package enum IPVSProbe {
    /// - Throws: ENOTSUP where the kernel has no IPVS.
    package static func run() throws(SystemError) {
        do throws(DataplaneError) { _ = try IPVSKernel(family: .ipv4) } catch { throw explained(error) }
    }

    /// - Throws: ENOENT where the kernel lacks the scheduler.
    package static func run(_ scheduler: IPVSScheduler) throws(SystemError) {
        do throws(DataplaneError) {
            var kernel = try IPVSKernel(family: .ipv4)
            guard try kernel.has(scheduler) else {
                throw DataplaneError(operation: "try the scheduler", code: ENOENT, message: "not in this kernel")
            }
        } catch {
            throw explained(error)
        }
    }

    private static func explained(_ error: DataplaneError) -> SystemError {
        SystemError(error.operation, code: error.code == 0 ? EIO : error.code, kernelMessage: error.message)
    }
}
