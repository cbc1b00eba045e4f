/// The feature gates of Kubernetes v1.36 that kube-proxy accepts. It accepts those of every component, since one map
/// of gates is often given to the whole cluster; none of them changes what this proxy does.
enum FeatureGates {
    enum Verdict: Hashable {
        /// Set to what it is anyway.
        case isDefault
        case accepted
        /// Cannot be changed any more.
        case locked(Bool)
        case unknown(suggestion: String?)
    }

    static func check(_ name: String, _ value: Bool) -> Verdict {
        if let fixed = locked[name] { return value == fixed ? .isDefault : .locked(fixed) }
        if let initial = proxy[name] { return value == initial ? .isDefault : .accepted }
        if others.contains(name) { return .accepted }
        return .unknown(suggestion: SpellingSuggestion.nearest(to: name, among: all))
    }

    /// All names, sorted.
    static var all: [String] { (Array(locked.keys) + Array(proxy.keys) + others).sorted() }

    /// Gates of kube-proxy that are still open, with their defaults.
    static let proxy: [String: Bool] = [
        "AllAlpha": false, "AllBeta": false, "ComponentFlagz": false, "ComponentStatusz": false,
        "ContextualLogging": true, "LoggingAlphaOptions": false, "LoggingBetaOptions": true, "NativeHistograms": false,
        "WinDSR": true, "WinOverlay": true,
    ]

    /// Gates of kube-proxy that have become part of Kubernetes.
    private static let locked: [String: Bool] = [
        "ComponentSLIs": true, "LoadBalancerIPMode": true, "MultiCIDRServiceAllocator": true,
        "NFTablesProxyMode": true, "PreferSameTrafficDistribution": true, "ServiceTrafficDistribution": true,
        "TopologyAwareHints": true,
    ]

