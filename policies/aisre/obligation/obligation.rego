# METADATA
# title: Obligations
# description: What an allowed command is bound to. The type is closed; the server refuses an obligation it does not know.
# schemas:
#   - input: schema.input
package aisre.obligation

import data.site

# METADATA
# title: All obligations of one stage
obligations := object.union_n([_bounds, _of_a_process, _cache, _approval, _preflight])

_bounds := {
	"timeout_ms": _timeout_ms,
	"max_output_bytes": site.limits.max_output_bytes,
	"redact": ["credentials", "kubernetes"],
	"sandbox": _sandbox,
}

# The walls of the process: those that grant nothing, but for binaries that need a network or files.
default _sandbox := "text"

_sandbox := input.command.binary if input.command.binary in {"kubectl", "helm", "flux", "git", "curl", "gh"}

default _of_a_process := {}

_of_a_process := {
	"cpu_ms": site.limits.cpu_ms,
	"max_output_lines": site.limits.max_output_lines,
	"max_line_bytes": site.limits.max_line_bytes,
	"temp_bytes": site.limits.temp_bytes,
	"max_processes": site.limits.max_processes,
} if {
	input.action.kind == "command"
}

# What was read outside a moment ago may be told again, with the filters behind it; what changes something, and Secrets, never.
default _cache := {}

_cache := {"cache_ttl_ms": site.limits.cache_ttl_ms} if {
	site.limits.cache_ttl_ms > 0
	input.command.effect == "read"
	_outside
	count([resource | some resource in input.command.resources; resource.resource == "secrets"]) == 0
}

_outside if input.command.binary in {"curl", "flux", "gh", "helm", "kubectl"}

_outside if input.pipeline.index > 0

default _timeout_ms := 1000

_timeout_ms := site.limits.timeout_ms if input.command.effect == "read"

_timeout_ms := site.limits.change_timeout_ms if input.command.effect in {"workspace", "write", "destructive"}

_timeout_ms := site.limits.change_timeout_ms if input.action.kind == "file_change"

default _approval := {}

_approval := {"approval": {"roles": ["approver"], "expires_s": site.limits.approval_expires_s}} if _needs_approval

# Where a person is asked, the person is shown what would change, and nobody is asked for what would fail. What an operator may do
# alone starts at once.
default _preflight := {}

_preflight := {"preflight": true} if _needs_approval

_needs_approval if {
	input.command.effect in {"write", "destructive"}
	not _dry_run
	not _routine_repair
}

# The tool was asked for a dry run, or the command itself is one: nothing is changed, so nobody has to approve.
_dry_run if input.call.dry_run == true

_dry_run if input.command.dry_run == true

# A restart, or the deletion of one pod, outside the protected namespaces: what an operator may do alone.
_routine_repair if {
	input.command.binary == "kubectl"
	_restart_or_pod_deletion
	count(input.command.namespaces) == 1
	not input.command.namespaces[0] in site.protected_namespaces
}

_restart_or_pod_deletion if input.command.verb == ["rollout", "restart"]

_restart_or_pod_deletion if {
	input.command.verb == ["delete"]
	count(input.command.resources) == 1
	input.command.resources[0].group == ""
	input.command.resources[0].resource == "pods"
}
