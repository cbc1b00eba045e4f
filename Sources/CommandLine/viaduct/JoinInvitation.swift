import APIServer
import ArgumentParser
import JSONStream
import KubeAPI
import KubeClient
import Logging
import NodeMembership

/// What other hosts need to join the cluster of `viaduct up`: permissions, what their node agents and proxies are to be
/// told, a token, and the command.
struct JoinInvitation: Sendable {
    let client: KubeClient
    /// `10.0.0.1:6443`
    let server: String
    /// Of the authority: `sha256:...`
    let authorityHash: String
    /// For the ConfigMap that hosts read when they join.
    let settings: JoinedSettings
    let logger: Logger

    static let lifetime = Duration.seconds(24 * 3600)
    /// A token with less time left is not shown again.
    private static let least = Duration.seconds(3600)
    static let tokenDescription = "Made by viaduct up, for viaduct join."

    /// Until it is done once: the namespaces may not be there yet.
    func run() async throws {
        while true {
            do throws(APIError) {
                try await JoinPermissions.grant(client)
                try await settings.publish(client)
                let token = try await token()
                return logger.info("another host joins with: \(Self.command(server, token, authorityHash))")
            } catch {
                logger.debug("hosts cannot join yet", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    static func command(_ server: String, _ token: BootstrapToken, _ hash: String) -> String {
        "viaduct join \(server) --token \(token) --discovery-token-ca-cert-hash \(hash)"
    }

    private func token() async throws(APIError) -> BootstrapToken {
        if let present = try await BootstrapToken.present(
            client, description: Self.tokenDescription, atLeast: Self.least)
        {
            return present
        }
        return try await Self.make(client, lifetime: Self.lifetime, description: Self.tokenDescription)
    }

    /// A new one.
    static func make(
        _ client: KubeClient, lifetime: Duration, description: String
    ) async throws(APIError) -> BootstrapToken {
        let token = BootstrapToken()
        let object = token.object(until: .now() + lifetime, description: description)
        _ = try await client.create(TokenSecret.self, namespace: "kube-system", object.serialized())
        return token
    }
}

/// What `viaduct up` tells hosts that join, in a ConfigMap of kube-system.
struct JoinedSettings: Hashable, Sendable {
    static let name = "viaduct-join"

    /// Ranges of pods, separated by commas; empty: unknown.
    var clusterCIDR = ""
    /// Addresses of the cluster's DNS, separated by commas.
    var clusterDNS = ""
    var clusterDomain = "cluster.local"
    var proxyMode = "nftables"

    func publish(_ client: KubeClient) async throws(APIError) {
        let map: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(Self.name), "namespace": "kube-system"],
            "data": [
                "clusterCIDR": .string(clusterCIDR), "clusterDNS": .string(clusterDNS),
                "clusterDomain": .string(clusterDomain), "proxyMode": .string(proxyMode),
            ],
        ]
        try await JoinPermissions.apply("/api/v1/namespaces/kube-system/configmaps/\(Self.name)", map, client)
    }

    /// - Throws: ``APIError`` where it is not there.
    static func read(_ client: KubeClient) async throws(APIError) -> JoinedSettings {
        let map = try await client.get(ConfigMap.self, ObjectKey(namespace: "kube-system", name: name))
        var settings = JoinedSettings()
        settings.clusterCIDR = map.data["clusterCIDR"] ?? ""
        settings.clusterDNS = map.data["clusterDNS"] ?? ""
        if let domain = map.data["clusterDomain"], !domain.isEmpty { settings.clusterDomain = domain }
        if let mode = map.data["proxyMode"], !mode.isEmpty { settings.proxyMode = mode }
        return settings
    }
}

/// What hosts that join, and nodes, may do besides the default roles: as kubeadm has it, and what the proxy beside a node
/// agent needs.
enum JoinPermissions {
    private static let rbac = "/apis/rbac.authorization.k8s.io/v1/"
    private static let nodes = "system:nodes"

    static func grant(_ client: KubeClient) async throws(APIError) {
        let requests = "system:certificates.k8s.io:certificatesigningrequests"
        for (name, role, group) in [
            ("viaduct:node-bootstrapper", "system:node-bootstrapper", BootstrapToken.group),
            ("viaduct:node-autoapprove-bootstrap", "\(requests):nodeclient", BootstrapToken.group),
            ("viaduct:node-autoapprove-certificate-rotation", "\(requests):selfnodeclient", nodes),
            ("viaduct:node-proxier", "system:node-proxier", nodes),
            ("viaduct:node-drains", "viaduct:node-drains", nodes),
        ] { try await apply("\(rbac)clusterrolebindings/\(name)", binding(name, "ClusterRole", role, [group]), client) }
        let drains = role("ClusterRole", "viaduct:node-drains", "", "pods", ["list", "watch"])
        try await apply("\(rbac)clusterroles/viaduct:node-drains", drains, client)
        try await grant(
            in: "kube-system", "viaduct:join",
            role("Role", "viaduct:join", "", "configmaps", ["get"], JoinedSettings.name),
            [BootstrapToken.group, nodes], client)
        try await grant(
            in: "kube-node-lease", "viaduct:announcers",
            role("Role", "viaduct:announcers", "coordination.k8s.io", "leases", ["list"]), [nodes], client)
    }

    private static func grant(
        in namespace: String, _ name: String, _ role: JSONValue, _ groups: [String], _ client: KubeClient
    ) async throws(APIError) {
        let place = "\(rbac)namespaces/\(namespace)/"
        try await apply("\(place)roles/\(name)", role, client)
        try await apply("\(place)rolebindings/\(name)", binding(name, "Role", name, groups), client)
    }

    static func apply(_ path: String, _ object: JSONValue, _ client: KubeClient) async throws(APIError) {
        var request = APIRequest.patch(path, .apply, object.serialized())
        request.query = [.init("fieldManager", "viaduct-up"), .init("force", "true")]
        _ = try await client.send(request)
    }

    private static func role(
        _ kind: String, _ name: String, _ group: String, _ resource: String, _ verbs: [String], _ object: String? = nil
    ) -> JSONValue {
        var rule: JSONValue = [
            "apiGroups": [.string(group)], "resources": [.string(resource)], "verbs": .array(verbs.map { .string($0) }),
        ]
        if let object { rule["resourceNames"] = [.string(object)] }
        return [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(kind), "metadata": ["name": .string(name)],
            "rules": [rule],
        ]
    }

    private static func binding(_ name: String, _ kind: String, _ role: String, _ groups: [String]) -> JSONValue {
        let api: JSONValue = "rbac.authorization.k8s.io"
        return [
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": kind == "Role" ? "RoleBinding" : "ClusterRoleBinding", "metadata": ["name": .string(name)],
            "roleRef": ["apiGroup": api, "kind": .string(kind), "name": .string(role)],
            "subjects": .array(groups.map { ["apiGroup": api, "kind": "Group", "name": .string($0)] }),
        ]
    }
}
