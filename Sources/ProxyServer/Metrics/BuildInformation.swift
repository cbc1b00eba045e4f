/// What this build is.
public enum BuildInformation {
    public static let version = "0.1.0"

    // The version of Kubernetes whose kube-proxy this build stands in for.
    static let major = "1"
    static let minor = "36"
    public static let kubernetesVersion = "\(major).\(minor)"

    #if arch(x86_64)
        static let platform = "linux/amd64"
    #elseif arch(arm64)
        static let platform = "linux/arm64"
    #else
        static let platform = "linux"
    #endif
}
