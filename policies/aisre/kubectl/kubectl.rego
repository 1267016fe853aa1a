# METADATA
# title: kubectl
# description: |
#   Reads of listed resources in listed namespaces; restart, undo and scaling of one workload, deletion of one pod, and
#   one harmless manifest. Secrets never.
# schemas:
#   - input: schema.input
package aisre.kubectl

import data.site

# METADATA
# title: Reads
# description: A read verb with listed flags, of readable resources, in an allowed namespace.
# custom:
#   id: kubectl/read
#   severity: info
#   examples:
#     match:
#       - [kubectl, get, pods]
#       - [kubectl, get, po, -ndefault]
#       - [kubectl, describe, node, web-1]
#       - [kubectl, logs, web-1, --tail=200]
#       - [kubectl, auth, can-i, get, secrets]
#       - [kubectl, --help]
#       - [kubectl, get, kustomizations, -n, flux-system]
#     not_match:
#       - [kubectl, get, secrets]
#       - [kubectl, get, pods, -A]
#       - [kubectl, rollout, restart, deploy, web]
allow contains "kubectl/read" if {
	_reads
	_bounded
}

# METADATA
# title: Restart of one workload
# description: A rolling restart of one named Deployment, StatefulSet or DaemonSet in an allowed namespace.
# custom:
#   id: kubectl/restart
#   severity: low
#   examples:
#     match:
#       - [kubectl, rollout, restart, deployment, web]
#       - [kubectl, rollout, restart, deploy/web, -n, default]
#     not_match:
#       - [kubectl, rollout, restart, deploy/web, -n, kube-system]
#       - [kubectl, rollout, status, deploy/web]
allow contains "kubectl/restart" if {
	_verb == "rollout restart"
	_restartable_object
	_bounded
}

# METADATA
# title: Deletion of one pod
# description: One named pod in an allowed namespace; its controller makes a new one.
# custom:
#   id: kubectl/delete-pod
#   severity: low
#   examples:
#     match:
#       - [kubectl, delete, pod, web-1]
#       - [kubectl, delete, pod, web-1, --dry-run=server]
#     not_match:
#       - [kubectl, delete, pod, web-1, -n, kube-system]
allow contains "kubectl/delete-pod" if {
	_verb == "delete"
	_one_pod
	_bounded
}

# METADATA
# title: Return to an earlier revision
# description: The rollout of one named Deployment, StatefulSet or DaemonSet is undone; an approver agrees first.
# custom:
#   id: kubectl/undo
#   severity: medium
#   examples:
#     match:
#       - [kubectl, rollout, undo, deploy/web]
#       - [kubectl, rollout, undo, deploy/web, --to-revision=1]
#     not_match:
#       - [kubectl, rollout, undo, deploy/web, -n, kube-system]
#       - [kubectl, rollout, history, deploy/web]
allow contains "kubectl/undo" if {
	_verb == "rollout undo"
	_restartable_object
	_bounded
}

# METADATA
# title: Scaling of one workload
# description: |
#   One named Deployment or StatefulSet, to at least one replica and at most site data's `max_replicas`; an approver
#   agrees first.
# custom:
#   id: kubectl/scale
#   severity: medium
#   examples:
#     match:
#       - [kubectl, scale, deploy/web, --replicas=3]
#       - [kubectl, scale, sts, db, --replicas, "1", --current-replicas=0]
#     not_match:
#       - [kubectl, scale, deploy/web, --replicas=0]
#       - [kubectl, scale, rs/web-1, --replicas=3]
allow contains "kubectl/scale" if {
	_verb == "scale"
	_scalable_object
	_replicas_within_bounds
	_bounded
}

# METADATA
# title: Secrets never
# description: |
#   No verb reads a Secret, not by name, not in a list, not as something that a describe reads besides.
# custom:
#   id: kubectl/no-secrets
#   severity: critical
#   examples:
#     match:
#       - [kubectl, get, secrets]
#       - [kubectl, get, "po,cm,secret"]
#       - [kubectl, get, secret/foo, -o, "jsonpath={.data.password}"]
#       - [kubectl, describe, secret, foo]
#       - [kubectl, describe, serviceaccount, default]
#     not_match:
#       - [kubectl, get, all]
#       - [kubectl, get, configmaps]
deny contains {
	"rule": "kubectl/no-secrets",
	"message": "Secrets are never read",
	"token": "secrets",
	"try": "kubectl get configmaps, or kubectl describe pod NAME to see which Secret it refers to",
} if {
	some reference in input.command.resources
	reference.resource == "secrets"
}

