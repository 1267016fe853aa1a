# METADATA
# title: flux
# description: |
#   What flux shows of its objects in listed namespaces and in its own; reconcile, suspend and resume of one named object,
#   which a person approves.
# schemas:
#   - input: schema.input
package aisre.flux

import data.site

# METADATA
# title: Reads
# description: A read verb with listed flags, of Flux's objects, in an allowed namespace or in Flux's own.
# custom:
#   id: flux/read
#   severity: info
#   examples:
#     match:
#       - [flux, get, kustomizations]
#       - [flux, get, hr, -n, default]
#       - [flux, get, all, --status-selector, ready=false]
#       - [flux, logs, --tail, "100"]
#       - [flux, events, --for, Kustomization/apps]
#       - [flux, tree, ks, apps]
#       - [flux, trace, deployment, web, -n, default]
#       - [flux, stats]
#       - [flux, check]
#       - [flux, --version]
#     not_match:
#       - [flux, get, ks, -A]
#       - [flux, get, ks, -n, kube-system]
#       - [flux, reconcile, ks, apps]
allow contains "flux/read" if {
	input.command.effect == "read"
	_bounded
}

# METADATA
# title: Reconciliation of one object
# description: Asks Flux to apply one named object now, what Git says of it. Obligations ask for a person's approval.
# custom:
#   id: flux/reconcile
#   severity: medium
#   examples:
#     match:
#       - [flux, reconcile, kustomization, apps]
#       - [flux, reconcile, ks, apps, --with-source]
#       - [flux, reconcile, source, git, flux-system]
#     not_match:
#       - [flux, reconcile, hr, web, -n, kube-system]
#       - [flux, suspend, ks, apps]
allow contains "flux/reconcile" if {
	_verb == "reconcile"
	_one_object
	_bounded
}

# METADATA
# title: Suspension of one object
# description: Stops, or starts again, the reconciliation of one named object. Obligations ask for a person's approval.
# custom:
#   id: flux/suspend
#   severity: high
#   examples:
#     match:
#       - [flux, suspend, hr, web]
#       - [flux, resume, ks, apps]
#     not_match:
#       - [flux, suspend, hr, web, -n, kube-system]
#       - [flux, get, hr, web]
allow contains "flux/suspend" if {
	_verb in {"suspend", "resume"}
	_one_object
	_bounded
}

# METADATA
# title: One object for every change
# description: What is reconciled, suspended or resumed is one object named outright.
# custom:
#   id: flux/one-object
#   severity: high
#   examples:
#     not_match:
#       - [flux, reconcile, ks, apps]
#       - [flux, get, ks]
deny contains {
	"rule": "flux/one-object",
	"message": $"flux {_verb} works on one named object, in one namespace",
	"token": _verb,
	"try": $"flux {_verb} kustomization NAME",
} if {
	_verb in {"reconcile", "suspend", "resume"}
	not input.command.flags["--help"]
	not _one_object
}

# METADATA
# title: Only allowed namespaces
# description: Site data's `namespaces`, and Flux's own.
# custom:
#   id: flux/namespace
#   severity: high
#   examples:
#     match:
#       - [flux, get, ks, -n, kube-system]
#       - [flux, -n, kube-system, get, ks]
#       - [flux, logs, --flux-namespace, kube-system]
#     not_match:
#       - [flux, get, ks]
#       - [flux, get, hr, -n, default]
deny contains {
	"rule": "flux/namespace",
	"message": $"the namespace {namespace} is not one that may be used here",
	"token": namespace,
	"try": $"--namespace={_allowed_namespaces}",
} if {
	some namespace in _foreign_namespaces
}

