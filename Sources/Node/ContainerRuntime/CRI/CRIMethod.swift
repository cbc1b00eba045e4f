import GRPCCore
import SwiftProtobuf

/// A method of the Container Runtime Interface with the messages that it takes and gives.
struct CRIMethod<Request: Message, Response: Message>: Sendable {
    let name: String
    let descriptor: MethodDescriptor

    fileprivate init(_ service: String, _ name: String) {
        self.name = name
        descriptor = MethodDescriptor(fullyQualifiedService: "runtime.v1.\(service)", method: name, type: .unary)
    }

    fileprivate static func runtime(_ name: String) -> CRIMethod { CRIMethod("RuntimeService", name) }
    fileprivate static func image(_ name: String) -> CRIMethod { CRIMethod("ImageService", name) }
}

enum CRI {
    static let version = CRIMethod<CRIVersionRequest, CRIVersionResponse>.runtime("Version")
    static let status = CRIMethod<CRIStatusRequest, CRIStatusResponse>.runtime("Status")
    static let runSandbox = CRIMethod<CRIRunPodSandboxRequest, CRIRunPodSandboxResponse>.runtime("RunPodSandbox")
    static let stopSandbox = CRIMethod<CRIStopPodSandboxRequest, CRIStopPodSandboxResponse>.runtime("StopPodSandbox")
    static let removeSandbox = CRIMethod<CRIRemovePodSandboxRequest, CRIRemovePodSandboxResponse>.runtime(
        "RemovePodSandbox")
    static let listSandboxes = CRIMethod<CRIListPodSandboxRequest, CRIListPodSandboxResponse>.runtime("ListPodSandbox")
    static let sandboxStatus = CRIMethod<CRIPodSandboxStatusRequest, CRIPodSandboxStatusResponse>.runtime(
        "PodSandboxStatus")
    static let createContainer = CRIMethod<CRICreateContainerRequest, CRICreateContainerResponse>.runtime(
        "CreateContainer")
    static let startContainer = CRIMethod<CRIStartContainerRequest, CRIStartContainerResponse>.runtime("StartContainer")
    static let stopContainer = CRIMethod<CRIStopContainerRequest, CRIStopContainerResponse>.runtime("StopContainer")
    static let removeContainer = CRIMethod<CRIRemoveContainerRequest, CRIRemoveContainerResponse>.runtime(
        "RemoveContainer")
    static let listContainers = CRIMethod<CRIListContainersRequest, CRIListContainersResponse>.runtime("ListContainers")
    static let containerStatus = CRIMethod<CRIContainerStatusRequest, CRIContainerStatusResponse>.runtime(
        "ContainerStatus")
    static let listStatistics = CRIMethod<CRIListContainerStatsRequest, CRIListContainerStatsResponse>.runtime(
        "ListContainerStats")
    static let reopenLog = CRIMethod<CRIReopenContainerLogRequest, CRIReopenContainerLogResponse>.runtime(
        "ReopenContainerLog")
    static let execSync = CRIMethod<CRIExecSyncRequest, CRIExecSyncResponse>.runtime("ExecSync")
    static let exec = CRIMethod<CRIExecRequest, CRIExecResponse>.runtime("Exec")
    static let attach = CRIMethod<CRIAttachRequest, CRIAttachResponse>.runtime("Attach")
    static let portForward = CRIMethod<CRIPortForwardRequest, CRIPortForwardResponse>.runtime("PortForward")
    static let listImages = CRIMethod<CRIListImagesRequest, CRIListImagesResponse>.image("ListImages")
    static let imageStatus = CRIMethod<CRIImageStatusRequest, CRIImageStatusResponse>.image("ImageStatus")
    static let pullImage = CRIMethod<CRIPullImageRequest, CRIPullImageResponse>.image("PullImage")
    static let removeImage = CRIMethod<CRIRemoveImageRequest, CRIRemoveImageResponse>.image("RemoveImage")
    static let imageFileSystem = CRIMethod<CRIImageFsInfoRequest, CRIImageFsInfoResponse>.image("ImageFsInfo")
}
