package aisre.kubectl

import data.site

# METADATA
# title: One harmless manifest
# description: |
#   `kubectl apply -f -` of one document of an allowed, namespaced kind, which refers to no Secret and names no service account
#   that its object does not have already, asks nothing of the node and belongs to nobody else; an approver agrees first. The
#   manifest is read by AI SRE, and what was read is what kubectl gets.
# custom:
#   id: kubectl/apply
#   severity: medium
#   examples:
#     match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {level: debug}}"
#       - tool: cli_tool
#         arguments:
#           argv: [kubectl, apply, -f, "-"]
#           stdin: "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 1}}"
#     not_match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: v1, kind: Secret, metadata: {name: web}}"
#       - tool: kubectl_apply
#         arguments:
#           namespace: kube-system
#           manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}"
allow contains "kubectl/apply" if {
	_verb == "apply"
	_one_document
	_kinds_allowed
	_manifest_harmless
	_manifest_replicas
	_bounded
}

# METADATA
# title: One document at a time
# description: kubectl applies documents one by one and stops in the middle; one object for every change.
# custom:
#   id: kubectl/one-document
#   severity: high
#   examples:
#     match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}, {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}]}"
#     not_match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]}"
deny contains {
	"rule": "kubectl/one-document",
	"message": "kubectl apply takes one object at a time",
	"token": "---",
	"try": "one kubectl apply for each object",
} if {
	_verb == "apply"
	not _only_prints
	not _single_document
}

# METADATA
# title: Only kinds that may be applied
# description: Site data's `apply_kinds`, as apiVersion/Kind.
# custom:
#   id: kubectl/apply-kind
#   severity: high
#   examples:
#     match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: x}}"
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: []}}"
#     not_match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}"
deny contains {
	"rule": "kubectl/apply-kind",
	"message": $"{manifest.api_version} {manifest.kind} may not be applied",
	"token": $"kind: {manifest.kind}",
	"try": concat(", ", site.apply_kinds),
} if {
	some manifest in input.command.manifests
	not _kind_allowed(manifest)
}

# METADATA
# title: A manifest refers to no new Secret
# description: |
#   What a container may read it can send away, so a manifest names no Secret but those that the object, as it was observed,
#   refers to already: not in env, envFrom, volumes, projected volumes or imagePullSecrets.
# custom:
#   id: kubectl/apply-no-secrets
#   severity: critical
#   examples:
#     match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {containers: [{name: x, image: y, envFrom: [{secretRef: {name: db}}]}]}}}}"
#     not_match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {containers: [{name: x, image: y, envFrom: [{configMapRef: {name: db}}]}]}}}}"
deny contains {
	"rule": "kubectl/apply-no-secrets",
	"message": $"the manifest refers to the Secret {name}, which its object does not use today",
	"token": name,
	"try": "leave the reference out, or change the workload in its repository",
} if {
	some manifest in input.command.manifests
	some name in manifest.secret_refs
	not name in _kept_secrets(manifest)
}

# METADATA
# title: A manifest takes no identity
# description: |
#   No service account but the default one or the one that the object, as it was observed, has already; and no token that
#   neither the account gives by itself nor the object asks for already.
# custom:
#   id: kubectl/apply-identity
#   severity: critical
#   examples:
#     match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {serviceAccountName: admin, containers: []}}}}"
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {automountServiceAccountToken: true, containers: []}}}}"
#     not_match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {automountServiceAccountToken: false, containers: []}}}}"
deny contains {
	"rule": "kubectl/apply-identity",
	"message": "the manifest gives its pods another service account, or a token",
	"token": $"serviceAccountName: {manifest.service_account}",
	"try": "leave serviceAccountName and automountServiceAccountToken out, or change the workload in its repository",
} if {
	some manifest in input.command.manifests
	not _identity_kept(manifest)
}

# METADATA
# title: The object must have been looked at
# description: |
#   Whose object it is, and what it has already, is known only when it could be read. A cluster that does not answer, or an
#   account that may not read it, leaves nothing to compare with.
# custom:
#   id: kubectl/apply-unseen
#   severity: high
#   examples:
#     not_match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}"
deny contains {
	"rule": "kubectl/apply-unseen",
	"message": "the object that this changes could not be looked at",
	"token": "apply",
	"try": "kubectl get TYPE NAME shows what is wrong; then call again",
} if {
	_verb == "apply"
	not _only_prints
	not _looked_at
}

# METADATA
# title: A manifest asks nothing of the node
# description: |
#   No namespace or port of the host, no privileged container, no capability but listed ones, no volume but of listed types.
# custom:
#   id: kubectl/apply-confined
#   severity: critical
#   examples:
#     match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {hostPID: true, containers: []}}}}"
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {containers: [], volumes: [{name: h, hostPath: {path: /}}]}}}}"
#     not_match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {containers: [], volumes: [{name: e, emptyDir: {}}]}}}}"
deny contains {
	"rule": "kubectl/apply-confined",
	"message": $"the manifest asks for {wish}",
	"token": wish,
	"try": "leave it out",
} if {
	some wish in _wishes
}

