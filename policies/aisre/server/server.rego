# METADATA
# title: The server itself
# description: Questions about AI SRE, which start no process.
# schemas:
#   - input: schema.input
package aisre.server

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
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["server/health"] := {
	"tool_is_health_check": input.call.tool == "health_check",
	"principal_has_a_role": count(input.principal.roles) > 0,
}
