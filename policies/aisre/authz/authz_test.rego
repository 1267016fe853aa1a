# METADATA
# title: Tests of the decision
# description: Every case of the decision tables, and what the three entrypoints promise.
package aisre.authz_test

import data.aisre.approve
import data.aisre.authz
import data.aisre.curl
import data.aisre.fixtures_test as fixtures
import data.aisre.flux
import data.aisre.gh
import data.aisre.git
import data.aisre.helm
import data.aisre.jq
import data.aisre.kubectl
import data.aisre.program
import data.aisre.server
import data.aisre.text

# One test per row of policies/cases/*.json, reported by its name; vitest runs the same rows through the WASM.
test_cases[name] if {
	some name, row in {name: row | some name, row in data.cases; row.site == {}}
	authz.decision == row.want with input as row.input
}

# The same for tables that are judged by site data of their own.
test_cases_of_a_site[name] if {
	some name, row in {name: row | some name, row in data.cases; row.site != {}}
	authz.decision == row.want with input as row.input with data.site as object.union(data.site, row.site)
}

test_every_denial_gives_a_reason if {
	every row in data.cases {
		decision := authz.decision with input as row.input with data.site as object.union(data.site, row.site)
		decision.effect in {"allow", "deny"}
		count(object.get(decision, "reasons", object.get(decision, "rules", []))) > 0
	}
}

test_an_empty_input_is_denied if {
	authz.decision.effect == "deny" with input as {}
}

test_inputs_of_a_wrong_type_are_denied if {
	every odd in [null, true, 0, "", "kubectl", [], [{}], {"command": "kubectl get pods"}, {"command": {"binary": ["kubectl"]}}] {
		authz.decision.effect == "deny" with input as odd
	}
}

# Every field of a good input is needed or harmless: without it, or with nonsense in it, nothing more is allowed.
test_a_change_with_a_broken_fact_is_never_allowed_without_approval if {
	good := data.cases[fixtures.restart].input
	every field in ["all_namespaces", "namespaces", "resources", "verb", "paths", "effect", "binary", "flags"] {
		every nonsense in [null, 7, "x", {"x": 1}, [["x"]]] {
			decision := authz.decision with input as object.union(good, {"command": object.union(
				object.remove(good.command, [field]),
				{field: nonsense},
			)})
			harmless(field, decision)
		}
	}
}

harmless(field, decision) if {
	is_string(field)
	decision.effect == "deny"
}

# Without an effect that needs more time, a listed command stays what it is.
harmless("effect", decision) if decision.rules == ["kubectl/restart"]

test_a_hidden_tool_is_never_allowed if {
	every roles in [[], ["viewer"], ["operator"], ["admin"], ["approver"], ["guest"]] {
		every row in data.cases {
			hidden_or_shown(object.union(row.input, {"principal": object.union(row.input.principal, {"roles": roles})}))
		}
	}
}

hidden_or_shown(asked) if {
	visible := authz.visible with input as asked
	asked.call.tool in visible
}

hidden_or_shown(asked) if {
	authz.decision.effect == "deny" with input as asked
}

test_a_hidden_toolset_is_never_allowed if {
	authz.decision.reasons[0].rule == "guard/tool-not-listed" with input as data.cases[fixtures.get_pods].input
		with data.site.toolsets as ["kubectl", "server"]
}

test_explain_shows_which_part_of_a_condition_fails if {
	considered := authz.explain with input as data.cases["kubectl: restart two deployments"].input
	considered == [
		{"rule": "kubectl/apply", "effect": "allow", "matched": false, "checks": object.union(common, {
			"verb_is_apply": false,
			"one_document": false,
			"kinds_allowed": false,
			"manifest_harmless": false,
			"replicas_within_bounds": true,
		})},
		{"rule": "kubectl/delete-pod", "effect": "allow", "matched": false, "checks": object.union(common, {
			"verb_is_delete": false,
			"one_pod": false,
		})},
		{"rule": "kubectl/one-object", "effect": "deny", "matched": true, "checks": {}},
		{"rule": "kubectl/read", "effect": "allow", "matched": false, "checks": object.union(common, {"effect_is_read": false})},
		{"rule": "kubectl/restart", "effect": "allow", "matched": false, "checks": object.union(common, {
			"verb_is_rollout_restart": true,
			"one_restartable_object": false,
		})},
		{"rule": "kubectl/scale", "effect": "allow", "matched": false, "checks": object.union(common, {
			"verb_is_scale": false,
			"one_scalable_object": false,
			"replicas_within_bounds": false,
		})},
		{"rule": "kubectl/undo", "effect": "allow", "matched": false, "checks": object.union(common, {
			"verb_is_rollout_undo": false,
			"one_restartable_object": false,
		})},
	]
}

common := {
	"verb_listed": true,
	"flags_listed": true,
	"namespaces_allowed": true,
	"one_namespace_at_a_time": true,
	"resources_readable": true,
	"template_functions_allowed": true,
	"template_values_named": true,
	"no_files": true,
}

test_explain_shows_denials if {
	considered := authz.explain with input as data.cases["kubectl: get secrets"].input
	{"rule": "kubectl/no-secrets", "effect": "deny", "matched": true, "checks": {}} in considered
}