# METADATA
# title: One object for every change
# description: |
#   A restart, an undo, a scaling or a deletion names one object of the right type outright; a list, a prefix or a whole
#   collection is denied.
# custom:
#   id: kubectl/one-object
#   severity: high
#   examples:
#     match:
#       - [kubectl, delete, deployment, web]
#       - [kubectl, delete, namespace, prod]
#       - [kubectl, scale, rs/web-1, --replicas=3]
#     not_match:
#       - [kubectl, rollout, restart, deploy, web]
#       - [kubectl, delete, pod, web-1]
#       - [kubectl, delete, --help]
#       - [kubectl, get, pods]
deny contains {
	"rule": "kubectl/one-object",
	"message": $"kubectl {_verb} works on one named object of the right type, in one namespace",
	"token": _verb,
	"try": like_this,
} if {
	like_this := _change_like_this[_verb]
	not _only_prints
	not _changes_one_object
}

# METADATA
# title: Replicas within bounds
# description: At least one, and at most site data's `max_replicas`, whether by scale or by a manifest.
# custom:
#   id: kubectl/replicas
#   severity: high
#   examples:
#     match:
#       - [kubectl, scale, deploy/web, --replicas=0]
#       - [kubectl, scale, deploy/web, --replicas=100000]
#     not_match:
#       - [kubectl, scale, deploy/web, --replicas=3]
deny contains {
	"rule": "kubectl/replicas",
	"message": $"{input.command.replicas} replicas are not from 1 to {site.max_replicas}",
	"token": $"--replicas={input.command.replicas}",
	"try": $"--replicas=1..{site.max_replicas}",
} if {
	input.command.replicas >= 0
	not _replicas_within_bounds
}

# METADATA
# title: Only allowed namespaces
# description: Site data's `namespaces`; Flux objects may be read in Flux's namespace too.
# custom:
#   id: kubectl/namespace
#   severity: high
#   examples:
#     match:
#       - [kubectl, get, pods, -n, kube-system]
#       - [kubectl, get, pods, "-n=kube-system"]
#       - [kubectl, -n, kube-system, get, pods]
#       - [kubectl, get, pods, -n, flux-system]
#     not_match:
#       - [kubectl, get, pods, -n, default]
#       - [kubectl, get, kustomizations, -n, flux-system]
deny contains {
	"rule": "kubectl/namespace",
	"message": $"the namespace {namespace} is not one that may be used here",
	"token": $"--namespace={namespace}",
	"try": $"--namespace={_allowed_namespaces}",
} if {
	some namespace in input.command.namespaces
	not _namespace_allowed(namespace)
}

# METADATA
# title: Never all namespaces
# description: A call names the namespace it looks into.
# custom:
#   id: kubectl/no-all-namespaces
#   severity: high
#   examples:
#     match:
#       - [kubectl, get, pods, -A]
#       - [kubectl, get, pods, --all_namespaces]
#       - [kubectl, get, pods, -Ao, name]
#     not_match:
#       - [kubectl, get, pods, --all-namespaces=false]
deny contains {
	"rule": "kubectl/no-all-namespaces",
	"message": "all namespaces at once may not be read",
	"token": "--all-namespaces",
	"try": $"--namespace={_allowed_namespaces}",
} if {
	input.command.all_namespaces
}

# METADATA
# title: Nothing that does not end
# description: Watching and following hold a process and a slot open; look again instead.
# custom:
#   id: kubectl/no-watch
#   severity: medium
#   examples:
#     match:
#       - [kubectl, get, pods, -w]
#       - [kubectl, get, pods, --watch-only]
#       - [kubectl, logs, web-1, --follow=true]
#     not_match:
#       - [kubectl, get, pods, --watch=false]
#       - [kubectl, rollout, status, deploy/web]
deny contains {
	"rule": "kubectl/no-watch",
	"message": $"{flag} does not end by itself",
	"token": flag,
	"try": "leave it out and look again later",
} if {
	_verb != "rollout status"
	some flag in ["--watch", "--watch-only", "--follow"]
	input.command.flags[flag][0] == "true"
}

