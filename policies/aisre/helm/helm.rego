# METADATA
# title: helm
# description: |
#   Reads of releases in listed namespaces that print neither values nor manifests, and the rollback of one release to a
#   named revision, which a person approves.
# schemas:
#   - input: schema.input
package aisre.helm

import data.site

# METADATA
# title: Reads
# description: A read verb with listed flags and outputs, of releases in an allowed namespace.
# custom:
#   id: helm/read
#   severity: info
#   examples:
#     match:
#       - [helm, list]
#       - [helm, ls, -n, default, -o, json]
#       - [helm, status, web]
#       - [helm, history, web, --max, "5"]
#       - [helm, get, notes, web]
#       - [helm, version, --short]
#     not_match:
#       - [helm, list, -A]
#       - [helm, status, web, -o, json]
#       - [helm, rollback, web, "2"]
allow contains "helm/read" if {
	input.command.effect == "read"
	_bounded
}

# METADATA
# title: Rollback to a named revision
# description: One release, one revision by number, in an allowed namespace. Obligations ask for a person's approval.
# custom:
#   id: helm/rollback
#   severity: high
#   examples:
#     match:
#       - [helm, rollback, web, "2"]
#       - [helm, rollback, web, "2", --wait, --timeout, 2m]
#       - [helm, rollback, web, "2", --dry-run]
#     not_match:
#       - [helm, rollback, web, "2", -n, kube-system]
#       - [helm, history, web]
allow contains "helm/rollback" if {
	_verb == "rollback"
	_one_release
	count(input.command.operands) == 2
	_bounded
}

# METADATA
# title: Only allowed namespaces
# description: Site data's `namespaces`.
# custom:
#   id: helm/namespace
#   severity: high
#   examples:
#     match:
#       - [helm, list, -nkube-system]
#       - [helm, -n, flux-system, status, web]
#       - [helm, rollback, web, "2", --namespace=kube-system]
#     not_match:
#       - [helm, list, -n, default]
deny contains {
	"rule": "helm/namespace",
	"message": $"the namespace {namespace} is not one that may be used here",
	"token": $"--namespace={namespace}",
	"try": $"--namespace={_allowed_namespaces}",
} if {
	some namespace in input.command.namespaces
	not namespace in site.namespaces
}

# METADATA
# title: Never all namespaces
# description: A call names the namespace it looks into.
# custom:
#   id: helm/no-all-namespaces
#   severity: high
#   examples:
#     match:
#       - [helm, list, -A]
#       - [helm, list, -Ao, json]
#     not_match:
#       - [helm, list, --all-namespaces=false]
deny contains {
	"rule": "helm/no-all-namespaces",
	"message": "all namespaces at once may not be read",
	"token": "--all-namespaces",
	"try": $"--namespace={_allowed_namespaces}",
} if {
	input.command.all_namespaces
}

# METADATA
# title: No values and no manifests
# description: |
#   As JSON or YAML a status is the whole release with its values; only outputs that leave them out are listed.
# custom:
#   id: helm/no-values
#   severity: critical
#   examples:
#     match:
#       - [helm, status, web, -o, json]
#       - [helm, status, web, -oyaml]
#     not_match:
#       - [helm, status, web, -o, table]
#       - [helm, list, -o, json]
#       - [helm, history, web, -o, json]
deny contains {
	"rule": "helm/no-values",
	"message": $"helm {_verb} as {output} prints values and manifests, which hold passwords",
	"token": $"--output={output}",
	"try": "--output=table, or helm history RELEASE --output=json",
} if {
	some output in _foreign_outputs
}

# METADATA
# title: Only listed flags
# description: Every verb has its exact list of flags; what is not listed is denied for that verb.
# custom:
#   id: helm/flags
#   severity: medium
#   examples:
#     match:
#       - [helm, rollback, web, "2", --no-hooks]
#       - [helm, rollback, web, "2", --cleanup-on-fail]
#     not_match:
#       - [helm, list, --failed]
deny contains {
	"rule": "helm/flags",
	"message": $"helm {_verb} may not be used with {flag}",
	"token": flag,
	"try": "leave it out",
} if {
	some flag in _unlisted
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["helm/read"] := object.union(_common_checks, {"effect_is_read": input.command.effect == "read"})

checks["helm/rollback"] := object.union(_common_checks, {
	"verb_is_rollback": _verb == "rollback",
	"one_release": _one_release,
	"revision_named": count(input.command.operands) == 2,
})

_common_checks := {
	"verb_listed": _verb_listed,
	"flags_listed": count(_unlisted) == 0,
	"outputs_without_values": count(_foreign_outputs) == 0,
	"namespaces_allowed": count(_foreign_namespaces) == 0,
	"one_namespace_at_a_time": input.command.all_namespaces == false,
	"only_releases": _only_releases,
	"no_files": count(input.command.paths) == 0,
	"no_other_hosts": count(input.command.urls) == 0,
}

_verb := concat(" ", input.command.verb)

# What every allowed helm command keeps to, said positively.
_bounded if {
	_verb_listed
	input.command.all_namespaces == false
	count(_foreign_namespaces) == 0
	count(_unlisted) == 0
	count(_foreign_outputs) == 0
	_only_releases
	count(input.command.paths) == 0
	count(input.command.urls) == 0
}

default _verb_listed := false

_verb_listed if data.aisre.helm.flags[_verb]

default _one_release := false

_one_release if {
	some release in input.command.resources
	_is_release(release)
	release.name_match == "exact"
	release.name != ""
	input.command.namespaces == [release.namespace]
}

_is_release(reference) if {
	reference.group == "helm.sh"
	reference.resource == "releases"
	reference.secondary == false
}

_foreign_namespaces contains namespace if {
	some namespace in input.command.namespaces
	not namespace in site.namespaces
}

_allowed_namespaces := concat(" or --namespace=", site.namespaces)

default _only_releases := false

_only_releases if {
	every reference in input.command.resources {
		_known(reference)
	}
}

_known(reference) if {
	_is_release(reference)
	reference.namespace in input.command.namespaces
}

_known(reference) if {
	reference.secondary == true
	$"{reference.group}/{reference.resource}" in data.aisre.helm.storage
	reference.namespace in input.command.namespaces
}

_unlisted contains flag if {
	some flag, _ in input.command.flags
	not _flag_listed(flag)
}

_flag_listed(flag) if flag in data.aisre.helm.flags[_verb]

_foreign_outputs contains output if {
	some output in input.command.flags["--output"]
	not _output_listed(output)
}

# A function: `not … in outputs[_verb]` would be undefined, and so silent, for verbs without outputs.
_output_listed(output) if output in data.aisre.helm.outputs[_verb]
