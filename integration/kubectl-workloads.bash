# Checks of pods, workloads, configuration and further kinds; integration/kubectl-check reads this file. There are no
# controllers here, so nothing makes pods but the checks themselves.

pod() {
    cat <<YAML
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: kc-a, labels: {app: one}}
spec:
  nodeName: $1
  terminationGracePeriodSeconds: 20
  containers:
  - name: main
    image: nginx:1
    ports: [{name: http, containerPort: 80}]
    env: [{name: A, value: b}]
    resources: {requests: {cpu: 100m}, limits: {memory: 64Mi}}
    livenessProbe: {httpGet: {path: /healthz, port: http}}
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, emptyDir: {}}]
YAML
}

workload() {
    cat <<YAML
apiVersion: apps/v1
kind: $1
metadata: {name: app, namespace: kc-a}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers:
      - {name: main, image: "nginx:$2"}
YAML
}

status='{"status":{"phase":"Running","podIPs":[{"ip":"10.244.7.9"}],"conditions":[{"type":"Ready","status":"True"}],
"containerStatuses":[{"name":"main","image":"nginx:1","imageID":"x","ready":true,"restartCount":1,"state":{"running":{}}}]}}'

# --- pods
pod kc-node >"$work/pod.yaml"
check "apply pod" "pod/one created" k apply -f "$work/pod.yaml"
check "apply the pod again" "pod/one unchanged" k apply -f "$work/pod.yaml"
check "get pod" "one +0/1 +Pending +0" k -n kc-a get pod one
since 24 check "pod status" "patched" k -n kc-a patch pod one --subresource status --type merge -p "$status"
since 24 check "wide pod" "one +1/1 +Running +1 .*10.244.7.9 +kc-node +<none> +<none>" k -n kc-a get pods -o wide
since 24 check "pod by phase" "pod/one" k get pods -A --field-selector status.phase=Running -o name
check "pod by node" "pod/one" k get pods -A --field-selector spec.nodeName=kc-node -o name
check "quality of service" "^Burstable$" k -n kc-a get pod one -o 'jsonpath={.status.qosClass}'
check "probe defaults" "^10 3$" k -n kc-a get pod one \
    -o 'jsonpath={.spec.containers[0].livenessProbe.periodSeconds} {.spec.containers[0].livenessProbe.failureThreshold}'
check "tolerations" "^300 300$" k -n kc-a get pod one -o 'jsonpath={.spec.tolerations[*].tolerationSeconds}'
check "describe pod" "QoS Class: +Burstable" k -n kc-a describe pod one
check "set image" "image updated" k -n kc-a set image pod/one main=nginx:2
check "the image is there" "^nginx:2$" k -n kc-a get pod one -o 'jsonpath={.spec.containers[0].image}'
refuse "pods do not change" "pod updates may not change fields other than" k -n kc-a set env pod/one B=c
check "label pod" "labeled" k -n kc-a label pod one tier=front
check "edit pod" "edited" edited "s/tier: front/tier: back/" -n kc-a pod one
refuse "invalid pod" "spec.containers\[0\].image: Required value" k -n kc-a create -f - <<YAML
apiVersion: v1
kind: Pod
metadata: {name: bad}
spec: {containers: [{name: c}]}
YAML
check "run" "pod/two created" k -n kc-a run two --image nginx --restart Never
check "pull policy" "^Always$" k -n kc-a get pod two -o 'jsonpath={.spec.containers[0].imagePullPolicy}'
check "delete an unscheduled pod" "deleted" k -n kc-a delete pod two --timeout 60s
check "delete with grace" "deleted" k -n kc-a delete pod one --wait=false
check "terminating" "one .*Terminating" k -n kc-a get pod one
check "force" "deleted" k -n kc-a delete pod one --grace-period=0 --force
refuse "the pod is gone" "NotFound" k -n kc-a get pod one
check "explain pod" "KIND: +Pod" k explain pod
check "explain container" "imagePullPolicy" k explain pod.spec.containers
check "explain probe" "httpGet" k explain pod.spec.containers.livenessProbe

# --- workloads
for kind in Deployment StatefulSet ReplicaSet DaemonSet; do
    workload $kind 1 >"$work/workload.yaml"
    check "apply $kind" "app created" k apply -f "$work/workload.yaml"
    check "apply $kind again" "app unchanged" k apply -f "$work/workload.yaml"
    workload $kind 2 >"$work/workload.yaml"
    check "change $kind" "app configured" k apply -f "$work/workload.yaml"
    check "$kind counts generations" "^2$" k -n kc-a get $kind app -o 'jsonpath={.metadata.generation}'
    check "describe $kind" "Image: +nginx:2" k -n kc-a describe $kind app
    check "set image of $kind" "image updated" k -n kc-a set image $kind/app main=nginx:3
    check "wide $kind" "nginx:3" k -n kc-a get $kind app -o wide
    [ $kind = DaemonSet ] || check "scale $kind" "scaled" k -n kc-a scale $kind/app --replicas 4
    [ $kind = DaemonSet ] || check "$kind is scaled" "^4$" k -n kc-a get $kind app -o 'jsonpath={.spec.replicas}'
    [ $kind = DaemonSet ] || refuse "scale $kind with an old size" "Expected replicas to be 2" \
        k -n kc-a scale $kind/app --replicas 5 --current-replicas 2
