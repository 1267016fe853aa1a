# METADATA
# title: Tests of helm's rules under other site data
# description: What an operator may open, and what a broken question never opens.
package aisre.helm_test

import data.aisre.authz
import data.aisre.helm

rollback := data.cases["helm: rollback to a revision"].input

test_a_listed_namespace_may_be_read_and_repaired[name] if {
	some name in ["helm: list in kube-system", "helm: rollback in kube-system"]
	authz.decision.effect == "allow" with input as data.cases[name].input with data.site.namespaces as ["kube-system"]
}

test_flux_namespace_is_no_namespace_of_helm if {
	asked := object.union(rollback, {"command": {"namespaces": ["flux-system"]}})
	authz.decision.effect == "deny" with input as asked
}

test_a_rollback_always_needs_a_person[name] if {
	some name, namespaces in {"protected": ["kube-system"], "not protected": ["default"]}
	got := authz.decision with input as rollback
		with data.site.protected_namespaces as namespaces
	got.obligations.approval.roles == ["approver"]
}

test_the_typed_tool_works_where_the_toolset_is_listed if {
	asked := data.cases["helm: list with the typed tool"].input
	authz.decision.rules == ["helm/read"] with input as asked with data.site.toolsets as ["helm"]
}

# Every field of a good rollback is needed: with nonsense in it, it is not allowed.
test_a_rollback_with_a_broken_fact_is_denied if {
	every field in ["all_namespaces", "namespaces", "resources", "verb", "paths", "urls", "binary", "flags", "operands"] {
		every nonsense in [null, 7, "x", {"x": 1}, [["x"]]] {
			authz.decision.effect == "deny" with input as object.union(rollback, {"command": object.union(
				object.remove(rollback.command, [field]),
				{field: nonsense},
			)})
		}
	}
}

test_explain_names_the_checks_of_a_rollback if {
	checks := helm.checks["helm/rollback"] with input as rollback
	count(checks) == 11
	every check in checks {
		check == true
	}
}
