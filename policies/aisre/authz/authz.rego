# METADATA
# title: Decisions
# description: |
#   The answers AI SRE asks for. `decision` judges one stage of a command, or one action of the server. Deny overrides;
#   then at least one rule must allow; otherwise the rule `default` denies. A toolset's rules are reached only behind its
#   binaries, so that a call pays for its own toolset.
# schemas:
#   - input: schema.input
package aisre.authz

import data.aisre.approve
import data.aisre.curl
import data.aisre.flux
import data.aisre.gh
import data.aisre.git
import data.aisre.guard
import data.aisre.helm
import data.aisre.jq
import data.aisre.kubectl
import data.aisre.obligation
import data.aisre.principal
import data.aisre.program
import data.aisre.server
import data.aisre.text

# METADATA
# title: The decision
# description: Allow with rules and obligations, or deny with reasons. Never undefined.
# entrypoint: true
default decision := {"effect": "deny", "reasons": [{"rule": "default", "message": "no rule allows this"}]}

decision := {"effect": "deny", "reasons": _in_order(denials)} if count(denials) > 0

decision := {
	"effect": "allow",
	"rules": sort(allows),
	"obligations": obligation.obligations,
} if {
	count(denials) == 0
	count(allows) > 0
}

decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "default",
		"message": $"no rule allows {_what}",
		"token": _what_token,
		"try": concat(", ", _allowed_nearby),
	}],
} if {
	count(denials) == 0
	count(allows) == 0
}

# METADATA
# title: Tools to list
# description: Names of the tools that the principal could ever use. A tool that is not among them is never allowed.
# entrypoint: true
visible := sort(principal.visible_tools)

# METADATA
# title: What was considered
# description: |
#   Every rule that was reached: whether it matched, and for allowing rules the named parts of its condition. Never on the
#   hot path.
# entrypoint: true
explain := _in_order(considered)

considered contains {"rule": reason.rule, "effect": "deny", "matched": true, "checks": {}} if some reason in denials

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.action.kind == "server"
	some rule, checks in server.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.action.kind == "approve"
	some rule, checks in approve.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.command.binary == "kubectl"
	some rule, checks in kubectl.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.command.binary == "helm"
	some rule, checks in helm.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.command.binary == "flux"
	some rule, checks in flux.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.command.binary == "jq"
	some rule, checks in jq.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.command.binary == "curl"
	some rule, checks in curl.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.command.binary in program.binaries
	some rule, checks in program.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.command.binary == "git"
	some rule, checks in git.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.command.binary == "gh"
	some rule, checks in gh.checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.action.kind == "file_change"
	some rule, checks in git.file_checks
}

considered contains {"rule": rule, "effect": "allow", "matched": rule in allows, "checks": checks} if {
	input.command.binary in text.binaries
	some rule, checks in text.checks
}

denials contains reason if some reason in guard.deny

denials contains reason if {
	input.action.kind == "approve"
	some reason in approve.deny
}

denials contains reason if {
	input.command.binary == "kubectl"
	some reason in kubectl.deny
}

denials contains reason if {
	input.command.binary == "helm"
	some reason in helm.deny
}

denials contains reason if {
	input.command.binary == "flux"
	some reason in flux.deny
}

denials contains reason if {
	input.command.binary == "jq"
	some reason in jq.deny
}

denials contains reason if {
	input.command.binary == "curl"
	some reason in curl.deny
}

denials contains reason if {
	input.command.binary in program.binaries
	some reason in program.deny
}

denials contains reason if {
	input.command.binary == "git"
	some reason in git.deny
}

denials contains reason if {
	input.command.binary == "gh"
	some reason in gh.deny
}

denials contains reason if {
	input.action.kind == "file_change"
	some reason in git.deny_file
}

denials contains reason if {
	input.command.binary in text.binaries
	some reason in text.deny
}

allows contains rule if {
	input.action.kind == "server"
	some rule in server.allow
}

allows contains rule if {
	input.action.kind == "approve"
	some rule in approve.allow
}

allows contains rule if {
	input.command.binary == "kubectl"
	some rule in kubectl.allow
}

allows contains rule if {
	input.command.binary == "helm"
	some rule in helm.allow
}

allows contains rule if {
	input.command.binary == "flux"
	some rule in flux.allow
}

allows contains rule if {
	input.command.binary == "jq"
	some rule in jq.allow
}

allows contains rule if {
	input.command.binary == "curl"
	some rule in curl.allow
}

allows contains rule if {
	input.command.binary in program.binaries
	some rule in program.allow
}

allows contains rule if {
	input.command.binary == "git"
	some rule in git.allow
}

allows contains rule if {
	input.command.binary == "gh"
	some rule in gh.allow
}

allows contains rule if {
	input.action.kind == "file_change"
	some rule in git.allow_file
}

allows contains rule if {
	input.command.binary in text.binaries
	some rule in text.allow
}

# The WASM runtime walks sets in the order of their hashes: whatever leaves the policy is sorted by name, so that equal
# questions get equal bytes from every engine.
_in_order(items) := [item |
	some place in sort({_place(item) | some item in items})
	some item in items
	_place(item) == place
]

_place(item) := [item.rule, object.get(item, "message", "")]

_what := concat(" ", array.concat([input.command.binary], input.command.verb)) if input.action.kind == "command"

_what := $"this change of {input.file_change.path}" if input.action.kind == "file_change"

_what_token := input.command.binary if input.action.kind == "command"

_what_token := input.file_change.path if input.action.kind == "file_change"

# What is allowed of the same binary; a filter is refused here only when it is none.
_allowed_nearby := [$"{input.command.binary} {verb}" |
	some verb in sort(object.keys(_verbs[input.command.binary]))
	verb != ""
] if {
	input.command.binary in object.keys(_verbs)
}

_allowed_nearby := ["curl --version", "and requests to the hosts of site data"] if input.command.binary == "curl"

_allowed_nearby := ["git_commit with files that the site does not protect"] if input.action.kind == "file_change"

_allowed_nearby := ["a filter over standard input"] if {
	input.action.kind == "command"
	not input.command.binary in object.keys(_verbs)
	input.command.binary != "curl"
}

# Of the binaries that have verbs, the allowed ones.
_verbs := {
	"flux": flux.flags,
	"gh": gh.flags,
	"git": git.flags,
	"helm": helm.flags,
	"kubectl": kubectl.flags,
}