# METADATA
# title: Only listed flags
# description: Every verb has its exact list of flags; what is not listed is denied for that verb.
# custom:
#   id: kubectl/flags
#   severity: medium
#   examples:
#     match:
#       - [kubectl, logs, "-f=false", web-1]
#     not_match:
#       - [kubectl, get, pods, -o, yaml]
deny contains {
	"rule": "kubectl/flags",
	"message": $"kubectl {_verb} may not be used with {flag}",
	"token": flag,
	"try": "leave it out",
} if {
	some flag in _unlisted
}

# METADATA
# title: Only readable resources
# description: |
#   Namespaced resources of the list in kubectl/data.yaml and kinds of site data; cluster-scoped ones of site data's
#   `cluster_resources`. What a describe reads besides is judged by kind, not by namespace.
# custom:
#   id: kubectl/resource
#   severity: high
#   examples:
#     match:
#       - [kubectl, get, clusterrolebindings]
#       - [kubectl, get, csr]
#     not_match:
#       - [kubectl, get, nodes]
#       - [kubectl, get, deploy]
deny contains {
	"rule": "kubectl/resource",
	"message": $"{reference.resource} may not be used here",
	"token": reference.resource,
	"try": "pods, deployments, services, configmaps, events, nodes",
} if {
	some reference in input.command.resources
	reference.resource != "secrets"
	not _readable(reference)
}

# METADATA
# title: Plain go-templates
# description: A template may select and compare; it may not format, encode or decode.
# custom:
#   id: kubectl/template-function
#   severity: high
#   examples:
#     match:
#       - [kubectl, get, pods, -o, "go-template={{printf \"%s\" .metadata.name}}"]
#       - [kubectl, get, cm, x, -o, "go-template={{base64decode .data.x}}"]
#     not_match:
#       - [kubectl, get, pods, -o, "go-template={{range .items}}{{.metadata.name}}{{end}}"]
deny contains {
	"rule": "kubectl/template-function",
	"message": $"a go-template may not use {name}",
	"token": name,
	"try": "--output=jsonpath=…",
} if {
	some name in _template_functions
}

