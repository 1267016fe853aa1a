# METADATA
# title: Tests of obligations
# description: Limits come from site data; what is protected needs an approver.
package aisre.obligation_test

import data.aisre.authz
import data.aisre.fixtures_test as fixtures
import data.aisre.obligation

test_limits_come_from_site_data if {
	limits := {"timeout_ms": 5000, "change_timeout_ms": 7000, "max_output_bytes": 2048, "approval_expires_s": 60}
	got := authz.decision.obligations with input as data.cases[fixtures.get_pods].input with data.site.limits as limits
	got == {"timeout_ms": 5000, "max_output_bytes": 2048, "redact": ["credentials", "kubernetes"], "sandbox": "kubectl"}
}

test_a_change_has_its_own_time_limit if {
	limits := {"timeout_ms": 5000, "change_timeout_ms": 7000, "max_output_bytes": 2048, "approval_expires_s": 60}
	got := authz.decision.obligations with input as data.cases[fixtures.restart].input with data.site.limits as limits
	got.timeout_ms == 7000
}

kube_system(name) := object.union(asked, {"command": object.union(asked.command, {
	"namespaces": ["kube-system"],
	"resources": [object.union(asked.command.resources[0], {"namespace": "kube-system"})],
})}) if {
	asked := data.cases[name].input
}

# An operator who lists a protected namespace opens it for reads; changes there still need a person.
test_a_repair_in_a_protected_namespace_needs_an_approver[name] if {
	some name in [fixtures.restart, "kubectl: delete a pod"]
	got := authz.decision with input as kube_system(name) with data.site.namespaces as ["default", "kube-system"]
	got.effect == "allow"
	got.obligations.approval == {"roles": ["approver"], "expires_s": 900}
}

test_a_read_in_a_protected_namespace_that_is_listed_needs_none if {
	got := authz.decision with input as kube_system(fixtures.get_pods) with data.site.namespaces as ["kube-system"]
	got.effect == "allow"
	not got.obligations.approval
}

test_a_dry_run_in_a_protected_namespace_needs_none if {
	got := authz.decision with input as kube_system("kubectl: delete a pod in a dry run") with data.site.namespaces as ["kube-system"]
	got.effect == "allow"
	not got.obligations.approval
}

# A restart has no dry run of its own: the tool's is answered by the server, and nothing runs.
test_a_dry_run_of_the_tool_in_a_protected_namespace_needs_none if {
	asked := kube_system(fixtures.restart)
	dry := object.union(asked, {"call": object.union(asked.call, {"dry_run": true})})
	got := authz.decision with input as dry with data.site.namespaces as ["kube-system"]
	got.effect == "allow"
	not got.obligations.approval
}

test_a_repair_in_default_needs_an_approver_once_default_is_protected if {
	got := authz.decision with input as data.cases[fixtures.restart].input with data.site.protected_namespaces as ["default"]
	got.obligations.approval.roles == ["approver"]
}

# Only a restart and a pod deletion in one named namespace are routine; whatever rule may allow more, a person is asked.
test_every_other_change_needs_an_approver[name] if {
	some name, patch in {
		"another verb": {"verb": ["scale"]},
		"another binary": {"binary": "helm"},
		"no namespace": {"namespaces": []},
		"two namespaces": {"namespaces": ["default", "payments"]},
		"another effect": {"verb": ["apply"], "effect": "destructive"},
		"an undo": {"verb": ["rollout", "undo"]},
		"the deletion of a deployment": {"verb": ["delete"], "effect": "destructive"},
		"another verb on a pod": {"verb": ["annotate"], "resources": data.cases["kubectl: delete a pod"].input.command.resources},
		"the deletion of another group's pods": {"verb": ["delete"], "effect": "destructive", "resources": [object.union(
			data.cases["kubectl: delete a pod"].input.command.resources[0],
			{"group": "metrics.k8s.io"},
		)]},
		"the deletion of two pods": {"verb": ["delete"], "effect": "destructive", "resources": array.concat(
			data.cases["kubectl: delete a pod"].input.command.resources,
			data.cases["kubectl: delete a pod"].input.command.resources,
		)},
		"the deletion of a config map": {"verb": ["delete"], "effect": "destructive", "resources": [object.union(
			data.cases["kubectl: delete a pod"].input.command.resources[0],
			{"resource": "configmaps"},
		)]},
		"the deletion of nothing that is named": {"verb": ["delete"], "effect": "destructive", "resources": []},
	}
	got := obligation.obligations with input as fixtures.patched(fixtures.restart, {"command": patch})
	got.approval.roles == ["approver"]
}

