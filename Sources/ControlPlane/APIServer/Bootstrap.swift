import APIObjects
import APIResources
import JSONStream
import KubeAPI
import Logging
import NetworkAddress
import ObjectStore

/// The objects that every cluster has from the start.
struct Bootstrap: Sendable {
    private static let namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"]

    let handler: APIHandler
    let serviceCIDRs: [IPNetwork]
    /// 0: it is not known.
    let securePort: Int
    /// Whether the default roles are among them.
    let hasRoles: Bool
    /// The authorities of clients' certificates, as PEM; nil if there are none.
    var authorities: String?

    private static let retryPeriod = Duration.seconds(10)

    /// False if the store did not take them: a store that is full is no reason not to serve.
    func runUnlessRefused() async throws -> Bool {
        do {
            try await run()
            if hasRoles { try await DefaultRolesBootstrap(handler: handler).run() }
            return true
        } catch let error as StoreError {
            handler.logger.error(
                "objects that every cluster has are not complete; it is tried again", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Tries again and again, and does not return before it is cancelled.
    func runUntilComplete() async throws {
        repeat { try await Task.sleep(for: Self.retryPeriod) } while try await !runUnlessRefused()
        while true { try await Task.sleep(for: .seconds(86_400)) }
    }

    func run() async throws {
        for name in Self.namespaces {
            try await ensure(.namespaces, "", ["metadata": ["name": .string(name)]])
        }
        for (name, value, description) in PriorityClassStrategy.system {
            try await ensure(
                .priorityClasses, "",
                [
                    "metadata": ["name": .string(name)], "value": .integer(value),
                    "description": .string(description),
                ])
        }
        for map in configMaps { try await ensure(.configMaps, "kube-system", map) }
        try await ensure(
            .serviceCIDRs, "",
            [
                "metadata": ["name": "kubernetes"],
                "spec": ["cidrs": .array(serviceCIDRs.map { .string($0.description) })],
            ])
        guard let first = serviceCIDRs.first else { return }
        try await ensure(
            .services, "default",
            [
                "metadata": [
                    "name": "kubernetes", "labels": ["component": "apiserver", "provider": "kubernetes"],
                ],
                "spec": [
                    "clusterIP": .string(AddressPool(first).firstAddress.description),
                    "ipFamilyPolicy": "SingleStack",
                    "ports": [
                        [
                            "name": "https", "port": 443, "protocol": "TCP",
                            "targetPort": .integer(Int64(securePort == 0 ? 6443 : securePort)),
                        ]
                    ],
                ],
            ])
    }

    /// What extension API servers and those who look at old tokens read.
    private var configMaps: [JSONValue] {
        let today = Timestamp.now().text().prefix { $0 != "T" }
        var authentication: JSONValue = [:]
        if let authorities { authentication["client-ca-file"] = .string(authorities) }
        return [
            ["metadata": ["name": "extension-apiserver-authentication"], "data": authentication],
            [
                "metadata": ["name": "kube-apiserver-legacy-service-account-token-tracking"],
                "data": ["since": .string(String(today))],
            ],
        ]
    }

    private func ensure(_ definition: ResourceDefinition, _ namespace: String, _ body: JSONValue) async throws {
        let name = body["metadata"]?.text("name") ?? ""
        guard handler.cache.get(definition, key: definition.key(namespace: namespace, name: name)) == nil else {
            return
        }
        let target = RequestTarget.Resource(definition: definition, namespace: namespace, name: "", subresource: "")
        let decoded = try BodyDecoder(definition: definition, validation: .strict).structured(body)
        do {
            _ = try await ObjectWriter(handler: handler, target: target, isDryRun: false).create(decoded.object)
        } catch let error as StatusError where error.reason == "AlreadyExists" {
            // Another server was faster.
        }
        try await handler.cache.catchUp()
    }
}
