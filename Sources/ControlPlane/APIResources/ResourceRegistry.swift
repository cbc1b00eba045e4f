package import APIObjects
import APIPods
package import JSONStream
import KubeSchema
import Synchronization

/// All that is served at one moment.
package struct ResourceRegistry: Sendable {
    package let definitions: [ResourceDefinition]
    private let byPath: [String: ResourceDefinition]
    private let byVersion: [String: [ResourceDefinition]]
    private let byName: [String: ResourceDefinition]
    /// Group and its versions, in the order of the entries.
    package let groups: [(group: String, versions: [String])]

    init(_ definitions: [ResourceDefinition]) {
        self.definitions = definitions
        byPath = Dictionary(
            definitions.map { ("\($0.apiVersion)/\($0.plural)", $0) }, uniquingKeysWith: { first, _ in first })
        byVersion = Dictionary(grouping: definitions, by: \.apiVersion)
        byName = Dictionary(definitions.map { ($0.qualifiedPlural, $0) }, uniquingKeysWith: { first, _ in first })
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

    /// What every server serves: all stable kinds of the facts, in their order, with rules of their own where there are
    /// any.
    package static let standard: ResourceRegistry = {
        let own = Dictionary(
            ruled.map { ("\($0.apiVersion)/\($0.plural)", $0) }, uniquingKeysWith: { first, _ in first })
        return ResourceRegistry(
            KubeSchema.resources.compactMap { fact -> ResourceDefinition? in
                guard fact.isStable, fact.subresource.isEmpty else { return nil }
                return own["\(fact.apiVersion)/\(fact.plural)"] ?? ResourceDefinition(plain: fact)
            })
    }()

    /// The kinds that have rules of their own.
    private static let ruled: [ResourceDefinition] =
        [
            .namespaces, .nodes, .services, .events, .endpointSlices, .serviceCIDRs, .leases, .groupEvents, .pods,
            .podTemplates, .replicationControllers, .configMaps, .secrets, .endpoints, .persistentVolumes,
            .persistentVolumeClaims, .limitRanges, .resourceQuotas, .deployments, .replicaSets, .daemonSets,
            .statefulSets, .controllerRevisions, .jobs, .cronJobs, .podDisruptionBudgets, .ipAddresses, .ingresses,
            .ingressClasses, .networkPolicies, .priorityClasses, .runtimeClasses, .storageClasses, .csiNodes,
            .csiDrivers, .csiStorageCapacities, .volumeAttachments, .customResourceDefinitions,
            .horizontalPodAutoscalers, .olderHorizontalPodAutoscalers,
        ] + security

    /// Identities, permissions, and questions about them.
    private static let security: [ResourceDefinition] = [
        .serviceAccounts, .roles, .roleBindings, .clusterRoles, .clusterRoleBindings, .certificateSigningRequests,
        .tokenReviews, .selfSubjectReviews,
        .subjectAccessReviews, .selfSubjectAccessReviews, .localSubjectAccessReviews, .selfSubjectRulesReviews,
    ]

    package func find(apiVersion: String, plural: String) -> ResourceDefinition? { byPath["\(apiVersion)/\(plural)"] }

    /// Any version of a kind: all have the same objects.
    package func find(qualifiedPlural: String) -> ResourceDefinition? { byName[qualifiedPlural] }

    package func serves(apiVersion: String) -> Bool { byVersion[apiVersion] != nil }

    package func resources(group: String, version: String) -> [ResourceDefinition] {
        (byVersion[group.isEmpty ? version : "\(group)/\(version)"] ?? []).sorted { $0.plural < $1.plural }
    }
}

/// What is served now. Kinds come and go: each change is a new snapshot, and a request works with the one that it began
/// with.
package final class KindRegistry: Sendable {
    /// A custom kind and the spec that it was made of.
    package typealias Custom = (kind: CustomKind, source: JSONValue)

    private struct State {
        var current: ResourceRegistry
        var custom: [String: Custom] = [:]
    }

    private let base: ResourceRegistry
    private let state: Mutex<State>

    package init(_ base: ResourceRegistry) {
        self.base = base
        state = Mutex(State(current: base))
    }

    package var current: ResourceRegistry { state.withLock { $0.current } }

    /// The names of the CustomResourceDefinitions whose kinds are served.
    package var customNames: Set<String> { state.withLock { Set($0.custom.keys) } }

    package func custom(_ name: String) -> Custom? { state.withLock { $0.custom[name] } }

    /// - Parameters:
    ///   - name: of the CustomResourceDefinition.
    ///   - custom: nil to serve it no more.
    /// - Returns: what was served before.
    package func set(_ name: String, _ custom: Custom?) -> CustomKind? {
        state.withLock { state in
            let old = state.custom[name]?.kind
            state.custom[name] = custom
            let all = state.custom.sorted { $0.key < $1.key }.flatMap(\.value.kind.definitions)
            state.current = ResourceRegistry(base.definitions + all)
            return old
        }
    }
}