test_a_workspace_effect_needs_none if {
	got := obligation.obligations with input as fixtures.patched(fixtures.restart, {"command": {"effect": "workspace"}})
	got.timeout_ms == 50000
	not got.approval
}

test_a_command_is_bound_to_the_limits_of_the_site if {
	limits := {"cpu_ms": 1, "max_output_lines": 2, "max_line_bytes": 3, "temp_bytes": 4, "max_processes": 5}
	all_limits := object.union(data.site.limits, limits)
	got := obligation.obligations with input as data.cases[fixtures.get_pods].input with data.site.limits as all_limits
	object.filter(got, object.keys(limits)) == limits
}

test_a_read_of_the_outside_may_come_from_the_cache[binary] if {
	some binary in ["kubectl", "helm", "flux", "gh", "curl"]
	got := obligation.obligations with input as fixtures.patched(fixtures.get_pods, {"command": {"binary": binary}})
	got.cache_ttl_ms == data.site.limits.cache_ttl_ms
}

test_a_filter_behind_it_may_too if {
	filter := {"command": {"binary": "grep", "resources": []}, "pipeline": {"index": 1}}
	got := obligation.obligations with input as fixtures.patched(fixtures.get_pods, filter)
	got.cache_ttl_ms == data.site.limits.cache_ttl_ms
}

test_all_else_never_comes_from_the_cache[name] if {
	secrets := [{"group": "", "resource": "secrets", "name": "", "namespace": "default", "name_match": "any", "secondary": true}]
	some name, patch in {
		"a change": {"command": {"effect": "write"}},
		"a dry run of a change": {"command": {"effect": "destructive", "dry_run": true}},
		"work on the clone": {"command": {"binary": "git"}},
		"a filter alone": {"command": {"binary": "jq"}},
		"Secrets": {"command": {"resources": secrets}},
		"Secrets beside something else": {"command": {"resources": array.concat(
			data.cases[fixtures.get_pods].input.command.resources,
			secrets,
		)}},
	}
	got := obligation.obligations with input as fixtures.patched(fixtures.get_pods, patch)
	not got.cache_ttl_ms
}

test_a_site_without_a_cache_has_none if {
	limits := object.union(data.site.limits, {"cache_ttl_ms": 0})
	got := obligation.obligations with input as data.cases[fixtures.get_pods].input with data.site.limits as limits
	not got.cache_ttl_ms
}

test_each_binary_that_needs_a_network_or_files_has_walls_of_its_own if {
	every binary in ["kubectl", "helm", "flux", "git", "curl", "gh"] {
		obligation.obligations.sandbox == binary with input as {"command": {"binary": binary}}
	}
}

test_everything_else_gets_the_walls_that_grant_nothing if {
	every binary in ["jq", "gawk", "yq", "a-tool-of-tomorrow"] {
		obligation.obligations.sandbox == "text" with input as {"command": {"binary": binary}}
	}
}

test_what_starts_no_process_gets_them_too if {
	obligation.obligations.sandbox == "text" with input as {"action": {"kind": "server"}}
}

# Where a person is asked, the person is shown what would change; what an operator may do alone starts at once.
test_what_needs_an_approver_is_looked_at_first if {
	authz.decision.obligations.preflight == true with input as data.cases["kubectl-changes: scale a deployment"].input
	alone := authz.decision.obligations with input as data.cases[fixtures.restart].input
	not alone.preflight
	protected := authz.decision.obligations with input as data.cases[fixtures.restart].input
		with data.site.protected_namespaces as ["default"]
	protected.preflight == true
	dry := authz.decision.obligations with input as data.cases["kubectl-changes: scale in a dry run"].input
	not dry.preflight
	look := authz.decision.obligations with input as data.cases[fixtures.get_pods].input
	not look.preflight
}