test_explain_of_an_allowed_call_has_only_checks_that_hold if {
	every name in [
		"jq: identity", "jq: --version", "program: sed", "program: sed --version", "text: grep",
		"server: operator asks", "approve: an approver approves",
	] {
		considered := authz.explain with input as data.cases[name].input
		matched := [rule | some rule in considered; rule.matched == true]
		count(matched) == 1
		every check in matched[0].checks {
			check == true
		}
	}
}

# The checks are the whole condition: nothing else keeps a rule from matching, and nothing that fails lets it match. Asked
# here where conditions are many; vitest asks the WASM about every case and every question of the corpus.
test_a_rule_matches_exactly_when_all_of_its_checks_hold[name] if {
	some name, row in {name: row | some name, row in data.cases; row.table in {"curl", "curl-listed", "gh", "gh-enabled", "git"}}
	considered := authz.explain with input as row.input with data.site as object.union(data.site, row.site)
	every item in considered {
		_matches_by_its_checks(item)
	}
}

_matches_by_its_checks(item) if {
	item.effect == "deny"
	item.matched == true
}

_matches_by_its_checks(item) if {
	item.effect == "allow"
	item.matched == true
	_failing(item.checks) == []
}

_matches_by_its_checks(item) if {
	item.effect == "allow"
	item.matched == false
	_failing(item.checks) != []
}

_failing(checks) := [name | some name, holds in checks; holds != true]

test_every_rule_that_allows_shows_its_checks[name] if {
	some name, row in {name: row | some name, row in data.cases; row.want.effect == "allow"}
	considered := authz.explain with input as row.input with data.site as object.union(data.site, row.site)
	{rule | some rule in row.want.rules} == {item.rule | some item in considered; item.matched; count(item.checks) > 0}
}

test_explain_shows_what_does_not_print_alone if {
	beside := jq.checks["jq/prints"] with input as data.cases["jq: --version beside a flag"].input
	beside.prints_alone == false
	beside_one := program.checks["program/prints"] with input as data.cases["program: --version beside a flag"].input
	beside_one.prints_alone == false
}

# Permissions state every condition themselves: they hold even if the denial that explains it were gone.
test_no_permission_leans_on_a_denial[name] if {
	some name, asked in denied_by_a_toolset
	permissions := union({
		kubectl.allow, helm.allow, flux.allow, jq.allow, program.allow, text.allow, curl.allow, git.allow, gh.allow,
	}) with input as asked.input
		with data.site as object.union(data.site, asked.site)
	allowed_by(asked.input.command.binary, permissions) == set()
}

denied_by_a_toolset[name] := row if {
	some name, row in data.cases
	row.input.action.kind == "command"
	row.want.effect == "deny"
	rules := {reason.rule | some reason in row.want.reasons}
	count({rule | some rule in rules; startswith(rule, "guard/")}) == 0
	count(rules - {"default"}) > 0
}

# In an evaluation only the binary's own toolset is reached.
allowed_by("kubectl", permissions) := {rule | some rule in permissions; startswith(rule, "kubectl/")}

allowed_by("git", permissions) := {rule | some rule in permissions; startswith(rule, "git/")}

allowed_by("gh", permissions) := {rule | some rule in permissions; startswith(rule, "gh/")}

allowed_by("helm", permissions) := {rule | some rule in permissions; startswith(rule, "helm/")}

allowed_by("flux", permissions) := {rule | some rule in permissions; startswith(rule, "flux/")}

allowed_by("curl", permissions) := {rule | some rule in permissions; startswith(rule, "curl/")}

allowed_by("jq", permissions) := permissions & {"jq/filter", "jq/prints"}

allowed_by(binary, permissions) := permissions & {"program/filter", "program/prints"} if binary in program.binaries

allowed_by(binary, permissions) := permissions & {"text/filter"} if binary in text.binaries

# A verb is allowed because it is listed with its flags, whatever else speaks for it.
test_a_verb_without_a_list_of_flags_is_not_allowed if {
	kubectl.allow == set() with input as without_flags("kubectl: get pods") with kubectl.flags as {}
	helm.allow == set() with input as without_flags("helm: list releases") with helm.flags as {}
	flux.allow == set() with input as without_flags("flux: get kustomizations") with flux.flags as {}
	gh.allow == set() with input as without_flags("gh: pr list") with gh.flags as {} with data.site.repositories as ["o/r"]
	git.allow == set() with input as without_flags("git: log") with git.flags as {} with data.site.repositories as ["o/r"]
}

without_flags(name) := object.union(
	object.remove(asked, ["command"]),
	{"command": object.union(object.remove(asked.command, ["flags"]), {"flags": {}})},
) if {
	asked := data.cases[name].input
}

test_health_needs_a_role_by_itself if {
	server.allow == set() with input as data.cases["server: no role asks"].input
	server.allow == set() with input as data.cases["server: approver looks ahead"].input
	server.allow == set() with input as data.cases["server: viewer sends a batch"].input
}

test_a_verdict_states_every_condition_itself if {
	every name in ["the requester approves", "the request wants another role", "the same by another tool"] {
		approve.allow == set() with input as data.cases[$"approve: {name}"].input
	}
}
