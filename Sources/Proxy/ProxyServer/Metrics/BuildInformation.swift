import PrometheusMetrics

/// The version of this build.
public enum BuildInformation {
    public static let version = "0.1.0"

    // The version of Kubernetes whose kube-proxy this build stands in for.
    static let major = "1"
    static let minor = "36"
    public static let kubernetesVersion = "\(major).\(minor)"

    /// In the form of Kubernetes' versions.
    static let gitVersion = "v\(kubernetesVersion)+viaduct.\(version)"

    #if arch(x86_64)
        public static let platform = "linux/amd64"
    #elseif arch(arm64)
        public static let platform = "linux/arm64"
    #else
        public static let platform = "linux"
    #endif

    /// What `--version` prints.
    public static let text = "viaduct \(version) (kube-proxy of Kubernetes \(kubernetesVersion))"

    static func register(in registry: MetricsRegistry) {
        registry.gauge(
            "viaduct_build_info", "A metric with the constant value 1 labeled by version", labels: ["version"]
        ).with(version).set(1)
        registry.gauge(
            "kubernetes_build_info",
            "A metric with a constant '1' value labeled by the version of Kubernetes that this build stands in for.",
            labels: ["compiler", "git_version", "major", "minor", "platform"]
        ).with("swift", gitVersion, major, minor, platform).set(1)
    }
}