# METADATA
# title: No values off their names
# description: |
#   A template may not print what is only known for a credential by its name: an env entry's value, an argument, a field
#   that names one, a map without its keys. It may not ask for the order of texts either, which spells a value out.
# custom:
#   id: kubectl/template-value
#   severity: high
#   examples:
#     match:
#       - [kubectl, get, pod, web-1, -o, "jsonpath={.spec.containers[*].env[*].value}"]
#       - [kubectl, get, cm, web, -o, "jsonpath={.data.*}"]
#       - [kubectl, get, cm, web, -o, "custom-columns=P:.data.DB_PASSWORD"]
#       - [kubectl, get, cm, web, -o, "go-template={{range .data}}{{.}}{{end}}"]
#     not_match:
#       - [kubectl, get, pods, -o, "jsonpath={.items[*].spec.containers[*].image}"]
#       - [kubectl, get, pods, -o, "custom-columns=N:.metadata.name"]
#       - [kubectl, get, pods, -o, "jsonpath={.items[*].spec.volumes[*].secret.secretName}"]
deny contains {
	"rule": "kubectl/template-value",
	"message": $"a template may not pick {name} off: without its name nobody knows a credential for what it is",
	"token": name,
	"try": "--output=json, and jq behind it",
} if {
	some name in _template_values
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["kubectl/read"] := object.union(_common_checks, {"effect_is_read": _reads})

checks["kubectl/restart"] := object.union(_common_checks, {
	"verb_is_rollout_restart": _verb == "rollout restart",
	"one_restartable_object": _restartable_object,
})

checks["kubectl/undo"] := object.union(_common_checks, {
	"verb_is_rollout_undo": _verb == "rollout undo",
	"one_restartable_object": _restartable_object,
})

checks["kubectl/scale"] := object.union(_common_checks, {
	"verb_is_scale": _verb == "scale",
	"one_scalable_object": _scalable_object,
	"replicas_within_bounds": _replicas_within_bounds,
})

checks["kubectl/delete-pod"] := object.union(_common_checks, {
	"verb_is_delete": _verb == "delete",
	"one_pod": _one_pod,
})

_common_checks := {
	"verb_listed": _verb_listed,
	"flags_listed": count(_unlisted) == 0,
	"namespaces_allowed": count(_foreign_namespaces) == 0,
	"one_namespace_at_a_time": input.command.all_namespaces == false,
	"resources_readable": count(_unreadable) == 0,
	"template_functions_allowed": count(_template_functions) == 0,
	"template_values_named": count(_template_values) == 0,
	"no_files": count(input.command.paths) == 0,
}

_verb := concat(" ", input.command.verb)

_object := input.command.resources[0]

_change_like_this := {
	"rollout restart": "kubectl rollout restart deployment NAME",
	"rollout undo": "kubectl rollout undo deployment NAME",
	"scale": "kubectl scale deployment NAME --replicas=N",
	"delete": "kubectl delete pod NAME",
}

default _reads := false

_reads if {
	input.command.effect == "read"
	_verb in data.aisre.kubectl.reads
}

_reads if _only_prints

# `--help` prints and ends, whatever the verb.
_only_prints if {
	input.command.effect == "read"
	input.command.egress == false
	input.command.flags == {"--help": ["true"]}
	input.command.resources == []
}

_changes_one_object if {
	_verb in {"rollout restart", "rollout undo"}
	_restartable_object
}

_changes_one_object if {
	_verb == "scale"
	_scalable_object
}

_changes_one_object if {
	_verb == "delete"
	_one_pod
}

default _restartable_object := false

_restartable_object if {
	_one_object
	_object.group == "apps"
	_object.resource in {"daemonsets", "deployments", "statefulsets"}
}

default _scalable_object := false

_scalable_object if {
	_one_object
	$"{_object.group}/{_object.resource}" in data.aisre.kubectl.scalable
}

default _replicas_within_bounds := false

_replicas_within_bounds if {
	input.command.replicas >= 1
	input.command.replicas <= site.max_replicas
}

default _one_pod := false

_one_pod if {
	_one_object
	_object.group == ""
	_object.resource == "pods"
}

# A change names its object outright, in the one namespace that it works in.
_one_object if {
	count(_named) == 1
	_object.name_match == "exact"
	_object.name != ""
	_object.secondary == false
	input.command.namespaces == [_object.namespace]
}

# What the caller named; a rollout reads its revisions besides.
_named := [reference | some reference in input.command.resources; reference.secondary == false]

# What every allowed kubectl command keeps to, said positively.
_bounded if {
	_verb_listed
	input.command.all_namespaces == false
	count(_foreign_namespaces) == 0
	count(_unlisted) == 0
	count(_unreadable) == 0
	count(_template_functions) == 0
	count(_template_values) == 0
	count(input.command.paths) == 0
}

default _verb_listed := false

_verb_listed if data.aisre.kubectl.flags[_verb]

_foreign_namespaces contains namespace if {
	some namespace in input.command.namespaces
	not _namespace_allowed(namespace)
}

_namespace_allowed(namespace) if namespace in site.namespaces

_namespace_allowed(namespace) if {
	namespace == site.flux_namespace
	input.command.effect == "read"
	count(input.command.resources) > 0
	every reference in input.command.resources {
		_of_flux(reference)
	}
}

# Flux's own objects, and what a describe of them reads besides.
_of_flux(reference) if reference.group in data.aisre.kubectl.flux_groups

_of_flux(reference) if {
	reference.secondary
	reference.resource == "events"
}

_allowed_namespaces := concat(" or --namespace=", site.namespaces)

_unlisted contains flag if {
	some flag, _ in input.command.flags
	not flag in data.aisre.kubectl.flags[_verb]
}

_unreadable contains reference.resource if {
	some reference in input.command.resources
	not _readable(reference)
}

_readable(reference) if $"{reference.group}/{reference.resource}" in data.aisre.kubectl.readable

_readable(reference) if {
	reference.namespace == ""
	reference.resource in site.cluster_resources
}

_readable(reference) if {
	some kind in site.kinds
	kind.group == reference.group
	kind.resource == reference.resource
	kind.resource != "secrets"
	kind.namespaced
}

_template_functions contains name if {
	some program in input.command.programs
	program.language == "go-template"
	some name in program.identifiers
	not name in data.aisre.kubectl.template_functions
	not _is_value(name)
}

_template_values contains name if {
	some program in input.command.programs
	some name in program.identifiers
	_is_value(name)
}

# Functions begin with a letter.
_is_value(name) if substring(name, 0, 1) in {".", "$", "<"}
