import KubeAPI

/// Which objects belong to the one that manages them: those that it manages and selects stay, orphans that it selects
/// are adopted, and those that it no longer selects are released. (The rules of upstream's ControllerRefManager.)
struct OwnershipPlan<Object: APIObject>: Sendable {
    private(set) var kept: [Object] = []
    private(set) var toAdopt: [Object] = []
    private(set) var toRelease: [Object] = []

    init(owner: ObjectMeta, selector: LabelSelector, candidates: [Object]) {
        for object in candidates where object.metadata.namespace == owner.namespace {
            let isSelected = selector.matches(object.metadata.labels)
            if let controller = object.metadata.controller {
                guard controller.uid == owner.uid else { continue }
                if isSelected {
                    kept.append(object)
                } else if !owner.isBeingDeleted {
                    toRelease.append(object)
                }
            } else if isSelected, !owner.isBeingDeleted, !object.metadata.isBeingDeleted {
                toAdopt.append(object)
            }
        }
    }
}
