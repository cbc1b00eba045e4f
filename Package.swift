// swift-tools-version: 6.2
import PackageDescription

/// In CI a warning is an error; at the desk it would only be in the way.
let warnings: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// The commit that `viaduct version` tells; integration/package says it.
let commit = Context.environment["VIADUCT_COMMIT"]

let strict: [SwiftSetting] =
    warnings + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]

/// For targets that import C: unsafe constructs must be spelled out.
let strictMemory: [SwiftSetting] = strict + [.strictMemorySafety()]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdHTTP2: Target.Dependency = .product(name: "HummingbirdHTTP2", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let algorithms: Target.Dependency = .product(name: "Algorithms", package: "swift-algorithms")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let orderedCollections: Target.Dependency = .product(name: "OrderedCollections", package: "swift-collections")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let grpcCore: Target.Dependency = .product(name: "GRPCCore", package: "grpc-swift-2")
let grpcTransport: Target.Dependency = .product(
    name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
let grpcProtobuf: Target.Dependency = .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// A library target, `Floor/Name` below Sources, and its mirror in Tests.
func module(
    _ place: String, _ dependencies: [Target.Dependency], settings: [SwiftSetting] = strict, without: [String] = [],
    testedWith extra: [Target.Dependency] = []
) -> [Target] {
    let name = String(place[place.index(after: place.firstIndex(of: "/") ?? place.startIndex)...])
    return [
        .target(
            name: name, dependencies: dependencies, path: "Sources/\(place)", exclude: without,
            swiftSettings: settings),
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies + extra,
            swiftSettings: strict),
    ]
}

let backends: [Target.Dependency] = [
    "NftablesDataplane", "IptablesDataplane", "IPVSDataplane", "UserspaceDataplane", "SocketBalancing",
]

let cModules: [Target] = [
    .systemLibrary(
        name: "CNftables", path: "CModules/CNftables", pkgConfig: "libnftnl",
        providers: [.apt(["libnftnl-dev", "libmnl-dev"])]),
    .systemLibrary(
        name: "CNetlink", path: "CModules/CNetlink", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
    .systemLibrary(name: "CLinux", path: "CModules/CLinux"),
    .systemLibrary(
        name: "CJemalloc", path: "CModules/CJemalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"])]),
    .systemLibrary(name: "CIptables", path: "CModules/CIptables"),
    .systemLibrary(name: "CIPVS", path: "CModules/CIPVS"),
    .systemLibrary(
        name: "CHost", path: "CModules/CHost", providers: [.apt(["libiptc-dev", "libip4tc-dev", "libip6tc-dev"])]),
    .target(
        name: "CBuildInformation", path: "CModules/CBuildInformation",
        cSettings: commit.map { [.define("VIADUCT_COMMIT", to: "\"\($0)\"")] } ?? []),
    .target(
        name: "CSocketBalancing", path: "CModules/CSocketBalancing", exclude: ["program"],
        cSettings: [.headerSearchPath("program")]),
    .systemLibrary(
        name: "CGenericNetlink", path: "CModules/CGenericNetlink", pkgConfig: "libnl-genl-3.0",
        providers: [.apt(["libnl-genl-3-dev", "libnl-3-dev"])]),
]

