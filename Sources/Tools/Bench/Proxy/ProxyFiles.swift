import Dataplane
import ProxyConfiguration
import ProxyServer

/// The files that a proxy is started with.
enum ProxyFiles {
    static func kubeconfig(port: Int) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: bench
          cluster: {server: "http://127.0.0.1:\(port)"}
        contexts:
        - name: bench
          context: {cluster: bench, user: bench}
        users:
        - name: bench
          user: {}
        current-context: bench

        """
    }

    /// What differs from the defaults is what a benchmark needs: no pause between changes that upstream would make, no
    /// verification meanwhile, limits of the host left alone.
    static func configuration(_ mode: Backend, kubeconfig: String) -> String {
        """
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        kind: KubeProxyConfiguration
        mode: \(mode.name)
        hostnameOverride: \(Workload.nodeName)
        bindAddress: 0.0.0.0
        clusterCIDR: \(ServicePorts.pods)
        detectLocalMode: ClusterCIDR
        clientConnection: {kubeconfig: "\(kubeconfig)"}
        conntrack: {maxPerCore: 0}
        healthzBindAddress: 127.0.0.1:10256
        metricsBindAddress: 127.0.0.1:10249
        \(mode.section.rawValue): {minSyncPeriod: 1ms, syncPeriod: 1h}

        """
    }
}
