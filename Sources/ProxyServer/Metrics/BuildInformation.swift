/// What this build is.
public enum BuildInformation {
    public static let version = "0.1.0"
    /// The version of Kubernetes whose kube-proxy this build stands in for.
    public static let kubernetesVersion = "1.36"
}
