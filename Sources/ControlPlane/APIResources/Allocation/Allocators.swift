package import NetworkAddress
import Synchronization

/// What is taken of the service address ranges and the node port range.
package final class Allocators: Sendable {
    package struct State: Sendable {
        package var addresses: [IPFamily: AddressPool]
        package var ports: PortPool
    }

    /// The families in the order of the configured ranges; the first is the default.
    let families: [IPFamily]
    private let state: Mutex<State>

    package init(serviceCIDRs: [IPNetwork], nodePorts: ClosedRange<Int>) {
        families = serviceCIDRs.map(\.family)
        state = Mutex(
            State(
                addresses: Dictionary(
                    serviceCIDRs.map { ($0.family, AddressPool($0)) }, uniquingKeysWith: { first, _ in first }),
                ports: PortPool(nodePorts)))
    }

    /// Notes what another server, or this one, has taken and given up.
    package func note(taken: (addresses: [IPAddress], ports: [Int]), freed: (addresses: [IPAddress], ports: [Int])) {
        state.withLock { state in
            for address in freed.addresses { state.addresses[address.family]?.release(address) }
            for port in freed.ports { state.ports.release(port) }
            // What is noted already, or out of range, is as it is to be.
            for address in taken.addresses { try? state.addresses[address.family]?.take(address) }
            for port in taken.ports { try? state.ports.take(port) }
        }
    }

    package func withLock<Result: Sendable>(_ body: (inout sending State) throws -> sending Result) rethrows -> Result {
        try state.withLock(body)
    }
}

/// Why an address or port cannot be had.
package struct AllocationError: Error { var message: String }

/// The addresses of one range. The first of the network and, in IPv4, the last are never given.
package struct AddressPool: Sendable {
    let network: IPNetwork
    private(set) var taken: Set<IPAddress> = []
    private let first: UInt128
    private let count: UInt128

    package init(_ network: IPNetwork) {
        self.network = network
        let hostBits = UInt128(network.family.bitWidth - network.prefixLength)
        // No allocator hands out more than 2^64 addresses; IPv6 ranges are larger.
        let size: UInt128 = hostBits >= 64 ? 1 << 64 : 1 << hostBits
        first = network.address.value + 1
        let reserved: UInt128 = network.family == .ipv4 ? 2 : 1
        count = size > reserved ? size - reserved : 0
    }

    /// The first address, which the `kubernetes` Service has.
    package var firstAddress: IPAddress { IPAddress(family: network.family, value: first) }

    package mutating func take(_ address: IPAddress) throws(AllocationError) {
        guard address.family == network.family, address.value >= first, address.value - first < count else {
            throw AllocationError(
                message: "the provided IP (\(address)) is not in the valid range. The range of valid IPs is \(network)")
        }
        guard taken.insert(address).inserted else {
            throw AllocationError(message: "provided IP is already allocated")
        }
    }

    mutating func takeAny() throws(AllocationError) -> IPAddress {
        guard UInt128(taken.count) < count else { throw AllocationError(message: "range is full") }
        // Explicit requests are commonly of the low addresses, so those are given last.
        let reserved = min(max(count / 16, 16), 256)
        let upper = count > reserved ? count - reserved : 0
        let start = upper > 0 ? UInt128(UInt64.random(in: 0..<UInt64(upper))) : 0
        for step in 0..<count {
            // Round the upper band from a random place, then up the lower one.
            var offset = step < upper ? start + step : step - upper
            if step < upper { offset = reserved + (offset >= upper ? offset - upper : offset) }
            let address = IPAddress(family: network.family, value: first + offset)
            if taken.insert(address).inserted { return address }
        }
        throw AllocationError(message: "range is full")
    }

    mutating func release(_ address: IPAddress) { taken.remove(address) }
}

package struct PortPool: Sendable {
    let range: ClosedRange<Int>
    private(set) var taken: Set<Int> = []

    init(_ range: ClosedRange<Int>) { self.range = range }

    package mutating func take(_ port: Int) throws(AllocationError) {
        guard range.contains(port) else {
            throw AllocationError(
                message: "provided port is not in the valid range. The range of valid ports is "
                    + "\(range.lowerBound)-\(range.upperBound)")
        }
        guard taken.insert(port).inserted else {
            throw AllocationError(message: "provided port is already allocated")
        }
    }

    mutating func takeAny() throws(AllocationError) -> Int {
        guard taken.count < range.count else { throw AllocationError(message: "range is full") }
        // The low ports are for explicit requests, as upstream keeps them.
        let reserved = min(max(range.count / 32, 16), 128)
        let upper = range.count - reserved
        let start = upper > 0 ? Int.random(in: 0..<upper) : 0
        for step in 0..<range.count {
            let offset = step < upper ? reserved + (start + step) % upper : step - max(upper, 0)
            let port = range.lowerBound + offset
            if taken.insert(port).inserted { return port }
        }
        throw AllocationError(message: "range is full")
    }

    mutating func release(_ port: Int) { taken.remove(port) }
}

/// What one request took and what it will give up. Exactly one of ``keep()`` and ``giveBack()`` must be called.
package struct Reservation: Sendable {
    let allocators: Allocators
    package var takenAddresses: [IPAddress] = []
    package var takenPorts: [Int] = []
    package var freedAddresses: [IPAddress] = []
    package var freedPorts: [Int] = []

    package init(_ allocators: Allocators) { self.allocators = allocators }

    /// The object is stored: what it no longer uses is free.
    package func keep() { free(freedAddresses, freedPorts) }

    /// The request failed or was a dry run: nothing of it was taken.
    package func giveBack() { free(takenAddresses, takenPorts) }

    private func free(_ addresses: [IPAddress], _ ports: [Int]) {
        allocators.withLock { state in
            for address in addresses { state.addresses[address.family]?.release(address) }
            for port in ports { state.ports.release(port) }
        }
    }
}