# METADATA
# title: Never all namespaces
# description: A call names the namespace it looks into.
# custom:
#   id: flux/no-all-namespaces
#   severity: high
#   examples:
#     match:
#       - [flux, get, all, -A]
#       - [flux, logs, --all-namespaces]
#     not_match:
#       - [flux, get, ks, -A=false]
deny contains {
	"rule": "flux/no-all-namespaces",
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
#   id: flux/no-watch
#   severity: medium
#   examples:
#     match:
#       - [flux, events, --watch]
#       - [flux, get, ks, -w]
#       - [flux, logs, -f]
#     not_match:
#       - [flux, get, ks, --watch=false]
deny contains {
	"rule": "flux/no-watch",
	"message": $"{flag} does not end by itself",
	"token": flag,
	"try": "leave it out and look again later",
} if {
	some flag in ["--watch", "--follow"]
	input.command.flags[flag][0] == "true"
}

# METADATA
# title: Only listed flags
# description: Every verb has its exact list of flags; what is not listed is denied for that verb.
# custom:
#   id: flux/flags
#   severity: medium
#   examples:
#     match:
#       - [flux, get, ks, --watch]
#     not_match:
#       - [flux, get, ks, --no-header]
deny contains {
	"rule": "flux/flags",
	"message": $"flux {_verb} may not be used with {flag}",
	"token": flag,
	"try": "leave it out",
} if {
	some flag in _unlisted
}

# METADATA
# title: Only readable resources
# description: |
#   Flux's own objects; what a verb reads besides is listed in flux/data.yaml; what is traced is what kubectl may read, and
#   never a Secret.
# custom:
#   id: flux/resource
#   severity: high
#   examples:
#     match:
#       - [flux, trace, secret, web]
#       - [flux, trace, clusterrole/admin]
#     not_match:
#       - [flux, trace, pod, web-1, -n, default]
#       - [flux, tree, ks, apps]
deny contains {
	"rule": "flux/resource",
	"message": $"{name} may not be read here",
	"token": name,
	"try": "deployments, pods, kustomizations, helmreleases",
} if {
	some name in _foreign_resources
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["flux/read"] := object.union(_common_checks, {"effect_is_read": input.command.effect == "read"})

checks["flux/reconcile"] := object.union(_common_checks, {
	"verb_is_reconcile": _verb == "reconcile",
	"one_object": _one_object,
})

checks["flux/suspend"] := object.union(_common_checks, {
	"verb_is_suspend_or_resume": _verb in {"suspend", "resume"},
	"one_object": _one_object,
})

_common_checks := {
	"verb_listed": _verb_listed,
	"flags_listed": count(_unlisted) == 0,
	"namespaces_allowed": count(_foreign_namespaces) == 0,
	"one_namespace_at_a_time": input.command.all_namespaces == false,
	"resources_readable": _resources_readable,
	"hosts_allowed": _hosts_allowed,
	"no_files": count(input.command.paths) == 0,
}

_verb := concat(" ", input.command.verb)

# What every allowed flux command keeps to, said positively.
_bounded if {
	_verb_listed
	input.command.all_namespaces == false
	count(_foreign_namespaces) == 0
	count(_unlisted) == 0
	_resources_readable
	_hosts_allowed
	count(input.command.paths) == 0
}

default _verb_listed := false

_verb_listed if data.aisre.flux.flags[_verb]

default _one_object := false

# One object of Flux's own is named outright; what follows from it is read besides.
_one_object if {
	named := [reference | some reference in input.command.resources; reference.secondary == false]
	count(named) == 1
	named[0].group in data.aisre.flux.groups
	named[0].name_match == "exact"
	named[0].name != ""
	input.command.namespaces == [named[0].namespace]
}

_namespaces := {site.flux_namespace} | {namespace | some namespace in site.namespaces}

_allowed_namespaces := concat(" or --namespace=", sort(_namespaces))

_foreign_namespaces contains namespace if {
	some namespace in input.command.namespaces
	not namespace in _namespaces
}

# The controllers' logs are read where site data says that Flux lives.
_foreign_namespaces contains namespace if {
	some namespace in input.command.flags["--flux-namespace"]
	namespace != site.flux_namespace
}

default _resources_readable := false

_resources_readable if {
	every reference in input.command.resources {
		_readable(reference)
	}
}

_foreign_resources contains reference.resource if {
	some reference in input.command.resources
	not _readable(reference)
}

_readable(reference) if {
	reference.group in data.aisre.flux.groups
	_placed(reference)
}

_readable(reference) if {
	$"{reference.group}/{reference.resource}" in data.aisre.flux.reads[_verb]
	_placed(reference)
}

_readable(reference) if {
	_verb == "trace"
	$"{reference.group}/{reference.resource}" in data.aisre.kubectl.readable
	_placed(reference)
}

_readable(reference) if {
	_verb == "trace"
	reference.namespace == ""
	reference.resource in site.cluster_resources
}

# What is named lives in the namespace of the command, or is Flux's own; what is read besides may live anywhere.
_placed(reference) if reference.namespace in input.command.namespaces

_placed(reference) if reference.namespace == site.flux_namespace

_placed(reference) if reference.secondary == true

default _hosts_allowed := false

_hosts_allowed if {
	every url in input.command.urls {
		url.scheme == "https"
		url.host in data.aisre.flux.hosts[_verb]
	}
}

_unlisted contains flag if {
	some flag, _ in input.command.flags
	not _flag_listed(flag)
}

_flag_listed(flag) if flag in data.aisre.flux.flags[_verb]
