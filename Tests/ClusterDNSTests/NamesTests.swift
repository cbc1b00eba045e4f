import JSONStream
import KubeAPI
import NetworkAddress
import Testing

@testable import ClusterDNS

@Suite struct NamesTests {
    static func fill(_ names: inout ClusterNames) throws {
        func service(_ name: String, _ spec: (inout Service.Spec) -> Void) {
            var service = Service(metadata: ObjectMeta(name: name, namespace: "shop"))
            spec(&service.spec)
            names.set(service.metadata.key, service)
        }
        service("web") {
            $0.clusterIP = "10.96.0.5"
            $0.clusterIPs = ["10.96.0.5", "fd00::5"]
            $0.ports = [.init(name: "http", transport: "TCP", port: 80)]
        }
        service("db") {
            $0.clusterIP = "None"
            $0.clusterIPs = ["None"]
        }
        service("out") {
            $0.type = "ExternalName"
            $0.externalName = "example.org"
        }
        let slice = try NamedSlice([
            "metadata": [
                "name": "db-1", "namespace": "shop", "labels": ["kubernetes.io/service-name": "db"],
            ],
            "ports": [["name": "http", "port": 5432, "protocol": "TCP"]],
            "endpoints": [
                ["addresses": ["10.0.0.5"], "hostname": "db-0", "conditions": ["ready": true]],
                ["addresses": ["10.0.0.6"], "conditions": ["ready": true]],
                ["addresses": ["10.0.0.7"], "conditions": ["ready": false]],
            ],
        ])
        names.set(slice.metadata.key, slice)
    }

    private func answer(_ name: String, _ type: UInt16 = DNSType.a) throws -> DNSAnswer? {
        var names = ClusterNames(domain: "cluster.local")
        try Self.fill(&names)
        return names.answer(name, type)
    }

    private func addresses(_ name: String, _ type: UInt16 = DNSType.a) throws -> [String] {
        try #require(try answer(name, type)).answers.map { record in
            if case .address(let address) = record.value { address.description } else { "\(record.value)" }
        }
    }

    @Test("Services have their addresses of each family, headless ones those of their ready endpoints")
    func services() throws {
        #expect(try addresses("web.shop.svc.cluster.local") == ["10.96.0.5"])
        #expect(try addresses("web.shop.svc.cluster.local", DNSType.aaaa) == ["fd00::5"])
        #expect(try addresses("db.shop.svc.cluster.local") == ["10.0.0.5", "10.0.0.6"])
        #expect(try addresses("db-0.db.shop.svc.cluster.local") == ["10.0.0.5"])
        #expect(try addresses("10-0-0-6.db.shop.svc.cluster.local") == ["10.0.0.6"])
        #expect(try answer("out.shop.svc.cluster.local")?.answers.first?.value == .alias("example.org"))
    }

    @Test("A name without records of a type is there; a name that is not is missing, with the zone's record")
    func missing() throws {
        let empty = try #require(try answer("db.shop.svc.cluster.local", DNSType.aaaa))
        #expect(empty.code == .success && empty.answers.isEmpty && empty.authorities.count == 1)
        for name in [
            "none.shop.svc.cluster.local", "web.none.svc.cluster.local", "a.web.shop.svc.cluster.local",
            "other.cluster.local", "x.db.shop.svc.cluster.local", "none.svc.cluster.local",
        ] { #expect(try answer(name)?.code == .noName, "\(name)") }
        #expect(try answer("shop.svc.cluster.local")?.code == .success)
        #expect(try answer("example.org") == nil)
        #expect(try answer("notcluster.local") == nil)
    }

    @Test("Ports, pods and addresses have names, too")
    func others() throws {
        let port = try #require(try answer("_http._tcp.web.shop.svc.cluster.local", DNSType.srv))
        #expect(port.answers.map(\.value) == [.service(port: 80, weight: 100, target: "web.shop.svc.cluster.local")])
        #expect(port.additions.count == 2)
        let headless = try #require(try answer("_http._tcp.db.shop.svc.cluster.local", DNSType.srv))
        #expect(headless.answers.count == 2)
        #expect(try addresses("10-0-0-9.shop.pod.cluster.local") == ["10.0.0.9"])
        #expect(try addresses("fd00--9.shop.pod.cluster.local", DNSType.aaaa) == ["fd00::9"])
        #expect(
            try answer("5.0.96.10.in-addr.arpa", DNSType.ptr)?.answers.first?.value
                == .pointer("web.shop.svc.cluster.local"))
        #expect(
            try answer("5.0.0.10.in-addr.arpa", DNSType.ptr)?.answers.first?.value
                == .pointer("db-0.db.shop.svc.cluster.local"))
        #expect(try answer("1.1.1.1.in-addr.arpa", DNSType.ptr) == nil)
        #expect(try answer("dns-version.cluster.local", DNSType.txt)?.answers.first?.value == .text("1.1.0"))
    }

    @Test("What is gone has no name; a Service that moved has its new address alone")
    func changes() throws {
        var names = ClusterNames(domain: "cluster.local")
        try Self.fill(&names)
        let key = ObjectKey(namespace: "shop", name: "web")
        var moved = Service(metadata: ObjectMeta(name: "web", namespace: "shop"))
        moved.spec.clusterIP = "10.96.0.6"
        moved.spec.clusterIPs = ["10.96.0.6"]
        names.set(key, moved)
        #expect(names.answer("5.0.96.10.in-addr.arpa", DNSType.ptr) == nil)
        #expect(names.answer("6.0.96.10.in-addr.arpa", DNSType.ptr) != nil)
        names.set(key, Service?.none)
        #expect(names.answer("web.shop.svc.cluster.local", DNSType.a)?.code == .noName)
        names.set(ObjectKey(namespace: "shop", name: "db-1"), NamedSlice?.none)
        #expect(names.answer("db.shop.svc.cluster.local", DNSType.a)?.code == .noName)
    }

    @Test("An answer that does not fit is cut, and says so")
    func truncation() throws {
        let question = try DNSQuestion(QuestionTests.message("many.shop.svc.cluster.local"))
        let records = (0..<100).map {
            DNSRecord(name: "many.shop.svc.cluster.local", value: .address(IPAddress(ipv4: 0x0A00_0000 + $0)))
        }
        let message = DNSAnswer(answers: records).message(for: question, limit: 512)
        #expect(message.count <= 512)
        #expect(message[2] & 0x02 != 0)
        let whole = DNSAnswer(answers: records).message(for: question, limit: 65535)
        #expect(whole[2] & 0x02 == 0 && whole[7] == 100)
    }
}
