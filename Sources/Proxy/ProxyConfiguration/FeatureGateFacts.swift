/// The feature gates of Kubernetes as facts: their names, stages and defaults in v1.36, and what v1.37 changes
/// (kubernetes/kubernetes pkg/features and staging; the reference of kube-scheduler and the table of feature gates on
/// kubernetes.io).
package enum FeatureGateFacts {
    /// As the metric `kubernetes_feature_enabled` names it.
    package enum Stage: String, Hashable, Sendable {
        case alpha = "ALPHA"
        case beta = "BETA"
        case stable = ""
        case deprecated = "DEPRECATED"
    }

    package struct Gate: Hashable, Sendable {
        package var stage: Stage
        package var isOn: Bool
    }

    private typealias Group = (stage: Stage, isOn: Bool, names: String)

    /// The gates of v1.36.
    package static let v136: [String: Gate] = gates(groups136)

    /// As v1.37 has them: those of v1.36 with its changes.
    static let v137: [String: Gate] = v136.merging(gates(changes137)) { $1 }

    /// Gates that were removed before v1.36 or are known under another name; clusters' settings may still have them.
    static let earlier: Set<String> = names(
        """
        CPUCFSQuotaPeriod DevicePluginCDIDevices LegacySidecarContainers RuntimeClassInImageCriAPI
        UserNamespacesPodSecurityStandards
        """)

    private static func names(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    private static func gates(_ groups: [Group]) -> [String: Gate] {
        var gates: [String: Gate] = [:]
        for group in groups {
            for name in names(group.names) { gates[name] = Gate(stage: group.stage, isOn: group.isOn) }
        }
        return gates
    }

    private static let groups136: [Group] = [
        (
            .alpha, false,
            """
            APIServingWithRoutine AllAlpha AllowUnsafeMalformedObjectDeletion CBORServingAndStorage
            CPUManagerPolicyAlphaOptions CRIListStreaming CSIVolumeHealth ClientsAllowCBOR ClientsPreferCBOR
            CloudControllerManagerWatchBasedRoutesReconciliation CloudControllerManagerWebhook ContainerStopSignals
            ControllerManagerReleaseLeaderElectionLockOnExit CrossNamespaceVolumeDataSource CustomCPUCFSQuotaPeriod
            DRAListTypeAttributes DRANodeAllocatableResources DRAResourcePoolStatus DRAWorkloadResourceClaims EventedPLEG
            GangScheduling GenericWorkload HPAScaleToZero ImageVolumeWithDigest InPlacePodVerticalScalingExclusiveCPUs
            InPlacePodVerticalScalingExclusiveMemory InTreePluginPortworxUnregister KubeletInUserNamespace
            LoggingAlphaOptions ManifestBasedAdmissionControlConfig MemoryQoS MutablePVNodeAffinity NativeHistograms
            PersistentVolumeClaimUnusedSinceTime PodAndContainerStatsFromCRI PodLevelResourceManagers
            PodLogsQuerySplitStreams PodsAPI QOSReserved ReduceDefaultCrashLoopBackOffDecay RuntimeClassInImageCriApi
            ShardedListAndWatch StorageCapacityScoring StorageVersionAPI TaintTolerationComparisonOperators
            TopologyAwareWorkloadScheduling TopologyManagerPolicyAlphaOptions UserNamespacesHostNetworkSupport
            VolumeLimitScaling WindowsCPUAndMemoryAffinity WorkloadAwarePreemption WorkloadWithJob
            """
        ),
        (
            .beta, false,
            """
            AllBeta ClusterTrustBundle ClusterTrustBundleProjection ConcurrentWatchObjectDecode CoordinatedLeaderElection
            DRADeviceTaintRules LocalStorageCapacityIsolationFSQuotaMonitoring MaxUnavailableStatefulSet
            PodCertificateRequest SELinuxMount SchedulerAsyncAPICalls StorageVersionMigrator
            """
        ),
        (
            .beta, true,
            """
            APIResponseCompression APIServerIdentity AllowParsingUserUIDFromCertAuth AtomicFIFO
            AuthorizePodWebsocketUpgradeCreatePermission CPUManagerPolicyBetaOptions CRDObservedGenerationTracking
            ClearingNominatedNodeNameAfterBinding ClientsAllowCARotation ClientsAllowTLSCacheGC ComponentFlagz
            ComponentStatusz ConstrainedImpersonation ContainerCheckpoint ContainerRestartRules ContextualLogging
            DRAConsumableCapacity DRADeviceBindingConditions DRADeviceTaints DRAExtendedResource DRAPartitionableDevices
            DRAResourceClaimDeviceStatus DRAResourceClaimGranularStatusAuthorization DRASchedulerFilterTimeout
            DeclarativeValidationBeta DeploymentReplicaSetTerminatingReplicas DetectCacheInconsistency
            DisableCPUQuotaWithExclusiveCPUs EnvFiles ExtendWebSocketsToKubelet GracefulNodeShutdown
            GracefulNodeShutdownBasedOnPodPriority HPAConfigurableTolerance HostnameOverride InOrderInformers
            InOrderInformersBatchProcess InPlacePodLevelResourcesVerticalScaling
            InPlacePodVerticalScalingInitContainers KubeletCrashLoopBackOffMax KubeletEnsureSecretPulledImages
            KubeletSeparateDiskGC KubeletServiceAccountTokenForCredentialProviders ListFromCacheSnapshot
            LoggingBetaOptions MatchLabelKeysInPodTopologySpread MatchLabelKeysInPodTopologySpreadSelectorMerge
            MutablePodResourcesForSuspendedJobs MutableSchedulingDirectivesForSuspendedJobs NodeDeclaredFeatures
            NominatedNodeNameForExpectation OpenAPIEnums OpportunisticBatching PLEGOnDemandRelist PodDeletionCost
            PodLevelResources PodReadyToStartContainersCondition PodTopologyLabelsAdmission PortForwardWebsockets
            PreventStaticPodAPIReferences RelaxedServiceNameValidation ReloadKubeletClientCAFile
            ReloadKubeletServerCertificateFile RemoteRequestHeaderUID ResourceHealthStatus ResourceHealthStatusMessage
            RestartAllContainersOnContainerExits RotateKubeletServerCertificate SchedulerAsyncPreemption
            SchedulerPopFromBackoffQ ServiceAccountNodeAudienceRestriction SizeBasedListCostEstimate
            StaleControllerConsistencyDaemonSet StaleControllerConsistencyJob StaleControllerConsistencyReplicaSet
            StaleControllerConsistencyStatefulSet StatefulSetSemanticRevisionComparison StorageVersionHash
            StrictIPCIDRValidation StructuredAuthenticationConfigurationEgressSelector
            StructuredAuthenticationConfigurationJWKSMetrics TokenRequestServiceAccountUIDValidation
            TopologyManagerPolicyBetaOptions TranslateStreamCloseWebsocketRequests UnauthenticatedHTTP2DOSMitigation
            UnknownVersionInteroperabilityProxy UnlockWhileProcessingFIFO WatchCacheInitializationPostStartHook WatchList
            WatchListClient WindowsGracefulNodeShutdown
            """
        ),
        (
            .stable, true,
            """
            APIServerTracing AnonymousAuthConfigurableEndpoints AnyVolumeDataSource AuthorizeNodeWithSelectors
            AuthorizeWithSelectors BtreeWatchCache CPUManagerPolicyOptions CRDValidationRatcheting CSIMigrationPortworx
            CSIServiceAccountTokenSecrets ComponentSLIs ConsistentListFromCache CronJobsScheduledAnnotation
            CustomResourceFieldSelectors DRAAdminAccess DRAPrioritizedList DeclarativeValidation
            DisableAllocatorDualWrite DynamicResourceAllocation ElasticIndexedJob ExecProbeTimeout
            ExternalServiceAccountTokenSigner HonorPVReclaimPolicy ImageMaximumGCAge ImageVolume
            InPlacePodVerticalScaling InformerResourceVersion JobBackoffLimitPerIndex JobManagedBy
            JobPodReplacementPolicy JobSuccessPolicy KubeletCgroupDriverFromCRI KubeletFineGrainedAuthz KubeletPSI
            KubeletPodResourcesDynamicResources KubeletPodResourcesGet KubeletTracing LoadBalancerIPMode
            LogarithmicScaleDown MatchLabelKeysInPodAffinity MemoryManager MultiCIDRServiceAllocator
            MutableCSINodeAllocatableCount MutatingAdmissionPolicy NFTablesProxyMode
            NodeInclusionPolicyInPodTopologySpread NodeLogQuery NodeSwap OrderedNamespaceDeletion PodIndexLabel
            PodLifecycleSleepAction PodLifecycleSleepActionAllowZero PodObservedGenerationTracking
            PodSchedulingReadiness PreferSameTrafficDistribution ProcMountType RecoverVolumeExpansionFailure
            RecursiveReadOnlyMounts RelaxedDNSSearchValidation RelaxedEnvironmentVariableValidation
            ResilientWatchCacheInitialization RetryGenerateName SELinuxChangePolicy SELinuxMountReadWriteOncePod
            SchedulerQueueingHints SeparateTaintEvictionController ServiceAccountTokenJTI
            ServiceAccountTokenNodeBinding ServiceAccountTokenNodeBindingValidation ServiceAccountTokenPodNodeInfo
            ServiceTrafficDistribution SidecarContainers StatefulSetAutoDeletePVC StatefulSetStartOrdinal
            StreamingCollectionEncodingToJSON StreamingCollectionEncodingToProtobuf StrictCostEnforcementForVAP
            StrictCostEnforcementForWebhooks StructuredAuthenticationConfiguration
            StructuredAuthorizationConfiguration SupplementalGroupsPolicy SystemdWatchdog TopologyAwareHints
            TopologyManagerPolicyOptions UserNamespacesSupport VolumeAttributesClass WinDSR WinOverlay
            """
        ),
        (
            .deprecated, true,
            """
            AggregatedDiscoveryRemoveBetaType AllowServiceExternalIPs DisableNodeKubeProxyVersion StorageNamespaceIndex
            """
        ),
        (
            .deprecated, false,
            """
            AllowDNSOnlyNodeCSR AllowInsecureKubeletCertificateSigningRequests
            AllowOverwriteTerminationGracePeriodSeconds AllowServiceLBStatusOnNonLB ChangeContainerStatusOnKubeletRestart
            DeclarativeValidationTakeover GitRepoVolumeDriver InPlacePodVerticalScalingAllocatedStatus KMSv1
            KubeletPodResourcesListUseActivePods KubeletRegistrationGetOnExistsOnly SeparateCacheWatchRPC
            WatchFromStorageWithoutResourceVersion WindowsHostNetwork
            """
        ),
    ]

    private static let changes137: [Group] = [
        (
            .alpha, false,
            """
            APIServerWebhookAuthenticationToken AtomicWriteVolumeUserFields CompositePodGroup DRADerivedAttributes
            DRADeviceCompatibilityGroups DRAOptionalNodeOperations DRAPartitionableDevicesType DefaultPodSysctls
            EmptyDirVolumeMode GRPCContainerProbeTLS H2CContainerProbe InPlacePodVerticalScalingMemoryBackedVolumes
            InPlacePodVerticalScalingSchedulerPreemption KubeProxyNFTablesLocalhostNodePorts NodeLifecycleConditions
            PodGroupPreemptionPolicy StatefulSetRecreateStrategy VolumeBindMountOptions
            """
        ),
        (
            .beta, false,
            "DRAWorkloadResourceClaims GenericWorkload PodAndContainerStatsFromCRI PodLevelResourceManagers"
        ),
        (
            .beta, true,
            """
            AllowUnsafeMalformedObjectDeletion ConcurrentWatchObjectDecode EtcdRangeStream
            ExcludeAdmissionWebhookVirtualResources HPAScaleToZero HugepageAwareEviction KubeletInUserNamespace
            ManifestBasedAdmissionControlConfig MaxUnavailableStatefulSet MemoryQoS NFTablesNetlink NativeHistograms
            PersistentVolumeClaimUnusedSinceTime PodsAPI SchedulerAsyncAPICalls StorageCapacityScoring
            VolumeLimitScaling
            """
        ),
        (
            .stable, true,
            """
            ClusterTrustBundle ClusterTrustBundleProjection DRADeviceTaintRules DRADeviceTaints DRAExtendedResource
            DRAResourceClaimDeviceStatus HPAConfigurableTolerance HostnameOverride NodeDeclaredFeatures
            PodCertificateRequest PodReadyToStartContainersCondition RelaxedServiceNameValidation SELinuxMount
            WatchCacheInitializationPostStartHook
            """
        ),
        (.deprecated, true, "KubeProxyIPVS"),
    ]
}
