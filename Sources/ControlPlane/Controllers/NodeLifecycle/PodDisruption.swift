import KubeAPI

/// What is written into the status of a pod that is made to go.
enum PodDisruption {
    static func condition(_ reason: String, _ message: String, _ time: Timestamp) -> Condition {
        var condition = Condition("DisruptionTarget", "True", reason: reason, message: message)
        condition.lastTransitionTime = time.text()
        return condition
    }
}
