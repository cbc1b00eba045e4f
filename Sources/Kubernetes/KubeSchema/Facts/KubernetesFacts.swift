// swift-format-ignore-file
// Made by schema/make-facts from the facts of Kubernetes 1.36.2; changes are lost.

let kubernetesFacts: StaticString = #"""
Kubernetes 1.36.2
# types
admissionregistration.v1.ApplyConfiguration			
	expression	1	string	o	
admissionregistration.v1.AuditAnnotation			
	key	1	string	a r	
	valueExpression	2	string	a r	
admissionregistration.v1.ExpressionWarning			
	fieldRef	2	string	a r	
	warning	3	string	a r	
admissionregistration.v1.JSONPatch			
	expression	1	string	o	
admissionregistration.v1.MatchCondition			
	name	1	string	a r	
	expression	2	string	a r	
admissionregistration.v1.MatchResources		A	
	namespaceSelector	1	meta.v1.LabelSelector	p A	
	objectSelector	2	meta.v1.LabelSelector	p A	
	resourceRules	3	[admissionregistration.v1.NamedRuleWithOperations	o	
	excludeResourceRules	4	[admissionregistration.v1.NamedRuleWithOperations	o	
	matchPolicy	7	string	p	
admissionregistration.v1.MutatingAdmissionPolicy	admissionregistration.k8s.io/v1/MutatingAdmissionPolicy	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	admissionregistration.v1.MutatingAdmissionPolicySpec	a	
admissionregistration.v1.MutatingAdmissionPolicyBinding	admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	admissionregistration.v1.MutatingAdmissionPolicyBindingSpec	a	
admissionregistration.v1.MutatingAdmissionPolicyBindingList	admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBindingList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[admissionregistration.v1.MutatingAdmissionPolicyBinding	n r	
admissionregistration.v1.MutatingAdmissionPolicyBindingSpec			
	policyName	1	string	o	
	paramRef	2	admissionregistration.v1.ParamRef	p A	
	matchResources	3	admissionregistration.v1.MatchResources	p A	
admissionregistration.v1.MutatingAdmissionPolicyList	admissionregistration.k8s.io/v1/MutatingAdmissionPolicyList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[admissionregistration.v1.MutatingAdmissionPolicy	n r	
admissionregistration.v1.MutatingAdmissionPolicySpec			
	paramKind	1	admissionregistration.v1.ParamKind	p A	
	matchConstraints	2	admissionregistration.v1.MatchResources	p A	
	variables	3	[admissionregistration.v1.Variable	o	
	mutations	4	[admissionregistration.v1.Mutation	o	
	failurePolicy	5	string	p	
	matchConditions	6	[admissionregistration.v1.MatchCondition	o m=name P=name	
	reinvocationPolicy	7	string	o	
admissionregistration.v1.MutatingWebhook			
	name	1	string	a r	
	clientConfig	2	admissionregistration.v1.WebhookClientConfig	a r	
	rules	3	[admissionregistration.v1.RuleWithOperations	o	
	failurePolicy	4	string	p	
	matchPolicy	9	string	p	
	namespaceSelector	5	meta.v1.LabelSelector	p A	
	objectSelector	11	meta.v1.LabelSelector	p A	
	sideEffects	6	string	n r	
	timeoutSeconds	7	int32	p	
	admissionReviewVersions	8	[string	n r	
	reinvocationPolicy	10	string	p	
	matchConditions	12	[admissionregistration.v1.MatchCondition	o m=name P=name	
admissionregistration.v1.MutatingWebhookConfiguration	admissionregistration.k8s.io/v1/MutatingWebhookConfiguration	k	
	metadata	1	meta.v1.ObjectMeta	a	
	webhooks	2	[admissionregistration.v1.MutatingWebhook	o m=name P=name	
admissionregistration.v1.MutatingWebhookConfigurationList	admissionregistration.k8s.io/v1/MutatingWebhookConfigurationList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[admissionregistration.v1.MutatingWebhookConfiguration	n r	
admissionregistration.v1.Mutation			
	patchType	2	string	a r	
	applyConfiguration	3	admissionregistration.v1.ApplyConfiguration	p	
	jsonPatch	4	admissionregistration.v1.JSONPatch	p	
admissionregistration.v1.NamedRuleWithOperations		A	
	resourceNames	1	[string	o	
	ruleWithOperations	2	admissionregistration.v1.RuleWithOperations	o i	
admissionregistration.v1.ParamKind		A	
	apiVersion	1	string	o	
	kind	2	string	o	
admissionregistration.v1.ParamRef		A	
	name	1	string	o	
	namespace	2	string	o	
	selector	3	meta.v1.LabelSelector	p A	
	parameterNotFoundAction	4	string	p	
admissionregistration.v1.Rule			
	apiGroups	1	[string	o	
	apiVersions	2	[string	o	
	resources	3	[string	o	
	scope	4	string	p	
admissionregistration.v1.RuleWithOperations			
	operations	1	[string	o	
	rule	2	admissionregistration.v1.Rule	o i	
admissionregistration.v1.ServiceReference			
	namespace	1	string	a r	
	name	2	string	a r	
	path	3	string	p	
	port	4	int32	p	
admissionregistration.v1.TypeChecking			
	expressionWarnings	1	[admissionregistration.v1.ExpressionWarning	o	
admissionregistration.v1.ValidatingAdmissionPolicy	admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	admissionregistration.v1.ValidatingAdmissionPolicySpec	a	
	status	3	admissionregistration.v1.ValidatingAdmissionPolicyStatus	a	
admissionregistration.v1.ValidatingAdmissionPolicyBinding	admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec	a r	
admissionregistration.v1.ValidatingAdmissionPolicyBindingList	admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBindingList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[admissionregistration.v1.ValidatingAdmissionPolicyBinding	n r	
admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec			
	policyName	1	string	o r	
	paramRef	2	admissionregistration.v1.ParamRef	p A	
	matchResources	3	admissionregistration.v1.MatchResources	p A	
	validationActions	4	[string	o r s	
admissionregistration.v1.ValidatingAdmissionPolicyList	admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[admissionregistration.v1.ValidatingAdmissionPolicy	n r	
admissionregistration.v1.ValidatingAdmissionPolicySpec			
	paramKind	1	admissionregistration.v1.ParamKind	p A	
	matchConstraints	2	admissionregistration.v1.MatchResources	p A	
	validations	3	[admissionregistration.v1.Validation	o	
	failurePolicy	4	string	p	
	auditAnnotations	5	[admissionregistration.v1.AuditAnnotation	o	
	matchConditions	6	[admissionregistration.v1.MatchCondition	o m=name P=name	
	variables	7	[admissionregistration.v1.Variable	o m=name P=name	
admissionregistration.v1.ValidatingAdmissionPolicyStatus			
	observedGeneration	1	int64	o	
	typeChecking	2	admissionregistration.v1.TypeChecking	p	
	conditions	3	[meta.v1.Condition	o m=type	
admissionregistration.v1.ValidatingWebhook			
	name	1	string	a r	
	clientConfig	2	admissionregistration.v1.WebhookClientConfig	a r	
	rules	3	[admissionregistration.v1.RuleWithOperations	o	
	failurePolicy	4	string	p	
	matchPolicy	9	string	p	
	namespaceSelector	5	meta.v1.LabelSelector	p A	
	objectSelector	10	meta.v1.LabelSelector	p A	
	sideEffects	6	string	n r	
	timeoutSeconds	7	int32	p	
	admissionReviewVersions	8	[string	n r	
	matchConditions	11	[admissionregistration.v1.MatchCondition	o m=name P=name	
admissionregistration.v1.ValidatingWebhookConfiguration	admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration	k	
	metadata	1	meta.v1.ObjectMeta	a	
	webhooks	2	[admissionregistration.v1.ValidatingWebhook	o m=name P=name	
admissionregistration.v1.ValidatingWebhookConfigurationList	admissionregistration.k8s.io/v1/ValidatingWebhookConfigurationList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[admissionregistration.v1.ValidatingWebhookConfiguration	n r	
admissionregistration.v1.Validation			
	expression	1	string	a r	
	message	2	string	o	
	reason	3	string	p	
	messageExpression	4	string	o	
admissionregistration.v1.Variable		A	
	name	1	string	a r	
	expression	2	string	a r	
admissionregistration.v1.WebhookClientConfig			
	url	3	string	p	
	service	1	admissionregistration.v1.ServiceReference	p	
	caBundle	2	bytes	o	
apiextensions.v1.ConversionRequest			
	uid	1	string	a	
	desiredAPIVersion	2	string	a	
	objects	3	[any	n	
apiextensions.v1.ConversionResponse			
	uid	1	string	a	
	convertedObjects	2	[any	n	
	result	3	meta.v1.Status	a	
apiextensions.v1.ConversionReview			
	request	1	apiextensions.v1.ConversionRequest	p	
	response	2	apiextensions.v1.ConversionResponse	p	
apiextensions.v1.CustomResourceColumnDefinition			
	name	1	string	a r	
	type	2	string	a r	
	format	3	string	o	
	description	4	string	o	
	priority	5	int32	o	
	jsonPath	6	string	a r	
apiextensions.v1.CustomResourceConversion			
	strategy	1	string	a r	
	webhook	2	apiextensions.v1.WebhookConversion	p	
apiextensions.v1.CustomResourceDefinition	apiextensions.k8s.io/v1/CustomResourceDefinition	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	apiextensions.v1.CustomResourceDefinitionSpec	a r	
	status	3	apiextensions.v1.CustomResourceDefinitionStatus	a	
apiextensions.v1.CustomResourceDefinitionCondition			
	type	1	string	a r	
	status	2	string	a r	
	lastTransitionTime	3	time	a	
	reason	4	string	o	
	message	5	string	o	
	observedGeneration	6	int64	o	
apiextensions.v1.CustomResourceDefinitionList	apiextensions.k8s.io/v1/CustomResourceDefinitionList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[apiextensions.v1.CustomResourceDefinition	n r	
apiextensions.v1.CustomResourceDefinitionNames			
	plural	1	string	a r	
	singular	2	string	o	
	shortNames	3	[string	o	
	kind	4	string	a r	
	listKind	5	string	o	
	categories	6	[string	o	
apiextensions.v1.CustomResourceDefinitionSpec			
	group	1	string	a r	
	names	3	apiextensions.v1.CustomResourceDefinitionNames	a r	
	scope	4	string	a r	
	versions	7	[apiextensions.v1.CustomResourceDefinitionVersion	n r	
	conversion	9	apiextensions.v1.CustomResourceConversion	p	
	preserveUnknownFields	10	bool	o	
apiextensions.v1.CustomResourceDefinitionStatus			
	conditions	1	[apiextensions.v1.CustomResourceDefinitionCondition	n m=type	
	acceptedNames	2	apiextensions.v1.CustomResourceDefinitionNames	a	
	storedVersions	3	[string	n	
	observedGeneration	4	int64	o	
apiextensions.v1.CustomResourceDefinitionVersion			
	name	1	string	a r	
	served	2	bool	a r	
	storage	3	bool	a r	
	deprecated	7	bool	o	
	deprecationWarning	8	string	p	
	schema	4	apiextensions.v1.CustomResourceValidation	p	
	subresources	5	apiextensions.v1.CustomResourceSubresources	p	
	additionalPrinterColumns	6	[apiextensions.v1.CustomResourceColumnDefinition	o	
	selectableFields	9	[apiextensions.v1.SelectableField	o	
apiextensions.v1.CustomResourceSubresourceScale			
	specReplicasPath	1	string	a r	
	statusReplicasPath	2	string	a r	
	labelSelectorPath	3	string	p	
apiextensions.v1.CustomResourceSubresourceStatus			
apiextensions.v1.CustomResourceSubresources			
	status	1	apiextensions.v1.CustomResourceSubresourceStatus	p	
	scale	2	apiextensions.v1.CustomResourceSubresourceScale	p	
apiextensions.v1.CustomResourceValidation			
	openAPIV3Schema	1	apiextensions.v1.JSONSchemaProps	p	
apiextensions.v1.ExternalDocumentation			
	description	1	string	o	
	url	2	string	o	
apiextensions.v1.JSONSchemaProps			
	id	1	string	o	
	$schema	2	string	o	
	$ref	3	string	p	
	description	4	string	o	
	type	5	string	o	
	format	6	string	o	
	title	7	string	o	
	default	8	any	p	
	maximum	9	double	p	
	exclusiveMaximum	10	bool	o	
	minimum	11	double	p	
	exclusiveMinimum	12	bool	o	
	maxLength	13	int64	p	
	minLength	14	int64	p	
	pattern	15	string	o	
	maxItems	16	int64	p	
	minItems	17	int64	p	
	uniqueItems	18	bool	o	
	multipleOf	19	double	p	
	enum	20	[any	o	
	maxProperties	21	int64	p	
	minProperties	22	int64	p	
	required	23	[string	o	
	items	24	list|apiextensions.v1.JSONSchemaProps	p	
	allOf	25	[apiextensions.v1.JSONSchemaProps	o	
	oneOf	26	[apiextensions.v1.JSONSchemaProps	o	
	anyOf	27	[apiextensions.v1.JSONSchemaProps	o	
	not	28	apiextensions.v1.JSONSchemaProps	p	
	properties	29	{apiextensions.v1.JSONSchemaProps	o	
	additionalProperties	30	bool|apiextensions.v1.JSONSchemaProps	p	
	patternProperties	31	{apiextensions.v1.JSONSchemaProps	o	
	dependencies	32	{strings|apiextensions.v1.JSONSchemaProps	o	
	additionalItems	33	bool|apiextensions.v1.JSONSchemaProps	p	
	definitions	34	{apiextensions.v1.JSONSchemaProps	o	
	externalDocs	35	apiextensions.v1.ExternalDocumentation	p	
	example	36	any	p	
	nullable	37	bool	o	
	x-kubernetes-preserve-unknown-fields	38	bool	p	
	x-kubernetes-embedded-resource	39	bool	o	
	x-kubernetes-int-or-string	40	bool	o	
	x-kubernetes-list-map-keys	41	[string	o	
	x-kubernetes-list-type	42	string	p	
	x-kubernetes-map-type	43	string	p	
	x-kubernetes-validations	44	[apiextensions.v1.ValidationRule	o m=rule P=rule	
apiextensions.v1.SelectableField			
	jsonPath	1	string	a r	
apiextensions.v1.ServiceReference			
	namespace	1	string	a r	
	name	2	string	a r	
	path	3	string	p	
	port	4	int32	p	
apiextensions.v1.ValidationRule			
	rule	1	string	a r	
	message	2	string	o	
	messageExpression	3	string	o	
	reason	4	string	p	
	fieldPath	5	string	o	
	optionalOldSelf	6	bool	p	
apiextensions.v1.WebhookClientConfig			
	url	3	string	p	
	service	1	apiextensions.v1.ServiceReference	p	
	caBundle	2	bytes	o	
apiextensions.v1.WebhookConversion			
	clientConfig	2	apiextensions.v1.WebhookClientConfig	p	
	conversionReviewVersions	3	[string	n r	
apiregistration.v1.APIService	apiregistration.k8s.io/v1/APIService	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	apiregistration.v1.APIServiceSpec	a	
	status	3	apiregistration.v1.APIServiceStatus	a	
apiregistration.v1.APIServiceCondition			
	type	1	string	a r	
	status	2	string	a r	
	lastTransitionTime	3	time	a	
	reason	4	string	o	
	message	5	string	o	
apiregistration.v1.APIServiceList	apiregistration.k8s.io/v1/APIServiceList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[apiregistration.v1.APIService	n r	
apiregistration.v1.APIServiceSpec			
	service	1	apiregistration.v1.ServiceReference	p	
	group	2	string	o	
	version	3	string	o	
	insecureSkipTLSVerify	4	bool	o	
	caBundle	5	bytes	o	
	groupPriorityMinimum	7	int32	a r	
	versionPriority	8	int32	a r	
apiregistration.v1.APIServiceStatus			
	conditions	1	[apiregistration.v1.APIServiceCondition	o m=type P=type	
apiregistration.v1.ServiceReference			
	namespace	1	string	o	
	name	2	string	o	
	port	3	int32	p	
apps.v1.ControllerRevision	apps/v1/ControllerRevision	k	A saved state of a controlling object.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	data	2	any	o	The data.
	revision	3	int64	a r	The number of the revision.
apps.v1.ControllerRevisionList	apps/v1/ControllerRevisionList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[apps.v1.ControllerRevision	n r	
apps.v1.DaemonSet	apps/v1/DaemonSet	k	A pod on each node.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	apps.v1.DaemonSetSpec	a	The desired state.
	status	3	apps.v1.DaemonSetStatus	a	The observed state.
apps.v1.DaemonSetCondition			A daemon set condition.
	type	1	string	a r	The type.
	status	2	string	a r	The observed state.
	lastTransitionTime	3	time	a	When the status changed last.
	reason	4	string	o	A word for the state.
	message	5	string	o	A text for people.
apps.v1.DaemonSetList	apps/v1/DaemonSetList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[apps.v1.DaemonSet	n r	
apps.v1.DaemonSetSpec			A daemon set spec.
	selector	1	meta.v1.LabelSelector	n r A	Labels of the pods that belong to it.
	template	2	core.v1.PodTemplateSpec	a r	The pods to make.
	updateStrategy	3	apps.v1.DaemonSetUpdateStrategy	a	How old pods are replaced.
	minReadySeconds	4	int32	o	Seconds that a pod must be ready to count as available.
	revisionHistoryLimit	6	int32	p	How many old revisions are kept; 10 if left out.
apps.v1.DaemonSetStatus			A daemon set status.
	currentNumberScheduled	1	int32	a r	Nodes that run a pod and should.
	numberMisscheduled	2	int32	a r	Nodes that run a pod and should not.
	desiredNumberScheduled	3	int32	a r	Nodes that should run a pod.
	numberReady	4	int32	a r	Nodes with a ready pod.
	observedGeneration	5	int64	o	The generation that the status was set for.
	updatedNumberScheduled	6	int32	o	Nodes with a pod of the current template.
	numberAvailable	7	int32	o	Nodes with an available pod.
	numberUnavailable	8	int32	o	Nodes without an available pod.
	collisionCount	9	int32	p	How often a generated name was taken.
	conditions	10	[apps.v1.DaemonSetCondition	o m=type P=type	Current conditions.
apps.v1.DaemonSetUpdateStrategy			A daemon set update strategy.
	type	1	string	o	RollingUpdate (the default) or OnDelete.
	rollingUpdate	2	apps.v1.RollingUpdateDaemonSet	p	Settings of RollingUpdate.
apps.v1.Deployment	apps/v1/Deployment	k	A number of equal pods and how they are replaced.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	apps.v1.DeploymentSpec	a	The desired state.
	status	3	apps.v1.DeploymentStatus	a	The observed state.
apps.v1.DeploymentCondition			A deployment condition.
	type	1	string	a r	The type.
	status	2	string	a r	The observed state.
	lastUpdateTime	6	time	a	When the condition was set last.
	lastTransitionTime	7	time	a	When the status changed last.
	reason	4	string	o	A word for the state.
	message	5	string	o	A text for people.
apps.v1.DeploymentList	apps/v1/DeploymentList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[apps.v1.Deployment	n r	
apps.v1.DeploymentSpec			A deployment spec.
	replicas	1	int32	p	How many pods are wanted; 1 if left out.
	selector	2	meta.v1.LabelSelector	n r A	Labels of the pods that belong to it.
	template	3	core.v1.PodTemplateSpec	a r	The pods to make.
	strategy	4	apps.v1.DeploymentStrategy	a R	How old pods are replaced.
	minReadySeconds	5	int32	o	Seconds that a pod must be ready to count as available.
	revisionHistoryLimit	6	int32	p	How many old revisions are kept; 10 if left out.
	paused	7	bool	o	Whether changes of the template wait.
	progressDeadlineSeconds	9	int32	p	Seconds after which a rollout without progress counts as failed; 600 if left out.
apps.v1.DeploymentStatus			A deployment status.
	observedGeneration	1	int64	o	The generation that the status was set for.
	replicas	2	int32	o	How many pods there are.
	updatedReplicas	3	int32	o	Pods of the current template.
	readyReplicas	7	int32	o	Pods that are ready.
	availableReplicas	4	int32	o	Pods that have been ready for minReadySeconds.
	unavailableReplicas	5	int32	o	Pods that are still missing.
	terminatingReplicas	9	int32	p	Pods that are ending.
	conditions	6	[apps.v1.DeploymentCondition	o m=type P=type	Current conditions.
	collisionCount	8	int32	p	How often a generated name was taken.
apps.v1.DeploymentStrategy			A deployment strategy.
	type	1	string	o	RollingUpdate (the default) or Recreate.
	rollingUpdate	2	apps.v1.RollingUpdateDeployment	p	Settings of RollingUpdate.
apps.v1.ReplicaSet	apps/v1/ReplicaSet	k	A number of equal pods.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	apps.v1.ReplicaSetSpec	a	The desired state.
	status	3	apps.v1.ReplicaSetStatus	a	The observed state.
apps.v1.ReplicaSetCondition			A replica set condition.
	type	1	string	a r	The type.
	status	2	string	a r	The observed state.
	lastTransitionTime	3	time	a	When the status changed last.
	reason	4	string	o	A word for the state.
	message	5	string	o	A text for people.
apps.v1.ReplicaSetList	apps/v1/ReplicaSetList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[apps.v1.ReplicaSet	n r	
apps.v1.ReplicaSetSpec			A replica set spec.
	replicas	1	int32	p	How many pods are wanted; 1 if left out.
	minReadySeconds	4	int32	o	Seconds that a pod must be ready to count as available.
	selector	2	meta.v1.LabelSelector	n r A	Labels of the pods that belong to it.
	template	3	core.v1.PodTemplateSpec	a	The pods to make.
apps.v1.ReplicaSetStatus			A replica set status.
	replicas	1	int32	a r	How many pods there are.
	fullyLabeledReplicas	2	int32	o	Pods that have all labels of the template.
	readyReplicas	4	int32	o	Pods that are ready.
	availableReplicas	5	int32	o	Pods that have been ready for minReadySeconds.
	terminatingReplicas	7	int32	p	Pods that are ending.
	observedGeneration	3	int64	o	The generation that the status was set for.
	conditions	6	[apps.v1.ReplicaSetCondition	o m=type P=type	Current conditions.
apps.v1.RollingUpdateDaemonSet			A rolling update daemon set.
	maxUnavailable	1	intOrString	p	How many pods may be missing meanwhile, as a number or a percentage.
	maxSurge	2	intOrString	p	How many more pods there may be meanwhile, as a number or a percentage.
apps.v1.RollingUpdateDeployment			A rolling update deployment.
	maxUnavailable	1	intOrString	p	How many pods may be missing meanwhile, as a number or a percentage.
	maxSurge	2	intOrString	p	How many more pods there may be meanwhile, as a number or a percentage.
apps.v1.RollingUpdateStatefulSetStrategy			A rolling update stateful set strategy.
	partition	1	int32	p	Only pods from this ordinal on are updated.
	maxUnavailable	2	intOrString	p	How many pods may be missing meanwhile, as a number or a percentage.
apps.v1.StatefulSet	apps/v1/StatefulSet	k	Pods with stable names and volumes.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	apps.v1.StatefulSetSpec	a	The desired state.
	status	3	apps.v1.StatefulSetStatus	a	The observed state.
apps.v1.StatefulSetCondition			A stateful set condition.
	type	1	string	a r	The type.
	status	2	string	a r	The observed state.
	lastTransitionTime	3	time	a	When the status changed last.
	reason	4	string	o	A word for the state.
	message	5	string	o	A text for people.
apps.v1.StatefulSetList	apps/v1/StatefulSetList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[apps.v1.StatefulSet	n r	
apps.v1.StatefulSetOrdinals			A stateful set ordinals.
	start	1	int32	a	The first ordinal.
apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy			A stateful set persistent volume claim retention policy.
	whenDeleted	1	string	o	Retain (the default) or Delete, when the set is deleted.
	whenScaled	2	string	o	Retain (the default) or Delete, when the set shrinks.
apps.v1.StatefulSetSpec			A stateful set spec.
	replicas	1	int32	p	How many pods are wanted; 1 if left out.
	selector	2	meta.v1.LabelSelector	n r A	Labels of the pods that belong to it.
	template	3	core.v1.PodTemplateSpec	a r	The pods to make.
	volumeClaimTemplates	4	[core.v1.PersistentVolumeClaim	o	Claims that each pod gets.
	serviceName	5	string	a	The service that gives the pods their names.
	podManagementPolicy	6	string	o	OrderedReady (the default) or Parallel.
	updateStrategy	7	apps.v1.StatefulSetUpdateStrategy	a	How old pods are replaced.
	revisionHistoryLimit	8	int32	p	How many old revisions are kept; 10 if left out.
	minReadySeconds	9	int32	o	Seconds that a pod must be ready to count as available.
	persistentVolumeClaimRetentionPolicy	10	apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy	p	What becomes of the claims.
	ordinals	11	apps.v1.StatefulSetOrdinals	p	How the pods are numbered.
apps.v1.StatefulSetStatus			A stateful set status.
	observedGeneration	1	int64	o	The generation that the status was set for.
	replicas	2	int32	a r	How many pods there are.
	readyReplicas	3	int32	o	Pods that are ready.
	currentReplicas	4	int32	o	Pods of the current revision.
	updatedReplicas	5	int32	o	Pods of the current template.
	currentRevision	6	string	o	The revision of the old pods.
	updateRevision	7	string	o	The revision of the new pods.
	collisionCount	9	int32	p	How often a generated name was taken.
	conditions	10	[apps.v1.StatefulSetCondition	o m=type P=type	Current conditions.
	availableReplicas	11	int32	a	Pods that have been ready for minReadySeconds.
apps.v1.StatefulSetUpdateStrategy			A stateful set update strategy.
	type	1	string	o	RollingUpdate (the default) or OnDelete.
	rollingUpdate	2	apps.v1.RollingUpdateStatefulSetStrategy	p	Settings of RollingUpdate.
authentication.v1.BoundObjectReference			What the token ends with.
	kind	1	string	o	Pod, Secret or Node.
	apiVersion	2	string	o	v1.
	name	3	string	o	Its name.
	uid	4	string	o	Its uid.
authentication.v1.SelfSubjectReview	authentication.k8s.io/v1/SelfSubjectReview	k	A question to the API server about identities and permissions.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	status	2	authentication.v1.SelfSubjectReviewStatus	a	The answer.
authentication.v1.SelfSubjectReviewStatus			Who asks.
	userInfo	1	authentication.v1.UserInfo	a	Who asks.
authentication.v1.TokenRequest	authentication.k8s.io/v1/TokenRequest	k	Asks for a token of a service account.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	authentication.v1.TokenRequestSpec	a	What the token is for.
	status	3	authentication.v1.TokenRequestStatus	a	The token.
authentication.v1.TokenRequestSpec			What the token is for.
	audiences	1	[string	n	Whom the token is for.
	expirationSeconds	4	int64	n	How long it is valid.
	boundObjectRef	3	authentication.v1.BoundObjectReference	n	An object whose end ends the token.
authentication.v1.TokenRequestStatus			The token.
	token	1	string	a	The token.
	expirationTimestamp	2	time	a	When it ends.
authentication.v1.TokenReview	authentication.k8s.io/v1/TokenReview	k	A question to the API server about identities and permissions.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	authentication.v1.TokenReviewSpec	a r	The question.
	status	3	authentication.v1.TokenReviewStatus	a	The answer.
authentication.v1.TokenReviewSpec			The token.
	token	1	string	o r	The token.
	audiences	2	[string	o	Whom the token must be for; empty: the API server.
authentication.v1.TokenReviewStatus			Whose token it is.
	authenticated	1	bool	o	Whether the token is good.
	user	2	authentication.v1.UserInfo	a	Whose it is.
	audiences	4	[string	o	Whom of those asked for it is for.
	error	3	string	o	What is wrong with it.
authentication.v1.UserInfo			A user.
	username	1	string	o	The name.
	uid	2	string	o	What tells users of one name apart.
	groups	3	[string	o	The groups.
	extra	4	{strings	o	What else is known.
authorization.v1.FieldSelectorAttributes			A selector of the request.
	rawSelector	1	string	o	As it stands in the query.
	requirements	2	[meta.v1.FieldSelectorRequirement	o	Its conditions.
authorization.v1.LabelSelectorAttributes			A selector of the request.
	rawSelector	1	string	o	As it stands in the query.
	requirements	2	[meta.v1.LabelSelectorRequirement	o	Its conditions.
authorization.v1.LocalSubjectAccessReview	authorization.k8s.io/v1/LocalSubjectAccessReview	k	A question to the API server about identities and permissions.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	authorization.v1.SubjectAccessReviewSpec	a r	The question.
	status	3	authorization.v1.SubjectAccessReviewStatus	a	The answer.
authorization.v1.NonResourceAttributes			A request for a path.
	path	1	string	o	The path.
	verb	2	string	o	The verb.
authorization.v1.NonResourceRule			What may be done with paths.
	verbs	1	[string	n r	Verbs.
	nonResourceURLs	2	[string	o	Paths.
authorization.v1.ResourceAttributes			A request for a resource.
	namespace	1	string	o	The request's namespace.
	verb	2	string	o	The request's verb.
	group	3	string	o	The request's group.
	version	4	string	o	The request's version.
	resource	5	string	o	The request's resource.
	subresource	6	string	o	The request's subresource.
	name	7	string	o	The request's name.
	fieldSelector	8	authorization.v1.FieldSelectorAttributes	p	Limits by fields.
	labelSelector	9	authorization.v1.LabelSelectorAttributes	p	Limits by labels.
authorization.v1.ResourceRule			What may be done with resources.
	verbs	1	[string	n r	Verbs.
	apiGroups	2	[string	o	API groups.
	resources	3	[string	o	Resources.
	resourceNames	4	[string	o	Names.
authorization.v1.SelfSubjectAccessReview	authorization.k8s.io/v1/SelfSubjectAccessReview	k	A question to the API server about identities and permissions.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	authorization.v1.SelfSubjectAccessReviewSpec	a r	The question.
	status	3	authorization.v1.SubjectAccessReviewStatus	a	The answer.
authorization.v1.SelfSubjectAccessReviewSpec			What is to be done.
	resourceAttributes	1	authorization.v1.ResourceAttributes	p	A request for a resource.
	nonResourceAttributes	2	authorization.v1.NonResourceAttributes	p	A request for a path.
authorization.v1.SelfSubjectRulesReview	authorization.k8s.io/v1/SelfSubjectRulesReview	k	A question to the API server about identities and permissions.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	authorization.v1.SelfSubjectRulesReviewSpec	a r	The question.
	status	3	authorization.v1.SubjectRulesReviewStatus	a	The answer.
authorization.v1.SelfSubjectRulesReviewSpec			Where.
	namespace	1	string	o	The namespace that is asked about.
authorization.v1.SubjectAccessReview	authorization.k8s.io/v1/SubjectAccessReview	k	A question to the API server about identities and permissions.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	authorization.v1.SubjectAccessReviewSpec	a r	The question.
	status	3	authorization.v1.SubjectAccessReviewStatus	a	The answer.
authorization.v1.SubjectAccessReviewSpec			Who is to do what.
	resourceAttributes	1	authorization.v1.ResourceAttributes	p	A request for a resource.
	nonResourceAttributes	2	authorization.v1.NonResourceAttributes	p	A request for a path.
	user	3	string	o	The user.
	groups	4	[string	o	The user's groups.
	extra	5	{strings	o	What else is known of the user.
	uid	6	string	o	The uid.
authorization.v1.SubjectAccessReviewStatus			Whether it is allowed.
	allowed	1	bool	a r	Whether it is allowed.
	denied	4	bool	o	Whether it is forbidden for good.
	reason	2	string	o	Why.
	evaluationError	3	string	o	What went wrong while looking.
authorization.v1.SubjectRulesReviewStatus			What is allowed.
	resourceRules	1	[authorization.v1.ResourceRule	n r	What may be done with resources.
	nonResourceRules	2	[authorization.v1.NonResourceRule	n r	What may be done with paths.
	incomplete	3	bool	a r	Whether there may be more.
	evaluationError	4	string	o	What kept rules from being found.
autoscaling.v1.ContainerResourceMetricSource			
	name	1	string	a	
	targetAverageUtilization	2	int32	p	
	targetAverageValue	3	quantity	p	
	container	5	string	a	
autoscaling.v1.ContainerResourceMetricStatus			
	name	1	string	a	
	currentAverageUtilization	2	int32	p	
	currentAverageValue	3	quantity	a	
	container	4	string	a	
autoscaling.v1.CrossVersionObjectReference		A	
	kind	1	string	a r	
	name	2	string	a r	
	apiVersion	3	string	o	
autoscaling.v1.ExternalMetricSource			
	metricName	1	string	a	
	metricSelector	2	meta.v1.LabelSelector	p A	
	targetValue	3	quantity	p	
	targetAverageValue	4	quantity	p	
autoscaling.v1.ExternalMetricStatus			
	metricName	1	string	a	
	metricSelector	2	meta.v1.LabelSelector	p A	
	currentValue	3	quantity	a	
	currentAverageValue	4	quantity	p	
autoscaling.v1.HorizontalPodAutoscaler	autoscaling/v1/HorizontalPodAutoscaler	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	autoscaling.v1.HorizontalPodAutoscalerSpec	a r	
	status	3	autoscaling.v1.HorizontalPodAutoscalerStatus	a	
autoscaling.v1.HorizontalPodAutoscalerCondition			
	type	1	string	a	
	status	2	string	a	
	lastTransitionTime	3	time	a	
	reason	4	string	o	
	message	5	string	o	
autoscaling.v1.HorizontalPodAutoscalerList	autoscaling/v1/HorizontalPodAutoscalerList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[autoscaling.v1.HorizontalPodAutoscaler	n r	
autoscaling.v1.HorizontalPodAutoscalerSpec			
	scaleTargetRef	1	autoscaling.v1.CrossVersionObjectReference	a r A	
	minReplicas	2	int32	p	
	maxReplicas	3	int32	a r	
	targetCPUUtilizationPercentage	4	int32	p	
autoscaling.v1.HorizontalPodAutoscalerStatus			
	observedGeneration	1	int64	p	
	lastScaleTime	2	time	p	
	currentReplicas	3	int32	a r	
	desiredReplicas	4	int32	a r	
	currentCPUUtilizationPercentage	5	int32	p	
autoscaling.v1.MetricSpec			
	type	1	string	a	
	object	2	autoscaling.v1.ObjectMetricSource	p	
	pods	3	autoscaling.v1.PodsMetricSource	p	
	resource	4	autoscaling.v1.ResourceMetricSource	p	
	containerResource	7	autoscaling.v1.ContainerResourceMetricSource	p	
	external	5	autoscaling.v1.ExternalMetricSource	p	
autoscaling.v1.MetricStatus			
	type	1	string	a	
	object	2	autoscaling.v1.ObjectMetricStatus	p	
	pods	3	autoscaling.v1.PodsMetricStatus	p	
	resource	4	autoscaling.v1.ResourceMetricStatus	p	
	containerResource	7	autoscaling.v1.ContainerResourceMetricStatus	p	
	external	5	autoscaling.v1.ExternalMetricStatus	p	
autoscaling.v1.ObjectMetricSource			
	target	1	autoscaling.v1.CrossVersionObjectReference	a A	
	metricName	2	string	a	
	targetValue	3	quantity	a	
	selector	4	meta.v1.LabelSelector	p A	
	averageValue	5	quantity	p	
autoscaling.v1.ObjectMetricStatus			
	target	1	autoscaling.v1.CrossVersionObjectReference	a A	
	metricName	2	string	a	
	currentValue	3	quantity	a	
	selector	4	meta.v1.LabelSelector	p A	
	averageValue	5	quantity	p	
autoscaling.v1.PodsMetricSource			
	metricName	1	string	a	
	targetAverageValue	2	quantity	a	
	selector	3	meta.v1.LabelSelector	p A	
autoscaling.v1.PodsMetricStatus			
	metricName	1	string	a	
	currentAverageValue	2	quantity	a	
	selector	3	meta.v1.LabelSelector	p A	
autoscaling.v1.ResourceMetricSource			
	name	1	string	a	
	targetAverageUtilization	2	int32	p	
	targetAverageValue	3	quantity	p	
autoscaling.v1.ResourceMetricStatus			
	name	1	string	a	
	currentAverageUtilization	2	int32	p	
	currentAverageValue	3	quantity	a	
autoscaling.v1.Scale	autoscaling/v1/Scale	k	The number of pods of an object.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	autoscaling.v1.ScaleSpec	a	The desired state.
	status	3	autoscaling.v1.ScaleStatus	a	The observed state.
autoscaling.v1.ScaleSpec			A scale spec.
	replicas	1	int32	o	How many pods are wanted; 1 if left out.
autoscaling.v1.ScaleStatus			A scale status.
	replicas	1	int32	a r	How many pods there are.
	selector	2	string	o	Labels of the pods that belong to it.
autoscaling.v2.ContainerResourceMetricSource			
	name	1	string	a r	
	target	2	autoscaling.v2.MetricTarget	a r	
	container	3	string	a r	
autoscaling.v2.ContainerResourceMetricStatus			
	name	1	string	a r	
	current	2	autoscaling.v2.MetricValueStatus	a r	
	container	3	string	a r	
autoscaling.v2.CrossVersionObjectReference			
	kind	1	string	a r	
	name	2	string	a r	
	apiVersion	3	string	o	
autoscaling.v2.ExternalMetricSource			
	metric	1	autoscaling.v2.MetricIdentifier	a r	
	target	2	autoscaling.v2.MetricTarget	a r	
autoscaling.v2.ExternalMetricStatus			
	metric	1	autoscaling.v2.MetricIdentifier	a r	
	current	2	autoscaling.v2.MetricValueStatus	a r	
autoscaling.v2.HPAScalingPolicy			
	type	1	string	a r	
	value	2	int32	a r	
	periodSeconds	3	int32	a r	
autoscaling.v2.HPAScalingRules			
	stabilizationWindowSeconds	3	int32	p	
	selectPolicy	1	string	p	
	policies	2	[autoscaling.v2.HPAScalingPolicy	o	
	tolerance	4	quantity	p	
autoscaling.v2.HorizontalPodAutoscaler	autoscaling/v2/HorizontalPodAutoscaler	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	autoscaling.v2.HorizontalPodAutoscalerSpec	a r	
	status	3	autoscaling.v2.HorizontalPodAutoscalerStatus	a	
autoscaling.v2.HorizontalPodAutoscalerBehavior			
	scaleUp	1	autoscaling.v2.HPAScalingRules	p	
	scaleDown	2	autoscaling.v2.HPAScalingRules	p	
autoscaling.v2.HorizontalPodAutoscalerCondition			
	type	1	string	a r	
	status	2	string	a r	
	lastTransitionTime	3	time	a	
	reason	4	string	o	
	message	5	string	o	
autoscaling.v2.HorizontalPodAutoscalerList	autoscaling/v2/HorizontalPodAutoscalerList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[autoscaling.v2.HorizontalPodAutoscaler	n r	
autoscaling.v2.HorizontalPodAutoscalerSpec			
	scaleTargetRef	1	autoscaling.v2.CrossVersionObjectReference	a r	
	minReplicas	2	int32	p	
	maxReplicas	3	int32	a r	
	metrics	4	[autoscaling.v2.MetricSpec	o	
	behavior	5	autoscaling.v2.HorizontalPodAutoscalerBehavior	p	
autoscaling.v2.HorizontalPodAutoscalerStatus			
	observedGeneration	1	int64	p	
	lastScaleTime	2	time	p	
	currentReplicas	3	int32	o	
	desiredReplicas	4	int32	a r	
	currentMetrics	5	[autoscaling.v2.MetricStatus	n	
	conditions	6	[autoscaling.v2.HorizontalPodAutoscalerCondition	o m=type P=type	
autoscaling.v2.MetricIdentifier			
	name	1	string	a r	
	selector	2	meta.v1.LabelSelector	p A	
autoscaling.v2.MetricSpec			
	type	1	string	a r	
	object	2	autoscaling.v2.ObjectMetricSource	p	
	pods	3	autoscaling.v2.PodsMetricSource	p	
	resource	4	autoscaling.v2.ResourceMetricSource	p	
	containerResource	7	autoscaling.v2.ContainerResourceMetricSource	p	
	external	5	autoscaling.v2.ExternalMetricSource	p	
autoscaling.v2.MetricStatus			
	type	1	string	a r	
	object	2	autoscaling.v2.ObjectMetricStatus	p	
	pods	3	autoscaling.v2.PodsMetricStatus	p	
	resource	4	autoscaling.v2.ResourceMetricStatus	p	
	containerResource	7	autoscaling.v2.ContainerResourceMetricStatus	p	
	external	5	autoscaling.v2.ExternalMetricStatus	p	
autoscaling.v2.MetricTarget			
	type	1	string	a r	
	value	2	quantity	p	
	averageValue	3	quantity	p	
	averageUtilization	4	int32	p	
autoscaling.v2.MetricValueStatus			
	value	1	quantity	p	
	averageValue	2	quantity	p	
	averageUtilization	3	int32	p	
autoscaling.v2.ObjectMetricSource			
	describedObject	1	autoscaling.v2.CrossVersionObjectReference	a r	
	target	2	autoscaling.v2.MetricTarget	a r	
	metric	3	autoscaling.v2.MetricIdentifier	a r	
autoscaling.v2.ObjectMetricStatus			
	metric	1	autoscaling.v2.MetricIdentifier	a r	
	current	2	autoscaling.v2.MetricValueStatus	a r	
	describedObject	3	autoscaling.v2.CrossVersionObjectReference	a r	
autoscaling.v2.PodsMetricSource			
	metric	1	autoscaling.v2.MetricIdentifier	a r	
	target	2	autoscaling.v2.MetricTarget	a r	
autoscaling.v2.PodsMetricStatus			
	metric	1	autoscaling.v2.MetricIdentifier	a r	
	current	2	autoscaling.v2.MetricValueStatus	a r	
autoscaling.v2.ResourceMetricSource			
	name	1	string	a r	
	target	2	autoscaling.v2.MetricTarget	a r	
autoscaling.v2.ResourceMetricStatus			
	name	1	string	a r	
	current	2	autoscaling.v2.MetricValueStatus	a r	
batch.v1.CronJob	batch/v1/CronJob	k	Jobs at certain times.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	batch.v1.CronJobSpec	a r	The desired state.
	status	3	batch.v1.CronJobStatus	a	The observed state.
batch.v1.CronJobList	batch/v1/CronJobList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[batch.v1.CronJob	n r	
batch.v1.CronJobSpec			A cron job spec.
	schedule	1	string	a r	When it runs, in the form of cron.
	timeZone	8	string	p	The time zone of the schedule.
	startingDeadlineSeconds	2	int64	p	How late a run may start.
	concurrencyPolicy	3	string	o	Allow (the default), Forbid or Replace.
	suspend	4	bool	p	Whether it waits.
	jobTemplate	5	batch.v1.JobTemplateSpec	a r	The jobs to make.
	successfulJobsHistoryLimit	6	int32	p	How many finished jobs are kept; 3 if left out.
	failedJobsHistoryLimit	7	int32	p	How many failed jobs are kept; 1 if left out.
batch.v1.CronJobStatus			A cron job status.
	active	1	[core.v1.ObjectReference	o	What runs.
	lastScheduleTime	4	time	p	When it was last started.
	lastSuccessfulTime	5	time	p	When it last succeeded.
batch.v1.Job	batch/v1/Job	k	Pods that run to their end.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	batch.v1.JobSpec	a	The desired state.
	status	3	batch.v1.JobStatus	a	The observed state.
batch.v1.JobCondition			A job condition.
	type	1	string	a r	The type.
	status	2	string	a r	The observed state.
	lastProbeTime	3	time	a	When it was last looked at.
	lastTransitionTime	4	time	a	When the status changed last.
	reason	5	string	o	A word for the state.
	message	6	string	o	A text for people.
batch.v1.JobList	batch/v1/JobList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[batch.v1.Job	n r	
batch.v1.JobSpec			A job spec.
	parallelism	1	int32	p	How many pods run at once; 1 if left out.
	completions	2	int32	p	How many pods must succeed; 1 if left out.
	activeDeadlineSeconds	3	int64	p	Seconds after which the job is ended.
	podFailurePolicy	11	batch.v1.PodFailurePolicy	p	The pod failure policy.
	successPolicy	16	batch.v1.SuccessPolicy	p	The success policy.
	backoffLimit	7	int32	p	How many failures are tolerated; 6 if left out.
	backoffLimitPerIndex	12	int32	p	The backoff limit per index.
	maxFailedIndexes	13	int32	p	The max failed indexes.
	selector	4	meta.v1.LabelSelector	p A	Labels of the pods that belong to it.
	manualSelector	5	bool	p	The manual selector.
	template	6	core.v1.PodTemplateSpec	a r	The pods to make.
	ttlSecondsAfterFinished	8	int32	p	Seconds after which a finished job is deleted.
	completionMode	9	string	p	NonIndexed (the default) or Indexed.
	suspend	10	bool	p	Whether it waits.
	podReplacementPolicy	14	string	p	The pod replacement policy.
	managedBy	15	string	p	The managed by.
batch.v1.JobStatus			A job status.
	conditions	1	[batch.v1.JobCondition	o P=type	Current conditions.
	startTime	2	time	p	When it was taken up.
	completionTime	3	time	p	When it was done.
	active	4	int32	o	What runs.
	succeeded	5	int32	o	What succeeded.
	failed	6	int32	o	What failed.
	terminating	11	int32	p	The terminating.
	completedIndexes	7	string	o	The completed indexes.
	failedIndexes	10	string	p	The failed indexes.
	uncountedTerminatedPods	8	batch.v1.UncountedTerminatedPods	p	The uncounted terminated pods.
	ready	9	int32	p	Whether it is ready.
batch.v1.JobTemplateSpec			A job template spec.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	batch.v1.JobSpec	a	The desired state.
batch.v1.PodFailurePolicy			A pod failure policy.
	rules	1	[batch.v1.PodFailurePolicyRule	n r	The rules.
batch.v1.PodFailurePolicyOnExitCodesRequirement			A pod failure policy on exit codes requirement.
	containerName	1	string	p	The name of the container.
	operator	2	string	a r	How key and values are compared.
	values	3	[int32	n r s	The values.
batch.v1.PodFailurePolicyOnPodConditionsPattern			A pod failure policy on pod conditions pattern.
	type	1	string	a r	The type.
	status	2	string	a	The observed state.
batch.v1.PodFailurePolicyRule			A pod failure policy rule.
	action	1	string	a r	What is done.
	onExitCodes	2	batch.v1.PodFailurePolicyOnExitCodesRequirement	p	The on exit codes.
	onPodConditions	3	[batch.v1.PodFailurePolicyOnPodConditionsPattern	o	The on pod conditions.
batch.v1.SuccessPolicy			A success policy.
	rules	1	[batch.v1.SuccessPolicyRule	n r	The rules.
batch.v1.SuccessPolicyRule			A success policy rule.
	succeededIndexes	1	string	p	The succeeded indexes.
	succeededCount	2	int32	p	The succeeded count.
batch.v1.UncountedTerminatedPods			A uncounted terminated pods.
	succeeded	1	[string	o s	What succeeded.
	failed	2	[string	o s	What failed.
certificates.v1.CertificateSigningRequest	certificates.k8s.io/v1/CertificateSigningRequest	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	certificates.v1.CertificateSigningRequestSpec	a r	
	status	3	certificates.v1.CertificateSigningRequestStatus	a	
certificates.v1.CertificateSigningRequestCondition			
	type	1	string	a r	
	status	6	string	a r	
	reason	2	string	o	
	message	3	string	o	
	lastUpdateTime	4	time	a	
	lastTransitionTime	5	time	a	
certificates.v1.CertificateSigningRequestList	certificates.k8s.io/v1/CertificateSigningRequestList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[certificates.v1.CertificateSigningRequest	n r	
certificates.v1.CertificateSigningRequestSpec			
	request	1	bytes	n r	
	signerName	7	string	a r	
	expirationSeconds	8	int32	p	
	usages	5	[string	o	
	username	2	string	o	
	uid	3	string	o	
	groups	4	[string	o	
	extra	6	{strings	o	
certificates.v1.CertificateSigningRequestStatus			
	conditions	1	[certificates.v1.CertificateSigningRequestCondition	o m=type	
	certificate	2	bytes	o	
coordination.v1.Lease	coordination.k8s.io/v1/Lease	k	A claim that its holder renews.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	coordination.v1.LeaseSpec	a	The claim.
coordination.v1.LeaseList	coordination.k8s.io/v1/LeaseList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[coordination.v1.Lease	n r	
coordination.v1.LeaseSpec			The claim.
	holderIdentity	1	string	p	Who holds it.
	leaseDurationSeconds	2	int32	p	How long others wait for a renewal.
	acquireTime	3	microTime	p	When it was taken.
	renewTime	4	microTime	p	When it was renewed last.
	leaseTransitions	5	int32	p	How often the holder changed.
	strategy	6	string	p	How the holder is chosen.
	preferredHolder	7	string	p	Who should hold it.
core.v1.AWSElasticBlockStoreVolumeSource			An AWS elastic block store volume source.
	volumeID	1	string	a r	The volume id.
	fsType	2	string	o	The file system to mount.
	partition	3	int32	o	Only pods from this ordinal on are updated.
	readOnly	4	bool	o	Whether it cannot be written.
core.v1.Affinity			An affinity.
	nodeAffinity	1	core.v1.NodeAffinity	p	Which nodes are wanted.
	podAffinity	2	core.v1.PodAffinity	p	Which pods should be near.
	podAntiAffinity	3	core.v1.PodAntiAffinity	p	Which pods should be far.
core.v1.AppArmorProfile			An app armor profile.
	type	1	string	a r	Localhost, RuntimeDefault or Unconfined.
	localhostProfile	2	string	p	A profile of the node, for type Localhost.
core.v1.AttachedVolume			
	name	1	string	a r	
	devicePath	2	string	a r	
core.v1.AvoidPods			
	preferAvoidPods	1	[core.v1.PreferAvoidPodsEntry	o	
core.v1.AzureDiskVolumeSource			An azure disk volume source.
	diskName	1	string	a r	The disk name.
	diskURI	2	string	a r	The disk uri.
	cachingMode	3	string	p d="ReadWrite"	The caching mode.
	fsType	4	string	p d="ext4"	The file system to mount.
	readOnly	5	bool	p	Whether it cannot be written.
	kind	6	string	p d="Shared"	The kind.
core.v1.AzureFilePersistentVolumeSource			An azure file persistent volume source.
	secretName	1	string	a r	The name of the Secret.
	shareName	2	string	a r	The share name.
	readOnly	3	bool	o	Whether it cannot be written.
	secretNamespace	4	string	n	The secret namespace.
core.v1.AzureFileVolumeSource			An azure file volume source.
	secretName	1	string	a r	The name of the Secret.
	shareName	2	string	a r	The share name.
	readOnly	3	bool	o	Whether it cannot be written.
core.v1.Binding	/v1/Binding	k	Puts a pod on a node.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	target	2	core.v1.ObjectReference	a r A	Where it should go.
core.v1.CSIPersistentVolumeSource			A CSI persistent volume source.
	driver	1	string	a r	The name of the driver.
	volumeHandle	2	string	a r	The volume handle.
	readOnly	3	bool	o	Whether it cannot be written.
	fsType	4	string	o	The file system to mount.
	volumeAttributes	5	{string	o	Settings for the driver.
	controllerPublishSecretRef	6	core.v1.SecretReference	p A	The controller publish secret ref.
	nodeStageSecretRef	7	core.v1.SecretReference	p A	The node stage secret ref.
	nodePublishSecretRef	8	core.v1.SecretReference	p A	The node publish secret ref.
	controllerExpandSecretRef	9	core.v1.SecretReference	p A	The controller expand secret ref.
	nodeExpandSecretRef	10	core.v1.SecretReference	p A	The node expand secret ref.
core.v1.CSIVolumeSource			A CSI volume source.
	driver	1	string	a r	The name of the driver.
	readOnly	2	bool	p	Whether it cannot be written.
	fsType	3	string	p	The file system to mount.
	volumeAttributes	4	{string	o	Settings for the driver.
	nodePublishSecretRef	5	core.v1.LocalObjectReference	p A	The node publish secret ref.
core.v1.Capabilities			A capabilities.
	add	1	[string	o	Capabilities to add.
	drop	2	[string	o	Capabilities to drop.
core.v1.CephFSPersistentVolumeSource			A ceph FS persistent volume source.
	monitors	1	[string	n r	The monitors.
	path	2	string	o	The path.
	user	3	string	o	The user.
	secretFile	4	string	o	The secret file.
	secretRef	5	core.v1.SecretReference	p A	The Secret with credentials.
	readOnly	6	bool	o	Whether it cannot be written.
core.v1.CephFSVolumeSource			A ceph FS volume source.
	monitors	1	[string	n r	The monitors.
	path	2	string	o	The path.
	user	3	string	o	The user.
	secretFile	4	string	o	The secret file.
	secretRef	5	core.v1.LocalObjectReference	p A	The Secret with credentials.
	readOnly	6	bool	o	Whether it cannot be written.
core.v1.CinderPersistentVolumeSource			A cinder persistent volume source.
	volumeID	1	string	a r	The volume id.
	fsType	2	string	o	The file system to mount.
	readOnly	3	bool	o	Whether it cannot be written.
	secretRef	4	core.v1.SecretReference	p A	The Secret with credentials.
core.v1.CinderVolumeSource			A cinder volume source.
	volumeID	1	string	a r	The volume id.
	fsType	2	string	o	The file system to mount.
	readOnly	3	bool	o	Whether it cannot be written.
	secretRef	4	core.v1.LocalObjectReference	p A	The Secret with credentials.
core.v1.ClientIPConfig			Settings of ClientIP affinity.
	timeoutSeconds	1	int32	p	Seconds that a client sticks, 1 to 86400.
core.v1.ClusterTrustBundleProjection			A cluster trust bundle projection.
	name	1	string	p	The name.
	signerName	2	string	p	The signer name.
	labelSelector	3	meta.v1.LabelSelector	p A	Which objects are meant, by their labels.
	optional	5	bool	p	Whether it may be missing.
	path	4	string	a r	Relative path of the file.
core.v1.ComponentCondition			
	type	1	string	a r	
	status	2	string	a r	
	message	3	string	o	
	error	4	string	o	
core.v1.ComponentStatus	/v1/ComponentStatus	k	
	metadata	1	meta.v1.ObjectMeta	a	
	conditions	2	[core.v1.ComponentCondition	o m=type P=type	
core.v1.ComponentStatusList	/v1/ComponentStatusList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.ComponentStatus	n r	
core.v1.ConfigMap	/v1/ConfigMap	k	Settings for pods.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	immutable	4	bool	p	Whether the data can no longer be changed.
	data	2	{string	o	The data.
	binaryData	3	{bytes	o	Data that is not text, in base64.
core.v1.ConfigMapEnvSource			A config map env source.
	localObjectReference	1	core.v1.LocalObjectReference	o i A	
	optional	2	bool	p	Whether it may be missing.
core.v1.ConfigMapKeySelector		A	A config map key selector.
	localObjectReference	1	core.v1.LocalObjectReference	o i A	
	key	2	string	a r	The key.
	optional	3	bool	p	Whether it may be missing.
core.v1.ConfigMapList	/v1/ConfigMapList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.ConfigMap	n r	
core.v1.ConfigMapNodeConfigSource			
	namespace	1	string	a r	
	name	2	string	a r	
	uid	3	string	o	
	resourceVersion	4	string	o	
	kubeletConfigKey	5	string	a r	
core.v1.ConfigMapProjection			A config map projection.
	localObjectReference	1	core.v1.LocalObjectReference	o i A	
	items	2	[core.v1.KeyToPath	o	Which entries become which files; all if left out.
	optional	4	bool	p	Whether it may be missing.
core.v1.ConfigMapVolumeSource			A config map volume source.
	localObjectReference	1	core.v1.LocalObjectReference	o i A	
	items	2	[core.v1.KeyToPath	o	Which entries become which files; all if left out.
	defaultMode	3	int32	p	Permission bits of files that have none of their own, 0 to 0777.
	optional	4	bool	p	Whether it may be missing.
core.v1.Container			A program of a pod, with its image.
	name	1	string	a r	The name.
	image	2	string	o	The container's image.
	command	3	[string	o	Program and arguments instead of the image's entry point.
	args	4	[string	o	Arguments instead of the image's.
	workingDir	5	string	o	The working directory.
	ports	6	[core.v1.ContainerPort	o m=containerPort,protocol P=containerPort	Ports that the container listens on, for information.
	envFrom	19	[core.v1.EnvFromSource	o	Where further environment variables come from.
	env	7	[core.v1.EnvVar	o m=name P=name	Environment variables.
	resources	8	core.v1.ResourceRequirements	a	What the container needs and may use.
	resizePolicy	23	[core.v1.ContainerResizePolicy	o	Whether a change of resources restarts the container.
	restartPolicy	24	string	p	Always makes an init container a sidecar; other values need the restart rules.
	restartPolicyRules	25	[core.v1.ContainerRestartRule	o	Rules that decide on a restart by the exit code, before the policy does.
	volumeMounts	9	[core.v1.VolumeMount	o m=mountPath P=mountPath	Where volumes appear in the container.
	volumeDevices	21	[core.v1.VolumeDevice	o m=devicePath P=devicePath	Block devices of the container.
	livenessProbe	10	core.v1.Probe	p	If it fails the container is restarted.
	readinessProbe	11	core.v1.Probe	p	If it fails the pod takes no traffic.
	startupProbe	22	core.v1.Probe	p	The other probes begin when it succeeded.
	lifecycle	12	core.v1.Lifecycle	p	What is done after the start and before the end of the container.
	terminationMessagePath	13	string	o	The file with the container's last words.
	terminationMessagePolicy	20	string	o	File (the default) or FallbackToLogsOnError.
	imagePullPolicy	14	string	o	Always, IfNotPresent or Never; Always for the tag latest, IfNotPresent for others.
	securityContext	15	core.v1.SecurityContext	p	Security settings of the container.
	stdin	16	bool	o	Whether the container has an input.
	stdinOnce	17	bool	o	Whether the input is closed after the first client.
	tty	18	bool	o	Whether the container has a terminal.
core.v1.ContainerExtendedResourceRequest			A container extended resource request.
	containerName	1	string	a r	The name of the container.
	resourceName	2	string	a r	The name of the resource.
	requestName	3	string	a r	The request name.
core.v1.ContainerImage			
	names	1	[string	n	
	sizeBytes	2	int64	o	
core.v1.ContainerPort			A container port.
	name	1	string	o	The name.
	hostPort	2	int32	o	The same port on the node.
	containerPort	3	int32	a r	The port in the container.
	protocol	4	string	o d="TCP"	TCP (the default), UDP or SCTP.
	hostIP	5	string	o	The node's address.
core.v1.ContainerResizePolicy			A container resize policy.
	resourceName	1	string	a r	The name of the resource.
	restartPolicy	2	string	a r	NotRequired (the default) or RestartContainer.
core.v1.ContainerRestartRule			A container restart rule.
	action	1	string	o r	What is done.
	exitCodes	2	core.v1.ContainerRestartRuleOnExitCodes	p	The exit codes that are meant.
core.v1.ContainerRestartRuleOnExitCodes			A container restart rule on exit codes.
	operator	1	string	o r	How key and values are compared.
	values	2	[int32	o s	The values.
core.v1.ContainerState			A container state.
	waiting	1	core.v1.ContainerStateWaiting	p	Waits to run.
	running	2	core.v1.ContainerStateRunning	p	Runs.
	terminated	3	core.v1.ContainerStateTerminated	p	Ended.
core.v1.ContainerStateRunning			A container state running.
	startedAt	1	time	a	When it started.
core.v1.ContainerStateTerminated			A container state terminated.
	exitCode	1	int32	a r	The exit code.
	signal	2	int32	o	The signal that ended it.
	reason	3	string	o	A word for the state.
	message	4	string	o	A text for people.
	startedAt	5	time	a	When it started.
	finishedAt	6	time	a	When it ended.
	containerID	7	string	o	The container's id at its runtime.
core.v1.ContainerStateWaiting			A container state waiting.
	reason	1	string	o	A word for the state.
	message	2	string	o	A text for people.
core.v1.ContainerStatus			A container status.
	name	1	string	a r	The name.
	state	2	core.v1.ContainerState	a	The current state.
	lastState	3	core.v1.ContainerState	a	The state before.
	ready	4	bool	a r	Whether it is ready.
	restartCount	5	int32	a r	How often it was restarted.
	image	6	string	a r	The image that the container runs.
	imageID	7	string	a r	The exact image.
	containerID	8	string	o	The container's id at its runtime.
	started	9	bool	p	Whether the startup probe succeeded.
	allocatedResources	10	{quantity	o	What is set aside.
	resources	11	core.v1.ResourceRequirements	p	Resources.
	volumeMounts	12	[core.v1.VolumeMountStatus	o m=mountPath P=mountPath	Where volumes appear in the container.
	user	13	core.v1.ContainerUser	p	The user.
	allocatedResourcesStatus	14	[core.v1.ResourceStatus	o m=name P=name	The allocated resources status.
	stopSignal	15	string	p	The signal that asks the container to end.
core.v1.ContainerUser			A container user.
	linux	1	core.v1.LinuxContainerUser	p	The linux.
core.v1.DaemonEndpoint			A daemon's port.
	Port	1	int32	a r	The port.
core.v1.DownwardAPIProjection			A downward API projection.
	items	1	[core.v1.DownwardAPIVolumeFile	o	Which entries become which files; all if left out.
core.v1.DownwardAPIVolumeFile			A downward API volume file.
	path	1	string	a r	Relative path of the file.
	fieldRef	2	core.v1.ObjectFieldSelector	p A	A field of the pod.
	resourceFieldRef	3	core.v1.ResourceFieldSelector	p A	A request or limit of a container.
	mode	4	int32	p	Permission bits of the file, 0 to 0777.
core.v1.DownwardAPIVolumeSource			A downward API volume source.
	items	1	[core.v1.DownwardAPIVolumeFile	o	Which entries become which files; all if left out.
	defaultMode	2	int32	p	Permission bits of files that have none of their own, 0 to 0777.
core.v1.EmptyDirVolumeSource			An empty dir volume source.
	medium	1	string	o	Empty for the node's disk, or Memory.
	sizeLimit	2	quantity	p	The most that may be stored.
core.v1.EndpointAddress		A	An endpoint address.
	ip	1	string	a r	The address.
	hostname	3	string	o	The host name.
	nodeName	4	string	p	The node.
	targetRef	2	core.v1.ObjectReference	p A	The object that is meant.
core.v1.EndpointPort		A	An endpoint port.
	name	1	string	o	The name.
	port	2	int32	a r	Number or name of the port.
	protocol	3	string	o	TCP (the default), UDP or SCTP.
	appProtocol	4	string	p	The application protocol.
core.v1.EndpointSubset			An endpoint subset.
	addresses	1	[core.v1.EndpointAddress	o	Addresses that take traffic.
	notReadyAddresses	2	[core.v1.EndpointAddress	o	Addresses that take no traffic yet.
	ports	3	[core.v1.EndpointPort	o	The ports.
core.v1.Endpoints	/v1/Endpoints	k	Addresses of a service. Deprecated for EndpointSlice.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	subsets	2	[core.v1.EndpointSubset	o	Groups of addresses with the same ports.
core.v1.EndpointsList	/v1/EndpointsList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.Endpoints	n r	
core.v1.EnvFromSource			An env from source.
	prefix	1	string	o	What the variables' names begin with.
	configMapRef	2	core.v1.ConfigMapEnvSource	p	The ConfigMap.
	secretRef	3	core.v1.SecretEnvSource	p	The Secret with credentials.
core.v1.EnvVar			An env var.
	name	1	string	a r	The name.
	value	2	string	o	The value.
	valueFrom	3	core.v1.EnvVarSource	p	Where the value comes from.
core.v1.EnvVarSource			An env var source.
	fieldRef	1	core.v1.ObjectFieldSelector	p A	A field of the pod.
	resourceFieldRef	2	core.v1.ResourceFieldSelector	p A	A request or limit of a container.
	configMapKeyRef	3	core.v1.ConfigMapKeySelector	p A	A value of a ConfigMap.
	secretKeyRef	4	core.v1.SecretKeySelector	p A	A value of a Secret.
	fileKeyRef	5	core.v1.FileKeySelector	p A	A value of a file of variables.
core.v1.EphemeralContainer			An ephemeral container.
	ephemeralContainerCommon	1	core.v1.EphemeralContainerCommon	o i	
	targetContainerName	2	string	o	The target container name.
core.v1.EphemeralContainerCommon			
	name	1	string	a	The name.
	image	2	string	o	The container's image.
	command	3	[string	o	Program and arguments instead of the image's entry point.
	args	4	[string	o	Arguments instead of the image's.
	workingDir	5	string	o	The working directory.
	ports	6	[core.v1.ContainerPort	o P=containerPort	Ports that the container listens on, for information.
	envFrom	19	[core.v1.EnvFromSource	o	Where further environment variables come from.
	env	7	[core.v1.EnvVar	o P=name	Environment variables.
	resources	8	core.v1.ResourceRequirements	a	What the container needs and may use.
	resizePolicy	23	[core.v1.ContainerResizePolicy	o	Whether a change of resources restarts the container.
	restartPolicy	24	string	p	Always makes an init container a sidecar; other values need the restart rules.
	restartPolicyRules	25	[core.v1.ContainerRestartRule	o	Rules that decide on a restart by the exit code, before the policy does.
	volumeMounts	9	[core.v1.VolumeMount	o P=mountPath	Where volumes appear in the container.
	volumeDevices	21	[core.v1.VolumeDevice	o P=devicePath	Block devices of the container.
	livenessProbe	10	core.v1.Probe	p	If it fails the container is restarted.
	readinessProbe	11	core.v1.Probe	p	If it fails the pod takes no traffic.
	startupProbe	22	core.v1.Probe	p	The other probes begin when it succeeded.
	lifecycle	12	core.v1.Lifecycle	p	What is done after the start and before the end of the container.
	terminationMessagePath	13	string	o	The file with the container's last words.
	terminationMessagePolicy	20	string	o	File (the default) or FallbackToLogsOnError.
	imagePullPolicy	14	string	o	Always, IfNotPresent or Never; Always for the tag latest, IfNotPresent for others.
	securityContext	15	core.v1.SecurityContext	p	Security settings of the container.
	stdin	16	bool	o	Whether the container has an input.
	stdinOnce	17	bool	o	Whether the input is closed after the first client.
	tty	18	bool	o	Whether the container has a terminal.
core.v1.EphemeralVolumeSource			An ephemeral volume source.
	volumeClaimTemplate	1	core.v1.PersistentVolumeClaimTemplate	p	The claim to make.
core.v1.Event	/v1/Event	k	Something that happened to an object.
	metadata	1	meta.v1.ObjectMeta	a r	Standard metadata.
	involvedObject	2	core.v1.ObjectReference	a r A	What it is about.
	reason	3	string	o	Why, in a word.
	message	4	string	o	What happened, for people.
	source	5	core.v1.EventSource	a	Who saw it.
	firstTimestamp	6	time	a	When it was first seen.
	lastTimestamp	7	time	a	When it was last seen.
	count	8	int32	o	How often it was seen.
	type	9	string	o	Normal or Warning.
	eventTime	10	microTime	a	When it was first seen.
	series	11	core.v1.EventSeries	p	If it repeats.
	action	12	string	o	What was done.
	related	13	core.v1.ObjectReference	p A	A second object.
	reportingComponent	14	string	a	The controller that reports.
	reportingInstance	15	string	a	Its instance.
core.v1.EventList	/v1/EventList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.Event	n r	
core.v1.EventSeries			A repeated event.
	count	1	int32	o	How often it happened.
	lastObservedTime	2	microTime	a	When it happened last.
core.v1.EventSource			Who saw the event.
	component	1	string	o	The component.
	host	2	string	o	Its node.
core.v1.ExecAction			An exec action.
	command	1	[string	o	Program and arguments instead of the image's entry point.
core.v1.FCVolumeSource			A FC volume source.
	targetWWNs	1	[string	o	The target ww ns.
	lun	2	int32	p	The lun.
	fsType	3	string	o	The file system to mount.
	readOnly	4	bool	o	Whether it cannot be written.
	wwids	5	[string	o	The wwids.
core.v1.FileKeySelector		A	A file key selector.
	volumeName	1	string	a r	The volume that the claim is bound to.
	path	2	string	a r	The path.
	key	3	string	a r	The key.
	optional	4	bool	p	Whether it may be missing.
core.v1.FlexPersistentVolumeSource			A flex persistent volume source.
	driver	1	string	a r	The name of the driver.
	fsType	2	string	o	The file system to mount.
	secretRef	3	core.v1.SecretReference	p A	The Secret with credentials.
	readOnly	4	bool	o	Whether it cannot be written.
	options	5	{string	o	Options.
core.v1.FlexVolumeSource			A flex volume source.
	driver	1	string	a r	The name of the driver.
	fsType	2	string	o	The file system to mount.
	secretRef	3	core.v1.LocalObjectReference	p A	The Secret with credentials.
	readOnly	4	bool	o	Whether it cannot be written.
	options	5	{string	o	Options.
core.v1.FlockerVolumeSource			A flocker volume source.
	datasetName	1	string	o	The dataset name.
	datasetUUID	2	string	o	The dataset uuid.
core.v1.GCEPersistentDiskVolumeSource			A GCE persistent disk volume source.
	pdName	1	string	a r	The pd name.
	fsType	2	string	o	The file system to mount.
	partition	3	int32	o	Only pods from this ordinal on are updated.
	readOnly	4	bool	o	Whether it cannot be written.
core.v1.GRPCAction			A GRPC action.
	port	1	int32	a r	Number or name of the port.
	service	2	string	n	The service.
core.v1.GitRepoVolumeSource			A git repo volume source.
	repository	1	string	a r	The repository.
	revision	2	string	o	The number of the revision.
	directory	3	string	o	The directory.
core.v1.GlusterfsPersistentVolumeSource			A glusterfs persistent volume source.
	endpoints	1	string	a r	The endpoints.
	path	2	string	a r	The path.
	readOnly	3	bool	o	Whether it cannot be written.
	endpointsNamespace	4	string	p	The endpoints namespace.
core.v1.GlusterfsVolumeSource			A glusterfs volume source.
	endpoints	1	string	a r	The endpoints.
	path	2	string	a r	The path.
	readOnly	3	bool	o	Whether it cannot be written.
core.v1.HTTPGetAction			A HTTP get action.
	path	1	string	o	The path of the request; / if left out.
	port	2	intOrString	a r	Number or name of the port.
	host	3	string	o	The host.
	scheme	4	string	o	HTTP (the default) or HTTPS.
	httpHeaders	5	[core.v1.HTTPHeader	o	Headers of the request.
core.v1.HTTPHeader			A HTTP header.
	name	1	string	a r	The name.
	value	2	string	a r	The value.
core.v1.HostAlias			A host alias.
	ip	1	string	a r	The address.
	hostnames	2	[string	o	The names of the address.
core.v1.HostIP			A host IP.
	ip	1	string	a r	The address.
core.v1.HostPathVolumeSource			A host path volume source.
	path	1	string	a r	The path.
	type	2	string	p	What must be there: Directory, File, Socket ..., or may be made: DirectoryOrCreate, FileOrCreate.
core.v1.ISCSIPersistentVolumeSource			An ISCSI persistent volume source.
	targetPortal	1	string	a r	The target portal.
	iqn	2	string	a r	The iqn.
	lun	3	int32	a r	The lun.
	iscsiInterface	4	string	o d="default"	The iscsi interface.
	fsType	5	string	o	The file system to mount.
	readOnly	6	bool	o	Whether it cannot be written.
	portals	7	[string	o	The portals.
	chapAuthDiscovery	8	bool	o	The chap auth discovery.
	chapAuthSession	11	bool	o	The chap auth session.
	secretRef	10	core.v1.SecretReference	p A	The Secret with credentials.
	initiatorName	12	string	p	The initiator name.
core.v1.ISCSIVolumeSource			An ISCSI volume source.
	targetPortal	1	string	a r	The target portal.
	iqn	2	string	a r	The iqn.
	lun	3	int32	a r	The lun.
	iscsiInterface	4	string	o d="default"	The iscsi interface.
	fsType	5	string	o	The file system to mount.
	readOnly	6	bool	o	Whether it cannot be written.
	portals	7	[string	o	The portals.
	chapAuthDiscovery	8	bool	o	The chap auth discovery.
	chapAuthSession	11	bool	o	The chap auth session.
	secretRef	10	core.v1.LocalObjectReference	p A	The Secret with credentials.
	initiatorName	12	string	p	The initiator name.
core.v1.ImageVolumeSource			An image volume source.
	reference	1	string	o	The image.
	pullPolicy	2	string	o	Always, IfNotPresent or Never.
core.v1.ImageVolumeStatus			An image volume status.
	imageRef	1	string	o r	The image ref.
core.v1.KeyToPath			A key to path.
	key	1	string	a r	The key.
	path	2	string	a r	Relative path of the file.
	mode	3	int32	p	Permission bits of the file, 0 to 0777.
core.v1.Lifecycle			A lifecycle.
	postStart	1	core.v1.LifecycleHandler	p	Done right after the start.
	preStop	2	core.v1.LifecycleHandler	p	Done before the container is asked to end.
	stopSignal	3	string	p	The signal that asks the container to end.
core.v1.LifecycleHandler			A lifecycle handler.
	exec	1	core.v1.ExecAction	p	A program to run in the container.
	httpGet	2	core.v1.HTTPGetAction	p	An HTTP request.
	tcpSocket	3	core.v1.TCPSocketAction	p	A TCP connection.
	sleep	4	core.v1.SleepAction	p	A pause.
core.v1.LimitRange	/v1/LimitRange	k	Limits and defaults for resources in a namespace.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.LimitRangeSpec	a	The desired state.
core.v1.LimitRangeItem			A limit range item.
	type	1	string	a r	The type.
	max	2	{quantity	o	The most.
	min	3	{quantity	o	The least.
	default	4	{quantity	o	The limit if none is given.
	defaultRequest	5	{quantity	o	The request if none is given.
	maxLimitRequestRatio	6	{quantity	o	How many times the request the limit may be.
core.v1.LimitRangeList	/v1/LimitRangeList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.LimitRange	n r	
core.v1.LimitRangeSpec			A limit range spec.
	limits	1	[core.v1.LimitRangeItem	n r	The most that may be used.
core.v1.LinuxContainerUser			A linux container user.
	uid	1	int64	a r	The uid.
	gid	2	int64	a r	The gid.
	supplementalGroups	3	[int64	o	Further group ids of processes.
core.v1.List			
	metadata	1	meta.v1.ListMeta	o	
	items	2	[any	o	
core.v1.LoadBalancerIngress			An entry point of a load balancer.
	ip	1	string	o	Its address.
	hostname	2	string	o	Its DNS name.
	ipMode	3	string	p	VIP (the default) or Proxy.
	ports	4	[core.v1.PortStatus	o	The ports of the service.
core.v1.LoadBalancerStatus			The state of a load balancer.
	ingress	1	[core.v1.LoadBalancerIngress	o	Where traffic for the service should be sent.
core.v1.LocalObjectReference		A	A local object reference.
	name	1	string	o	The name.
core.v1.LocalVolumeSource			A local volume source.
	path	1	string	a r	The path.
	fsType	2	string	p	The file system to mount.
core.v1.ModifyVolumeStatus			A modify volume status.
	targetVolumeAttributesClassName	1	string	o	The target volume attributes class name.
	status	2	string	a r	The observed state.
core.v1.NFSVolumeSource			A NFS volume source.
	server	1	string	a r	The server.
	path	2	string	a r	The path.
	readOnly	3	bool	o	Whether it cannot be written.
core.v1.Namespace	/v1/Namespace	k	A scope for names.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.NamespaceSpec	a	What the namespace should be.
	status	3	core.v1.NamespaceStatus	a	The state of the namespace.
core.v1.NamespaceCondition			One aspect of the current state.
	type	1	string	a r	The kind of condition.
	status	2	string	a r	True, False or Unknown.
	lastTransitionTime	4	time	a	When the status changed last.
	reason	5	string	o	A word for the last change.
	message	6	string	o	A text for people.
core.v1.NamespaceList	/v1/NamespaceList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.Namespace	n r	
core.v1.NamespaceSpec			The desired state of a Namespace.
	finalizers	1	[string	o	Who must agree before the namespace goes.
core.v1.NamespaceStatus			The state of a Namespace.
	phase	1	string	o	Active or Terminating.
	conditions	2	[core.v1.NamespaceCondition	o m=type P=type	Current conditions.
core.v1.Node	/v1/Node	k	A machine of the cluster.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.NodeSpec	a	What the node should be.
	status	3	core.v1.NodeStatus	a	What the node reported.
core.v1.NodeAddress			An address of the node.
	type	1	string	a r	InternalIP, ExternalIP, Hostname ...
	address	2	string	a r	The address.
core.v1.NodeAffinity			A node affinity.
	requiredDuringSchedulingIgnoredDuringExecution	1	core.v1.NodeSelector	p A	What must hold when the pod is scheduled.
	preferredDuringSchedulingIgnoredDuringExecution	2	[core.v1.PreferredSchedulingTerm	o	What should hold, with weights.
core.v1.NodeAllocatableResourceClaimStatus			A node allocatable resource claim status.
	resourceClaimName	1	string	a r	The name of the ResourceClaim.
	containers	2	[string	o s	The containers of the pod, at least one. They cannot be added or removed later.
	resources	3	{quantity	n r	Resources.
core.v1.NodeCondition			One aspect of the state of a Node.
	type	1	string	a r	The kind of condition.
	status	2	string	a r	True, False or Unknown.
	lastHeartbeatTime	3	time	a	When the node reported last.
	lastTransitionTime	4	time	a	When the status changed last.
	reason	5	string	o	A word for the last change.
	message	6	string	o	A text for people.
core.v1.NodeConfigSource			
	configMap	2	core.v1.ConfigMapNodeConfigSource	p	
core.v1.NodeConfigStatus			
	assigned	1	core.v1.NodeConfigSource	p	
	active	2	core.v1.NodeConfigSource	p	
	lastKnownGood	3	core.v1.NodeConfigSource	p	
	error	4	string	o	
core.v1.NodeDaemonEndpoints			Ports of the node's daemons.
	kubeletEndpoint	1	core.v1.DaemonEndpoint	a	The kubelet's port.
core.v1.NodeFeatures			
	supplementalGroupsPolicy	1	bool	p	
core.v1.NodeList	/v1/NodeList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.Node	n r	
core.v1.NodeProxyOptions			
	path	1	string	o	
core.v1.NodeRuntimeHandler			
	name	1	string	a	
	features	2	core.v1.NodeRuntimeHandlerFeatures	p	
core.v1.NodeRuntimeHandlerFeatures			
	recursiveReadOnlyMounts	1	bool	p	
	userNamespaces	2	bool	p	
core.v1.NodeSelector		A	A node selector.
	nodeSelectorTerms	1	[core.v1.NodeSelectorTerm	n r	Any of these must match.
core.v1.NodeSelectorRequirement			A node selector requirement.
	key	1	string	a r	The key.
	operator	2	string	a r	How key and values are compared.
	values	3	[string	o	The values.
core.v1.NodeSelectorTerm		A	A node selector term.
	matchExpressions	1	[core.v1.NodeSelectorRequirement	o	Requirements, all of which must hold.
	matchFields	2	[core.v1.NodeSelectorRequirement	o	Requirements of fields, all of which must hold.
core.v1.NodeSpec			The desired state of a Node.
	podCIDR	1	string	o	The range of pod addresses.
	podCIDRs	7	[string	o s P=	The ranges of pod addresses, one a family.
	providerID	3	string	o	The node's identity at the cloud provider.
	unschedulable	4	bool	o	Whether no new pods may come.
	taints	5	[core.v1.Taint	o	The taints of the node.
	configSource	6	core.v1.NodeConfigSource	p	Not used any more.
	externalID	2	string	o	Not used any more.
core.v1.NodeStatus			The state of a Node.
	capacity	1	{quantity	o	All resources of the node.
	allocatable	2	{quantity	o	Resources that pods can have.
	phase	3	string	o	Not used any more.
	conditions	4	[core.v1.NodeCondition	o m=type P=type	Current conditions.
	addresses	5	[core.v1.NodeAddress	o m=type P=type	Addresses of the node.
	daemonEndpoints	6	core.v1.NodeDaemonEndpoints	a	Ports of the node's daemons.
	nodeInfo	7	core.v1.NodeSystemInfo	a	What the node runs.
	images	8	[core.v1.ContainerImage	o	Container images on the node.
	volumesInUse	9	[string	o	Attached volumes that are in use.
	volumesAttached	10	[core.v1.AttachedVolume	o	Attached volumes.
	config	11	core.v1.NodeConfigStatus	p	Not used any more.
	runtimeHandlers	12	[core.v1.NodeRuntimeHandler	o	Available runtime handlers.
	features	13	core.v1.NodeFeatures	p	Features of the container runtime.
	declaredFeatures	14	[string	o	Features that the node declares.
core.v1.NodeSwapStatus			
	capacity	1	int64	p	
core.v1.NodeSystemInfo			What the node runs.
	machineID	1	string	a r	As the node reported it.
	systemUUID	2	string	a r	As the node reported it.
	bootID	3	string	a r	As the node reported it.
	kernelVersion	4	string	a r	As the node reported it.
	osImage	5	string	a r	As the node reported it.
	containerRuntimeVersion	6	string	a r	As the node reported it.
	kubeletVersion	7	string	a r	As the node reported it.
	kubeProxyVersion	8	string	a r	As the node reported it.
	operatingSystem	9	string	a r	As the node reported it.
	architecture	10	string	a r	As the node reported it.
	swap	11	core.v1.NodeSwapStatus	p	Swap space.
core.v1.ObjectFieldSelector		A	An object field selector.
	apiVersion	1	string	o	The API version.
	fieldPath	2	string	a r	The path of the field, such as metadata.name.
core.v1.ObjectReference		A	Points to an object.
	kind	1	string	o	Kind of the object.
	namespace	2	string	o	Namespace of the object.
	name	3	string	o	Name of the object.
	uid	4	string	o	UID of the object.
	apiVersion	5	string	o	API version of the object.
	resourceVersion	6	string	o	The version that is meant.
	fieldPath	7	string	o	The part of the object that is meant.
core.v1.PersistentVolume	/v1/PersistentVolume	k	A piece of storage.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.PersistentVolumeSpec	a	The desired state.
	status	3	core.v1.PersistentVolumeStatus	a	The observed state.
core.v1.PersistentVolumeClaim	/v1/PersistentVolumeClaim	k	A wish for storage.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.PersistentVolumeClaimSpec	a	The desired state.
	status	3	core.v1.PersistentVolumeClaimStatus	a	The observed state.
core.v1.PersistentVolumeClaimCondition			A persistent volume claim condition.
	type	1	string	a r	The type.
	status	2	string	a r	The observed state.
	lastProbeTime	3	time	a	When it was last looked at.
	lastTransitionTime	4	time	a	When the status changed last.
	reason	5	string	o	A word for the state.
	message	6	string	o	A text for people.
core.v1.PersistentVolumeClaimList	/v1/PersistentVolumeClaimList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.PersistentVolumeClaim	n r	
core.v1.PersistentVolumeClaimSpec			A persistent volume claim spec.
	accessModes	1	[string	o	How it can be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.
	selector	4	meta.v1.LabelSelector	p A	Labels of the pods that belong to it.
	resources	2	core.v1.VolumeResourceRequirements	a	Resources.
	volumeName	3	string	o	The volume that the claim is bound to.
	storageClassName	5	string	p	The StorageClass.
	volumeMode	6	string	p	Filesystem (the default) or Block.
	dataSource	7	core.v1.TypedLocalObjectReference	p A	What the volume is filled from.
	dataSourceRef	8	core.v1.TypedObjectReference	p	What the volume is filled from.
	volumeAttributesClassName	9	string	p	The class of changeable settings.
core.v1.PersistentVolumeClaimStatus			A persistent volume claim status.
	phase	1	string	o	The phase.
	accessModes	2	[string	o	How it can be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.
	capacity	3	{quantity	o	The size.
	conditions	4	[core.v1.PersistentVolumeClaimCondition	o m=type P=type	Current conditions.
	allocatedResources	5	{quantity	o	What is set aside.
	allocatedResourceStatuses	7	{string	o	The allocated resource statuses.
	currentVolumeAttributesClassName	8	string	p	The current volume attributes class name.
	modifyVolumeStatus	9	core.v1.ModifyVolumeStatus	p	The modify volume status.
core.v1.PersistentVolumeClaimTemplate			A persistent volume claim template.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.PersistentVolumeClaimSpec	a r	The desired state.
core.v1.PersistentVolumeClaimVolumeSource			A persistent volume claim volume source.
	claimName	1	string	a r	The name of the claim.
	readOnly	2	bool	o	Whether it cannot be written.
core.v1.PersistentVolumeList	/v1/PersistentVolumeList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.PersistentVolume	n r	
core.v1.PersistentVolumeSource			
	gcePersistentDisk	1	core.v1.GCEPersistentDiskVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	awsElasticBlockStore	2	core.v1.AWSElasticBlockStoreVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	hostPath	3	core.v1.HostPathVolumeSource	p	A file or directory of the node.
	glusterfs	4	core.v1.GlusterfsPersistentVolumeSource	p	Not supported any more.
	nfs	5	core.v1.NFSVolumeSource	p	An NFS export.
	rbd	6	core.v1.RBDPersistentVolumeSource	p	Not supported any more.
	iscsi	7	core.v1.ISCSIPersistentVolumeSource	p	An iSCSI disk.
	cinder	8	core.v1.CinderPersistentVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	cephfs	9	core.v1.CephFSPersistentVolumeSource	p	Not supported any more.
	fc	10	core.v1.FCVolumeSource	p	A Fibre Channel disk.
	flocker	11	core.v1.FlockerVolumeSource	p	Not supported any more.
	flexVolume	12	core.v1.FlexPersistentVolumeSource	p	A volume of an external plugin. Deprecated.
	azureFile	13	core.v1.AzureFilePersistentVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	vsphereVolume	14	core.v1.VsphereVirtualDiskVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	quobyte	15	core.v1.QuobyteVolumeSource	p	Not supported any more.
	azureDisk	16	core.v1.AzureDiskVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	photonPersistentDisk	17	core.v1.PhotonPersistentDiskVolumeSource	p	Not supported any more.
	portworxVolume	18	core.v1.PortworxVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	scaleIO	19	core.v1.ScaleIOPersistentVolumeSource	p	Not supported any more.
	local	20	core.v1.LocalVolumeSource	p	Storage of a node that is always there.
	storageos	21	core.v1.StorageOSPersistentVolumeSource	p	Not supported any more.
	csi	22	core.v1.CSIPersistentVolumeSource	p	Storage of a CSI driver.
core.v1.PersistentVolumeSpec			A persistent volume spec.
	capacity	1	{quantity	o	The size.
	persistentVolumeSource	2	core.v1.PersistentVolumeSource	o i	
	accessModes	3	[string	o	How it can be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.
	claimRef	4	core.v1.ObjectReference	p A	The claim that it is bound to.
	persistentVolumeReclaimPolicy	5	string	o	Retain (the default), Delete or Recycle.
	storageClassName	6	string	o	The StorageClass.
	mountOptions	7	[string	o	Options of the mount.
	volumeMode	8	string	p	Filesystem (the default) or Block.
	nodeAffinity	9	core.v1.VolumeNodeAffinity	p	Which nodes are wanted.
	volumeAttributesClassName	10	string	p	The class of changeable settings.
core.v1.PersistentVolumeStatus			A persistent volume status.
	phase	1	string	o	The phase.
	message	2	string	o	A text for people.
	reason	3	string	o	A word for the state.
	lastPhaseTransitionTime	4	time	p	When the phase changed last.
core.v1.PhotonPersistentDiskVolumeSource			A photon persistent disk volume source.
	pdID	1	string	a r	The pd id.
	fsType	2	string	o	The file system to mount.
core.v1.Pod	/v1/Pod	k	Containers that run together on a node.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.PodSpec	a	What the pod should run.
	status	3	core.v1.PodStatus	a	What was last seen of the pod.
core.v1.PodAffinity			A pod affinity.
	requiredDuringSchedulingIgnoredDuringExecution	1	[core.v1.PodAffinityTerm	o	What must hold when the pod is scheduled.
	preferredDuringSchedulingIgnoredDuringExecution	2	[core.v1.WeightedPodAffinityTerm	o	What should hold, with weights.
core.v1.PodAffinityTerm			A pod affinity term.
	labelSelector	1	meta.v1.LabelSelector	p A	Which objects are meant, by their labels.
	namespaces	2	[string	o	Names of namespaces.
	topologyKey	3	string	a r	The node label whose value tells places apart.
	namespaceSelector	4	meta.v1.LabelSelector	p A	Which namespaces are meant, by their labels.
	matchLabelKeys	5	[string	o	Labels whose values are taken from the pod itself.
	mismatchLabelKeys	6	[string	o	Labels whose values must differ from the pod's own.
core.v1.PodAntiAffinity			A pod anti affinity.
	requiredDuringSchedulingIgnoredDuringExecution	1	[core.v1.PodAffinityTerm	o	What must hold when the pod is scheduled.
	preferredDuringSchedulingIgnoredDuringExecution	2	[core.v1.WeightedPodAffinityTerm	o	What should hold, with weights.
core.v1.PodAttachOptions			
	stdin	1	bool	o	
	stdout	2	bool	o	
	stderr	3	bool	o	
	tty	4	bool	o	
	container	5	string	o	
core.v1.PodCertificateProjection			A pod certificate projection.
	signerName	1	string	o r	The signer name.
	keyType	2	string	o r	The key type.
	maxExpirationSeconds	3	int32	p	The max expiration seconds.
	credentialBundlePath	4	string	o	The credential bundle path.
	keyPath	5	string	o	The key path.
	certificateChainPath	6	string	o	The certificate chain path.
	userAnnotations	7	{string	o	The user annotations.
core.v1.PodCondition			A pod condition.
	type	1	string	a r	The type.
	observedGeneration	7	int64	o	The generation that the status was set for.
	status	2	string	a r	True, False or Unknown.
	lastProbeTime	3	time	a	When it was last looked at.
	lastTransitionTime	4	time	a	When the status changed last.
	reason	5	string	o	A word for the state.
	message	6	string	o	A text for people.
core.v1.PodDNSConfig			A pod DNS config.
	nameservers	1	[string	o	Addresses of name servers.
	searches	2	[string	o	Domains to search.
	options	3	[core.v1.PodDNSConfigOption	o	Options.
core.v1.PodDNSConfigOption			A pod DNS config option.
	name	1	string	o	The name.
	value	2	string	p	The value.
core.v1.PodExecOptions			
	stdin	1	bool	o	
	stdout	2	bool	o	
	stderr	3	bool	o	
	tty	4	bool	o	
	container	5	string	o	
	command	6	[string	n	
core.v1.PodExtendedResourceClaimStatus			A pod extended resource claim status.
	requestMappings	1	[core.v1.ContainerExtendedResourceRequest	n r	The request mappings.
	resourceClaimName	2	string	a r	The name of the ResourceClaim.
core.v1.PodIP			A pod IP.
	ip	1	string	a r	The address.
core.v1.PodList	/v1/PodList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.Pod	n r	
core.v1.PodLogOptions			
	container	1	string	o	
	follow	2	bool	o	
	previous	3	bool	o	
	sinceSeconds	4	int64	p	
	sinceTime	5	time	p	
	timestamps	6	bool	o	
	tailLines	7	int64	p	
	limitBytes	8	int64	p	
	insecureSkipTLSVerifyBackend	9	bool	o	
	stream	10	string	p	
core.v1.PodOS			A pod OS.
	name	1	string	a r	The name.
core.v1.PodPortForwardOptions			
	ports	1	[int32	o	
core.v1.PodProxyOptions			
	path	1	string	o	
core.v1.PodReadinessGate			A pod readiness gate.
	conditionType	1	string	a r	The type of the condition.
core.v1.PodResourceClaim			A pod resource claim.
	name	1	string	a r	The name.
	resourceClaimName	3	string	p	The name of the ResourceClaim.
	resourceClaimTemplateName	4	string	p	The template that a ResourceClaim is made from.
core.v1.PodResourceClaimStatus			A pod resource claim status.
	name	1	string	a r	The name.
	resourceClaimName	2	string	p	The name of the ResourceClaim.
core.v1.PodSchedulingGate			A pod scheduling gate.
	name	1	string	a r	The name.
core.v1.PodSchedulingGroup			A pod scheduling group.
	podGroupName	1	string	p	The pod group name.
core.v1.PodSecurityContext			A pod security context.
	seLinuxOptions	1	core.v1.SELinuxOptions	p	SELinux labels.
	windowsOptions	8	core.v1.WindowsSecurityContextOptions	p	Settings for Windows.
	runAsUser	2	int64	p	The user id of processes.
	runAsGroup	6	int64	p	The group id of processes.
	runAsNonRoot	3	bool	p	Whether user 0 is refused.
	supplementalGroups	4	[int64	o	Further group ids of processes.
	supplementalGroupsPolicy	12	string	p	Merge (the default) or Strict.
	fsGroup	5	int64	p	The group that owns volumes.
	sysctls	7	[core.v1.Sysctl	o	Kernel parameters of the pod.
	fsGroupChangePolicy	9	string	p	OnRootMismatch or Always (the default).
	seccompProfile	10	core.v1.SeccompProfile	p	Which system calls are allowed.
	appArmorProfile	11	core.v1.AppArmorProfile	p	The AppArmor profile.
	seLinuxChangePolicy	13	string	p	Recursive or MountOption (the default).
core.v1.PodSignature			
	podController	1	meta.v1.OwnerReference	p A	
core.v1.PodSpec			What a pod should run.
	volumes	1	[core.v1.Volume	o m=name P=name R	Volumes that containers of the pod can mount.
	initContainers	20	[core.v1.Container	o m=name P=name	Containers that run to their end one after another before the others start.
	containers	2	[core.v1.Container	n r m=name P=name	The containers of the pod, at least one. They cannot be added or removed later.
	ephemeralContainers	34	[core.v1.EphemeralContainer	o m=name P=name	Containers for debugging, added to a running pod by its own subresource.
	restartPolicy	3	string	o	Always (the default), OnFailure or Never, for all containers.
	terminationGracePeriodSeconds	4	int64	p	Seconds between asking processes to end and killing them; 30 if left out.
	activeDeadlineSeconds	5	int64	p	Seconds after which the pod is ended and marked as failed.
	dnsPolicy	6	string	o	ClusterFirst (the default), ClusterFirstWithHostNet, Default or None.
	nodeSelector	7	{string	o A	Labels that a node must have to run the pod.
	serviceAccountName	8	string	o	The ServiceAccount that the pod runs as.
	serviceAccount	9	string	o	Old name of serviceAccountName.
	automountServiceAccountToken	21	bool	p	Whether a token of the service account is mounted.
	nodeName	10	string	o	The node that the pod runs on; set by the scheduler through a binding.
	hostNetwork	11	bool	o	Whether the pod uses the node's network.
	hostPID	12	bool	o	Whether the pod sees the node's processes.
	hostIPC	13	bool	o	Whether the pod shares the node's IPC namespace.
	shareProcessNamespace	27	bool	p	Whether the containers see each other's processes.
	securityContext	14	core.v1.PodSecurityContext	p	Security settings of the pod and defaults for its containers.
	imagePullSecrets	15	[core.v1.LocalObjectReference	o m=name P=name	Secrets with credentials for registries.
	hostname	16	string	o	The host name inside the pod; the pod's name if left out.
	subdomain	17	string	o	With it the pod's full name is hostname.subdomain.namespace.svc.DOMAIN.
	affinity	18	core.v1.Affinity	p	Which nodes and neighbours the pod wants or avoids.
	schedulerName	19	string	o	The scheduler that is responsible; default-scheduler if left out.
	tolerations	22	[core.v1.Toleration	o	Taints that do not keep the pod off a node.
	hostAliases	23	[core.v1.HostAlias	o m=ip P=ip	Further lines of the pod's hosts file.
	priorityClassName	24	string	o	The PriorityClass that gives the pod's priority.
	priority	25	int32	p	The pod's priority; the server sets it from the class.
	dnsConfig	26	core.v1.PodDNSConfig	p	Resolver settings that are merged with those of the policy.
	readinessGates	28	[core.v1.PodReadinessGate	o	Further conditions that a pod needs to be ready.
	runtimeClassName	29	string	p	The RuntimeClass to run the pod with.
	enableServiceLinks	30	bool	p	Whether containers get environment variables for services; true if left out.
	preemptionPolicy	31	string	p	PreemptLowerPriority (the default) or Never.
	overhead	32	{quantity	o	Resources that running a pod takes beyond its containers.
	topologySpreadConstraints	33	[core.v1.TopologySpreadConstraint	o m=topologyKey,whenUnsatisfiable P=topologyKey	How pods of a group spread over zones, nodes and the like.
	setHostnameAsFQDN	35	bool	p	Whether the host name is the full domain name.
	os	36	core.v1.PodOS	p	The operating system that the pod needs.
	hostUsers	37	bool	p	Whether the pod uses the node's user namespace; true if left out.
	schedulingGates	38	[core.v1.PodSchedulingGate	o m=name P=name	While there are any, the pod is not scheduled. They can only be removed.
	resourceClaims	39	[core.v1.PodResourceClaim	o m=name P=name R	Claims of dynamic resources that containers may refer to.
	resources	40	core.v1.ResourceRequirements	p	Requests and limits of the pod as a whole.
	hostnameOverride	41	string	p	The host name, whatever the name of the pod is.
	schedulingGroup	43	core.v1.PodSchedulingGroup	p	The group that the pod is scheduled with.
core.v1.PodStatus			What was last seen of a pod.
	observedGeneration	17	int64	o	The generation that the status was set for.
	phase	1	string	o	Pending, Running, Succeeded, Failed or Unknown.
	conditions	2	[core.v1.PodCondition	o m=type P=type	Current conditions.
	message	3	string	o	A text for people.
	reason	4	string	o	A word for the state.
	nominatedNodeName	11	string	o	The node where others make room for the pod.
	hostIP	5	string	o	The node's address.
	hostIPs	16	[core.v1.HostIP	o P=ip	The node's addresses, one a family.
	podIP	6	string	o	The pod's address.
	podIPs	12	[core.v1.PodIP	o m=ip P=ip	The pod's addresses, one a family.
	startTime	7	time	p	When it was taken up.
	initContainerStatuses	10	[core.v1.ContainerStatus	o	States of the init containers.
	containerStatuses	8	[core.v1.ContainerStatus	o	States of the containers.
	qosClass	9	string	o	Guaranteed, Burstable or BestEffort.
	ephemeralContainerStatuses	13	[core.v1.ContainerStatus	o	States of the ephemeral containers.
	resize	14	string	o	Not used any more.
	resourceClaimStatuses	15	[core.v1.PodResourceClaimStatus	o m=name P=name R	The resource claim statuses.
	extendedResourceClaimStatus	18	core.v1.PodExtendedResourceClaimStatus	p	The extended resource claim status.
	allocatedResources	19	{quantity	o	What is set aside.
	resources	20	core.v1.ResourceRequirements	p	Resources.
	nodeAllocatableResourceClaimStatuses	21	[core.v1.NodeAllocatableResourceClaimStatus	o	The node allocatable resource claim statuses.
core.v1.PodStatusResult			
	metadata	1	meta.v1.ObjectMeta	a	
	status	2	core.v1.PodStatus	a	
core.v1.PodTemplate	/v1/PodTemplate	k	A description of pods to make.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	template	2	core.v1.PodTemplateSpec	a	The pods to make.
core.v1.PodTemplateList	/v1/PodTemplateList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.PodTemplate	n r	
core.v1.PodTemplateSpec			Metadata and spec of pods to make.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.PodSpec	a	The desired state.
core.v1.PortStatus			The state of a port.
	port	1	int32	a r	The port.
	protocol	2	string	a r	TCP, UDP or SCTP.
	error	3	string	p	What is wrong with the port.
core.v1.PortworxVolumeSource			A portworx volume source.
	volumeID	1	string	a r	The volume id.
	fsType	2	string	o	The file system to mount.
	readOnly	3	bool	o	Whether it cannot be written.
core.v1.Preconditions			
	uid	1	string	p	
core.v1.PreferAvoidPodsEntry			
	podSignature	1	core.v1.PodSignature	a	
	evictionTime	2	time	a	
	reason	3	string	o	
	message	4	string	o	
core.v1.PreferredSchedulingTerm			A preferred scheduling term.
	weight	1	int32	a r	1 to 100.
	preference	2	core.v1.NodeSelectorTerm	a r A	The nodes that are preferred.
core.v1.Probe			A probe.
	handler	1	core.v1.ProbeHandler	o i	
	initialDelaySeconds	2	int32	o	Seconds before the first probe.
	timeoutSeconds	3	int32	o	Seconds that a probe may take; 1 if left out.
	periodSeconds	4	int32	o	Seconds between probes; 10 if left out.
	successThreshold	5	int32	o	Successes in a row that count; 1 if left out.
	failureThreshold	6	int32	o	Failures in a row that count; 3 if left out.
	terminationGracePeriodSeconds	7	int64	p	Instead of the pod's grace period when this probe fails.
core.v1.ProbeHandler			
	exec	1	core.v1.ExecAction	p	A program to run in the container.
	httpGet	2	core.v1.HTTPGetAction	p	An HTTP request.
	tcpSocket	3	core.v1.TCPSocketAction	p	A TCP connection.
	grpc	4	core.v1.GRPCAction	p	A gRPC health check.
core.v1.ProjectedVolumeSource			A projected volume source.
	sources	1	[core.v1.VolumeProjection	n	What is put into the directory.
	defaultMode	2	int32	p	Permission bits of files that have none of their own, 0 to 0777.
core.v1.QuobyteVolumeSource			A quobyte volume source.
	registry	1	string	a r	The registry.
	volume	2	string	a r	The volume.
	readOnly	3	bool	o	Whether it cannot be written.
	user	4	string	o	The user.
	group	5	string	o	The API group.
	tenant	6	string	o	The tenant.
core.v1.RBDPersistentVolumeSource			A RBD persistent volume source.
	monitors	1	[string	n r	The monitors.
	image	2	string	a r	A container image as a read-only directory.
	fsType	3	string	o	The file system to mount.
	pool	4	string	o d="rbd"	The pool.
	user	5	string	o d="admin"	The user.
	keyring	6	string	o d="/etc/ceph/keyring"	The keyring.
	secretRef	7	core.v1.SecretReference	p A	The Secret with credentials.
	readOnly	8	bool	o	Whether it cannot be written.
core.v1.RBDVolumeSource			A RBD volume source.
	monitors	1	[string	n r	The monitors.
	image	2	string	a r	A container image as a read-only directory.
	fsType	3	string	o	The file system to mount.
	pool	4	string	o d="rbd"	The pool.
	user	5	string	o d="admin"	The user.
	keyring	6	string	o d="/etc/ceph/keyring"	The keyring.
	secretRef	7	core.v1.LocalObjectReference	p A	The Secret with credentials.
	readOnly	8	bool	o	Whether it cannot be written.
core.v1.RangeAllocation		k	
	metadata	1	meta.v1.ObjectMeta	a	
	range	2	string	a	
	data	3	bytes	n	
core.v1.ReplicationController	/v1/ReplicationController	k	A number of equal pods. Older than ReplicaSet.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.ReplicationControllerSpec	a	The desired state.
	status	3	core.v1.ReplicationControllerStatus	a	The observed state.
core.v1.ReplicationControllerCondition			A replication controller condition.
	type	1	string	a r	The type.
	status	2	string	a r	The observed state.
	lastTransitionTime	3	time	a	When the status changed last.
	reason	4	string	o	A word for the state.
	message	5	string	o	A text for people.
core.v1.ReplicationControllerList	/v1/ReplicationControllerList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.ReplicationController	n r	
core.v1.ReplicationControllerSpec			A replication controller spec.
	replicas	1	int32	p d=1	How many pods are wanted; 1 if left out.
	minReadySeconds	4	int32	o	Seconds that a pod must be ready to count as available.
	selector	2	{string	o A	Labels of the pods that belong to it.
	template	3	core.v1.PodTemplateSpec	p	The pods to make.
core.v1.ReplicationControllerStatus			A replication controller status.
	replicas	1	int32	a r	How many pods there are.
	fullyLabeledReplicas	2	int32	o	Pods that have all labels of the template.
	readyReplicas	4	int32	o	Pods that are ready.
	availableReplicas	5	int32	o	Pods that have been ready for minReadySeconds.
	observedGeneration	3	int64	o	The generation that the status was set for.
	conditions	6	[core.v1.ReplicationControllerCondition	o m=type P=type	Current conditions.
core.v1.ResourceClaim			A resource claim.
	name	1	string	a r	The name.
	request	2	string	o	A part of the claim.
core.v1.ResourceFieldSelector		A	A resource field selector.
	containerName	1	string	o	The name of the container.
	resource	2	string	a r	The name of the resource.
	divisor	3	quantity	a	The unit that the value is given in; 1 if left out.
core.v1.ResourceHealth			A resource health.
	resourceID	1	string	a r	The resource id.
	health	2	string	o	The health.
	message	6	string	p	A text for people.
core.v1.ResourceQuota	/v1/ResourceQuota	k	How much a namespace may use.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.ResourceQuotaSpec	a	The desired state.
	status	3	core.v1.ResourceQuotaStatus	a	The observed state.
core.v1.ResourceQuotaList	/v1/ResourceQuotaList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.ResourceQuota	n r	
core.v1.ResourceQuotaSpec			A resource quota spec.
	hard	1	{quantity	o	The limits.
	scopes	2	[string	o	Which objects are counted.
	scopeSelector	3	core.v1.ScopeSelector	p A	Which objects are counted, by expressions.
core.v1.ResourceQuotaStatus			A resource quota status.
	hard	1	{quantity	o	The limits.
	used	2	{quantity	o	What is used.
core.v1.ResourceRequirements			A resource requirements.
	limits	1	{quantity	o	The most that may be used.
	requests	2	{quantity	o	What is set aside; the limits if left out.
	claims	3	[core.v1.ResourceClaim	o m=name	Claims of the pod that are used.
core.v1.ResourceStatus			A resource status.
	name	1	string	a r	The name.
	resources	2	[core.v1.ResourceHealth	o m=resourceID	Resources.
core.v1.SELinuxOptions			A SE linux options.
	user	1	string	o	The user.
	role	2	string	o	The role.
	type	3	string	o	The type.
	level	4	string	o	The level.
core.v1.ScaleIOPersistentVolumeSource			A scale IO persistent volume source.
	gateway	1	string	a r	The gateway.
	system	2	string	a r	The system.
	secretRef	3	core.v1.SecretReference	n r A	The Secret with credentials.
	sslEnabled	4	bool	o	The ssl enabled.
	protectionDomain	5	string	o	The protection domain.
	storagePool	6	string	o	The storage pool.
	storageMode	7	string	o d="ThinProvisioned"	The storage mode.
	volumeName	8	string	o	The volume that the claim is bound to.
	fsType	9	string	o d="xfs"	The file system to mount.
	readOnly	10	bool	o	Whether it cannot be written.
core.v1.ScaleIOVolumeSource			A scale IO volume source.
	gateway	1	string	a r	The gateway.
	system	2	string	a r	The system.
	secretRef	3	core.v1.LocalObjectReference	n r A	The Secret with credentials.
	sslEnabled	4	bool	o	The ssl enabled.
	protectionDomain	5	string	o	The protection domain.
	storagePool	6	string	o	The storage pool.
	storageMode	7	string	o d="ThinProvisioned"	The storage mode.
	volumeName	8	string	o	The volume that the claim is bound to.
	fsType	9	string	o d="xfs"	The file system to mount.
	readOnly	10	bool	o	Whether it cannot be written.
core.v1.ScopeSelector		A	A scope selector.
	matchExpressions	1	[core.v1.ScopedResourceSelectorRequirement	o	Requirements, all of which must hold.
core.v1.ScopedResourceSelectorRequirement			A scoped resource selector requirement.
	scopeName	1	string	a r	The scope name.
	operator	2	string	a r	How key and values are compared.
	values	3	[string	o	The values.
core.v1.SeccompProfile			A seccomp profile.
	type	1	string	a r	Localhost, RuntimeDefault or Unconfined.
	localhostProfile	2	string	p	A profile of the node, for type Localhost.
core.v1.Secret	/v1/Secret	k	Confidential data.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	immutable	5	bool	p	Whether the data can no longer be changed.
	data	2	{bytes	o	The data.
	stringData	4	{string	o	Data as text, which is merged into data.
	type	3	string	o	What the data is for; Opaque if left out.
core.v1.SecretEnvSource			A secret env source.
	localObjectReference	1	core.v1.LocalObjectReference	o i A	
	optional	2	bool	p	Whether it may be missing.
core.v1.SecretKeySelector		A	A secret key selector.
	localObjectReference	1	core.v1.LocalObjectReference	o i A	
	key	2	string	a r	The key.
	optional	3	bool	p	Whether it may be missing.
core.v1.SecretList	/v1/SecretList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.Secret	n r	
core.v1.SecretProjection			A secret projection.
	localObjectReference	1	core.v1.LocalObjectReference	o i A	
	items	2	[core.v1.KeyToPath	o	Which entries become which files; all if left out.
	optional	4	bool	p	Whether it may be missing.
core.v1.SecretReference		A	A secret reference.
	name	1	string	o	The name.
	namespace	2	string	o	The namespace.
core.v1.SecretVolumeSource			A secret volume source.
	secretName	1	string	o	The name of the Secret.
	items	2	[core.v1.KeyToPath	o	Which entries become which files; all if left out.
	defaultMode	3	int32	p	Permission bits of files that have none of their own, 0 to 0777.
	optional	4	bool	p	Whether it may be missing.
core.v1.SecurityContext			A security context.
	capabilities	1	core.v1.Capabilities	p	Capabilities to add and to drop.
	privileged	2	bool	p	Whether processes have all rights on the node.
	seLinuxOptions	3	core.v1.SELinuxOptions	p	SELinux labels.
	windowsOptions	10	core.v1.WindowsSecurityContextOptions	p	Settings for Windows.
	runAsUser	4	int64	p	The user id of processes.
	runAsGroup	8	int64	p	The group id of processes.
	runAsNonRoot	5	bool	p	Whether user 0 is refused.
	readOnlyRootFilesystem	6	bool	p	Whether the image cannot be written.
	allowPrivilegeEscalation	7	bool	p	Whether a process may gain rights.
	procMount	9	string	p	Default or Unmasked.
	seccompProfile	11	core.v1.SeccompProfile	p	Which system calls are allowed.
	appArmorProfile	12	core.v1.AppArmorProfile	p	The AppArmor profile.
core.v1.SerializedReference			
	reference	1	core.v1.ObjectReference	a A	
core.v1.Service	/v1/Service	k	A name for a set of endpoints: a virtual IP and the ports that proxies forward to the endpoints.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	core.v1.ServiceSpec	a	What the service should be.
	status	3	core.v1.ServiceStatus	a	What the load balancer reported.
core.v1.ServiceAccount	/v1/ServiceAccount	k	An identity for programs.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	secrets	2	[core.v1.ObjectReference	o m=name P=name	Secrets that pods with this identity may use.
	imagePullSecrets	3	[core.v1.LocalObjectReference	o	Secrets for pulling images.
	automountServiceAccountToken	4	bool	p	Whether pods with this identity get a token of it.
core.v1.ServiceAccountList	/v1/ServiceAccountList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.ServiceAccount	n r	
core.v1.ServiceAccountTokenProjection			A service account token projection.
	audience	1	string	o	Who the token is for.
	expirationSeconds	2	int64	p	How long the token is valid.
	path	3	string	a r	Relative path of the file.
core.v1.ServiceList	/v1/ServiceList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[core.v1.Service	n r	
core.v1.ServicePort			A port that the service exposes.
	name	1	string	o	A DNS label, unique in the service; may be left out if there is one port only.
	protocol	2	string	o d="TCP"	TCP (the default), UDP or SCTP.
	appProtocol	6	string	p	The application protocol, for load balancers.
	port	3	int32	a r	The port that the service exposes.
	targetPort	4	intOrString	a	Number or name of the port on the endpoints; `port` if left out.
	nodePort	5	int32	o	The port on every node, for the types NodePort and LoadBalancer.
core.v1.ServiceProxyOptions			
	path	1	string	o	
core.v1.ServiceSpec			The desired state of a Service.
	ports	1	[core.v1.ServicePort	o m=port,protocol P=port	The ports that the service exposes.
	selector	2	{string	o A	Labels of the pods that are endpoints.
	clusterIP	3	string	o	The virtual IP; None for a headless service. Allocated if left out.
	clusterIPs	18	[string	o	The virtual IPs, at most one of each family.
	type	4	string	o	ClusterIP (the default), NodePort, LoadBalancer or ExternalName.
	externalIPs	5	[string	o	Further addresses that nodes accept traffic for.
	sessionAffinity	7	string	o	None (the default) or ClientIP.
	loadBalancerIP	8	string	o	Deprecated. The wanted address of the load balancer.
	loadBalancerSourceRanges	9	[string	o	The clients that the load balancer lets in, as CIDRs.
	externalName	10	string	o	The DNS name that a service of type ExternalName stands for.
	externalTrafficPolicy	11	string	o	Cluster (the default) or Local, for traffic from outside.
	healthCheckNodePort	12	int32	o	The health check port for externalTrafficPolicy Local.
	publishNotReadyAddresses	13	bool	o	Whether endpoints count as ready before they are.
	sessionAffinityConfig	14	core.v1.SessionAffinityConfig	p	Settings of the session affinity.
	ipFamilies	19	[string	o	The families of the cluster IPs: IPv4, IPv6.
	ipFamilyPolicy	17	string	p	SingleStack, PreferDualStack or RequireDualStack.
	allocateLoadBalancerNodePorts	20	bool	p	Whether a LoadBalancer gets node ports.
	loadBalancerClass	21	string	p	Which load balancer implementation is meant.
	internalTrafficPolicy	22	string	p	Cluster (the default) or Local, for traffic from inside.
	trafficDistribution	23	string	p	PreferSameZone or PreferSameNode.
core.v1.ServiceStatus			The state of a Service.
	loadBalancer	1	core.v1.LoadBalancerStatus	a	The load balancer, if there is one.
	conditions	2	[meta.v1.Condition	o m=type P=type	Current conditions.
core.v1.SessionAffinityConfig			Settings of the session affinity.
	clientIP	1	core.v1.ClientIPConfig	p	Settings of ClientIP affinity.
core.v1.SleepAction			A sleep action.
	seconds	1	int64	a r	How many seconds.
core.v1.StorageOSPersistentVolumeSource			A storage OS persistent volume source.
	volumeName	1	string	o	The volume that the claim is bound to.
	volumeNamespace	2	string	o	The volume namespace.
	fsType	3	string	o	The file system to mount.
	readOnly	4	bool	o	Whether it cannot be written.
	secretRef	5	core.v1.ObjectReference	p A	The Secret with credentials.
core.v1.StorageOSVolumeSource			A storage OS volume source.
	volumeName	1	string	o	The volume that the claim is bound to.
	volumeNamespace	2	string	o	The volume namespace.
	fsType	3	string	o	The file system to mount.
	readOnly	4	bool	o	Whether it cannot be written.
	secretRef	5	core.v1.LocalObjectReference	p A	The Secret with credentials.
core.v1.Sysctl			A sysctl.
	name	1	string	a r	The name.
	value	2	string	a r	The value.
core.v1.TCPSocketAction			A TCP socket action.
	port	1	intOrString	a r	Number or name of the port.
	host	2	string	o	The host.
core.v1.Taint			Keeps pods off a node that do not tolerate it.
	key	1	string	a r	The key.
	value	2	string	o	The value.
	effect	3	string	a r	NoSchedule, PreferNoSchedule or NoExecute.
	timeAdded	4	time	p	When it was added.
core.v1.Toleration			A toleration.
	key	1	string	o	The key.
	operator	2	string	o	Equal (the default) or Exists.
	value	3	string	o	The value.
	effect	4	string	o	NoSchedule, PreferNoSchedule or NoExecute; all if left out.
	tolerationSeconds	5	int64	p	How long a NoExecute taint is tolerated; for ever if left out.
core.v1.TopologySelectorLabelRequirement			A topology selector label requirement.
	key	1	string	a r	The key.
	values	2	[string	n r	The values.
core.v1.TopologySelectorTerm		A	A topology selector term.
	matchLabelExpressions	1	[core.v1.TopologySelectorLabelRequirement	o	Requirements, all of which must hold.
core.v1.TopologySpreadConstraint			A topology spread constraint.
	maxSkew	1	int32	a r	How uneven the spread may be.
	topologyKey	2	string	a r	The node label whose value tells places apart.
	whenUnsatisfiable	3	string	a r	DoNotSchedule or ScheduleAnyway.
	labelSelector	4	meta.v1.LabelSelector	p A	Which objects are meant, by their labels.
	minDomains	5	int32	p	How many places there should be at least.
	nodeAffinityPolicy	6	string	p	Honor (the default) or Ignore.
	nodeTaintsPolicy	7	string	p	Honor or Ignore (the default).
	matchLabelKeys	8	[string	o	Labels whose values are taken from the pod itself.
core.v1.TypedLocalObjectReference		A	A typed local object reference.
	apiGroup	1	string	n	The API group.
	kind	2	string	a r	The kind.
	name	3	string	a r	The name.
core.v1.TypedObjectReference			A typed object reference.
	apiGroup	1	string	n	The API group.
	kind	2	string	a r	The kind.
	name	3	string	a r	The name.
	namespace	4	string	p	The namespace.
core.v1.Volume			A volume.
	name	1	string	a r	The name.
	volumeSource	2	core.v1.VolumeSource	o i	
core.v1.VolumeDevice			A volume device.
	name	1	string	a r	The name.
	devicePath	2	string	a r	The path of the device in the container.
core.v1.VolumeMount			A volume mount.
	name	1	string	a r	The name.
	readOnly	2	bool	o	Whether it cannot be written.
	recursiveReadOnly	7	string	p	Whether mounts below are read-only too: Disabled, IfPossible or Enabled.
	mountPath	3	string	a r	The path in the container.
	subPath	4	string	o	A path inside the volume to mount.
	mountPropagation	5	string	p	None (the default), HostToContainer or Bidirectional.
	subPathExpr	6	string	o	As subPath, with environment variables.
core.v1.VolumeMountStatus			A volume mount status.
	name	1	string	a r	The name.
	mountPath	2	string	a r	The path in the container.
	readOnly	3	bool	o	Whether it cannot be written.
	recursiveReadOnly	4	string	p	Whether mounts below are read-only too: Disabled, IfPossible or Enabled.
	volumeStatus	5	core.v1.VolumeStatus	p	The volume status.
core.v1.VolumeNodeAffinity			A volume node affinity.
	required	1	core.v1.NodeSelector	p A	What must hold.
core.v1.VolumeProjection			A volume projection.
	secret	1	core.v1.SecretProjection	p	The data of a Secret as files.
	downwardAPI	2	core.v1.DownwardAPIProjection	p	Fields of the pod as files.
	configMap	3	core.v1.ConfigMapProjection	p	The data of a ConfigMap as files.
	serviceAccountToken	4	core.v1.ServiceAccountTokenProjection	p	A token of the pod's service account.
	clusterTrustBundle	5	core.v1.ClusterTrustBundleProjection	p	Certificates that are trusted.
	podCertificate	6	core.v1.PodCertificateProjection	p	A certificate for the pod.
core.v1.VolumeResourceRequirements			A volume resource requirements.
	limits	1	{quantity	o	The most that may be used.
	requests	2	{quantity	o	What is set aside; the limits if left out.
core.v1.VolumeSource			
	hostPath	1	core.v1.HostPathVolumeSource	p	A file or directory of the node.
	emptyDir	2	core.v1.EmptyDirVolumeSource	p	A directory that lives as long as the pod.
	gcePersistentDisk	3	core.v1.GCEPersistentDiskVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	awsElasticBlockStore	4	core.v1.AWSElasticBlockStoreVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	gitRepo	5	core.v1.GitRepoVolumeSource	p	Not supported any more.
	secret	6	core.v1.SecretVolumeSource	p	The data of a Secret as files.
	nfs	7	core.v1.NFSVolumeSource	p	An NFS export.
	iscsi	8	core.v1.ISCSIVolumeSource	p	An iSCSI disk.
	glusterfs	9	core.v1.GlusterfsVolumeSource	p	Not supported any more.
	persistentVolumeClaim	10	core.v1.PersistentVolumeClaimVolumeSource	p	A PersistentVolumeClaim of the same namespace.
	rbd	11	core.v1.RBDVolumeSource	p	Not supported any more.
	flexVolume	12	core.v1.FlexVolumeSource	p	A volume of an external plugin. Deprecated.
	cinder	13	core.v1.CinderVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	cephfs	14	core.v1.CephFSVolumeSource	p	Not supported any more.
	flocker	15	core.v1.FlockerVolumeSource	p	Not supported any more.
	downwardAPI	16	core.v1.DownwardAPIVolumeSource	p	Fields of the pod as files.
	fc	17	core.v1.FCVolumeSource	p	A Fibre Channel disk.
	azureFile	18	core.v1.AzureFileVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	configMap	19	core.v1.ConfigMapVolumeSource	p	The data of a ConfigMap as files.
	vsphereVolume	20	core.v1.VsphereVirtualDiskVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	quobyte	21	core.v1.QuobyteVolumeSource	p	Not supported any more.
	azureDisk	22	core.v1.AzureDiskVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	photonPersistentDisk	23	core.v1.PhotonPersistentDiskVolumeSource	p	Not supported any more.
	projected	26	core.v1.ProjectedVolumeSource	p	Several sources in one directory.
	portworxVolume	24	core.v1.PortworxVolumeSource	p	A disk of that provider. Deprecated for its CSI driver.
	scaleIO	25	core.v1.ScaleIOVolumeSource	p	Not supported any more.
	storageos	27	core.v1.StorageOSVolumeSource	p	Not supported any more.
	csi	28	core.v1.CSIVolumeSource	p	Storage of a CSI driver.
	ephemeral	29	core.v1.EphemeralVolumeSource	p	A claim that is made for the pod and goes with it.
	image	30	core.v1.ImageVolumeSource	p	A container image as a read-only directory.
core.v1.VolumeStatus			A volume status.
	image	1	core.v1.ImageVolumeStatus	p	A container image as a read-only directory.
core.v1.VsphereVirtualDiskVolumeSource			A vsphere virtual disk volume source.
	volumePath	1	string	a r	The volume path.
	fsType	2	string	o	The file system to mount.
	storagePolicyName	3	string	o	The storage policy name.
	storagePolicyID	4	string	o	The storage policy id.
core.v1.WeightedPodAffinityTerm			A weighted pod affinity term.
	weight	1	int32	a r	1 to 100.
	podAffinityTerm	2	core.v1.PodAffinityTerm	a r	The pods that are meant.
core.v1.WindowsSecurityContextOptions			A windows security context options.
	gmsaCredentialSpecName	1	string	p	The gmsa credential spec name.
	gmsaCredentialSpec	2	string	p	The gmsa credential spec.
	runAsUserName	3	string	p	The run as user name.
	hostProcess	4	bool	p	The host process.
discovery.v1.Endpoint			A backend of the service.
	addresses	1	[string	n r s	Its addresses; the first is used.
	conditions	2	discovery.v1.EndpointConditions	a	The state of the endpoint.
	hostname	3	string	p	Its host name.
	targetRef	4	core.v1.ObjectReference	p A	The object behind it.
	deprecatedTopology	5	{string	o	From the older API version.
	nodeName	6	string	p	The node that it is on.
	zone	7	string	p	The zone that it is in.
	hints	8	discovery.v1.EndpointHints	p	Who should use it.
discovery.v1.EndpointConditions			The state of an endpoint.
	ready	1	bool	p	Whether it takes traffic; true if left out.
	serving	2	bool	p	As ready, but also while it ends.
	terminating	3	bool	p	Whether it is ending.
discovery.v1.EndpointHints			Who should use an endpoint.
	forZones	1	[discovery.v1.ForZone	o	The zones that should.
	forNodes	2	[discovery.v1.ForNode	o	The nodes that should.
discovery.v1.EndpointPort		A	A port of the endpoints.
	name	1	string	p	The name of the service's port.
	protocol	2	string	p	TCP (the default), UDP or SCTP.
	port	3	int32	p	The number; all ports if left out.
	appProtocol	4	string	p	The application protocol.
discovery.v1.EndpointSlice	discovery.k8s.io/v1/EndpointSlice	k	Some of the endpoints of a Service.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	addressType	4	string	a r	IPv4, IPv6 or FQDN. It cannot be changed.
	endpoints	2	[discovery.v1.Endpoint	n	At most 1000 endpoints.
	ports	3	[discovery.v1.EndpointPort	n	The ports of each endpoint, at most 20000.
discovery.v1.EndpointSliceList	discovery.k8s.io/v1/EndpointSliceList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[discovery.v1.EndpointSlice	n r	
discovery.v1.ForNode			A name.
	name	1	string	a r	The name.
discovery.v1.ForZone			A name.
	name	1	string	a r	The name.
events.v1.Event	events.k8s.io/v1/Event	k	Something that happened to an object.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	eventTime	2	microTime	a r	When it was first seen.
	series	3	events.v1.EventSeries	p	If it repeats.
	reportingController	4	string	o	The controller that reports.
	reportingInstance	5	string	o	Its instance.
	action	6	string	o	What was done.
	reason	7	string	o	Why, in a word.
	regarding	8	core.v1.ObjectReference	a A	What it is about.
	related	9	core.v1.ObjectReference	p A	A second object.
	note	10	string	o	What happened, for people.
	type	11	string	o	Normal or Warning.
	deprecatedSource	12	core.v1.EventSource	a	Who saw it.
	deprecatedFirstTimestamp	13	time	a	When it was first seen.
	deprecatedLastTimestamp	14	time	a	When it was last seen.
	deprecatedCount	15	int32	o	How often it was seen.
events.v1.EventList	events.k8s.io/v1/EventList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[events.v1.Event	n r	
events.v1.EventSeries			A repeated event.
	count	1	int32	a r	How often it happened.
	lastObservedTime	2	microTime	a r	When it happened last.
flowcontrol.v1.ExemptPriorityLevelConfiguration			
	nominalConcurrencyShares	1	int32	p	
	lendablePercent	2	int32	p	
flowcontrol.v1.FlowDistinguisherMethod			
	type	1	string	a r	
flowcontrol.v1.FlowSchema	flowcontrol.apiserver.k8s.io/v1/FlowSchema	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	flowcontrol.v1.FlowSchemaSpec	a	
	status	3	flowcontrol.v1.FlowSchemaStatus	a	
flowcontrol.v1.FlowSchemaCondition			
	type	1	string	o	
	status	2	string	o	
	lastTransitionTime	3	time	a	
	reason	4	string	o	
	message	5	string	o	
flowcontrol.v1.FlowSchemaList	flowcontrol.apiserver.k8s.io/v1/FlowSchemaList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[flowcontrol.v1.FlowSchema	n r	
flowcontrol.v1.FlowSchemaSpec			
	priorityLevelConfiguration	1	flowcontrol.v1.PriorityLevelConfigurationReference	a r	
	matchingPrecedence	2	int32	a	
	distinguisherMethod	3	flowcontrol.v1.FlowDistinguisherMethod	p	
	rules	4	[flowcontrol.v1.PolicyRulesWithSubjects	o	
flowcontrol.v1.FlowSchemaStatus			
	conditions	1	[flowcontrol.v1.FlowSchemaCondition	o m=type P=type	
flowcontrol.v1.GroupSubject			
	name	1	string	a r	
flowcontrol.v1.LimitResponse			
	type	1	string	a r	
	queuing	2	flowcontrol.v1.QueuingConfiguration	p	
flowcontrol.v1.LimitedPriorityLevelConfiguration			
	nominalConcurrencyShares	1	int32	n	
	limitResponse	2	flowcontrol.v1.LimitResponse	a	
	lendablePercent	3	int32	p	
	borrowingLimitPercent	4	int32	p	
flowcontrol.v1.NonResourcePolicyRule			
	verbs	1	[string	n r s	
	nonResourceURLs	6	[string	n r s	
flowcontrol.v1.PolicyRulesWithSubjects			
	subjects	1	[flowcontrol.v1.Subject	n r	
	resourceRules	2	[flowcontrol.v1.ResourcePolicyRule	o	
	nonResourceRules	3	[flowcontrol.v1.NonResourcePolicyRule	o	
flowcontrol.v1.PriorityLevelConfiguration	flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	flowcontrol.v1.PriorityLevelConfigurationSpec	a	
	status	3	flowcontrol.v1.PriorityLevelConfigurationStatus	a	
flowcontrol.v1.PriorityLevelConfigurationCondition			
	type	1	string	o	
	status	2	string	o	
	lastTransitionTime	3	time	a	
	reason	4	string	o	
	message	5	string	o	
flowcontrol.v1.PriorityLevelConfigurationList	flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfigurationList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[flowcontrol.v1.PriorityLevelConfiguration	n r	
flowcontrol.v1.PriorityLevelConfigurationReference			
	name	1	string	a r	
flowcontrol.v1.PriorityLevelConfigurationSpec			
	type	1	string	a r	
	limited	2	flowcontrol.v1.LimitedPriorityLevelConfiguration	p	
	exempt	3	flowcontrol.v1.ExemptPriorityLevelConfiguration	p	
flowcontrol.v1.PriorityLevelConfigurationStatus			
	conditions	1	[flowcontrol.v1.PriorityLevelConfigurationCondition	o m=type P=type	
flowcontrol.v1.QueuingConfiguration			
	queues	1	int32	a	
	handSize	2	int32	a	
	queueLengthLimit	3	int32	a	
flowcontrol.v1.ResourcePolicyRule			
	verbs	1	[string	n r s	
	apiGroups	2	[string	n r s	
	resources	3	[string	n r s	
	clusterScope	4	bool	o	
	namespaces	5	[string	n s	
flowcontrol.v1.ServiceAccountSubject			
	namespace	1	string	a r	
	name	2	string	a r	
flowcontrol.v1.Subject			
	kind	1	string	a r	
	user	2	flowcontrol.v1.UserSubject	p	
	group	3	flowcontrol.v1.GroupSubject	p	
	serviceAccount	4	flowcontrol.v1.ServiceAccountSubject	p	
flowcontrol.v1.UserSubject			
	name	1	string	a r	
meta.v1.APIGroup	/v1/APIGroup	k	
	name	1	string	a r	
	versions	2	[meta.v1.GroupVersionForDiscovery	n r	
	preferredVersion	3	meta.v1.GroupVersionForDiscovery	a	
	serverAddressByClientCIDRs	4	[meta.v1.ServerAddressByClientCIDR	o	
meta.v1.APIGroupList	/v1/APIGroupList	k	
	groups	1	[meta.v1.APIGroup	n r	
meta.v1.APIResource			
	name	1	string	a r	
	singularName	6	string	a r	
	namespaced	2	bool	a r	
	group	8	string	o	
	version	9	string	o	
	kind	3	string	a r	
	verbs	4	strings	a r	
	shortNames	5	[string	o	
	categories	7	[string	o	
	storageVersionHash	10	string	o	
meta.v1.APIResourceList	/v1/APIResourceList	k	
	groupVersion	1	string	a r	
	resources	2	[meta.v1.APIResource	n r	
meta.v1.APIVersions	/v1/APIVersions	k	
	versions	1	[string	n r	
	serverAddressByClientCIDRs	2	[meta.v1.ServerAddressByClientCIDR	n r	
meta.v1.ApplyOptions			
	dryRun	1	[string	o	
	force	2	bool	a	
	fieldManager	3	string	a	
meta.v1.Condition			One aspect of the current state.
	type	1	string	a r	The kind of condition.
	status	2	string	a r	True, False or Unknown.
	observedGeneration	3	int64	o	The generation that the condition was set for.
	lastTransitionTime	4	time	a r	When the status changed last.
	reason	5	string	a r	A word for the last change.
	message	6	string	a r	A text for people.
meta.v1.CreateOptions			
	dryRun	1	[string	o	
	fieldManager	3	string	o	
	fieldValidation	4	string	o	
meta.v1.DeleteOptions	/v1/DeleteOptions	k	How something is to be deleted.
	gracePeriodSeconds	1	int64	p	Seconds that the object may take to end.
	preconditions	2	meta.v1.Preconditions	p	What the object must be.
	orphanDependents	3	bool	p	Not used any more.
	propagationPolicy	4	string	p	Orphan, Background or Foreground.
	dryRun	5	[string	o	All: nothing is stored.
	ignoreStoreReadErrorWithClusterBreakingPotential	6	bool	p	Whether objects that cannot be read are deleted too.
meta.v1.FieldSelectorRequirement			One condition.
	key	1	string	a r	What it is about.
	operator	2	string	a r	How it compares.
	values	3	[string	o	What it compares with.
meta.v1.GetOptions			
	resourceVersion	1	string	o	
meta.v1.GroupKind			
	group	1	string	a	
	kind	2	string	a	
meta.v1.GroupResource			
	group	1	string	a r	
	resource	2	string	a r	
meta.v1.GroupVersion			
	group	1	string	a	
	version	2	string	a	
meta.v1.GroupVersionForDiscovery			
	groupVersion	1	string	a r	
	version	2	string	a r	
meta.v1.GroupVersionKind			
	group	1	string	a	
	version	2	string	a	
	kind	3	string	a	
meta.v1.GroupVersionResource			
	group	1	string	a	
	version	2	string	a	
	resource	3	string	a	
meta.v1.LabelSelector		A	Chooses objects by their labels; an empty one chooses all.
	matchLabels	1	{string	o	Labels with their values, all of which must be there.
	matchExpressions	2	[meta.v1.LabelSelectorRequirement	o	Requirements, all of which must hold.
meta.v1.LabelSelectorRequirement			A label selector requirement.
	key	1	string	a r	The key.
	operator	2	string	a r	How key and values are compared.
	values	3	[string	o	The values.
meta.v1.List			
	metadata	1	meta.v1.ListMeta	a	
	items	2	[any	n	
meta.v1.ListMeta			
	selfLink	1	string	o	
	resourceVersion	2	string	o	
	continue	3	string	o	
	remainingItemCount	4	int64	p	
	shardInfo	5	meta.v1.ShardInfo	p	
meta.v1.ListOptions			
	labelSelector	1	string	o	
	fieldSelector	2	string	o	
	watch	3	bool	o	
	allowWatchBookmarks	9	bool	o	
	resourceVersion	4	string	o	
	resourceVersionMatch	10	string	o	
	timeoutSeconds	5	int64	p	
	limit	7	int64	o	
	continue	8	string	o	
	sendInitialEvents	11	bool	p	
	shardSelector	15	string	o	
meta.v1.ManagedFieldsEntry			The fields that one manager set.
	manager	1	string	o	Name of the manager.
	operation	2	string	o	Apply or Update.
	apiVersion	3	string	o	API version that the fields are of.
	time	4	time	p	When the entry changed last.
	fieldsType	6	string	o	Always FieldsV1.
	fieldsV1	7	any	p	The set of fields.
	subresource	8	string	o	The subresource that was written.
meta.v1.ObjectMeta			Metadata that every stored object has.
	name	1	string	o	The name, unique within a namespace. It cannot be changed.
	generateName	2	string	o	A prefix from which the server makes a unique name if none is given.
	namespace	3	string	o	The namespace that the name is unique in. It cannot be changed.
	selfLink	4	string	o	Not used any more.
	uid	5	string	o	Identifies this object over all time. Set by the server.
	resourceVersion	6	string	o	The version of this object, for updates and watches. Opaque to clients.
	generation	7	int64	o	Counts changes of the desired state. Set by the server.
	creationTimestamp	8	time	o	When the server created the object.
	deletionTimestamp	9	time	p	When deletion was asked for; the object goes with its last finalizer.
	deletionGracePeriodSeconds	10	int64	p	Seconds that the object may take to end.
	labels	11	{string	o	Keys and values to select objects by.
	annotations	12	{string	o	Keys and values that are not for selection.
	ownerReferences	13	[meta.v1.OwnerReference	o m=uid P=uid	Objects that this one depends on.
	finalizers	14	[string	o s P=	Who must agree before the object goes.
	managedFields	17	[meta.v1.ManagedFieldsEntry	o	Which manager set which fields.
meta.v1.OwnerReference		A	Identifies an owning object.
	apiVersion	5	string	a r	API version of the owner.
	kind	1	string	a r	Kind of the owner.
	name	3	string	a r	Name of the owner.
	uid	4	string	a r	UID of the owner.
	controller	6	bool	p	Whether the owner is the managing controller.
	blockOwnerDeletion	7	bool	p	Whether the owner waits for this object in foreground deletion.
meta.v1.PartialObjectMetadata		k	
	metadata	1	meta.v1.ObjectMeta	a	
meta.v1.PartialObjectMetadataList		k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[meta.v1.PartialObjectMetadata	n	
meta.v1.PatchOptions			
	dryRun	1	[string	o	
	force	2	bool	p	
	fieldManager	3	string	o	
	fieldValidation	4	string	o	
meta.v1.Preconditions			What the object must be.
	uid	1	string	p	The uid.
	resourceVersion	2	string	p	The version.
meta.v1.RootPaths			
	paths	1	[string	n	
meta.v1.ServerAddressByClientCIDR			
	clientCIDR	1	string	a r	
	serverAddress	2	string	a r	
meta.v1.ShardInfo			
	selector	1	string	a r	
meta.v1.Status	/v1/Status	k	
	metadata	1	meta.v1.ListMeta	a	
	status	2	string	o	
	message	3	string	o	
	reason	4	string	o	
	details	5	meta.v1.StatusDetails	p	
	code	6	int32	o	
meta.v1.StatusCause			
	reason	1	string	o	
	message	2	string	o	
	field	3	string	o	
meta.v1.StatusDetails			
	name	1	string	o	
	group	2	string	o	
	kind	3	string	o	
	uid	6	string	o	
	causes	4	[meta.v1.StatusCause	o	
	retryAfterSeconds	5	int32	o	
meta.v1.TableOptions			
	includeObject	1	string	o	
meta.v1.TypeMeta			
	kind	1	string	o	
	apiVersion	2	string	o	
meta.v1.UpdateOptions			
	dryRun	1	[string	o	
	fieldManager	2	string	o	
	fieldValidation	3	string	o	
meta.v1.WatchEvent	/v1/WatchEvent	k	
	type	1	string	a r	
	object	2	any	a r	
networking.v1.HTTPIngressPath			A HTTP ingress path.
	path	1	string	o	The path.
	pathType	3	string	n r	Exact, Prefix or ImplementationSpecific.
	backend	2	networking.v1.IngressBackend	a r	Where requests go.
networking.v1.HTTPIngressRuleValue			A HTTP ingress rule value.
	paths	1	[networking.v1.HTTPIngressPath	n r	Paths with their backends.
networking.v1.IPAddress	networking.k8s.io/v1/IPAddress	k	An address that is in use.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	networking.v1.IPAddressSpec	a r	The desired state.
networking.v1.IPAddressList	networking.k8s.io/v1/IPAddressList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[networking.v1.IPAddress	n r	
networking.v1.IPAddressSpec			An IP address spec.
	parentRef	1	networking.v1.ParentReference	p r	The object that the address is for.
networking.v1.IPBlock			An IP block.
	cidr	1	string	a r	The range.
	except	2	[string	o	Ranges inside it that are left out.
networking.v1.Ingress	networking.k8s.io/v1/Ingress	k	Rules for HTTP traffic from outside.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	networking.v1.IngressSpec	a	The desired state.
	status	3	networking.v1.IngressStatus	a	The observed state.
networking.v1.IngressBackend			An ingress backend.
	service	4	networking.v1.IngressServiceBackend	p	The service.
	resource	3	core.v1.TypedLocalObjectReference	p A	The name of the resource.
networking.v1.IngressClass	networking.k8s.io/v1/IngressClass	k	An implementation of Ingress.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	networking.v1.IngressClassSpec	a	The desired state.
networking.v1.IngressClassList	networking.k8s.io/v1/IngressClassList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[networking.v1.IngressClass	n r	
networking.v1.IngressClassParametersReference			An ingress class parameters reference.
	apiGroup	1	string	p	The API group.
	kind	2	string	a r	The kind.
	name	3	string	a r	The name.
	scope	4	string	n	The scope.
	namespace	5	string	p	The namespace.
networking.v1.IngressClassSpec			An ingress class spec.
	controller	1	string	o	Who is responsible.
	parameters	2	networking.v1.IngressClassParametersReference	p	Settings.
networking.v1.IngressList	networking.k8s.io/v1/IngressList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[networking.v1.Ingress	n r	
networking.v1.IngressLoadBalancerIngress			An ingress load balancer ingress.
	ip	1	string	o	The address.
	hostname	2	string	o	The host name.
	ports	4	[networking.v1.IngressPortStatus	o	The ports.
networking.v1.IngressLoadBalancerStatus			An ingress load balancer status.
	ingress	1	[networking.v1.IngressLoadBalancerIngress	o	Rules of traffic that comes in.
networking.v1.IngressPortStatus			An ingress port status.
	port	1	int32	a r	Number or name of the port.
	protocol	2	string	a r	TCP (the default), UDP or SCTP.
	error	3	string	p	The error.
networking.v1.IngressRule			An ingress rule.
	host	1	string	o	The host.
	ingressRuleValue	2	networking.v1.IngressRuleValue	o i	
networking.v1.IngressRuleValue			
	http	1	networking.v1.HTTPIngressRuleValue	p	Paths with their backends.
networking.v1.IngressServiceBackend			An ingress service backend.
	name	1	string	a r	The name.
	port	2	networking.v1.ServiceBackendPort	a A	Number or name of the port.
networking.v1.IngressSpec			An ingress spec.
	ingressClassName	4	string	p	The IngressClass.
	defaultBackend	1	networking.v1.IngressBackend	p	Where requests go that no rule matches.
	tls	2	[networking.v1.IngressTLS	o	Hosts with certificates.
	rules	3	[networking.v1.IngressRule	o	The rules.
networking.v1.IngressStatus			An ingress status.
	loadBalancer	1	networking.v1.IngressLoadBalancerStatus	a	The load balancer.
networking.v1.IngressTLS			An ingress TLS.
	hosts	1	[string	o	The host names.
	secretName	2	string	o	The name of the Secret.
networking.v1.NetworkPolicy	networking.k8s.io/v1/NetworkPolicy	k	Which traffic pods may have.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	networking.v1.NetworkPolicySpec	a	The desired state.
networking.v1.NetworkPolicyEgressRule			A network policy egress rule.
	ports	1	[networking.v1.NetworkPolicyPort	o	The ports.
	to	2	[networking.v1.NetworkPolicyPeer	o	Where traffic may go to.
networking.v1.NetworkPolicyIngressRule			A network policy ingress rule.
	ports	1	[networking.v1.NetworkPolicyPort	o	The ports.
	from	2	[networking.v1.NetworkPolicyPeer	o	Where traffic may come from.
networking.v1.NetworkPolicyList	networking.k8s.io/v1/NetworkPolicyList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[networking.v1.NetworkPolicy	n r	
networking.v1.NetworkPolicyPeer			A network policy peer.
	podSelector	1	meta.v1.LabelSelector	p A	Which pods are meant, by their labels.
	namespaceSelector	2	meta.v1.LabelSelector	p A	Which namespaces are meant, by their labels.
	ipBlock	3	networking.v1.IPBlock	p	A range of addresses.
networking.v1.NetworkPolicyPort			A network policy port.
	protocol	1	string	p	TCP (the default), UDP or SCTP.
	port	2	intOrString	p	Number or name of the port.
	endPort	3	int32	p	The last port of a range.
networking.v1.NetworkPolicySpec			A network policy spec.
	podSelector	1	meta.v1.LabelSelector	a A	Which pods are meant, by their labels.
	ingress	2	[networking.v1.NetworkPolicyIngressRule	o	Rules of traffic that comes in.
	egress	3	[networking.v1.NetworkPolicyEgressRule	o	Rules of traffic that goes out.
	policyTypes	4	[string	o	Ingress, Egress or both.
networking.v1.ParentReference			A parent reference.
	group	1	string	o	The API group.
	resource	2	string	o r	The name of the resource.
	namespace	3	string	o	The namespace.
	name	4	string	o r	The name.
networking.v1.ServiceBackendPort		A	A service backend port.
	name	1	string	o	The name.
	number	2	int32	o	The number.
networking.v1.ServiceCIDR	networking.k8s.io/v1/ServiceCIDR	k	Ranges that cluster IPs are from.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	networking.v1.ServiceCIDRSpec	a	The ranges.
	status	3	networking.v1.ServiceCIDRStatus	a	The state of the ranges.
networking.v1.ServiceCIDRList	networking.k8s.io/v1/ServiceCIDRList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[networking.v1.ServiceCIDR	n r	
networking.v1.ServiceCIDRSpec			The ranges.
	cidrs	1	[string	o	The ranges, at most one a family.
networking.v1.ServiceCIDRStatus			The state of the ranges.
	conditions	1	[meta.v1.Condition	o m=type P=type	Current conditions.
node.v1.Overhead			An overhead.
	podFixed	1	{quantity	o	Resources that each pod takes.
node.v1.RuntimeClass	node.k8s.io/v1/RuntimeClass	k	A way of running pods.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	handler	2	string	a r	What runs the pods.
	overhead	3	node.v1.Overhead	p	Resources that running a pod takes beyond its containers.
	scheduling	4	node.v1.Scheduling	p	Which nodes can run the pods.
node.v1.RuntimeClassList	node.k8s.io/v1/RuntimeClassList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[node.v1.RuntimeClass	n r	
node.v1.Scheduling			A scheduling.
	nodeSelector	1	{string	o A	Labels that a node must have.
	tolerations	2	[core.v1.Toleration	o	Taints that do not keep the pod off a node.
policy.v1.Eviction	policy/v1/Eviction	k	The wish to remove a pod, as far as budgets allow.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	deleteOptions	2	meta.v1.DeleteOptions	p	Options of the deletion.
policy.v1.PodDisruptionBudget	policy/v1/PodDisruptionBudget	k	How many pods may be missing at once.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	policy.v1.PodDisruptionBudgetSpec	a	The desired state.
	status	3	policy.v1.PodDisruptionBudgetStatus	a	The observed state.
policy.v1.PodDisruptionBudgetList	policy/v1/PodDisruptionBudgetList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[policy.v1.PodDisruptionBudget	n r	
policy.v1.PodDisruptionBudgetSpec			A pod disruption budget spec.
	minAvailable	1	intOrString	p	How many pods must stay, as a number or a percentage.
	selector	2	meta.v1.LabelSelector	p A	Which pods are meant, by their labels.
	maxUnavailable	3	intOrString	p	How many pods may be missing, as a number or a percentage.
	unhealthyPodEvictionPolicy	4	string	p	IfHealthyBudget (the default) or AlwaysAllow, for pods that are not ready.
policy.v1.PodDisruptionBudgetStatus			A pod disruption budget status.
	observedGeneration	1	int64	o	The generation that the status was set for.
	disruptedPods	2	{time	o	Pods whose eviction was allowed, with its time.
	disruptionsAllowed	3	int32	a	How many evictions are allowed now.
	currentHealthy	4	int32	a	How many pods are healthy.
	desiredHealthy	5	int32	a	How many pods must be healthy.
	expectedPods	6	int32	a	How many pods there should be.
	conditions	7	[meta.v1.Condition	o m=type P=type	Current conditions.
rbac.v1.AggregationRule			Which other ClusterRoles' rules are taken over.
	clusterRoleSelectors	1	[meta.v1.LabelSelector	o	Selectors of ClusterRoles.
rbac.v1.ClusterRole	rbac.authorization.k8s.io/v1/ClusterRole	k	Permissions for the cluster, or for use in any namespace.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	rules	2	[rbac.v1.PolicyRule	n	The permissions.
	aggregationRule	3	rbac.v1.AggregationRule	p	Where the rules come from, if others define them.
rbac.v1.ClusterRoleBinding	rbac.authorization.k8s.io/v1/ClusterRoleBinding	k	Gives a ClusterRole in the whole cluster.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	subjects	2	[rbac.v1.Subject	o	Whom the role is given to.
	roleRef	3	rbac.v1.RoleRef	a r A	The role. It cannot be changed.
rbac.v1.ClusterRoleBindingList	rbac.authorization.k8s.io/v1/ClusterRoleBindingList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[rbac.v1.ClusterRoleBinding	n r	
rbac.v1.ClusterRoleList	rbac.authorization.k8s.io/v1/ClusterRoleList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[rbac.v1.ClusterRole	n r	
rbac.v1.PolicyRule			What may be done with what.
	verbs	1	[string	n r	Verbs; * for all.
	apiGroups	2	[string	o	API groups of the resources; the core group is empty, * for all.
	resources	3	[string	o	Resources and subresources; * for all.
	resourceNames	4	[string	o	Names of objects; none for all.
	nonResourceURLs	5	[string	o	Paths that are no resources; a * may stand at the end.
rbac.v1.Role	rbac.authorization.k8s.io/v1/Role	k	Permissions within a namespace.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	rules	2	[rbac.v1.PolicyRule	n	The permissions.
rbac.v1.RoleBinding	rbac.authorization.k8s.io/v1/RoleBinding	k	Gives a role within a namespace.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	subjects	2	[rbac.v1.Subject	o	Whom the role is given to.
	roleRef	3	rbac.v1.RoleRef	a r A	The role. It cannot be changed.
rbac.v1.RoleBindingList	rbac.authorization.k8s.io/v1/RoleBindingList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[rbac.v1.RoleBinding	n r	
rbac.v1.RoleList	rbac.authorization.k8s.io/v1/RoleList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[rbac.v1.Role	n r	
rbac.v1.RoleRef		A	The role that a binding gives.
	apiGroup	1	string	a	API group of the role.
	kind	2	string	a r	Role or ClusterRole.
	name	3	string	a r	Name of the role.
rbac.v1.Subject		A	Whom a binding is for.
	kind	1	string	a r	User, Group or ServiceAccount.
	apiGroup	2	string	o	API group of the subject; empty for ServiceAccounts.
	name	3	string	a r	Name of the subject.
	namespace	4	string	o	Namespace of a ServiceAccount.
resource.v1.AllocatedDeviceStatus			
	driver	1	string	a r	
	pool	2	string	a r	
	device	3	string	a r	
	shareID	7	string	p	
	conditions	4	[meta.v1.Condition	n m=type	
	data	5	any	p	
	networkData	6	resource.v1.NetworkDeviceData	p	
resource.v1.AllocationResult			
	devices	1	resource.v1.DeviceAllocationResult	a	
	nodeSelector	3	core.v1.NodeSelector	p A	
	allocationTimestamp	5	time	p	
resource.v1.CELDeviceSelector			
	expression	1	string	a r	
resource.v1.CapacityRequestPolicy			
	default	1	quantity	n	
	validValues	3	[quantity	o	
	validRange	4	resource.v1.CapacityRequestPolicyRange	p	
resource.v1.CapacityRequestPolicyRange			
	min	1	quantity	p r	
	max	2	quantity	p	
	step	3	quantity	p	
resource.v1.CapacityRequirements			
	requests	1	{quantity	o	
resource.v1.Counter			
	value	1	quantity	a r	
resource.v1.CounterSet			
	name	1	string	a r	
	counters	2	{resource.v1.Counter	o r	
resource.v1.Device			
	name	1	string	a r	
	attributes	2	{resource.v1.DeviceAttribute	o	
	capacity	3	{resource.v1.DeviceCapacity	o	
	consumesCounters	4	[resource.v1.DeviceCounterConsumption	o	
	nodeName	5	string	p	
	nodeSelector	6	core.v1.NodeSelector	p A	
	allNodes	7	bool	p	
	taints	8	[resource.v1.DeviceTaint	o	
	bindsToNode	9	bool	p	
	bindingConditions	10	[string	o	
	bindingFailureConditions	11	[string	o	
	allowMultipleAllocations	12	bool	p	
	nodeAllocatableResourceMappings	13	{resource.v1.NodeAllocatableResourceMapping	o	
resource.v1.DeviceAllocationConfiguration			
	source	1	string	a r	
	requests	2	[string	o	
		3	resource.v1.DeviceConfiguration	a	
resource.v1.DeviceAllocationResult			
	results	1	[resource.v1.DeviceRequestAllocationResult	o	
	config	2	[resource.v1.DeviceAllocationConfiguration	o	
resource.v1.DeviceAttribute			
	int	2	int64	p	
	bool	3	bool	p	
	string	4	string	p	
	version	5	string	p	
	ints	6	[int64	o	
	bools	7	[bool	o	
	strings	8	[string	o	
	versions	9	[string	o	
resource.v1.DeviceCapacity			
	value	1	quantity	a r	
	requestPolicy	2	resource.v1.CapacityRequestPolicy	p	
resource.v1.DeviceClaim			
	requests	1	[resource.v1.DeviceRequest	n	
	constraints	2	[resource.v1.DeviceConstraint	o	
	config	3	[resource.v1.DeviceClaimConfiguration	o	
resource.v1.DeviceClaimConfiguration			
	requests	1	[string	o	
		2	resource.v1.DeviceConfiguration	a	
resource.v1.DeviceClass	resource.k8s.io/v1/DeviceClass	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	resource.v1.DeviceClassSpec	a	
resource.v1.DeviceClassConfiguration			
		1	resource.v1.DeviceConfiguration	a	
resource.v1.DeviceClassList	resource.k8s.io/v1/DeviceClassList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[resource.v1.DeviceClass	n r	
resource.v1.DeviceClassSpec			
	selectors	1	[resource.v1.DeviceSelector	o	
	config	2	[resource.v1.DeviceClassConfiguration	o	
	extendedResourceName	4	string	p	
resource.v1.DeviceConfiguration			
	opaque	1	resource.v1.OpaqueDeviceConfiguration	p	
resource.v1.DeviceConstraint			
	requests	1	[string	o	
	matchAttribute	2	string	p	
	distinctAttribute	3	string	p	
resource.v1.DeviceCounterConsumption			
	counterSet	1	string	a r	
	counters	2	{resource.v1.Counter	o r	
resource.v1.DeviceRequest			
	name	1	string	a r	
	exactly	2	resource.v1.ExactDeviceRequest	p	
	firstAvailable	3	[resource.v1.DeviceSubRequest	o	
resource.v1.DeviceRequestAllocationResult			
	request	1	string	a r	
	driver	2	string	a r	
	pool	3	string	a r	
	device	4	string	a r	
	adminAccess	5	bool	p	
	tolerations	6	[resource.v1.DeviceToleration	o	
	bindingConditions	7	[string	o	
	bindingFailureConditions	8	[string	o	
	shareID	9	string	p	
	consumedCapacity	10	{quantity	o	
resource.v1.DeviceSelector			
	cel	1	resource.v1.CELDeviceSelector	p	
resource.v1.DeviceSubRequest			
	name	1	string	a r	
	deviceClassName	2	string	a r	
	selectors	3	[resource.v1.DeviceSelector	o	
	allocationMode	4	string	o	
	count	5	int64	o	
	tolerations	6	[resource.v1.DeviceToleration	o	
	capacity	7	resource.v1.CapacityRequirements	p	
resource.v1.DeviceTaint			
	key	1	string	a r	
	value	2	string	o	
	effect	3	string	a r	
	timeAdded	4	time	p	
resource.v1.DeviceToleration			
	key	1	string	o	
	operator	2	string	o	
	value	3	string	o	
	effect	4	string	o	
	tolerationSeconds	5	int64	p	
resource.v1.ExactDeviceRequest			
	deviceClassName	1	string	a r	
	selectors	2	[resource.v1.DeviceSelector	o	
	allocationMode	3	string	o	
	count	4	int64	o	
	adminAccess	5	bool	p	
	tolerations	6	[resource.v1.DeviceToleration	o	
	capacity	7	resource.v1.CapacityRequirements	p	
resource.v1.NetworkDeviceData			
	interfaceName	1	string	o	
	ips	2	[string	o	
	hardwareAddress	3	string	o	
resource.v1.NodeAllocatableResourceMapping			
	capacityKey	1	string	p	
	allocationMultiplier	2	quantity	p	
resource.v1.OpaqueDeviceConfiguration			
	driver	1	string	a r	
	parameters	2	any	a r	
resource.v1.ResourceClaim	resource.k8s.io/v1/ResourceClaim	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	resource.v1.ResourceClaimSpec	a	
	status	3	resource.v1.ResourceClaimStatus	a	
resource.v1.ResourceClaimConsumerReference			
	apiGroup	1	string	o	
	resource	3	string	a r	
	name	4	string	a r	
	uid	5	string	a r	
resource.v1.ResourceClaimList	resource.k8s.io/v1/ResourceClaimList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[resource.v1.ResourceClaim	n r	
resource.v1.ResourceClaimSpec			
	devices	1	resource.v1.DeviceClaim	a	
resource.v1.ResourceClaimStatus			
	allocation	1	resource.v1.AllocationResult	p	
	reservedFor	2	[resource.v1.ResourceClaimConsumerReference	o m=uid P=uid	
	devices	4	[resource.v1.AllocatedDeviceStatus	o m=driver,device,pool,shareID	
resource.v1.ResourceClaimTemplate	resource.k8s.io/v1/ResourceClaimTemplate	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	resource.v1.ResourceClaimTemplateSpec	a	
resource.v1.ResourceClaimTemplateList	resource.k8s.io/v1/ResourceClaimTemplateList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[resource.v1.ResourceClaimTemplate	n r	
resource.v1.ResourceClaimTemplateSpec			
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	resource.v1.ResourceClaimSpec	a	
resource.v1.ResourcePool			
	name	1	string	a r	
	generation	2	int64	a r	
	resourceSliceCount	3	int64	a r	
resource.v1.ResourceSlice	resource.k8s.io/v1/ResourceSlice	k	
	metadata	1	meta.v1.ObjectMeta	a	
	spec	2	resource.v1.ResourceSliceSpec	a r	
resource.v1.ResourceSliceList	resource.k8s.io/v1/ResourceSliceList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[resource.v1.ResourceSlice	n r	
resource.v1.ResourceSliceSpec			
	driver	1	string	a r	
	pool	2	resource.v1.ResourcePool	a r	
	nodeName	3	string	p	
	nodeSelector	4	core.v1.NodeSelector	p A	
	allNodes	5	bool	p	
	devices	6	[resource.v1.Device	o	
	perDeviceNodeSelection	7	bool	p	
	sharedCounters	8	[resource.v1.CounterSet	o	
scheduling.v1.PriorityClass	scheduling.k8s.io/v1/PriorityClass	k	A name for a priority of pods.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	value	2	int32	a	The priority; larger is more important. It cannot be changed.
	globalDefault	3	bool	o	Whether pods without a class get this one.
	description	4	string	o	When to use it.
	preemptionPolicy	5	string	p	PreemptLowerPriority (the default) or Never.
scheduling.v1.PriorityClassList	scheduling.k8s.io/v1/PriorityClassList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[scheduling.v1.PriorityClass	n r	
storage.v1.CSIDriver	storage.k8s.io/v1/CSIDriver	k	A CSI driver.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	storage.v1.CSIDriverSpec	a r	The desired state.
storage.v1.CSIDriverList	storage.k8s.io/v1/CSIDriverList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[storage.v1.CSIDriver	n r	
storage.v1.CSIDriverSpec			A CSI driver spec.
	attachRequired	1	bool	p	The attach required.
	podInfoOnMount	2	bool	p	The pod info on mount.
	volumeLifecycleModes	3	[string	o s	The volume lifecycle modes.
	storageCapacity	4	bool	p	The storage capacity.
	fsGroupPolicy	5	string	p	The fs group policy.
	tokenRequests	6	[storage.v1.TokenRequest	o	The token requests.
	requiresRepublish	7	bool	p	The requires republish.
	seLinuxMount	8	bool	p	The se linux mount.
	nodeAllocatableUpdatePeriodSeconds	9	int64	p	The node allocatable update period seconds.
	serviceAccountTokenInSecrets	10	bool	p	The service account token in secrets.
	preventPodSchedulingIfMissing	11	bool	p	The prevent pod scheduling if missing.
storage.v1.CSINode	storage.k8s.io/v1/CSINode	k	The CSI drivers on a node.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	storage.v1.CSINodeSpec	a r	The desired state.
storage.v1.CSINodeDriver			A CSI node driver.
	name	1	string	a r	The name.
	nodeID	2	string	a r	The node's name at the driver.
	topologyKeys	3	[string	n	Labels that tell where the node is.
	allocatable	4	storage.v1.VolumeNodeResources	p	How much there is.
storage.v1.CSINodeList	storage.k8s.io/v1/CSINodeList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[storage.v1.CSINode	n r	
storage.v1.CSINodeSpec			A CSI node spec.
	drivers	1	[storage.v1.CSINodeDriver	n r m=name P=name	The drivers on the node.
storage.v1.CSIStorageCapacity	storage.k8s.io/v1/CSIStorageCapacity	k	How much storage of a class there is in a place.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	nodeTopology	2	meta.v1.LabelSelector	p A	The node topology.
	storageClassName	3	string	a r	The StorageClass.
	capacity	4	quantity	p	The size.
	maximumVolumeSize	5	quantity	p	The maximum volume size.
storage.v1.CSIStorageCapacityList	storage.k8s.io/v1/CSIStorageCapacityList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[storage.v1.CSIStorageCapacity	n r	
storage.v1.StorageClass	storage.k8s.io/v1/StorageClass	k	A kind of storage.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	provisioner	2	string	a r	Who makes the volumes.
	parameters	3	{string	o	Settings.
	reclaimPolicy	4	string	p	Delete (the default) or Retain.
	mountOptions	5	[string	o	Options of the mount.
	allowVolumeExpansion	6	bool	p	Whether volumes may grow.
	volumeBindingMode	7	string	p	Immediate (the default) or WaitForFirstConsumer.
	allowedTopologies	8	[core.v1.TopologySelectorTerm	o	Where volumes can be made.
storage.v1.StorageClassList	storage.k8s.io/v1/StorageClassList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[storage.v1.StorageClass	n r	
storage.v1.TokenRequest			A token request.
	audience	1	string	a r	Who the token is for.
	expirationSeconds	2	int64	p	How long the token is valid.
storage.v1.VolumeAttachment	storage.k8s.io/v1/VolumeAttachment	k	The wish to attach a volume to a node.
	metadata	1	meta.v1.ObjectMeta	a	Standard metadata.
	spec	2	storage.v1.VolumeAttachmentSpec	a r	The desired state.
	status	3	storage.v1.VolumeAttachmentStatus	a	The observed state.
storage.v1.VolumeAttachmentList	storage.k8s.io/v1/VolumeAttachmentList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[storage.v1.VolumeAttachment	n r	
storage.v1.VolumeAttachmentSource			A volume attachment source.
	persistentVolumeName	1	string	p	The persistent volume name.
	inlineVolumeSpec	2	core.v1.PersistentVolumeSpec	p	The inline volume spec.
storage.v1.VolumeAttachmentSpec			A volume attachment spec.
	attacher	1	string	a r	Who attaches the volume.
	source	2	storage.v1.VolumeAttachmentSource	a r	The volume.
	nodeName	3	string	a r	The node.
storage.v1.VolumeAttachmentStatus			A volume attachment status.
	attached	1	bool	a r	Whether it is attached.
	attachmentMetadata	2	{string	o	The attachment metadata.
	attachError	3	storage.v1.VolumeError	p	The attach error.
	detachError	4	storage.v1.VolumeError	p	The detach error.
storage.v1.VolumeAttributesClass	storage.k8s.io/v1/VolumeAttributesClass	k	
	metadata	1	meta.v1.ObjectMeta	a	
	driverName	2	string	a r	
	parameters	3	{string	o	
storage.v1.VolumeAttributesClassList	storage.k8s.io/v1/VolumeAttributesClassList	k	
	metadata	1	meta.v1.ListMeta	a	
	items	2	[storage.v1.VolumeAttributesClass	n r	
storage.v1.VolumeError			A volume error.
	time	1	time	a	The time.
	message	2	string	o	A text for people.
	errorCode	3	int32	p	The error code.
storage.v1.VolumeNodeResources			A volume node resources.
	count	1	int32	p	How many volumes.
# resources
	v1	bindings	Binding			n	binding	create		
	v1	componentstatuses	ComponentStatus			c	componentstatus	get,list	cs	
	v1	configmaps	ConfigMap			n	configmap	create,delete,deletecollection,get,list,patch,update,watch	cm	
	v1	endpoints	Endpoints			n	endpoints	create,delete,deletecollection,get,list,patch,update,watch	ep	
	v1	events	Event			n	event	create,delete,deletecollection,get,list,patch,update,watch	ev	
	v1	limitranges	LimitRange			n	limitrange	create,delete,deletecollection,get,list,patch,update,watch	limits	
	v1	namespaces	Namespace			c	namespace	create,delete,get,list,patch,update,watch	ns	
	v1	namespaces/finalize	Namespace			c		update		
	v1	namespaces/status	Namespace			c		get,patch,update		
	v1	nodes	Node			c	node	create,delete,deletecollection,get,list,patch,update,watch	no	
	v1	nodes/proxy	NodeProxyOptions			c		create,delete,get,patch,update		
	v1	nodes/status	Node			c		get,patch,update		
	v1	persistentvolumeclaims	PersistentVolumeClaim			n	persistentvolumeclaim	create,delete,deletecollection,get,list,patch,update,watch	pvc	
	v1	persistentvolumeclaims/status	PersistentVolumeClaim			n		get,patch,update		
	v1	persistentvolumes	PersistentVolume			c	persistentvolume	create,delete,deletecollection,get,list,patch,update,watch	pv	
	v1	persistentvolumes/status	PersistentVolume			c		get,patch,update		
	v1	pods	Pod			n	pod	create,delete,deletecollection,get,list,patch,update,watch	po	all
	v1	pods/attach	PodAttachOptions			n		create,get		
	v1	pods/binding	Binding			n		create		
	v1	pods/ephemeralcontainers	Pod			n		get,patch,update		
	v1	pods/eviction	Eviction	policy	v1	n		create		
	v1	pods/exec	PodExecOptions			n		create,get		
	v1	pods/log	Pod			n		get		
	v1	pods/portforward	PodPortForwardOptions			n		create,get		
	v1	pods/proxy	PodProxyOptions			n		create,delete,get,patch,update		
	v1	pods/resize	Pod			n		get,patch,update		
	v1	pods/status	Pod			n		get,patch,update		
	v1	podtemplates	PodTemplate			n	podtemplate	create,delete,deletecollection,get,list,patch,update,watch		
	v1	replicationcontrollers	ReplicationController			n	replicationcontroller	create,delete,deletecollection,get,list,patch,update,watch	rc	all
	v1	replicationcontrollers/scale	Scale	autoscaling	v1	n		get,patch,update		
	v1	replicationcontrollers/status	ReplicationController			n		get,patch,update		
	v1	resourcequotas	ResourceQuota			n	resourcequota	create,delete,deletecollection,get,list,patch,update,watch	quota	
	v1	resourcequotas/status	ResourceQuota			n		get,patch,update		
	v1	secrets	Secret			n	secret	create,delete,deletecollection,get,list,patch,update,watch		
	v1	serviceaccounts	ServiceAccount			n	serviceaccount	create,delete,deletecollection,get,list,patch,update,watch	sa	
	v1	serviceaccounts/token	TokenRequest	authentication.k8s.io	v1	n		create		
	v1	services	Service			n	service	create,delete,deletecollection,get,list,patch,update,watch	svc	all
	v1	services/proxy	ServiceProxyOptions			n		create,delete,get,patch,update		
	v1	services/status	Service			n		get,patch,update		
apiregistration.k8s.io	v1	apiservices	APIService			c	apiservice	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
apiregistration.k8s.io	v1	apiservices/status	APIService			c		get,patch,update		
apps	v1	controllerrevisions	ControllerRevision			n	controllerrevision	create,delete,deletecollection,get,list,patch,update,watch		
apps	v1	daemonsets	DaemonSet			n	daemonset	create,delete,deletecollection,get,list,patch,update,watch	ds	all
apps	v1	daemonsets/status	DaemonSet			n		get,patch,update		
apps	v1	deployments	Deployment			n	deployment	create,delete,deletecollection,get,list,patch,update,watch	deploy	all
apps	v1	deployments/scale	Scale	autoscaling	v1	n		get,patch,update		
apps	v1	deployments/status	Deployment			n		get,patch,update		
apps	v1	replicasets	ReplicaSet			n	replicaset	create,delete,deletecollection,get,list,patch,update,watch	rs	all
apps	v1	replicasets/scale	Scale	autoscaling	v1	n		get,patch,update		
apps	v1	replicasets/status	ReplicaSet			n		get,patch,update		
apps	v1	statefulsets	StatefulSet			n	statefulset	create,delete,deletecollection,get,list,patch,update,watch	sts	all
apps	v1	statefulsets/scale	Scale	autoscaling	v1	n		get,patch,update		
apps	v1	statefulsets/status	StatefulSet			n		get,patch,update		
events.k8s.io	v1	events	Event			n	event	create,delete,deletecollection,get,list,patch,update,watch	ev	
authentication.k8s.io	v1	selfsubjectreviews	SelfSubjectReview			c	selfsubjectreview	create		
authentication.k8s.io	v1	tokenreviews	TokenReview			c	tokenreview	create		
authorization.k8s.io	v1	localsubjectaccessreviews	LocalSubjectAccessReview			n	localsubjectaccessreview	create		
authorization.k8s.io	v1	selfsubjectaccessreviews	SelfSubjectAccessReview			c	selfsubjectaccessreview	create		
authorization.k8s.io	v1	selfsubjectrulesreviews	SelfSubjectRulesReview			c	selfsubjectrulesreview	create		
authorization.k8s.io	v1	subjectaccessreviews	SubjectAccessReview			c	subjectaccessreview	create		
autoscaling	v2	horizontalpodautoscalers	HorizontalPodAutoscaler			n	horizontalpodautoscaler	create,delete,deletecollection,get,list,patch,update,watch	hpa	all
autoscaling	v2	horizontalpodautoscalers/status	HorizontalPodAutoscaler			n		get,patch,update		
autoscaling	v1	horizontalpodautoscalers	HorizontalPodAutoscaler			n	horizontalpodautoscaler	create,delete,deletecollection,get,list,patch,update,watch	hpa	all
autoscaling	v1	horizontalpodautoscalers/status	HorizontalPodAutoscaler			n		get,patch,update		
batch	v1	cronjobs	CronJob			n	cronjob	create,delete,deletecollection,get,list,patch,update,watch	cj	all
batch	v1	cronjobs/status	CronJob			n		get,patch,update		
batch	v1	jobs	Job			n	job	create,delete,deletecollection,get,list,patch,update,watch		all
batch	v1	jobs/status	Job			n		get,patch,update		
certificates.k8s.io	v1	certificatesigningrequests	CertificateSigningRequest			c	certificatesigningrequest	create,delete,deletecollection,get,list,patch,update,watch	csr	
certificates.k8s.io	v1	certificatesigningrequests/approval	CertificateSigningRequest			c		get,patch,update		
certificates.k8s.io	v1	certificatesigningrequests/status	CertificateSigningRequest			c		get,patch,update		
certificates.k8s.io	v1beta1	clustertrustbundles	ClusterTrustBundle			c	clustertrustbundle	create,delete,deletecollection,get,list,patch,update,watch		
certificates.k8s.io	v1beta1	podcertificaterequests	PodCertificateRequest			n	podcertificaterequest	create,delete,deletecollection,get,list,patch,update,watch		
certificates.k8s.io	v1beta1	podcertificaterequests/status	PodCertificateRequest			n		get,patch,update		
certificates.k8s.io	v1alpha1	clustertrustbundles	ClusterTrustBundle			c	clustertrustbundle	create,delete,deletecollection,get,list,patch,update,watch		
networking.k8s.io	v1	ingressclasses	IngressClass			c	ingressclass	create,delete,deletecollection,get,list,patch,update,watch		
networking.k8s.io	v1	ingresses	Ingress			n	ingress	create,delete,deletecollection,get,list,patch,update,watch	ing	
networking.k8s.io	v1	ingresses/status	Ingress			n		get,patch,update		
networking.k8s.io	v1	ipaddresses	IPAddress			c	ipaddress	create,delete,deletecollection,get,list,patch,update,watch	ip	
networking.k8s.io	v1	networkpolicies	NetworkPolicy			n	networkpolicy	create,delete,deletecollection,get,list,patch,update,watch	netpol	
networking.k8s.io	v1	servicecidrs	ServiceCIDR			c	servicecidr	create,delete,deletecollection,get,list,patch,update,watch		
networking.k8s.io	v1	servicecidrs/status	ServiceCIDR			c		get,patch,update		
networking.k8s.io	v1beta1	ipaddresses	IPAddress			c	ipaddress	create,delete,deletecollection,get,list,patch,update,watch	ip	
networking.k8s.io	v1beta1	servicecidrs	ServiceCIDR			c	servicecidr	create,delete,deletecollection,get,list,patch,update,watch		
networking.k8s.io	v1beta1	servicecidrs/status	ServiceCIDR			c		get,patch,update		
policy	v1	poddisruptionbudgets	PodDisruptionBudget			n	poddisruptionbudget	create,delete,deletecollection,get,list,patch,update,watch	pdb	
policy	v1	poddisruptionbudgets/status	PodDisruptionBudget			n		get,patch,update		
rbac.authorization.k8s.io	v1	clusterrolebindings	ClusterRoleBinding			c	clusterrolebinding	create,delete,deletecollection,get,list,patch,update,watch		
rbac.authorization.k8s.io	v1	clusterroles	ClusterRole			c	clusterrole	create,delete,deletecollection,get,list,patch,update,watch		
rbac.authorization.k8s.io	v1	rolebindings	RoleBinding			n	rolebinding	create,delete,deletecollection,get,list,patch,update,watch		
rbac.authorization.k8s.io	v1	roles	Role			n	role	create,delete,deletecollection,get,list,patch,update,watch		
storage.k8s.io	v1	csidrivers	CSIDriver			c	csidriver	create,delete,deletecollection,get,list,patch,update,watch		
storage.k8s.io	v1	csinodes	CSINode			c	csinode	create,delete,deletecollection,get,list,patch,update,watch		
storage.k8s.io	v1	csistoragecapacities	CSIStorageCapacity			n	csistoragecapacity	create,delete,deletecollection,get,list,patch,update,watch		
storage.k8s.io	v1	storageclasses	StorageClass			c	storageclass	create,delete,deletecollection,get,list,patch,update,watch	sc	
storage.k8s.io	v1	volumeattachments	VolumeAttachment			c	volumeattachment	create,delete,deletecollection,get,list,patch,update,watch		
storage.k8s.io	v1	volumeattachments/status	VolumeAttachment			c		get,patch,update		
storage.k8s.io	v1	volumeattributesclasses	VolumeAttributesClass			c	volumeattributesclass	create,delete,deletecollection,get,list,patch,update,watch	vac	
storage.k8s.io	v1beta1	volumeattributesclasses	VolumeAttributesClass			c	volumeattributesclass	create,delete,deletecollection,get,list,patch,update,watch	vac	
admissionregistration.k8s.io	v1	mutatingadmissionpolicies	MutatingAdmissionPolicy			c	mutatingadmissionpolicy	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
admissionregistration.k8s.io	v1	mutatingadmissionpolicybindings	MutatingAdmissionPolicyBinding			c	mutatingadmissionpolicybinding	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
admissionregistration.k8s.io	v1	mutatingwebhookconfigurations	MutatingWebhookConfiguration			c	mutatingwebhookconfiguration	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
admissionregistration.k8s.io	v1	validatingadmissionpolicies	ValidatingAdmissionPolicy			c	validatingadmissionpolicy	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
admissionregistration.k8s.io	v1	validatingadmissionpolicies/status	ValidatingAdmissionPolicy			c		get,patch,update		
admissionregistration.k8s.io	v1	validatingadmissionpolicybindings	ValidatingAdmissionPolicyBinding			c	validatingadmissionpolicybinding	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
admissionregistration.k8s.io	v1	validatingwebhookconfigurations	ValidatingWebhookConfiguration			c	validatingwebhookconfiguration	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
admissionregistration.k8s.io	v1beta1	mutatingadmissionpolicies	MutatingAdmissionPolicy			c	mutatingadmissionpolicy	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
admissionregistration.k8s.io	v1beta1	mutatingadmissionpolicybindings	MutatingAdmissionPolicyBinding			c	mutatingadmissionpolicybinding	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
admissionregistration.k8s.io	v1alpha1	mutatingadmissionpolicies	MutatingAdmissionPolicy			c	mutatingadmissionpolicy	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
admissionregistration.k8s.io	v1alpha1	mutatingadmissionpolicybindings	MutatingAdmissionPolicyBinding			c	mutatingadmissionpolicybinding	create,delete,deletecollection,get,list,patch,update,watch		api-extensions
apiextensions.k8s.io	v1	customresourcedefinitions	CustomResourceDefinition			c	customresourcedefinition	create,delete,deletecollection,get,list,patch,update,watch	crd,crds	api-extensions
apiextensions.k8s.io	v1	customresourcedefinitions/status	CustomResourceDefinition			c		get,patch,update		
scheduling.k8s.io	v1	priorityclasses	PriorityClass			c	priorityclass	create,delete,deletecollection,get,list,patch,update,watch	pc	
scheduling.k8s.io	v1alpha2	podgroups	PodGroup			n	podgroup	create,delete,deletecollection,get,list,patch,update,watch		
scheduling.k8s.io	v1alpha2	podgroups/status	PodGroup			n		get,patch,update		
scheduling.k8s.io	v1alpha2	workloads	Workload			n	workload	create,delete,deletecollection,get,list,patch,update,watch		
coordination.k8s.io	v1	leases	Lease			n	lease	create,delete,deletecollection,get,list,patch,update,watch		
coordination.k8s.io	v1beta1	leasecandidates	LeaseCandidate			n	leasecandidate	create,delete,deletecollection,get,list,patch,update,watch		
coordination.k8s.io	v1alpha2	leasecandidates	LeaseCandidate			n	leasecandidate	create,delete,deletecollection,get,list,patch,update,watch		
node.k8s.io	v1	runtimeclasses	RuntimeClass			c	runtimeclass	create,delete,deletecollection,get,list,patch,update,watch		
discovery.k8s.io	v1	endpointslices	EndpointSlice			n	endpointslice	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1	deviceclasses	DeviceClass			c	deviceclass	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1	resourceclaims	ResourceClaim			n	resourceclaim	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1	resourceclaims/status	ResourceClaim			n		get,patch,update		
resource.k8s.io	v1	resourceclaimtemplates	ResourceClaimTemplate			n	resourceclaimtemplate	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1	resourceslices	ResourceSlice			c	resourceslice	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1beta2	deviceclasses	DeviceClass			c	deviceclass	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1beta2	devicetaintrules	DeviceTaintRule			c	devicetaintrule	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1beta2	devicetaintrules/status	DeviceTaintRule			c		get,patch,update		
resource.k8s.io	v1beta2	resourceclaims	ResourceClaim			n	resourceclaim	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1beta2	resourceclaims/status	ResourceClaim			n		get,patch,update		
resource.k8s.io	v1beta2	resourceclaimtemplates	ResourceClaimTemplate			n	resourceclaimtemplate	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1beta2	resourceslices	ResourceSlice			c	resourceslice	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1beta1	deviceclasses	DeviceClass			c	deviceclass	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1beta1	resourceclaims	ResourceClaim			n	resourceclaim	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1beta1	resourceclaims/status	ResourceClaim			n		get,patch,update		
resource.k8s.io	v1beta1	resourceclaimtemplates	ResourceClaimTemplate			n	resourceclaimtemplate	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1beta1	resourceslices	ResourceSlice			c	resourceslice	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1alpha3	devicetaintrules	DeviceTaintRule			c	devicetaintrule	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1alpha3	devicetaintrules/status	DeviceTaintRule			c		get,patch,update		
resource.k8s.io	v1alpha3	resourcepoolstatusrequests	ResourcePoolStatusRequest			c	resourcepoolstatusrequest	create,delete,deletecollection,get,list,patch,update,watch		
resource.k8s.io	v1alpha3	resourcepoolstatusrequests/status	ResourcePoolStatusRequest			c		get,patch,update		
flowcontrol.apiserver.k8s.io	v1	flowschemas	FlowSchema			c	flowschema	create,delete,deletecollection,get,list,patch,update,watch		
flowcontrol.apiserver.k8s.io	v1	flowschemas/status	FlowSchema			c		get,patch,update		
flowcontrol.apiserver.k8s.io	v1	prioritylevelconfigurations	PriorityLevelConfiguration			c	prioritylevelconfiguration	create,delete,deletecollection,get,list,patch,update,watch		
flowcontrol.apiserver.k8s.io	v1	prioritylevelconfigurations/status	PriorityLevelConfiguration			c		get,patch,update		
internal.apiserver.k8s.io	v1alpha1	storageversions	StorageVersion			c	storageversion	create,delete,deletecollection,get,list,patch,update,watch		
internal.apiserver.k8s.io	v1alpha1	storageversions/status	StorageVersion			c		get,patch,update		
storagemigration.k8s.io	v1beta1	storageversionmigrations	StorageVersionMigration			c	storageversionmigration	create,delete,deletecollection,get,list,patch,update,watch		
storagemigration.k8s.io	v1beta1	storageversionmigrations/status	StorageVersionMigration			c		get,patch,update		
# roles
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"cluster-admin","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:masters"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:basic-user","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:basic-user"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:authenticated"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:discovery","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:discovery"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:authenticated"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:kube-controller-manager","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:kube-controller-manager"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:kube-controller-manager"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:kube-dns","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:kube-dns"},"subjects":[{"kind":"ServiceAccount","name":"kube-dns","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:kube-scheduler","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:kube-scheduler"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:kube-scheduler"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:monitoring","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:monitoring"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:monitoring"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:node","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:node"},"subjects":null}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:node-proxier","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:node-proxier"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:kube-proxy"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:public-info-viewer","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:public-info-viewer"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:authenticated"},{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:unauthenticated"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:service-account-issuer-discovery","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:service-account-issuer-discovery"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:serviceaccounts"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:volume-scheduler","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:volume-scheduler"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:kube-scheduler"}]}
{"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"rbac.authorization.k8s.io/aggregate-to-admin":"true"}}]},"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"admin","rules":[]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"cluster-admin","rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]},{"nonResourceURLs":["*"],"verbs":["*"]}]}
{"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"rbac.authorization.k8s.io/aggregate-to-edit":"true"}}]},"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults","rbac.authorization.k8s.io/aggregate-to-admin":"true"},"name":"edit","rules":[]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults","rbac.authorization.k8s.io/aggregate-to-admin":"true"},"name":"system:aggregate-to-admin","rules":[{"apiGroups":["authorization.k8s.io"],"resources":["localsubjectaccessreviews"],"verbs":["create"]},{"apiGroups":["rbac.authorization.k8s.io"],"resources":["rolebindings","roles"],"verbs":["create","delete","deletecollection","get","list","patch","update","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults","rbac.authorization.k8s.io/aggregate-to-edit":"true"},"name":"system:aggregate-to-edit","rules":[{"apiGroups":[""],"resources":["pods/attach","pods/exec","pods/portforward","pods/proxy","secrets","services/proxy"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["serviceaccounts"],"verbs":["impersonate"]},{"apiGroups":[""],"resources":["pods","pods/attach","pods/exec","pods/portforward","pods/proxy"],"verbs":["create","delete","deletecollection","patch","update"]},{"apiGroups":[""],"resources":["pods/eviction"],"verbs":["create"]},{"apiGroups":[""],"resources":["configmaps","persistentvolumeclaims","replicationcontrollers","replicationcontrollers/scale","secrets","serviceaccounts","services","services/proxy"],"verbs":["create","delete","deletecollection","patch","update"]},{"apiGroups":[""],"resources":["serviceaccounts/token"],"verbs":["create"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","delete","deletecollection","patch","update"]},{"apiGroups":["apps"],"resources":["daemonsets","deployments","deployments/rollback","deployments/scale","replicasets","replicasets/scale","statefulsets","statefulsets/scale"],"verbs":["create","delete","deletecollection","patch","update"]},{"apiGroups":["autoscaling"],"resources":["horizontalpodautoscalers"],"verbs":["create","delete","deletecollection","patch","update"]},{"apiGroups":["batch"],"resources":["cronjobs","jobs"],"verbs":["create","delete","deletecollection","patch","update"]},{"apiGroups":["extensions"],"resources":["daemonsets","deployments","deployments/rollback","deployments/scale","ingresses","networkpolicies","replicasets","replicasets/scale","replicationcontrollers/scale"],"verbs":["create","delete","deletecollection","patch","update"]},{"apiGroups":["policy"],"resources":["poddisruptionbudgets"],"verbs":["create","delete","deletecollection","patch","update"]},{"apiGroups":["networking.k8s.io"],"resources":["ingresses","networkpolicies"],"verbs":["create","delete","deletecollection","patch","update"]},{"apiGroups":["coordination.k8s.io"],"resources":["leases"],"verbs":["create","delete","deletecollection","get","list","patch","update","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims","resourceclaimtemplates"],"verbs":["create","delete","deletecollection","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults","rbac.authorization.k8s.io/aggregate-to-view":"true"},"name":"system:aggregate-to-view","rules":[{"apiGroups":[""],"resources":["configmaps","endpoints","persistentvolumeclaims","persistentvolumeclaims/status","pods","replicationcontrollers","replicationcontrollers/scale","serviceaccounts","services","services/status"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["bindings","limitranges","namespaces/status","pods/log","pods/status","replicationcontrollers/status","resourcequotas","resourcequotas/status"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["namespaces"],"verbs":["get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["get","list","watch"]},{"apiGroups":["discovery.k8s.io"],"resources":["endpointslices"],"verbs":["get","list","watch"]},{"apiGroups":["apps"],"resources":["controllerrevisions","daemonsets","daemonsets/status","deployments","deployments/scale","deployments/status","replicasets","replicasets/scale","replicasets/status","statefulsets","statefulsets/scale","statefulsets/status"],"verbs":["get","list","watch"]},{"apiGroups":["autoscaling"],"resources":["horizontalpodautoscalers","horizontalpodautoscalers/status"],"verbs":["get","list","watch"]},{"apiGroups":["batch"],"resources":["cronjobs","cronjobs/status","jobs","jobs/status"],"verbs":["get","list","watch"]},{"apiGroups":["extensions"],"resources":["daemonsets","daemonsets/status","deployments","deployments/scale","deployments/status","ingresses","ingresses/status","networkpolicies","replicasets","replicasets/scale","replicasets/status","replicationcontrollers/scale"],"verbs":["get","list","watch"]},{"apiGroups":["policy"],"resources":["poddisruptionbudgets","poddisruptionbudgets/status"],"verbs":["get","list","watch"]},{"apiGroups":["networking.k8s.io"],"resources":["ingresses","ingresses/status","networkpolicies"],"verbs":["get","list","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims","resourceclaims/status","resourceclaimtemplates"],"verbs":["get","list","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:auth-delegator","rules":[{"apiGroups":["authentication.k8s.io"],"resources":["tokenreviews"],"verbs":["create"]},{"apiGroups":["authorization.k8s.io"],"resources":["subjectaccessreviews"],"verbs":["create"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:basic-user","rules":[{"apiGroups":["authorization.k8s.io"],"resources":["selfsubjectaccessreviews","selfsubjectrulesreviews"],"verbs":["create"]},{"apiGroups":["authentication.k8s.io"],"resources":["selfsubjectreviews"],"verbs":["create"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:certificates.k8s.io:certificatesigningrequests:nodeclient","rules":[{"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests/nodeclient"],"verbs":["create"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:certificates.k8s.io:certificatesigningrequests:selfnodeclient","rules":[{"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests/selfnodeclient"],"verbs":["create"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:certificates.k8s.io:kube-apiserver-client-approver","rules":[{"apiGroups":["certificates.k8s.io"],"resourceNames":["kubernetes.io/kube-apiserver-client"],"resources":["signers"],"verbs":["approve"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:certificates.k8s.io:kube-apiserver-client-kubelet-approver","rules":[{"apiGroups":["certificates.k8s.io"],"resourceNames":["kubernetes.io/kube-apiserver-client-kubelet"],"resources":["signers"],"verbs":["approve"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:certificates.k8s.io:kubelet-serving-approver","rules":[{"apiGroups":["certificates.k8s.io"],"resourceNames":["kubernetes.io/kubelet-serving"],"resources":["signers"],"verbs":["approve"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:certificates.k8s.io:legacy-unknown-approver","rules":[{"apiGroups":["certificates.k8s.io"],"resourceNames":["kubernetes.io/legacy-unknown"],"resources":["signers"],"verbs":["approve"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:discovery","rules":[{"nonResourceURLs":["/api","/api/*","/apis","/apis/*","/healthz","/livez","/openapi","/openapi/*","/readyz","/version","/version/"],"verbs":["get"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:heapster","rules":[{"apiGroups":[""],"resources":["events","namespaces","nodes","pods"],"verbs":["get","list","watch"]},{"apiGroups":["extensions"],"resources":["deployments"],"verbs":["get","list","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:kube-aggregator","rules":[{"apiGroups":[""],"resources":["endpoints","services"],"verbs":["get","list","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:kube-controller-manager","rules":[{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]},{"apiGroups":["coordination.k8s.io"],"resources":["leases"],"verbs":["create"]},{"apiGroups":["coordination.k8s.io"],"resourceNames":["kube-controller-manager"],"resources":["leases"],"verbs":["get","update"]},{"apiGroups":[""],"resources":["secrets","serviceaccounts"],"verbs":["create"]},{"apiGroups":[""],"resources":["secrets"],"verbs":["delete"]},{"apiGroups":[""],"resources":["configmaps","namespaces","secrets","serviceaccounts"],"verbs":["get"]},{"apiGroups":[""],"resources":["secrets","serviceaccounts"],"verbs":["update"]},{"apiGroups":["authentication.k8s.io"],"resources":["tokenreviews"],"verbs":["create"]},{"apiGroups":["authorization.k8s.io"],"resources":["subjectaccessreviews"],"verbs":["create"]},{"apiGroups":["*"],"resources":["*"],"verbs":["list","watch"]},{"apiGroups":[""],"resources":["serviceaccounts/token"],"verbs":["create"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:kube-dns","rules":[{"apiGroups":[""],"resources":["endpoints","services"],"verbs":["list","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:kube-scheduler","rules":[{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]},{"apiGroups":["coordination.k8s.io"],"resources":["leases"],"verbs":["create"]},{"apiGroups":["coordination.k8s.io"],"resourceNames":["kube-scheduler"],"resources":["leases"],"verbs":["get","list","update","watch"]},{"apiGroups":["coordination.k8s.io"],"resources":["leasecandidates"],"verbs":["create","delete","deletecollection","get","list","patch","update","watch"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["pods"],"verbs":["delete","get","list","watch"]},{"apiGroups":[""],"resources":["bindings","pods/binding"],"verbs":["create"]},{"apiGroups":[""],"resources":["pods/status"],"verbs":["patch","update"]},{"apiGroups":[""],"resources":["replicationcontrollers","services"],"verbs":["get","list","watch"]},{"apiGroups":["apps","extensions"],"resources":["replicasets"],"verbs":["get","list","watch"]},{"apiGroups":["apps"],"resources":["statefulsets"],"verbs":["get","list","watch"]},{"apiGroups":["policy"],"resources":["poddisruptionbudgets"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims","persistentvolumes"],"verbs":["get","list","watch"]},{"apiGroups":["authentication.k8s.io"],"resources":["tokenreviews"],"verbs":["create"]},{"apiGroups":["authorization.k8s.io"],"resources":["subjectaccessreviews"],"verbs":["create"]},{"apiGroups":["storage.k8s.io"],"resources":["csinodes"],"verbs":["get","list","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["volumeattachments"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["namespaces"],"verbs":["get","list","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["csidrivers"],"verbs":["get","list","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["csistoragecapacities"],"verbs":["get","list","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["deviceclasses"],"verbs":["get","list","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims"],"verbs":["get","list","patch","update","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims/status"],"verbs":["get","list","patch","update","watch"]},{"apiGroups":[""],"resources":["pods/finalizers"],"verbs":["update"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceslices"],"verbs":["get","list","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims"],"verbs":["create","delete"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims/binding"],"verbs":["patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:kubelet-api-admin","rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["proxy"]},{"apiGroups":[""],"resources":["nodes/log","nodes/metrics","nodes/proxy","nodes/stats"],"verbs":["*"]},{"apiGroups":[""],"resources":["nodes/configz","nodes/healthz","nodes/pods"],"verbs":["*"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:monitoring","rules":[{"nonResourceURLs":["/flagz","/healthz","/healthz/*","/livez","/livez/*","/metrics","/metrics/slis","/readyz","/readyz/*","/statusz"],"verbs":["get"]},{"apiGroups":[""],"resources":["nodes/metrics"],"verbs":["get"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:node","rules":[{"apiGroups":["authentication.k8s.io"],"resources":["tokenreviews"],"verbs":["create"]},{"apiGroups":["authorization.k8s.io"],"resources":["localsubjectaccessreviews","subjectaccessreviews"],"verbs":["create"]},{"apiGroups":[""],"resources":["services"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["create","get","list","watch"]},{"apiGroups":[""],"resources":["nodes/status"],"verbs":["patch","update"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["patch","update"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["pods"],"verbs":["create","delete"]},{"apiGroups":[""],"resources":["pods/status"],"verbs":["patch","update"]},{"apiGroups":[""],"resources":["pods/eviction"],"verbs":["create"]},{"apiGroups":[""],"resources":["configmaps","secrets"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims","persistentvolumes"],"verbs":["get"]},{"apiGroups":[""],"resources":["endpoints"],"verbs":["get"]},{"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests"],"verbs":["create","get","list","watch"]},{"apiGroups":["coordination.k8s.io"],"resources":["leases"],"verbs":["create","delete","get","patch","update"]},{"apiGroups":["storage.k8s.io"],"resources":["volumeattachments"],"verbs":["get"]},{"apiGroups":[""],"resources":["serviceaccounts/token"],"verbs":["create"]},{"apiGroups":[""],"resources":["persistentvolumeclaims/status"],"verbs":["get","patch","update"]},{"apiGroups":["storage.k8s.io"],"resources":["csidrivers"],"verbs":["get","list","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["csinodes"],"verbs":["create","delete","get","patch","update"]},{"apiGroups":["node.k8s.io"],"resources":["runtimeclasses"],"verbs":["get","list","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims"],"verbs":["get"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceslices"],"verbs":["deletecollection"]},{"apiGroups":[""],"resources":["serviceaccounts"],"verbs":["get"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:node-bootstrapper","rules":[{"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests"],"verbs":["create","get","list","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:node-problem-detector","rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["get"]},{"apiGroups":[""],"resources":["nodes/status"],"verbs":["patch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:node-proxier","rules":[{"apiGroups":[""],"resources":["endpoints","services"],"verbs":["list","watch"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]},{"apiGroups":["networking.k8s.io"],"resources":["servicecidrs"],"verbs":["list","watch"]},{"apiGroups":["discovery.k8s.io"],"resources":["endpointslices"],"verbs":["list","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:persistent-volume-provisioner","rules":[{"apiGroups":[""],"resources":["persistentvolumes"],"verbs":["create","delete","get","list","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["get","list","update","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["storageclasses"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["events"],"verbs":["watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:public-info-viewer","rules":[{"nonResourceURLs":["/healthz","/livez","/readyz","/version","/version/"],"verbs":["get"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:service-account-issuer-discovery","rules":[{"nonResourceURLs":["/.well-known/openid-configuration","/.well-known/openid-configuration/","/openid/v1/jwks","/openid/v1/jwks/"],"verbs":["get"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:volume-scheduler","rules":[{"apiGroups":[""],"resources":["persistentvolumes"],"verbs":["get","list","patch","update","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["storageclasses"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["get","list","patch","update","watch"]}]}
{"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"}}]},"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults","rbac.authorization.k8s.io/aggregate-to-edit":"true"},"name":"view","rules":[]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:attachdetach-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:attachdetach-controller"},"subjects":[{"kind":"ServiceAccount","name":"attachdetach-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:certificate-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:certificate-controller"},"subjects":[{"kind":"ServiceAccount","name":"certificate-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:clusterrole-aggregation-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:clusterrole-aggregation-controller"},"subjects":[{"kind":"ServiceAccount","name":"clusterrole-aggregation-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:cronjob-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:cronjob-controller"},"subjects":[{"kind":"ServiceAccount","name":"cronjob-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:daemon-set-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:daemon-set-controller"},"subjects":[{"kind":"ServiceAccount","name":"daemon-set-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:deployment-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:deployment-controller"},"subjects":[{"kind":"ServiceAccount","name":"deployment-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:device-taint-eviction-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:device-taint-eviction-controller"},"subjects":[{"kind":"ServiceAccount","name":"device-taint-eviction-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:disruption-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:disruption-controller"},"subjects":[{"kind":"ServiceAccount","name":"disruption-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:endpoint-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:endpoint-controller"},"subjects":[{"kind":"ServiceAccount","name":"endpoint-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:endpointslice-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:endpointslice-controller"},"subjects":[{"kind":"ServiceAccount","name":"endpointslice-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:endpointslicemirroring-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:endpointslicemirroring-controller"},"subjects":[{"kind":"ServiceAccount","name":"endpointslicemirroring-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:ephemeral-volume-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:ephemeral-volume-controller"},"subjects":[{"kind":"ServiceAccount","name":"ephemeral-volume-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:expand-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:expand-controller"},"subjects":[{"kind":"ServiceAccount","name":"expand-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:generic-garbage-collector","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:generic-garbage-collector"},"subjects":[{"kind":"ServiceAccount","name":"generic-garbage-collector","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:horizontal-pod-autoscaler","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:horizontal-pod-autoscaler"},"subjects":[{"kind":"ServiceAccount","name":"horizontal-pod-autoscaler","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:job-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:job-controller"},"subjects":[{"kind":"ServiceAccount","name":"job-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:legacy-service-account-token-cleaner","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:legacy-service-account-token-cleaner"},"subjects":[{"kind":"ServiceAccount","name":"legacy-service-account-token-cleaner","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:namespace-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:namespace-controller"},"subjects":[{"kind":"ServiceAccount","name":"namespace-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:node-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:node-controller"},"subjects":[{"kind":"ServiceAccount","name":"node-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:persistent-volume-binder","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:persistent-volume-binder"},"subjects":[{"kind":"ServiceAccount","name":"persistent-volume-binder","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:pod-garbage-collector","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:pod-garbage-collector"},"subjects":[{"kind":"ServiceAccount","name":"pod-garbage-collector","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:pv-protection-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:pv-protection-controller"},"subjects":[{"kind":"ServiceAccount","name":"pv-protection-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:pvc-protection-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:pvc-protection-controller"},"subjects":[{"kind":"ServiceAccount","name":"pvc-protection-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:replicaset-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:replicaset-controller"},"subjects":[{"kind":"ServiceAccount","name":"replicaset-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:replication-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:replication-controller"},"subjects":[{"kind":"ServiceAccount","name":"replication-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:resource-claim-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:resource-claim-controller"},"subjects":[{"kind":"ServiceAccount","name":"resource-claim-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:resourcequota-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:resourcequota-controller"},"subjects":[{"kind":"ServiceAccount","name":"resourcequota-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:root-ca-cert-publisher","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:root-ca-cert-publisher"},"subjects":[{"kind":"ServiceAccount","name":"root-ca-cert-publisher","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:route-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:route-controller"},"subjects":[{"kind":"ServiceAccount","name":"route-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:selinux-warning-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:selinux-warning-controller"},"subjects":[{"kind":"ServiceAccount","name":"selinux-warning-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:service-account-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:service-account-controller"},"subjects":[{"kind":"ServiceAccount","name":"service-account-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:service-ca-cert-publisher","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:service-ca-cert-publisher"},"subjects":[{"kind":"ServiceAccount","name":"service-ca-cert-publisher","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:service-cidrs-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:service-cidrs-controller"},"subjects":[{"kind":"ServiceAccount","name":"service-cidrs-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:service-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:service-controller"},"subjects":[{"kind":"ServiceAccount","name":"service-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:statefulset-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:statefulset-controller"},"subjects":[{"kind":"ServiceAccount","name":"statefulset-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:ttl-after-finished-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:ttl-after-finished-controller"},"subjects":[{"kind":"ServiceAccount","name":"ttl-after-finished-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:ttl-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:ttl-controller"},"subjects":[{"kind":"ServiceAccount","name":"ttl-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:validatingadmissionpolicy-status-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:validatingadmissionpolicy-status-controller"},"subjects":[{"kind":"ServiceAccount","name":"validatingadmissionpolicy-status-controller","namespace":"kube-system"}]}
{"kind":"ClusterRoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:volumeattributesclass-protection-controller","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:volumeattributesclass-protection-controller"},"subjects":[{"kind":"ServiceAccount","name":"volumeattributesclass-protection-controller","namespace":"kube-system"}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:attachdetach-controller","rules":[{"apiGroups":[""],"resources":["persistentvolumeclaims","persistentvolumes"],"verbs":["list","watch"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["nodes/status"],"verbs":["patch","update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]},{"apiGroups":["storage.k8s.io"],"resources":["volumeattachments"],"verbs":["create","delete","get","list","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["csidrivers"],"verbs":["get","list","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["csinodes"],"verbs":["get","list","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:certificate-controller","rules":[{"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests"],"verbs":["delete","get","list","watch"]},{"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests/approval","certificatesigningrequests/status"],"verbs":["update"]},{"apiGroups":["certificates.k8s.io"],"resourceNames":["kubernetes.io/kube-apiserver-client-kubelet"],"resources":["signers"],"verbs":["approve"]},{"apiGroups":["certificates.k8s.io"],"resourceNames":["kubernetes.io/kube-apiserver-client","kubernetes.io/kube-apiserver-client-kubelet","kubernetes.io/kubelet-serving","kubernetes.io/legacy-unknown"],"resources":["signers"],"verbs":["sign"]},{"apiGroups":["authorization.k8s.io"],"resources":["subjectaccessreviews"],"verbs":["create"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:clusterrole-aggregation-controller","rules":[{"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"],"verbs":["escalate","get","list","patch","update","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:cronjob-controller","rules":[{"apiGroups":["batch"],"resources":["cronjobs"],"verbs":["get","list","update","watch"]},{"apiGroups":["batch"],"resources":["jobs"],"verbs":["create","delete","get","list","patch","update","watch"]},{"apiGroups":["batch"],"resources":["cronjobs/status"],"verbs":["update"]},{"apiGroups":["batch"],"resources":["cronjobs/finalizers"],"verbs":["update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["delete","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:daemon-set-controller","rules":[{"apiGroups":["apps","extensions"],"resources":["daemonsets"],"verbs":["get","list","watch"]},{"apiGroups":["apps","extensions"],"resources":["daemonsets/status"],"verbs":["update"]},{"apiGroups":["apps","extensions"],"resources":["daemonsets/finalizers"],"verbs":["update"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["list","watch"]},{"apiGroups":[""],"resources":["pods"],"verbs":["create","delete","list","patch","watch"]},{"apiGroups":[""],"resources":["pods/binding"],"verbs":["create"]},{"apiGroups":["apps"],"resources":["controllerrevisions"],"verbs":["create","delete","get","list","patch","update","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:deployment-controller","rules":[{"apiGroups":["apps","extensions"],"resources":["deployments"],"verbs":["get","list","update","watch"]},{"apiGroups":["apps","extensions"],"resources":["deployments/status"],"verbs":["update"]},{"apiGroups":["apps","extensions"],"resources":["deployments/finalizers"],"verbs":["update"]},{"apiGroups":["apps","extensions"],"resources":["replicasets"],"verbs":["create","delete","get","list","patch","update","watch"]},{"apiGroups":[""],"resources":["pods"],"verbs":["get","list","update","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:device-taint-eviction-controller","rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["delete","get","list","watch"]},{"apiGroups":[""],"resources":["pods/status"],"verbs":["patch","update"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims"],"verbs":["get","list","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceslices"],"verbs":["get","list","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["deviceclasses"],"verbs":["get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:disruption-controller","rules":[{"apiGroups":["apps","extensions"],"resources":["deployments"],"verbs":["get","list","watch"]},{"apiGroups":["apps","extensions"],"resources":["replicasets"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["replicationcontrollers"],"verbs":["get","list","watch"]},{"apiGroups":["policy"],"resources":["poddisruptionbudgets"],"verbs":["get","list","watch"]},{"apiGroups":["apps"],"resources":["statefulsets"],"verbs":["get","list","watch"]},{"apiGroups":["policy"],"resources":["poddisruptionbudgets/status"],"verbs":["update"]},{"apiGroups":[""],"resources":["pods/status"],"verbs":["patch","update"]},{"apiGroups":["*"],"resources":["*/scale"],"verbs":["get"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:endpoint-controller","rules":[{"apiGroups":[""],"resources":["pods","services"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["endpoints"],"verbs":["create","delete","get","list","update","watch"]},{"apiGroups":[""],"resources":["endpoints/restricted"],"verbs":["create"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:endpointslice-controller","rules":[{"apiGroups":[""],"resources":["nodes","pods","services"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["services/finalizers"],"verbs":["update"]},{"apiGroups":["discovery.k8s.io"],"resources":["endpointslices"],"verbs":["create","delete","get","list","update","watch"]},{"apiGroups":["discovery.k8s.io"],"resources":["endpointslices/restricted"],"verbs":["create"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:endpointslicemirroring-controller","rules":[{"apiGroups":[""],"resources":["endpoints","services"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["services/finalizers"],"verbs":["update"]},{"apiGroups":[""],"resources":["endpoints/finalizers"],"verbs":["update"]},{"apiGroups":["discovery.k8s.io"],"resources":["endpointslices"],"verbs":["create","delete","get","list","update","watch"]},{"apiGroups":["discovery.k8s.io"],"resources":["endpointslices/restricted"],"verbs":["create"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:ephemeral-volume-controller","rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["pods/finalizers"],"verbs":["update"]},{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["create","get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:expand-controller","rules":[{"apiGroups":[""],"resources":["persistentvolumes"],"verbs":["get","list","patch","update","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims/status"],"verbs":["patch","update"]},{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:generic-garbage-collector","rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["delete","get","list","patch","update","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:horizontal-pod-autoscaler","rules":[{"apiGroups":["autoscaling"],"resources":["horizontalpodautoscalers"],"verbs":["get","list","watch"]},{"apiGroups":["autoscaling"],"resources":["horizontalpodautoscalers/status"],"verbs":["update"]},{"apiGroups":["*"],"resources":["*/scale"],"verbs":["get","update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["list","watch"]},{"apiGroups":["metrics.k8s.io"],"resources":["pods"],"verbs":["list","watch"]},{"apiGroups":["custom.metrics.k8s.io"],"resources":["*"],"verbs":["get","list","watch"]},{"apiGroups":["external.metrics.k8s.io"],"resources":["*"],"verbs":["get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:job-controller","rules":[{"apiGroups":["batch"],"resources":["jobs"],"verbs":["get","list","patch","update","watch"]},{"apiGroups":["batch"],"resources":["jobs/status"],"verbs":["update"]},{"apiGroups":["batch"],"resources":["jobs/finalizers"],"verbs":["update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["create","delete","list","patch","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:legacy-service-account-token-cleaner","rules":[{"apiGroups":[""],"resourceNames":["kube-apiserver-legacy-service-account-token-tracking"],"resources":["configmaps"],"verbs":["get"]},{"apiGroups":[""],"resources":["secrets"],"verbs":["delete","patch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:namespace-controller","rules":[{"apiGroups":[""],"resources":["namespaces"],"verbs":["delete","get","list","watch"]},{"apiGroups":[""],"resources":["namespaces/finalize","namespaces/status"],"verbs":["update"]},{"apiGroups":["*"],"resources":["*"],"verbs":["delete","deletecollection","get","list","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:node-controller","rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["delete","get","list","patch","update","watch"]},{"apiGroups":[""],"resources":["nodes/status"],"verbs":["patch","update"]},{"apiGroups":[""],"resources":["pods/status"],"verbs":["patch","update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["delete","get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:persistent-volume-binder","rules":[{"apiGroups":[""],"resources":["persistentvolumes"],"verbs":["create","delete","get","list","update","watch"]},{"apiGroups":[""],"resources":["persistentvolumes/status"],"verbs":["update"]},{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["get","list","update","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims/status"],"verbs":["update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["create","delete","get","list","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["storageclasses"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]},{"apiGroups":[""],"resources":["events"],"verbs":["watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:pod-garbage-collector","rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["delete","list","watch"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["pods/status"],"verbs":["patch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:pv-protection-controller","rules":[{"apiGroups":[""],"resources":["persistentvolumes"],"verbs":["get","list","update","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:pvc-protection-controller","rules":[{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["get","list","update","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims/status"],"verbs":["update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:replicaset-controller","rules":[{"apiGroups":["apps","extensions"],"resources":["replicasets"],"verbs":["get","list","update","watch"]},{"apiGroups":["apps","extensions"],"resources":["replicasets/status"],"verbs":["update"]},{"apiGroups":["apps","extensions"],"resources":["replicasets/finalizers"],"verbs":["update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["create","delete","list","patch","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:replication-controller","rules":[{"apiGroups":[""],"resources":["replicationcontrollers"],"verbs":["get","list","update","watch"]},{"apiGroups":[""],"resources":["replicationcontrollers/status"],"verbs":["update"]},{"apiGroups":[""],"resources":["replicationcontrollers/finalizers"],"verbs":["update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["create","delete","list","patch","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:resource-claim-controller","rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["pods/finalizers"],"verbs":["update"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims"],"verbs":["create","delete","get","list","watch"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims","resourceclaims/status"],"verbs":["patch","update"]},{"apiGroups":[""],"resources":["pods/status"],"verbs":["patch","update"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]},{"apiGroups":["resource.k8s.io"],"resources":["resourceclaims/binding"],"verbs":["patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:resourcequota-controller","rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["list","watch"]},{"apiGroups":[""],"resources":["resourcequotas/status"],"verbs":["update"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:root-ca-cert-publisher","rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["create","update"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:route-controller","rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["list","watch"]},{"apiGroups":[""],"resources":["nodes/status"],"verbs":["patch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:selinux-warning-controller","rules":[{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]},{"apiGroups":[""],"resources":["persistentvolumes"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["pods"],"verbs":["get","list","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["csidrivers"],"verbs":["get","list","watch"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:service-account-controller","rules":[{"apiGroups":[""],"resources":["serviceaccounts"],"verbs":["create"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:service-ca-cert-publisher","rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["create","update"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:service-cidrs-controller","rules":[{"apiGroups":["networking.k8s.io"],"resources":["servicecidrs"],"verbs":["get","list","patch","update","watch"]},{"apiGroups":["networking.k8s.io"],"resources":["servicecidrs/finalizers"],"verbs":["patch","update"]},{"apiGroups":["networking.k8s.io"],"resources":["servicecidrs/status"],"verbs":["patch","update"]},{"apiGroups":["networking.k8s.io"],"resources":["ipaddresses"],"verbs":["get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:service-controller","rules":[{"apiGroups":[""],"resources":["services"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["services/status"],"verbs":["patch","update"]},{"apiGroups":[""],"resources":["nodes"],"verbs":["list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:statefulset-controller","rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["list","watch"]},{"apiGroups":["apps"],"resources":["statefulsets"],"verbs":["get","list","watch"]},{"apiGroups":["apps"],"resources":["statefulsets/status"],"verbs":["update"]},{"apiGroups":["apps"],"resources":["statefulsets/finalizers"],"verbs":["update"]},{"apiGroups":[""],"resources":["pods"],"verbs":["create","delete","get","patch","update"]},{"apiGroups":["apps"],"resources":["controllerrevisions"],"verbs":["create","delete","get","list","patch","update","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["create","get","list","watch"]},{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["delete","update"]},{"apiGroups":[""],"resources":["pods/finalizers"],"verbs":["update"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:ttl-after-finished-controller","rules":[{"apiGroups":["batch"],"resources":["jobs"],"verbs":["delete","get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:ttl-controller","rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["list","patch","update","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:validatingadmissionpolicy-status-controller","rules":[{"apiGroups":["admissionregistration.k8s.io"],"resources":["validatingadmissionpolicies"],"verbs":["get","list","watch"]},{"apiGroups":["admissionregistration.k8s.io"],"resources":["validatingadmissionpolicies/status"],"verbs":["get","patch","update"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"ClusterRole","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:volumeattributesclass-protection-controller","rules":[{"apiGroups":[""],"resources":["persistentvolumeclaims"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resources":["persistentvolumes"],"verbs":["get","list","watch"]},{"apiGroups":["storage.k8s.io"],"resources":["volumeattributesclasses"],"verbs":["get","list","update","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"RoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:bootstrap-signer","namespace":"kube-public","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"system:controller:bootstrap-signer"},"subjects":[{"kind":"ServiceAccount","name":"bootstrap-signer","namespace":"kube-system"}]}
{"kind":"RoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system::extension-apiserver-authentication-reader","namespace":"kube-system","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"extension-apiserver-authentication-reader"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:kube-controller-manager"},{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:kube-scheduler"}]}
{"kind":"RoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system::leader-locking-kube-controller-manager","namespace":"kube-system","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"system::leader-locking-kube-controller-manager"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:kube-controller-manager"},{"kind":"ServiceAccount","name":"kube-controller-manager","namespace":"kube-system"},{"kind":"ServiceAccount","name":"leader-election-controller","namespace":"kube-system"}]}
{"kind":"RoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system::leader-locking-kube-scheduler","namespace":"kube-system","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"system::leader-locking-kube-scheduler"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:kube-scheduler"},{"kind":"ServiceAccount","name":"kube-scheduler","namespace":"kube-system"}]}
{"kind":"RoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:bootstrap-signer","namespace":"kube-system","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"system:controller:bootstrap-signer"},"subjects":[{"kind":"ServiceAccount","name":"bootstrap-signer","namespace":"kube-system"}]}
{"kind":"RoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:cloud-provider","namespace":"kube-system","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"system:controller:cloud-provider"},"subjects":[{"kind":"ServiceAccount","name":"cloud-provider","namespace":"kube-system"}]}
{"kind":"RoleBinding","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:token-cleaner","namespace":"kube-system","roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"system:controller:token-cleaner"},"subjects":[{"kind":"ServiceAccount","name":"token-cleaner","namespace":"kube-system"}]}
{"kind":"Role","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:bootstrap-signer","namespace":"kube-public","rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["get","list","watch"]},{"apiGroups":[""],"resourceNames":["cluster-info"],"resources":["configmaps"],"verbs":["update"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
{"kind":"Role","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"extension-apiserver-authentication-reader","namespace":"kube-system","rules":[{"apiGroups":[""],"resourceNames":["extension-apiserver-authentication"],"resources":["configmaps"],"verbs":["get","list","watch"]}]}
{"kind":"Role","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system::leader-locking-kube-controller-manager","namespace":"kube-system","rules":[{"apiGroups":["coordination.k8s.io"],"resources":["leases"],"verbs":["create","get","list","update","watch"]},{"apiGroups":["coordination.k8s.io"],"resources":["leasecandidates"],"verbs":["create","get","list","update","watch"]}]}
{"kind":"Role","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system::leader-locking-kube-scheduler","namespace":"kube-system","rules":[{"apiGroups":["coordination.k8s.io"],"resources":["leases"],"verbs":["create","get","list","update","watch"]},{"apiGroups":["coordination.k8s.io"],"resources":["leasecandidates"],"verbs":["create","get","list","update","watch"]}]}
{"kind":"Role","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:bootstrap-signer","namespace":"kube-system","rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list","watch"]}]}
{"kind":"Role","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:cloud-provider","namespace":"kube-system","rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["create","get","list","watch"]}]}
{"kind":"Role","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:token-cleaner","namespace":"kube-system","rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["delete","get","list","watch"]},{"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}]}
"""#
