# METADATA
# title: Verdicts
# description: |
#   Who may decide on a request for approval. The request is one that the server signed; its facts say who asked, for which
#   tool, effects and namespaces, and which roles may decide.
# schemas:
#   - input: schema.input
package aisre.approve

# METADATA
# title: Decide
# description: |
#   Whoever holds one of the roles that the request names decides on it, yes or no, and never on what he asked for himself.
# custom:
#   id: approve/decide
#   severity: high
#   examples:
#     match:
#       - tool: approval_decide
#         arguments: {request: signed, verdict: approve}
#         principal: {roles: [approver]}
#       - tool: approval_decide
#         arguments: {request: signed, verdict: deny, note: not tonight}
#         principal: {roles: [approver]}
#     not_match:
#       - tool: approval_decide
#         arguments: {request: signed, verdict: approve}
#         principal: {roles: [operator]}
#       - tool: health_check
#         arguments: {}
#         principal: {roles: [approver]}
allow contains "approve/decide" if {
	input.call.tool == "approval_decide"
	count(_roles_that_decide) > 0
	input.principal.id != input.approve.requester
}

# METADATA
# title: Nobody decides on his own request
# description: The principal that asked is never the one that approves, whatever roles it holds.
# custom:
#   id: approve/not-your-own
#   severity: critical
#   examples:
#     not_match:
#       - tool: approval_decide
#         arguments: {request: signed, verdict: approve}
#         principal: {roles: [approver]}
deny contains {
	"rule": "approve/not-your-own",
	"message": $"{input.approve.requester} asked for this and cannot decide on it",
	"token": input.approve.requester,
	"try": "another principal that may decide",
} if {
	input.principal.id == input.approve.requester
}

# METADATA
# title: Only roles that the request names
# description: The obligation of the plan says which roles may decide; the principal holds none of them.
# custom:
#   id: approve/role
#   severity: high
#   examples:
#     match:
#       - tool: approval_decide
#         arguments: {request: signed, verdict: approve}
#         principal: {roles: [operator]}
#     not_match:
#       - tool: approval_decide
#         arguments: {request: signed, verdict: approve}
#         principal: {roles: [approver]}
deny contains {
	"rule": "approve/role",
	"message": $"a person with role {needed} decides on this",
	"try": "the key of such a person",
} if {
	count(_roles_that_decide) == 0
	needed := concat(" or ", input.approve.roles)
}

_roles_that_decide contains role if {
	some role in input.principal.roles
	role in input.approve.roles
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["approve/decide"] := {
	"tool_is_approval_decide": input.call.tool == "approval_decide",
	"role_may_decide": count(_roles_that_decide) > 0,
	"not_the_requester": input.principal.id != input.approve.requester,
}
