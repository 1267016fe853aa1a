# METADATA
# title: The server itself
# description: Questions about AI SRE and about calls before they are made.
# schemas:
#   - input: schema.input
package aisre.server

import data.aisre.principal

# METADATA
# title: Health
# description: Everyone with a role may ask whether AI SRE is well.
# custom:
#   id: server/health
#   severity: info
#   examples:
#     match:
#       - tool: health_check
#         arguments: {}
#       - tool: health_check
#         arguments: {}
#         principal: {roles: [approver]}
#     not_match:
#       - [kubectl, get, pods]
allow contains "server/health" if {
	input.call.tool == "health_check"
	count(input.principal.roles) > 0
}

# METADATA
# title: A look ahead
# description: |
#   Whoever may read may ask what a call would come to. That call is judged for the same principal by its own tool, and a denied
#   one is told nothing but the denial.
# custom:
#   id: server/preflight
#   severity: info
#   examples:
#     match:
#       - tool: preflight
#         arguments: {tool_name: kubectl_scale, arguments: {resource: deploy, name: web, replicas: 3}}
#       - tool: preflight
#         arguments: {tool_name: kubectl_get, arguments: {resource: pods}}
#         principal: {roles: [viewer]}
#     not_match:
#       - tool: health_check
#         arguments: {}
#       - tool: preflight
#         arguments: {tool_name: kubectl_get, arguments: {resource: pods}}
#         principal: {roles: [approver]}
allow contains "server/preflight" if {
	input.call.tool == "preflight"
	"read" in principal.may_cause
}

# METADATA
# title: Several calls in one
# description: |
#   Whoever may change something may send several calls as one. Each of them is judged by its own tool before the first runs, and
#   again before it starts itself.
# custom:
#   id: server/batch
#   severity: info
#   examples:
#     match:
#       - tool: run_batch
#         arguments: {steps: [{tool_name: kubectl_get, arguments: {resource: pods}}]}
#     not_match:
#       - tool: run_batch
#         arguments: {steps: [{tool_name: kubectl_get, arguments: {resource: pods}}]}
#         principal: {roles: [viewer]}
#       - tool: health_check
#         arguments: {}
allow contains "server/batch" if {
	input.call.tool == "run_batch"
	"write" in principal.may_cause
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["server/health"] := {
	"tool_is_health_check": input.call.tool == "health_check",
	"principal_has_a_role": count(input.principal.roles) > 0,
}

checks["server/preflight"] := {
	"tool_is_preflight": input.call.tool == "preflight",
	"principal_may_read": "read" in principal.may_cause,
}

checks["server/batch"] := {
	"tool_is_run_batch": input.call.tool == "run_batch",
	"principal_may_change": "write" in principal.may_cause,
}
