extension CRINamespaceOption {
    init(_ shared: SharedNamespaces) {
        self.init()
        network = shared.hostNetwork ? .node : .pod
        pid = shared.hostPID ? .node : shared.sharesProcesses ? .pod : .container
        ipc = shared.hostIPC ? .node : .pod
    }
}

extension CRISecurityProfile {
    init(_ profile: SeccompProfile) {
        self.init()
        switch profile {
        case .runtimeDefault: profileType = .runtimeDefault
        case .unconfined: profileType = .unconfined
        case .localhost(let path):
            profileType = .localhost
            localhostRef = path
        }
    }
}

extension CRIInt64Value {
    init(_ value: Int64) {
        self.init()
        self.value = value
    }
}

extension CRIPodSandboxConfig {
    init(_ configuration: SandboxConfiguration) {
        self.init()
        metadata.name = configuration.pod.name
        metadata.namespace = configuration.pod.namespace
        metadata.uid = configuration.pod.uid
        metadata.attempt = configuration.attempt
        hostname = configuration.hostname
        logDirectory = configuration.logDirectory
        if let dns = configuration.dns {
            dnsConfig.servers = dns.servers
            dnsConfig.searches = dns.searches
            dnsConfig.options = dns.options
        }
        portMappings = configuration.portMappings.map { mapping in
            var port = CRIPortMapping()
            port.protocol = mapping.transport == "UDP" ? .udp : mapping.transport == "SCTP" ? .sctp : .tcp
            port.containerPort = mapping.containerPort
            port.hostPort = mapping.hostPort
            port.hostIp = mapping.hostIP
            return port
        }
        labels = configuration.labels
        annotations = configuration.annotations
        linux.cgroupParent = configuration.cgroupParent
        linux.sysctls = configuration.sysctls
        linux.securityContext.namespaceOptions = CRINamespaceOption(configuration.namespaces)
        linux.securityContext.privileged = configuration.isPrivileged
        if let user = configuration.runAsUser { linux.securityContext.runAsUser = CRIInt64Value(user) }
        // The runtime takes a group only beside a user.
        if let group = configuration.runAsGroup, configuration.runAsUser != nil {
            linux.securityContext.runAsGroup = CRIInt64Value(group)
        }
        linux.securityContext.supplementalGroups = configuration.supplementalGroups
        linux.securityContext.seccomp = CRISecurityProfile(configuration.seccomp)
    }
}

extension CRIContainerConfig {
    init(_ configuration: ContainerConfiguration) {
        self.init()
        metadata.name = configuration.name
        metadata.attempt = configuration.attempt
        image.image = configuration.image
        command = configuration.command
        args = configuration.arguments
        workingDir = configuration.workingDirectory
        envs = configuration.environment.map { variable in
            var entry = CRIKeyValue()
            entry.key = variable.name
            entry.value = .init(variable.value.utf8)
            return entry
        }
        mounts = configuration.mounts.map(CRIMount.init)
        labels = configuration.labels
        annotations = configuration.annotations
        logPath = configuration.logPath
        stdin = configuration.hasInput
        stdinOnce = configuration.endsInputWithSession
        tty = configuration.hasTerminal
        linux.resources.cpuPeriod = configuration.resources.cpuPeriod
        linux.resources.cpuQuota = configuration.resources.cpuQuota
        linux.resources.cpuShares = configuration.resources.cpuShares
        linux.resources.memoryLimitInBytes = configuration.resources.memoryLimit
        linux.resources.oomScoreAdj = configuration.resources.oomScoreAdjustment
        linux.securityContext = CRILinuxContainerSecurityContext(configuration.security, configuration.namespaces)
        if let target = configuration.targetContainer {
            linux.securityContext.namespaceOptions.pid = .target
            linux.securityContext.namespaceOptions.targetID = target
        }
    }
}

extension CRIMount {
    init(_ mount: ContainerConfiguration.Mount) {
        self.init()
        containerPath = mount.containerPath
        hostPath = mount.hostPath
        readonly = mount.isReadOnly
        propagation =
            switch mount.propagation {
            case .none: .propagationPrivate
            case .hostToContainer: .propagationHostToContainer
            case .bidirectional: .propagationBidirectional
            }
    }
}

extension CRILinuxContainerSecurityContext {
    init(_ security: ContainerConfiguration.Security, _ namespaces: SharedNamespaces) {
        self.init()
        capabilities.addCapabilities = security.addedCapabilities
        capabilities.dropCapabilities = security.droppedCapabilities
        privileged = security.isPrivileged
        namespaceOptions = CRINamespaceOption(namespaces)
        if let user = security.runAsUser { runAsUser = CRIInt64Value(user) }
        if let group = security.runAsGroup { runAsGroup = CRIInt64Value(group) }
        readonlyRootfs = security.hasReadOnlyRoot
        supplementalGroups = security.supplementalGroups
        noNewPrivs = security.hasNoNewPrivileges
        maskedPaths = security.maskedPaths
        readonlyPaths = security.readOnlyPaths
        seccomp = CRISecurityProfile(security.seccomp)
    }
}
