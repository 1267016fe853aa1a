# METADATA
# title: Tests of roles
# description: Which tools a role sees and which effects it may cause.
package aisre.principal_test

import data.aisre.authz
import data.aisre.fixtures_test as fixtures
import data.aisre.principal

reads := {
	"cli_tool",
	"git_diff",
	"git_log",
	"git_status",
	"health_check",
	"kubectl_describe",
	"kubectl_get",
	"kubectl_logs",
}

everything := reads | {"git_commit", "git_pull", "git_push", "kubectl_delete_pod", "kubectl_rollout_restart"}

# role → tools that it sees
test_a_role_sees_its_tools[role] if {
	some role, tools in {
		"viewer": reads,
		"operator": everything,
		"admin": everything,
		"approver": {"health_check"},
		"guest": {"health_check"},
	}
	tools == {tool | some tool in authz.visible} with input as {"principal": {"roles": [role]}}
}

test_no_role_sees_nothing if {
	authz.visible == [] with input as {"principal": {"roles": []}}
}

test_no_principal_sees_nothing if {
	authz.visible == [] with input as {}
}

test_roles_add_up if {
	principal.may_cause == {"read", "workspace", "write", "destructive"} with input as {"principal": {"roles": ["viewer", "operator"]}}
}

test_site_data_takes_toolsets_away if {
	authz.visible == ["health_check"] with input as {"principal": {"roles": ["operator"]}}
		with data.site.toolsets as ["server"]
	authz.visible == [] with input as {"principal": {"roles": ["approver"]}} with data.site.toolsets as ["kubectl", "cli"]
}

test_a_viewer_may_not_delete_even_with_an_operators_tool if {
	asked := fixtures.patched("kubectl: delete a pod", {"principal": {"roles": ["viewer"]}})
	authz.decision.effect == "deny" with input as asked
}