done
check "deployment columns" "app +0/4 +0 +0" k -n kc-a get deployment app
check "strategy defaults" "^25% 25%$" k -n kc-a get deployment app \
    -o 'jsonpath={.spec.strategy.rollingUpdate.maxSurge} {.spec.strategy.rollingUpdate.maxUnavailable}'
check "rollout restart" "restarted" k -n kc-a rollout restart deployment/app
refuse "rollout waits" "timed out|Waiting for" k -n kc-a rollout status deployment/app --timeout 2s
generation=$(k -n kc-a get deployment app -o 'jsonpath={.metadata.generation}')
since 24 check "deployment status" "patched" k -n kc-a patch deployment app --subresource status --type merge -p \
    "{\"status\":{\"observedGeneration\":$generation,\"replicas\":4,\"updatedReplicas\":4,\"readyReplicas\":4,\"availableReplicas\":4}}"
since 24 check "rollout done" "successfully rolled out" k -n kc-a rollout status deployment/app --timeout 60s
check "pause" "paused" k -n kc-a rollout pause deployment/app
check "edit deployment" "edited" edited "s/replicas: 4/replicas: 6/" -n kc-a deployment app
check "create deployment" "created" k -n kc-a create deployment web --image nginx
refuse "selectors stay" "field is immutable" k -n kc-a patch deployment web --type merge \
    -p '{"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}}}}}'
check "expose" "exposed" k -n kc-a expose deployment web --port 80 --name web-exposed
check "everything" "deployment.apps/web" k -n kc-a get all
check "explain deployment" "rollingUpdate" k explain deployment.spec.strategy
check "delete workloads" "deleted" k -n kc-a delete deployments,replicasets,statefulsets,daemonsets --all --timeout 60s
check "create job" "created" k -n kc-a create job once --image nginx
check "get job" "once +.*0/1" k -n kc-a get job once
since 21 check "create cron job" "created" k -n kc-a create cronjob often --image nginx --schedule '*/5 * * * *'
since 21 check "create budget" "created" k -n kc-a create poddisruptionbudget pdb --selector app=x --min-available 1
since 21 check "get budget" "pdb +1 +N/A +0" k -n kc-a get pdb
check "delete job" "deleted" k -n kc-a delete job once --timeout 60s

# --- configuration
check "create config map" "created" k -n kc-a create configmap cm --from-literal a=b --from-literal c=d
check "get config map" "cm +2" k -n kc-a get configmap cm
check "config map data" "^b$" k -n kc-a get configmap cm -o 'jsonpath={.data.a}'
check "describe config map" "a:" k -n kc-a describe configmap cm
check "make it immutable" "patched" k -n kc-a patch configmap cm --type merge -p '{"immutable":true}'
refuse "it stays as it is" "field is immutable when" k -n kc-a patch configmap cm --type merge -p '{"data":{"a":"x"}}'
check "create secret" "created" k -n kc-a create secret generic sec --from-literal password=hunter2
check "get secret" "sec +Opaque +1" k -n kc-a get secret sec
check "secret data" "^aHVudGVyMg==$" k -n kc-a get secret sec -o 'jsonpath={.data.password}'
check "describe secret" "password: +7 bytes" k -n kc-a describe secret sec
check "create docker secret" "created" k -n kc-a create secret docker-registry reg --docker-username u \
    --docker-password p --docker-server r.example
check "secrets by type" "secret/reg" k -n kc-a get secrets --field-selector type=kubernetes.io/dockerconfigjson -o name
refuse "bad TLS secret" "Required value" k -n kc-a create -f - <<YAML
apiVersion: v1
kind: Secret
metadata: {name: bad}
type: kubernetes.io/tls
YAML
check "create quota" "created" k -n kc-a create quota q --hard pods=3
check "priority classes" "system-node-critical +2000001000 +false" k get priorityclasses
check "create priority class" "created" k create priorityclass kc-high --value 1000
check "its pods" "^1000$" k -n kc-a run three --image nginx --restart Never -o 'jsonpath={.spec.priority}' \
    --overrides '{"spec":{"priorityClassName":"kc-high"}}'
check "delete priority class" "deleted" k delete priorityclass kc-high
refuse "missing priority class" "no PriorityClass with name" k -n kc-a run four --image nginx --restart Never \
    --overrides '{"spec":{"priorityClassName":"nope"}}'
check "claims" "created" k -n kc-a create -f - <<YAML
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
YAML
check "get claim" "claim +Pending" k -n kc-a get pvc claim
check "free the claim" "patched" k -n kc-a patch pvc claim --type merge -p '{"metadata":{"finalizers":null}}'
check "delete claim" "deleted" k -n kc-a delete pvc claim --timeout 60s
