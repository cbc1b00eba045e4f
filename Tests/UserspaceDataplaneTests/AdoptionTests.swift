import Dataplane
import Glibc
import KubeAPI
import LinuxSystem
import NIOCore
import Netlink
import NetworkAddress
import ServiceModel
import Testing

@testable import UserspaceDataplane

@Suite(
    "Addresses and ports that others have", .serialized,
    .enabled(if: TestNetwork.canBeMade, "needs network namespaces"))
struct AdoptionTests {
    @Test("The next process takes over, removes what is not needed, and cleanup leaves what is not ours")
    func adoption() async throws {
        let network = try TestNetwork()
        for endpoint in ["10.244.1.1", "10.244.1.2"] { _ = try await network.echo(endpoint) }
        let old = try network.dataplane()
        let stays = try Sample.port("stays", "10.96.0.1", endpoints: ["10.244.1.1"])
        let goes = try Sample.port("goes", "10.96.0.2", endpoints: ["10.244.1.1"])
        let first = try await old.apply(Sample.delta([stays, goes], node: NodeFacts()))
        #expect(first.added == 4 && first.messages == 2 && !first.repaired)
        let again = try await old.verify()
        #expect(again == ApplyReport(figures: [.unservedFrontends: 0]))
        // A socket of another process, on the same port: both have clients until the old one ends.
        let new = try network.dataplane()
        let moved = try Sample.port("stays", "10.96.0.1", endpoints: ["10.244.1.2"])
        let second = try await new.apply(Sample.delta([moved], node: NodeFacts()))
        #expect(second.messages == 1 && second.removed == 1 && second.added == 1 && second.repaired)
        await old.shutdown()
        for _ in 0..<20 { #expect(try network.ask("10.96.0.1") == "10.244.1.2") }
        #expect(try network.ours() == [try Sample.ip("10.96.0.1")])
        await new.shutdown()
        #expect(try network.ours() == [try Sample.ip("10.96.0.1")])
        let remove: @Sendable () throws(SystemError) -> Result<Bool, DataplaneError> = {
            Result { () throws(DataplaneError) in try UserspaceDataplane.removeAll(.ipv4) }
        }
        #expect(try network.namespace.run(remove).get())
        #expect(try !network.namespace.run(remove).get())
        let addresses = try network.namespace.run { () throws(SystemError) in try InterfaceAddresses.current() }
        let foreign = try Sample.ip("192.0.2.1")
        #expect(addresses.contains(foreign))
        try await network.close()
    }

    @Test("An address that the host has is used and never removed; one that others delete comes back")
    func hostAddress() async throws {
        let network = try TestNetwork()
        _ = try await network.echo("10.244.1.1")
        let dataplane = try network.dataplane()
        let state = try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1"]) {
            $0.externalIPs = [try Sample.ip("192.0.2.1")]
        }
        let report = try await dataplane.apply(Sample.delta([state], node: NodeFacts()))
        #expect(report.messages == 1 && report.added == 3)
        #expect(try network.ask("192.0.2.1") == "10.244.1.1")
        let clusterIP = state.service.clusterIP
        try network.namespace.run { () throws(SystemError) in
            var addresses = try ServiceAddresses(family: .ipv4)
            _ = try addresses.change(add: [], remove: [clusterIP])
        }
        let mended = try await dataplane.verify()
        #expect(mended.repaired && mended.messages == 1)
        #expect(try network.ask("10.96.0.1") == "10.244.1.1")
        try await dataplane.removeAll()
        #expect(throws: ClientSocket.Failure(code: ECONNREFUSED)) { try network.ask("192.0.2.1") }
        #expect(try network.ours().isEmpty)
        await dataplane.shutdown()
        try await network.close()
    }

