import JSONStream
import Logging
import NetworkAddress

/// Fills the allocators at start from the Services that are stored, which are the truth.
struct AllocatorRepair: Sendable {
    let cache: WatchCache
    let allocators: Allocators
    let logger: Logger

    func run() throws {
        for stored in cache.snapshot(.services).objects {
            let held = ServiceStrategy.held(try stored.decoded()["spec"] ?? [:])
            allocators.withLock { state in
                for address in held.addresses {
                    do {
                        try state.addresses[address.family]?.take(address)
                    } catch {
                        logger.warning(
                            "a stored cluster IP cannot be allocated",
                            metadata: ["service": "\(stored.key)", "address": "\(address)", "why": "\(error)"])
                    }
                }
                for port in held.ports {
                    do {
                        try state.ports.take(port)
                    } catch {
                        logger.warning(
                            "a stored node port cannot be allocated",
                            metadata: ["service": "\(stored.key)", "port": "\(port)", "why": "\(error)"])
                    }
                }
            }
        }
    }
}