# METADATA
# title: A manifest is nobody else's object
# description: |
#   What an owner, Flux, Helm or Argo CD keeps is changed there: it would be put back, or be deleted with its owner. Both the
#   manifest and the object as it was observed are asked.
# custom:
#   id: kubectl/apply-owner
#   severity: high
#   examples:
#     match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, labels: {kustomize.toolkit.fluxcd.io/name: apps}}}"
#     not_match:
#       - tool: kubectl_apply
#         arguments:
#           manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, labels: {app: web}}}"
deny contains {
	"rule": "kubectl/apply-owner",
	"message": $"the object belongs to {owner}",
	"token": owner,
	"try": "change it in its repository, or leave the labels and references of its owner out",
} if {
	some manifest in input.command.manifests
	some owner in _owners(manifest)
}

checks["kubectl/apply"] := object.union(_common_checks, {
	"verb_is_apply": _verb == "apply",
	"one_document": _one_document,
	"kinds_allowed": _kinds_allowed,
	"manifest_harmless": _manifest_harmless,
	"replicas_within_bounds": _manifest_replicas,
})

_single_document if {
	input.command.stdin.from == "caller"
	count(input.command.manifests) == 1
}

default _one_document := false

# One document, and it is the object that the command names, in the one namespace that it works in.
_one_document if {
	_single_document
	count(input.command.resources) == 1
	input.command.manifests[0].name == _object.name
	input.command.manifests[0].namespace == _object.namespace
	input.command.namespaces == [_object.namespace]
}

default _kinds_allowed := false

_kinds_allowed if {
	every manifest in input.command.manifests {
		_kind_allowed(manifest)
	}
}

_kind_allowed(manifest) if {
	$"{manifest.api_version}/{manifest.kind}" in site.apply_kinds
	manifest.kind != "Secret"
}

default _manifest_harmless := false

_manifest_harmless if {
	_looked_at
	every manifest in input.command.manifests {
		every name in manifest.secret_refs {
			name in _kept_secrets(manifest)
		}
		_identity_kept(manifest)
		manifest.host_namespaces == []
		manifest.privileged == false
		manifest.owner == ""
		every live in _objects_of(manifest) {
			live.owner == ""
		}
		every name in manifest.capabilities {
			name in data.aisre.kubectl.capabilities
		}
		every volume in manifest.volumes {
			_volume_allowed(manifest, volume)
		}
	}
}

default _manifest_replicas := false

_manifest_replicas if _replicas_within_bounds

_manifest_replicas if not input.command.replicas

_identity_kept(manifest) if {
	_account_kept(manifest)
	_token_kept(manifest)
}

_account_kept(manifest) if manifest.service_account in data.aisre.kubectl.service_accounts

_account_kept(manifest) if {
	some live in _objects_of(manifest)
	live.service_account == manifest.service_account
}

_token_kept(manifest) if manifest.automount_token in {null, false}

_token_kept(manifest) if {
	some live in _objects_of(manifest)
	live.automount_token == true
}

default _looked_at := false

_looked_at if is_array(input.observed.objects)

# The API shows one object in every version of its group.
_group_of(api_version) := split(api_version, "/")[0] if contains(api_version, "/")

_group_of(api_version) := "" if not contains(api_version, "/")

# The object that the manifest would change, as it was observed: none, or one.
_objects_of(manifest) := [live |
	some live in input.observed.objects
	_group_of(live.api_version) == _group_of(manifest.api_version)
	live.kind == manifest.kind
	live.namespace == manifest.namespace
	live.name == manifest.name
]

_kept_secrets(manifest) := {name |
	some live in _objects_of(manifest)
	some name in live.secret_refs
}

_owners(manifest) := {one.owner |
	some one in array.concat([manifest], _objects_of(manifest))
	one.owner != ""
}

_volume_allowed(_, volume) if volume.type in data.aisre.kubectl.volumes

# A Secret that the object has already may stay where it is mounted.
_volume_allowed(manifest, volume) if {
	volume.type == "secret"
	volume.source in _kept_secrets(manifest)
}

_wishes contains $"the {name} namespace of the host" if {
	some manifest in input.command.manifests
	some name in manifest.host_namespaces
}

_wishes contains "a privileged container" if {
	some manifest in input.command.manifests
	manifest.privileged
}

_wishes contains $"the capability {name}" if {
	some manifest in input.command.manifests
	some name in manifest.capabilities
	not name in data.aisre.kubectl.capabilities
}

_wishes contains $"a volume of type {volume.type}" if {
	some manifest in input.command.manifests
	some volume in manifest.volumes
	not _volume_allowed(manifest, volume)
}