    @Test("A port that another program has is told once, and served when it is free")
    func takenPort() async throws {
        let network = try TestNetwork()
        let squatter = try await network.echo("10.244.1.1", port: 30080)
        _ = try await network.echo("10.244.1.2")
        let dataplane = try network.dataplane()
        let state = try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.2"]) { $0.nodePort = 30080 }
        let report = try await dataplane.apply(Sample.delta([state], node: NodeFacts()))
        #expect(report.problems.map(\.reason) == [.portUnavailable])
        #expect(report.problems.first?.message.contains("node port 30080/TCP") == true)
        #expect(try network.ask("10.96.0.1") == "10.244.1.2")
        #expect(try await dataplane.verify() == ApplyReport(figures: [.unservedFrontends: 1]))
        try await squatter.close()
        #expect(try await dataplane.verify() == ApplyReport(added: 1, figures: [.unservedFrontends: 0]))
        #expect(try network.ask("10.244.1.1", port: 30080) == "10.244.1.2")
        await dataplane.shutdown()
        try await network.close()
    }

    @Test("Addresses of lo that an earlier version left become routes, and connections live on")
    func earlierVersion() async throws {
        let network = try TestNetwork()
        _ = try await network.echo("10.244.1.1")
        let stays = try Sample.port("stays", "10.96.0.1", endpoints: ["10.244.1.1"])
        let stale = try Sample.ip("10.96.0.2")
        try network.addAsEarlierVersion([stays.service.clusterIP, stale])
        let dataplane = try network.dataplane()
        let report = try await dataplane.apply(Sample.delta([stays], node: NodeFacts()))
        #expect(report.messages == 3 && report.removed == 2 && report.repaired)
        #expect(try network.present().ours == [stays.service.clusterIP])
        #expect(try network.present().earlier.isEmpty)
        #expect(try network.ask("10.96.0.1") == "10.244.1.1")
        #expect(try await dataplane.verify() == ApplyReport(figures: [.unservedFrontends: 0]))
        await dataplane.shutdown()
        try await network.close()
    }

    @Test("Without files each Service is told of once, and tried again")
    func noFiles() async throws {
        let network = try TestNetwork()
        let dataplane = try network.dataplane { $0.files = 4 }
        let states = try (1...9).map { number in
            try Sample.port("s\(number)", "10.96.0.\(number)", endpoints: ["10.244.1.1"]) { $0.nodePort = 30000 }
        }
        let report = try await dataplane.apply(Sample.delta(states, node: NodeFacts()))
        #expect(report.problems.map(\.reason) == Array(repeating: .portUnavailable, count: 9))
        #expect(Set(report.problems.map(\.key.name)).count == 9)
        #expect(report.problems.allSatisfy { $0.message.contains("no more files can be opened") })
        // 9 cluster IPs and the node port, which they share in this test.
        #expect(report.figures[.unservedFrontends] == 10)
        // The addresses stay: who asks is refused and does not wait.
        #expect(report.messages == 9)
        #expect(try await dataplane.verify() == ApplyReport(figures: [.unservedFrontends: 10]))
        let fewer = try await dataplane.apply(Sample.delta([], removed: states))
        #expect(fewer.figures[.unservedFrontends] == 0 && fewer.problems.isEmpty)
        await dataplane.shutdown()
        try await network.close()
    }

    @Test("A change among many Services is as small as among few")
    func many() async throws {
        let network = try TestNetwork()
        _ = try await network.echo("10.244.1.1")
        let dataplane = try network.dataplane()
        let before = try network.present()
        let states = try (0..<300).map { number in
            try Sample.port("s\(number)", "10.96.\(number / 100).\(number % 100 + 1)", endpoints: ["10.244.1.1"])
        }
        let first = try await dataplane.apply(Sample.delta(states, node: NodeFacts()))
        #expect(first.added == 600 && first.messages == 300 && first.problems.isEmpty)
        #expect(try network.ask("10.96.2.100") == "10.244.1.1")
        #expect(try network.ours() == Set(states.map(\.service.clusterIP)))
        // The kernel walks a device's addresses for each new one: none may be added to any.
        #expect(try network.present().others == before.others)
        let removed = try await dataplane.apply(Sample.delta([], removed: [states[7]]))
        #expect(removed.messages == 1 && removed.removed == 2 && removed.added == 0)
        let none = try await dataplane.apply(Sample.delta([], removed: Array(states[..<7] + states[8...])))
        #expect(none.removed == 598)
        #expect(try network.ours().isEmpty)
        await dataplane.shutdown()
        try await network.close()
    }
}
