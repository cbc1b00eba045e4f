/// Labels and annotations of sandboxes and containers that every client of a container runtime knows, by those that
/// kubelet uses: `crictl` shows them, and either takes over what the other has left.
public enum PodLabels {
    public static let name = "io.kubernetes.pod.name"
    public static let namespace = "io.kubernetes.pod.namespace"
    public static let uid = "io.kubernetes.pod.uid"
    public static let container = "io.kubernetes.container.name"
    /// Annotations of containers.
    public static let hash = "io.kubernetes.container.hash"
    public static let restartCount = "io.kubernetes.container.restartCount"
    public static let terminationMessagePath = "io.kubernetes.container.terminationMessagePath"
    public static let terminationMessagePolicy = "io.kubernetes.container.terminationMessagePolicy"
    public static let preStopHandler = "io.kubernetes.container.preStopHandler"
    public static let gracePeriod = "io.kubernetes.pod.terminationGracePeriod"
    /// Where the host has the file of the termination message.
    public static let terminationMessageFile = "viaduct.io/termination-message-file"
    public static let source = "kubernetes.io/config.source"
}
