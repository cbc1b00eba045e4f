import HostInspection
import Insight
import NetworkAddress
import Testing

@Suite struct PortAndDeviceFindingsTests {
    private static func clientPorts(_ range: String, reserved: String) -> [Finding] {
        findings {
            $0.settings["/proc/sys/net/ipv4/ip_local_port_range"] = .seen(range)
            $0.settings["/proc/sys/net/ipv4/ip_local_reserved_ports"] = .seen(reserved)
        }
    }

    @Test("Node ports in the kernel's own range hurt unless they are reserved; the cure keeps what is reserved")
    func ranges() {
        #expect(Self.clientPorts("32768 60999", reserved: "").isEmpty)
        #expect(Self.clientPorts("1024 65535", reserved: "30000-32767").isEmpty)
        #expect(Self.clientPorts("1024 65535", reserved: "80,30000-31000,31001-32767,40000").isEmpty)
        #expect(Self.clientPorts("1024 65535", reserved: "30000-31000,31002-32767").count == 1)
        #expect(
            Self.clientPorts("32000 65535", reserved: "8080,9000-9010").first?.cures
                == ["sysctl -w net.ipv4.ip_local_reserved_ports='8080,9000-9010,32000-32767'"])
        for odd in ["", "5", "9 1", "a b", "1 2 3", "70000 80000"] {
            #expect(Self.clientPorts(odd, reserved: "-,x,9-1,70000,1-2-3").isEmpty)
        }
    }

    private static func listener(_ port: UInt16, _ owner: String?) -> [Finding] {
        findings { facts in
            facts.listeners = .seen([
                HostFacts.Listener(
                    "TCP", IPAddress(family: .ipv6, value: 0), port, owner: owner.map { HostFacts.Program($0, 42) })
            ])
        }
    }

    @Test("A listener on a node port is told with its program; service proxies are no strangers")
    func listeners() {
        #expect(Self.listener(29999, "nginx").isEmpty)
        #expect(Self.listener(30000, "viaduct").isEmpty)
        let found = Self.listener(30000, "nginx")
        #expect(found.map(\.severity) == [.warning])
        #expect(found.first?.evidence.first?.value == "[::]:30000 nginx (process 42)")
        #expect(Self.listener(30000, nil).map(\.severity) == [.note])
    }

    private static func devices(_ change: (inout [NetworkDevice]) -> Void) -> [Finding] {
        findings { facts in
            var devices = facts.devices.value ?? []
            change(&devices)
            facts.devices = .seen(devices)
        }
    }

    @Test("Pods' packets larger than the way out takes are found, on the bridge and its ports")
    func packetSizes() {
        let found = Self.devices { $0[1].mtu = 1400 }
        #expect(found.map(\.id) == ["mtu"])
        #expect(found.first?.cures == ["ip link set dev cni0 mtu 1400 && ip link set dev veth1 mtu 1400"])
        #expect(Self.devices { $0[1].mtu = 9000 }.isEmpty)
        // Another network card is not behind this one.
        #expect(Self.devices { $0.append(NetworkDevice(index: 7, name: "eth1", mtu: 9000)) }.isEmpty)
        #expect(Self.devices { $0[3].mtu = 1200 }.map(\.id) == ["mtu-ipv6"])
    }

    @Test("A tunnel has room for what it puts around packets")
    func tunnels() {
        func tunnel(_ mtu: Int, lower: UInt32 = 0) -> [Finding] {
            Self.devices {
                $0.append(NetworkDevice(index: 8, name: "flannel.1", mtu: mtu, kind: "vxlan", lower: lower))
            }
        }
        #expect(tunnel(1450).isEmpty)
        #expect(tunnel(1450, lower: 2).isEmpty)
        #expect(tunnel(1451).first?.cures == ["ip link set dev flannel.1 mtu 1450"])
        #expect(tunnel(1500, lower: 2).map(\.id) == ["mtu-tunnel"])
    }

    @Test("A bridge without br_netfilter is told where the module can be loaded, and as a note where it cannot")
    func bridges() {
        func found(_ modules: KernelModules, devices: Bool = true) -> [Finding] {
            findings { facts in
                facts.settings["/proc/sys/net/bridge/bridge-nf-call-iptables"] = .absent
                facts.settings["/proc/sys/net/bridge/bridge-nf-call-ip6tables"] = .absent
                facts.modules = modules
                if !devices { facts.devices = .seen([NetworkDevice(index: 2, name: "eth0", mtu: 1500)]) }
            }
        }
        let installed = found(KernelModules(installed: ["br_netfilter"]))
        #expect(installed.map(\.severity) == [.warning, .warning])
        #expect(
            installed.first?.cures
                == ["modprobe br_netfilter && sysctl -w net.bridge.bridge-nf-call-iptables=1"])
        #expect(found(KernelModules(installed: [])).map(\.severity) == [.note, .note])
        #expect(found(KernelModules(installed: ["br_netfilter"]), devices: false).isEmpty)
    }

    @Test("A name with a dot keeps it: sysctl takes slashes then")
    func dottedNames() {
        let found = findings { facts in
            facts.devices = .seen([NetworkDevice(index: 2, name: "eth0.7", mtu: 1500)])
            facts.settings["/proc/sys/net/ipv4/conf/eth0.7/forwarding"] = .seen("0")
        }
        #expect(found.first?.cures == ["sysctl -w net/ipv4/conf/eth0.7/forwarding=1"])
    }
}
