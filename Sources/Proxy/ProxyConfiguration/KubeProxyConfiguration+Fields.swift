import Dataplane

/// The names of the fields in files, in the order of the v1alpha1 type.
extension KubeProxyConfiguration {
    static var fields: [ConfigurationField<Self>] {
        [
            .bools("featureGates", \.featureGates),
            .object("clientConnection", \.clientConnection, ClientConnection.fields),
            .object("logging", \.logging, Logging.fields),
            .string("hostnameOverride", \.hostnameOverride),
            .string("bindAddress", \.bindAddress),
            .string("healthzBindAddress", \.healthzBindAddress),
            .string("metricsBindAddress", \.metricsBindAddress),
            .bool("bindAddressHardFail", \.bindAddressHardFail),
            .string("statusSocket", \.statusSocket).written {
                $0.statusSocket != KubeProxyConfiguration.defaultStatusSocket
            },
            .int32("endpointMetrics", \.endpointMetrics).written { $0.endpointMetrics != 0 },
            .duration("drainTimeout", \.drainTimeout).written { $0.drainTimeout != .zero },
            .object("socketBalancing", \.socketBalancing, SocketBalancing.fields).written {
                $0.socketBalancing != SocketBalancing()
            },
            .bool("enableProfiling", \.enableProfiling),
            .string("showHiddenMetricsForVersion", \.showHiddenMetricsForVersion),
            .string("mode", \.mode),
            .object("iptables", \.iptables, IPTables.fields),
            .object("ipvs", \.ipvs, IPVS.fields),
            .object("nftables", \.nftables, NFTables.fields),
            .object("winkernel", \.winkernel, Winkernel.fields),
            .string("detectLocalMode", \.detectLocalMode),
            .object("detectLocal", \.detectLocal, DetectLocal.fields),
            .string("clusterCIDR", \.clusterCIDR),
            .strings("nodePortAddresses", \.nodePortAddresses),
            .int32("oomScoreAdj", \.oomScoreAdj),
            .object("conntrack", \.conntrack, Conntrack.fields),
            .duration("configSyncPeriod", \.configSyncPeriod),
            .string("portRange", \.portRange),
            .bool("windowsRunAsService", \.windowsRunAsService),
        ]
    }
}

extension KubeProxyConfiguration.ClientConnection {
    static var fields: [ConfigurationField<Self>] {
        [
            .string("kubeconfig", \.kubeconfig), .string("acceptContentTypes", \.acceptContentTypes),
            .string("contentType", \.contentType), .number("qps", \.qps), .int32("burst", \.burst),
        ]
    }
}

extension KubeProxyConfiguration.Logging {
    static var fields: [ConfigurationField<Self>] {
        [
            .string("format", \.format), .durationOrNanoseconds("flushFrequency", \.flushFrequency),
            .int32("verbosity", \.verbosity),
            .objects(
                "vmodule", \.vmodule, empty: ModulePattern(),
                [.string("filePattern", \.filePattern), .int32("verbosity", \.verbosity)]),
            .object(
                "options", \.options,
                [.object("text", \.text, Routing.fields), .object("json", \.json, Routing.fields)]),
        ]
    }
}

extension KubeProxyConfiguration.Logging.Routing {
    static var fields: [ConfigurationField<Self>] {
        [.bool("splitStream", \.splitStream), .quantity("infoBufferSize", \.infoBufferSize)]
    }
}

extension KubeProxyConfiguration.IPTables {
    static var fields: [ConfigurationField<Self>] {
        [
            .int32("masqueradeBit", \.masqueradeBit), .bool("masqueradeAll", \.masqueradeAll),
            .bool("localhostNodePorts", \.localhostNodePorts),
            .duration("syncPeriod", \.syncPeriod), .duration("minSyncPeriod", \.minSyncPeriod),
            .string("engine", \.engine).written { $0.engine != "blob" },
        ]
    }
}

extension KubeProxyConfiguration.IPVS {
    static var fields: [ConfigurationField<Self>] {
        [
            .duration("syncPeriod", \.syncPeriod), .duration("minSyncPeriod", \.minSyncPeriod),
            .string("scheduler", \.scheduler), .strings("excludeCIDRs", \.excludeCIDRs),
            .bool("strictARP", \.strictARP), .duration("tcpTimeout", \.tcpTimeout),
            .duration("tcpFinTimeout", \.tcpFinTimeout), .duration("udpTimeout", \.udpTimeout),
        ]
    }
}

// What only the backend of the section understands.

extension KubeProxyConfiguration.IPTables {
    var options: BackendSettings.Options { .init(["engine": .text(engine)]) }
}

extension KubeProxyConfiguration.IPVS {
    var options: BackendSettings.Options {
        .init([
            "scheduler": .text(scheduler), "excludeCIDRs": .texts(excludeCIDRs), "strictARP": .flag(strictARP),
            "tcpTimeout": .duration(tcpTimeout), "tcpFinTimeout": .duration(tcpFinTimeout),
            "udpTimeout": .duration(udpTimeout),
        ])
    }
}

extension KubeProxyConfiguration.NFTables {
    static var fields: [ConfigurationField<Self>] {
        [
            .int32("masqueradeBit", \.masqueradeBit), .bool("masqueradeAll", \.masqueradeAll),
            .duration("syncPeriod", \.syncPeriod), .duration("minSyncPeriod", \.minSyncPeriod),
        ]
    }
}

extension KubeProxyConfiguration.SocketBalancing {
    static var fields: [ConfigurationField<Self>] {
        [
            .bool("enabled", \.enabled), .bool("fallback", \.fallback), .bool("nodeOnly", \.nodeOnly),
            .string("cgroup", \.cgroup),
        ]
    }
}

extension KubeProxyConfiguration.Winkernel {
    static var fields: [ConfigurationField<Self>] {
        [
            .string("networkName", \.networkName), .string("sourceVip", \.sourceVip), .bool("enableDSR", \.enableDSR),
            .string("rootHnsEndpointName", \.rootHnsEndpointName),
            .bool("forwardHealthCheckVip", \.forwardHealthCheckVip),
        ]
    }
}

extension KubeProxyConfiguration.DetectLocal {
    static var fields: [ConfigurationField<Self>] {
        [
            .string("bridgeInterface", \.bridgeInterface), .string("interfaceNamePrefix", \.interfaceNamePrefix),
        ]
    }
}

extension KubeProxyConfiguration.Conntrack {
    static var fields: [ConfigurationField<Self>] {
        [
            .int32("maxPerCore", \.maxPerCore), .int32("min", \.min),
            .duration("tcpEstablishedTimeout", \.tcpEstablishedTimeout),
            .duration("tcpCloseWaitTimeout", \.tcpCloseWaitTimeout), .bool("tcpBeLiberal", \.tcpBeLiberal),
            .duration("udpTimeout", \.udpTimeout), .duration("udpStreamTimeout", \.udpStreamTimeout),
        ]
    }
}