    /// Gates of other components.
    private static let others: Set<String> = Set(
        """
        AggregatedDiscoveryRemoveBetaType AllowDNSOnlyNodeCSR AllowInsecureKubeletCertificateSigningRequests
        AllowOverwriteTerminationGracePeriodSeconds AllowParsingUserUIDFromCertAuth AllowServiceLBStatusOnNonLB
        AllowUnsafeMalformedObjectDeletion AnonymousAuthConfigurableEndpoints AnyVolumeDataSource
        APIResponseCompression APIServerIdentity APIServerTracing APIServingWithRoutine AuthorizeNodeWithSelectors
        AuthorizeWithSelectors BtreeWatchCache CBORServingAndStorage ClearingNominatedNodeNameAfterBinding
        ClientsAllowCBOR ClientsPreferCBOR CloudControllerManagerWebhook ClusterTrustBundle
        ClusterTrustBundleProjection ConcurrentWatchObjectDecode ConsistentListFromCache ContainerCheckpoint
        ContainerRestartRules ContainerStopSignals CoordinatedLeaderElection CPUCFSQuotaPeriod
        CPUManagerPolicyAlphaOptions CPUManagerPolicyBetaOptions CPUManagerPolicyOptions CRDValidationRatcheting
        CronJobsScheduledAnnotation CrossNamespaceVolumeDataSource CSIMigrationPortworx CSIVolumeHealth
        CustomResourceFieldSelectors DeclarativeValidation DeclarativeValidationTakeover
        DeploymentReplicaSetTerminatingReplicas DetectCacheInconsistency DevicePluginCDIDevices
        DisableAllocatorDualWrite DisableCPUQuotaWithExclusiveCPUs DisableNodeKubeProxyVersion DRAAdminAccess
        DRAConsumableCapacity DRADeviceBindingConditions DRADeviceTaints DRAExtendedResource DRAPartitionableDevices
        DRAPrioritizedList DRAResourceClaimDeviceStatus DRASchedulerFilterTimeout DynamicResourceAllocation
        EnvFiles EventedPLEG ExecProbeTimeout ExternalServiceAccountTokenSigner GitRepoVolumeDriver
        GracefulNodeShutdown GracefulNodeShutdownBasedOnPodPriority HonorPVReclaimPolicy HostnameOverride
        HPAConfigurableTolerance HPAScaleToZero ImageMaximumGCAge ImageVolume InformerResourceVersion
        InOrderInformers InPlacePodVerticalScaling InPlacePodVerticalScalingAllocatedStatus
        InPlacePodVerticalScalingExclusiveCPUs InPlacePodVerticalScalingExclusiveMemory
        InTreePluginPortworxUnregister JobBackoffLimitPerIndex JobManagedBy JobPodReplacementPolicy JobSuccessPolicy
        KMSv1 KubeletCgroupDriverFromCRI KubeletCrashLoopBackOffMax KubeletEnsureSecretPulledImages
        KubeletFineGrainedAuthz KubeletInUserNamespace KubeletPodResourcesDynamicResources KubeletPodResourcesGet
        KubeletPodResourcesListUseActivePods KubeletPSI KubeletRegistrationGetOnExistsOnly KubeletSeparateDiskGC
        KubeletServiceAccountTokenForCredentialProviders KubeletTracing LegacySidecarContainers
        ListFromCacheSnapshot LocalStorageCapacityIsolationFSQuotaMonitoring LogarithmicScaleDown
        MatchLabelKeysInPodAffinity MatchLabelKeysInPodTopologySpread MatchLabelKeysInPodTopologySpreadSelectorMerge
        MaxUnavailableStatefulSet MemoryManager MemoryQoS MutableCSINodeAllocatableCount MutatingAdmissionPolicy
        NodeInclusionPolicyInPodTopologySpread NodeLogQuery NodeSwap NominatedNodeNameForExpectation OpenAPIEnums
        OrderedNamespaceDeletion PodAndContainerStatsFromCRI PodCertificateRequest PodDeletionCost PodIndexLabel
        PodLevelResources PodLifecycleSleepAction PodLifecycleSleepActionAllowZero PodLogsQuerySplitStreams
        PodObservedGenerationTracking PodReadyToStartContainersCondition PodSchedulingReadiness
        PodTopologyLabelsAdmission PortForwardWebsockets PreventStaticPodAPIReferences ProcMountType QOSReserved
        RecoverVolumeExpansionFailure RecursiveReadOnlyMounts ReduceDefaultCrashLoopBackOffDecay
        RelaxedDNSSearchValidation RelaxedEnvironmentVariableValidation RelaxedServiceNameValidation
        ReloadKubeletServerCertificateFile RemoteRequestHeaderUID ResilientWatchCacheInitialization
        ResourceHealthStatus RetryGenerateName RotateKubeletServerCertificate RuntimeClassInImageCriAPI
        SchedulerAsyncAPICalls SchedulerAsyncPreemption SchedulerPopFromBackoffQ SchedulerQueueingHints
        SELinuxChangePolicy SELinuxMount SELinuxMountReadWriteOncePod SeparateCacheWatchRPC
        SeparateTaintEvictionController ServiceAccountNodeAudienceRestriction ServiceAccountTokenJTI
        ServiceAccountTokenNodeBinding ServiceAccountTokenNodeBindingValidation ServiceAccountTokenPodNodeInfo
        SidecarContainers SizeBasedListCostEstimate SizeMemoryBackedVolumes StatefulSetAutoDeletePVC
        StorageCapacityScoring StorageNamespaceIndex StorageVersionAPI StorageVersionHash StorageVersionMigrator
        StreamingCollectionEncodingToJSON StreamingCollectionEncodingToProtobuf StrictCostEnforcementForVAP
        StrictCostEnforcementForWebhooks StrictIPCIDRValidation StructuredAuthenticationConfiguration
        StructuredAuthenticationConfigurationEgressSelector StructuredAuthorizationConfiguration
        SupplementalGroupsPolicy SystemdWatchdog TokenRequestServiceAccountUIDValidation
        TopologyManagerPolicyAlphaOptions TopologyManagerPolicyBetaOptions TopologyManagerPolicyOptions
        TranslateStreamCloseWebsocketRequests UnauthenticatedHTTP2DOSMitigation UnknownVersionInteroperabilityProxy
        UserNamespacesPodSecurityStandards UserNamespacesSupport VolumeAttributesClass
        WatchCacheInitializationPostStartHook WatchFromStorageWithoutResourceVersion WatchList WatchListClient
        WindowsCPUAndMemoryAffinity WindowsGracefulNodeShutdown WindowsHostNetwork
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