let package = Package(
    name: "viaduct",
    products: [.executable(name: "viaduct", targets: ["viaduct"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: cModules
        + module("Kubernetes/JSONStream", [])
        + module("Kubernetes/YAMLStream", ["JSONStream", yams], settings: strictMemory)
        + module("System/NetworkAddress", [])
        + module("Kubernetes/KubeAPI", ["JSONStream", "NetworkAddress"])
        + module("Kubernetes/KubeSchema", ["JSONStream", "KubeAPI"], testedWith: ["YAMLStream"])
        + module(
            "Kubernetes/KubeClient",
            [
                "KubeAPI", "JSONStream", asyncHTTPClient, nioCore, nioPosix, nioHTTP1, nioSSL, logging, yams, deque,
                heap,
            ],
            testedWith: [hummingbird])
        + module("System/PrometheusMetrics", [])
        + module(
            "System/StatusServing",
            [
                "LinuxSystem", "NetworkAddress", "PrometheusMetrics", nioCore, nioPosix, nioHTTP1, nioSSL,
                serviceLifecycle, logging,
            ],
            testedWith: [asyncHTTPClient, "APISecurity"])
        + module("System/HTTP2Pings", [nioCore])
        + module("System/HTTPTunnel", [nioCore, nioPosix, nioHTTP1, nioSSL])
        + module("Tools/Charts", [])
        + module(
            "ControlPlane/ObjectStore", ["LinuxSystem", algorithms, grdb, logging],
            testedWith: ["EtcdStore", "EtcdTesting"])
        + module(
            "ControlPlane/EtcdStore",
            [
                "ObjectStore", "NetworkAddress", "HTTP2Pings", grpcCore, grpcTransport, grpcProtobuf, protobuf, nioCore,
                nioSSL,
            ],
            without: ["Messages/etcd.proto"], testedWith: ["EtcdTesting"])
        + module(
            "ControlPlane/APIObjects", ["KubeAPI", "KubeSchema", "JSONStream", "YAMLStream", "NetworkAddress"],
            testedWith: ["APITesting", "APIResources"])
        + module(
            "ControlPlane/APIPods", ["APIObjects", "KubeAPI", "KubeSchema", "JSONStream", "NetworkAddress"],
            testedWith: ["APITesting", "APIResources"])
        + module(
            "ControlPlane/APIResources",
            ["APIObjects", "APIPods", "KubeAPI", "KubeSchema", "JSONStream", "NetworkAddress", x509, asn1],
            testedWith: ["APITesting"])
        + module(
            "ControlPlane/APISecurity",
            [
                "APIObjects", "APIPods", "APIResources", "KubeAPI", "KubeSchema", "JSONStream", "YAMLStream",
                "NetworkAddress", httpTypes, nioSSL, logging, orderedCollections, x509, asn1, crypto, jwtKit, system,
            ], testedWith: ["APITesting"])
        + module(
            "ControlPlane/APIServer",
            [
                "APIObjects", "APIPods", "APIResources", "APISecurity", "ObjectStore", "KubeAPI", "KubeSchema",
                "JSONStream", "YAMLStream", "NetworkAddress", "PrometheusMetrics", "HTTPTunnel", asyncHTTPClient,
                hummingbird, hummingbirdCore, hummingbirdHTTP2, httpTypes, nioCore, nioSSL, nioTLS, nioHTTPTypes,
                logging, serviceLifecycle, algorithms, orderedCollections, x509, asn1, crypto, jwtKit, system, nioHTTP1,
            ], testedWith: ["APITesting", nioPosix, "EtcdStore", "EtcdTesting"])
        + module(
            "ControlPlane/Controllers",
            [
                "KubeClient", "KubeAPI", "JSONStream", "NetworkAddress", "PrometheusMetrics", "StatusServing", logging,
                x509, asn1,
            ],
            testedWith: ["APIServer", "ObjectStore", "ServerTesting", crypto])
        + module(
            "ControlPlane/Scheduler",
            [
                "KubeClient", "KubeAPI", "JSONStream", "PrometheusMetrics", "StatusServing", orderedCollections, heap,
                logging,
            ],
            testedWith: ["ServerTesting"])
        + module(
            "Node/SimulatedNodes",
            [
                "NodeAgent", "ContainerRuntime", "KubeClient", "KubeAPI", "JSONStream", "NetworkAddress", "LinuxSystem",
                "Netlink", nioCore, nioPosix, nioHTTP1, nioExtras, logging,
            ], testedWith: ["ServerTesting", "Scheduler", "Controllers", asyncHTTPClient])
        + module(
            "Node/ContainerRuntime", ["HTTP2Pings", grpcCore, grpcTransport, grpcProtobuf, protobuf, nioCore],
            without: ["Messages/cri.proto"])
        + module(
            "Node/ClusterDNS",
            ["KubeClient", "KubeAPI", "JSONStream", "NetworkAddress", nioCore, nioPosix, logging])
        + module(
            "Node/AddressAnnouncement",
            ["KubeClient", "KubeAPI", "JSONStream", "NetworkAddress", "LinuxSystem", "Netlink", logging],
            testedWith: ["ServerTesting"])
        + module(
            "Node/PodNetwork",
            ["KubeClient", "KubeAPI", "NetworkAddress", "LinuxSystem", "Netlink", logging])
        + module(
            "Node/NodeMembership",
            [
                "KubeClient", "KubeAPI", "JSONStream", "NetworkAddress", "LinuxSystem", nioCore, nioPosix, nioSSL, x509,
                asn1, crypto, logging,
            ], testedWith: ["ServerTesting", "APIServer", "Controllers"])
        + module(
            "Node/NodeAgent",
            [
                "ContainerRuntime", "HostNode", "KubeClient", "KubeAPI", "JSONStream", "YAMLStream", "NetworkAddress",
                "LinuxSystem",
                "HTTPTunnel", asyncHTTPClient, nioCore, nioPosix, nioHTTP1, nioSSL, grpcCore, grpcTransport,
                hummingbird,
                hummingbirdCore, hummingbirdTLS, httpTypes, x509, asn1, logging,
            ], testedWith: ["ServerTesting", crypto])
        + module(
            "Node/HostNode", ["KubeClient", "KubeAPI", "JSONStream", "NetworkAddress", "LinuxSystem", logging],
            testedWith: ["ServerTesting"])
        + module("Proxy/ServiceModel", ["KubeAPI", "NetworkAddress"], testedWith: ["JSONStream", "DataplaneTesting"])
        + module(
            "Proxy/Dataplane", ["ServiceModel", "LinuxSystem", "NetworkAddress", logging],
            testedWith: ["DataplaneTesting"])
        + [
            .target(
                name: "DataplaneTesting",
                dependencies: ["Dataplane", "ServiceModel", "KubeAPI", "NetworkAddress", "TestSupport"],
                path: "Sources/Proxy/DataplaneTesting",
                swiftSettings: strict)
        ]
        + module(
            "System/LinuxSystem", ["CLinux", "NetworkAddress", logging], settings: strictMemory,
            testedWith: ["Netlink"])
        + module(
            "System/Netlink", ["CLinux", "CNetlink", "CGenericNetlink", "LinuxSystem", "NetworkAddress"],
            settings: strictMemory)
        + module("System/PacketFilter", ["NetworkAddress"])
        + module(
            "System/Nftables",
            ["LinuxSystem", "Netlink", "PacketFilter", "NetworkAddress", "CNftables", "CNetlink", logging],
            settings: strictMemory)
        + module(
            "System/HostInspection", ["LinuxSystem", "Netlink", "NetworkAddress", "PacketFilter", "CHost"],
            settings: strictMemory)
        + module(
            "Proxy/NftablesServices", ["Dataplane", "ServiceModel", "NetworkAddress", "Nftables"])
        + module(
            "Proxy/NftablesDataplane",
            [
                "Dataplane", "ServiceModel", "KubeAPI", "LinuxSystem", "Netlink", "NetworkAddress", "Nftables",
                "NftablesServices", logging,
            ], settings: strictMemory, testedWith: ["DataplaneTesting"])
        + module(
            "Proxy/IptablesDataplane",
            [
                "Dataplane", "ServiceModel", "LinuxSystem", "Netlink", "NetworkAddress", "HostInspection",
                "PacketFilter",
                "CIptables", crypto, logging,
            ],
            settings: strictMemory, testedWith: ["DataplaneTesting", "KubeAPI"])
        + module(
            "Proxy/IPVSDataplane",
            [
                "Dataplane", "ServiceModel", "LinuxSystem", "Netlink", "NetworkAddress", "Nftables", "NftablesServices",
                "HostInspection", "CIPVS", "CGenericNetlink", "KubeAPI", logging,
            ], settings: strictMemory, testedWith: ["DataplaneTesting"])
        + module(
            "Proxy/UserspaceDataplane",
            [
                "Dataplane", "ServiceModel", "KubeAPI", "LinuxSystem", "Netlink", "NetworkAddress", "HostInspection",
                nioCore, nioPosix, logging,
            ],
            testedWith: ["DataplaneTesting"])
        + module(
            "Proxy/SocketBalancing",
            [
                "Dataplane", "ServiceModel", "LinuxSystem", "Netlink", "NetworkAddress", "HostInspection",
                "CSocketBalancing", logging,
            ],
            settings: strictMemory, testedWith: ["DataplaneTesting", "KubeAPI"])
        + module(
            "Proxy/Conntrack", ["LinuxSystem", "Netlink", "ServiceModel", "NetworkAddress", logging],
            testedWith: ["KubeAPI", "DataplaneTesting"])
        + module(
            "Proxy/ProxyConfiguration",
            [
                "KubeClient", "JSONStream", "NetworkAddress", "StatusServing", "ServiceModel", "Dataplane",
                "LinuxSystem", serviceLifecycle, yams,
            ] + backends)
        + module(
            "Proxy/ProxyServer",
            [
                "ProxyConfiguration", "KubeClient", "KubeAPI", "JSONStream", "NetworkAddress", "PrometheusMetrics",
                "StatusServing", "ServiceModel", "Dataplane", "Conntrack", "LinuxSystem", "Netlink", nioCore, nioPosix,
                nioHTTP1, serviceLifecycle, unixSignals, logging,
            ] + backends, testedWith: ["DataplaneTesting", "ServerTesting"])
        + module(
            "Tools/Bench",
            [
                "Charts", "ProxyServer", "ProxyConfiguration", "APIServer", "APISecurity", "ObjectStore", "KubeClient",
                "Dataplane",
                "ServiceModel",
                "KubeAPI", "JSONStream", "NetworkAddress", "LinuxSystem", "Netlink", "Nftables", "HostInspection",
                nioCore, nioPosix, logging,
            ] + backends, testedWith: ["DataplaneTesting"])
        + module(
            "Tools/Insight",
            [
                "ProxyServer", "ProxyConfiguration", "Conntrack", "Dataplane", "ServiceModel", "Nftables",
                "HostInspection", "LinuxSystem",
                "Netlink", "NetworkAddress", "PacketFilter", "KubeAPI",
            ] + backends, testedWith: ["DataplaneTesting"])
        + [
            .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
            .target(
                name: "APITesting", dependencies: ["APIObjects", "APIResources", "JSONStream"],
                path: "Tests/APITesting",
                swiftSettings: strict),
            .target(
                name: "ServerTesting",
                dependencies: [
                    "APIServer", "APISecurity", "ObjectStore", "KubeClient", "KubeAPI", "NetworkAddress", logging,
                ],
                path: "Tests/ServerTesting", swiftSettings: strict),
            .target(
                name: "EtcdTesting", dependencies: ["EtcdStore", "ObjectStore", "TestSupport", nioCore, nioPosix],
                path: "Tests/EtcdTesting",
                swiftSettings: strict),
            .testTarget(name: "ArchitectureTests", swiftSettings: strict),
            .executableTarget(
                name: "viaduct",
                dependencies: [
                    "ProxyServer", "ProxyConfiguration", "Bench", "Insight", "Controllers", "Scheduler",
                    "SimulatedNodes", "HostNode", "NodeAgent", "NodeMembership", "AddressAnnouncement",
                    "ContainerRuntime",
                    "PodNetwork", "ClusterDNS",
                    "APIServer", "APISecurity",
                    "ObjectStore", "EtcdStore",
                    "KubeClient", "KubeAPI", "HostInspection", "LinuxSystem", "JSONStream", "CJemalloc",
                    "CBuildInformation", "Conntrack", "ServiceModel",
                    "NetworkAddress", "PrometheusMetrics", "StatusServing", nioSSL, argumentParser, serviceLifecycle,
                    unixSignals, logging,
                ],
                path: "Sources/CommandLine/viaduct", swiftSettings: strict),
        ]
)
