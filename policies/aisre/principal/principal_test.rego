# METADATA
# title: Tests of roles
# description: Which tools a role sees and which effects it may cause.
package aisre.principal_test

import data.aisre.authz
import data.aisre.fixtures_test as fixtures
import data.aisre.principal

reads := {
	"alertmanager_alerts", "cli_tool", "flux_status", "health_check", "preflight", "prometheus_query",
	"prometheus_query_range",
	"git_diff", "git_log", "git_status",
	"kubectl_describe", "kubectl_events", "kubectl_get", "kubectl_logs", "kubectl_rollout_history", "kubectl_rollout_status",
	"kubectl_top",
}

everything := reads | {
	"flux_reconcile", "flux_resume", "flux_suspend", "git_commit", "git_pull", "git_push",
	"kubectl_apply", "kubectl_delete_pod", "kubectl_rollout_restart", "kubectl_rollout_undo", "kubectl_scale",
	"run_batch",
}

# role → tools that it sees
test_a_role_sees_its_tools[role] if {
	some role, tools in {
		"viewer": reads,
		"operator": everything,
		"admin": everything,
		"approver": {"approval_decide", "health_check"},
		"guest": {"health_check"},
	}
	tools == {tool | some tool in authz.visible} with input as {"principal": {"roles": [role]}}
}

# The two ways of asking agree, whatever the site enables.
test_one_tool_is_seen_when_it_is_listed if {
	every roles in [[], ["viewer"], ["operator"], ["approver"], ["guest"], ["viewer", "approver"]] {
		every toolsets in [data.site.toolsets, ["server"], ["helm", "cli"], []] {
			seen := {name |
				some name in (object.keys(principal.tools) | {"no_such_tool"})
				principal.sees_tool with input as {"principal": {"roles": roles}, "call": {"tool": name}}
					with data.site.toolsets as toolsets
			}
			seen == principal.visible_tools with input as {"principal": {"roles": roles}} with data.site.toolsets as toolsets
		}
	}
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

test_helm_joins_when_site_data_lists_it if {
	got := {tool | some tool in authz.visible} with input as {"principal": {"roles": ["viewer"]}}
		with data.site.toolsets as ["helm", "server"]
	got == {"health_check", "helm_history", "helm_list", "helm_status", "preflight"}
}

test_site_data_takes_toolsets_away if {
	authz.visible == ["health_check", "preflight", "run_batch"] with input as {"principal": {"roles": ["operator"]}}
		with data.site.toolsets as ["server"]
	authz.visible == [] with input as {"principal": {"roles": ["approver"]}} with data.site.toolsets as ["kubectl", "cli"]
}

test_a_viewer_may_not_delete_even_with_an_operators_tool if {
	asked := fixtures.patched("kubectl: delete a pod", {"principal": {"roles": ["viewer"]}})
	authz.decision.effect == "deny" with input as asked
}
