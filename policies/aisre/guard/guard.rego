# METADATA
# title: Guard
# description: Denials that hold for every tool, whatever its toolset's rules say.
# schemas:
#   - input: schema.input
package aisre.guard

import data.aisre.principal
import data.site

# METADATA
# title: Only questions that this policy understands
# description: A server that speaks another version of the policy input gets no permission from this policy.
# custom:
#   id: guard/schema-version
#   severity: high
#   examples:
#     not_match:
#       - [kubectl, get, pods]
deny contains {
	"rule": "guard/schema-version",
	"message": "this policy judges inputs of schema version 1 only",
	"try": "use the policy bundle that came with this server",
} if {
	not input.schema_version == 1
}

# METADATA
# title: Only whole questions
# description: |
#   A command whose facts are missing or of the wrong type is denied, because a condition over them could hold by accident.
# custom:
#   id: guard/bad-shape
#   severity: high
#   examples:
#     not_match:
#       - [kubectl, get, pods]
#       - tool: health_check
#         arguments: {}
deny contains {
	"rule": "guard/bad-shape",
	"message": "the policy input does not hold all facts of the command",
	"try": "use the policy bundle that came with this server",
} if {
	not input.action.kind == "server"
	not _whole
}

# METADATA
# title: The brake is on
# description: In mode `frozen`, or one that this policy does not know, only health_check is answered.
# custom:
#   id: guard/frozen
#   severity: high
#   examples:
#     not_match:
#       - [kubectl, get, pods]
deny contains {
	"rule": "guard/frozen",
	"message": "AI SRE is frozen: an operator has stopped everything but health_check",
	"try": "health_check",
} if {
	not input.site.mode in {"normal", "read_only"}
	not _asks_for_health
}

# METADATA
# title: Reads only
# description: In mode `read_only` every effect but a read is denied, dry runs included.
# custom:
#   id: guard/read-only
#   severity: high
#   examples:
#     not_match:
#       - [kubectl, rollout, restart, deploy, web]
deny contains {
	"rule": "guard/read-only",
	"message": "AI SRE is read-only: an operator has stopped every change",
	"try": "kubectl get, kubectl describe, kubectl logs",
} if {
	input.site.mode == "read_only"
	input.command
	not input.command.effect == "read"
}

deny contains {
	"rule": "guard/read-only",
	"message": "AI SRE is read-only: an operator has stopped every change",
	"token": input.file_change.path,
	"try": "git_log, git_diff",
} if {
	input.site.mode == "read_only"
	input.action.kind == "file_change"
}

# METADATA
# title: Only tools that the principal sees
# description: A tool that tools/list does not show to this principal is never allowed.
# custom:
#   id: guard/tool-not-listed
#   severity: high
#   examples:
#     match:
#       - tool: kubectl_rollout_restart
#         arguments: {resource: deploy, name: web}
#         principal: {roles: [viewer]}
#       - tool: kubectl_get
#         arguments: {resource: pods}
#         principal: {roles: [approver]}
#     not_match:
#       - tool: kubectl_get
#         arguments: {resource: pods}
#         principal: {roles: [viewer]}
deny contains {
	"rule": "guard/tool-not-listed",
	"message": $"your roles do not include the tool {input.call.tool}",
	"token": input.call.tool,
	"try": "a tool of tools/list, which shows those of your roles",
} if {
	not principal.sees_tool
}

# METADATA
# title: Only effects that the role may cause
# description: A viewer reads. Changes need the role operator.
# custom:
#   id: guard/role
#   severity: high
#   examples:
#     match:
#       - tool: cli_tool
#         arguments: {argv: [kubectl, rollout, restart, deploy, web]}
#         principal: {roles: [viewer]}
#     not_match:
#       - [kubectl, rollout, restart, deploy, web]
deny contains {
	"rule": "guard/role",
	"message": $"your roles may not cause the effect {input.command.effect}",
	"token": input.command.argv[0],
	"try": "kubectl get, kubectl describe, kubectl logs",
} if {
	not input.command.effect in principal.may_cause
	input.command.binary
}

deny contains {
	"rule": "guard/role",
	"message": "your roles may not change files",
	"token": input.file_change.path,
	"try": "git_log, git_diff",
} if {
	not "workspace" in principal.may_cause
	input.action.kind == "file_change"
}

# METADATA
# title: Only binaries that the site enables
# description: Site data's `binaries` narrows what may run at all.
# custom:
#   id: guard/binary
#   severity: medium
#   examples:
#     not_match:
#       - [jq, .]
deny contains {
	"rule": "guard/binary",
	"message": $"this site does not enable {input.command.binary}",
	"token": input.command.binary,
	"try": concat(", ", site.binaries),
} if {
	not input.command.binary in site.binaries
	input.command.binary
}

# METADATA
# title: No credentials in arguments
# description: |
#   A credential in an argument or in standard input would stand in the audit, in the agent's memory and in its logs.
# custom:
#   id: guard/no-credentials
#   severity: high
#   examples:
#     match:
#       - tool: cli_tool
#         arguments:
#           argv: [grep, AKIAIOSFODNN7EXAMPLE]
#     not_match:
#       - [grep, password]
deny contains {
	"rule": "guard/no-credentials",
	"message": $"the arguments hold what looks like a credential ({kinds})",
	"try": "leave the credential out",
} if {
	count(input.credentials) > 0
	kinds := concat(", ", input.credentials)
}

# METADATA
# title: Standard input within the site's limit
# description: |
#   What a caller gives as standard input, and a manifest, has at most the bytes of site data's `max_stdin_bytes`.
# custom:
#   id: guard/stdin-size
#   severity: medium
#   examples:
#     not_match:
#       - [kubectl, get, pods]
#       - tool: cli_tool
#         arguments: {argv: [grep, a], stdin: abc}
deny contains {
	"rule": "guard/stdin-size",
	"message": $"standard input has more than the {site.limits.max_stdin_bytes} bytes that this site allows",
	"token": input.command.argv[0],
	"try": "send less, or filter it where it comes from",
} if {
	input.command.stdin.bytes > site.limits.max_stdin_bytes
}

_whole if {
	input.action.kind == "file_change"
	is_string(input.file_change.path)
	is_string(input.file_change.operation)
	is_number(input.file_change.bytes)
	is_array(input.credentials)
}

_whole if {
	input.action.kind == "approve"
	is_string(input.principal.id)
	is_string(input.approve.requester)
	is_string(input.approve.digest)
	is_array(input.approve.roles)
	is_array(input.credentials)
}

_whole if {
	input.action.kind == "command"
	is_string(input.command.binary)
	is_string(input.command.effect)
	is_boolean(input.command.egress)
	is_boolean(input.command.dry_run)
	is_boolean(input.command.all_namespaces)
	is_object(input.command.flags)
	is_array(input.command.verb)
	is_array(input.command.namespaces)
	is_array(input.command.resources)
	is_array(input.command.paths)
	is_array(input.command.programs)
	is_array(input.credentials)
}

_asks_for_health if {
	input.action.kind == "server"
	input.call.tool == "health_check"
}
