/// All that is served. A further kind is one more entry.
struct ResourceRegistry: Sendable {
    let definitions: [ResourceDefinition]
    private let byPath: [String: ResourceDefinition]
    /// Group and its versions, in the order of the entries.
    let groups: [(group: String, versions: [String])]

    init(_ definitions: [ResourceDefinition]) {
        self.definitions = definitions
        byPath = Dictionary(
            definitions.map { ("\($0.apiVersion)/\($0.plural)", $0) }, uniquingKeysWith: { first, _ in first })
        var groups: [(group: String, versions: [String])] = []
        for definition in definitions {
            if let index = groups.firstIndex(where: { $0.group == definition.group }) {
                if !groups[index].versions.contains(definition.version) {
                    groups[index].versions.append(definition.version)
                }
            } else {
                groups.append((definition.group, [definition.version]))
            }
        }
        self.groups = groups
    }

    static let standard = ResourceRegistry(
        [
            .namespaces, .nodes, .services, .events, .endpointSlices, .serviceCIDRs, .leases, .groupEvents, .pods,
            .podTemplates, .replicationControllers, .configMaps, .secrets, .endpoints, .persistentVolumes,
            .persistentVolumeClaims, .limitRanges, .resourceQuotas, .deployments, .replicaSets, .daemonSets,
            .statefulSets, .controllerRevisions, .jobs, .cronJobs, .podDisruptionBudgets, .ipAddresses, .ingresses,
            .ingressClasses, .networkPolicies, .priorityClasses, .runtimeClasses, .storageClasses, .csiNodes,
            .csiDrivers,
            .csiStorageCapacities, .volumeAttachments,
        ] + security)

    /// Identities, permissions, and questions about them.
    private static let security: [ResourceDefinition] = [
        .serviceAccounts, .roles, .roleBindings, .clusterRoles, .clusterRoleBindings,
        .tokenReviews, .selfSubjectReviews,
        .subjectAccessReviews, .selfSubjectAccessReviews, .localSubjectAccessReviews, .selfSubjectRulesReviews,
    ]

    func find(apiVersion: String, plural: String) -> ResourceDefinition? { byPath["\(apiVersion)/\(plural)"] }

    func serves(apiVersion: String) -> Bool { definitions.contains { $0.apiVersion == apiVersion } }

    func resources(group: String, version: String) -> [ResourceDefinition] {
        definitions.filter { $0.group == group && $0.version == version }.sorted { $0.plural < $1.plural }
    }
}
