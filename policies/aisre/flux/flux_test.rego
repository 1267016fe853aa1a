# METADATA
# title: Tests of flux's rules under other site data
# description: What an operator may open, and what a broken question never opens.
package aisre.flux_test

import data.aisre.authz
import data.aisre.flux

reconcile := data.cases["flux: reconcile a kustomization"].input

test_the_own_namespace_follows_site_data if {
	asked := data.cases["flux: get kustomizations"].input
	authz.decision.effect == "deny" with input as asked with data.site.flux_namespace as "gitops"
}

test_a_listed_namespace_may_be_read_and_repaired[name] if {
	some name in ["flux: get in kube-system", "flux: reconcile in kube-system"]
	authz.decision.effect == "allow" with input as data.cases[name].input with data.site.namespaces as ["kube-system"]
}

test_logs_of_the_controllers_are_read_in_one_place_only if {
	asked := data.cases["flux: logs of another namespace's pods"].input
	authz.decision.effect == "deny" with input as asked with data.site.namespaces as ["kube-system"]
	authz.decision.effect == "allow" with input as asked with data.site.flux_namespace as "kube-system"
		with data.site.namespaces as ["flux-system"]
}

test_a_change_always_needs_a_person[verb] if {
	some verb in ["reconcile", "suspend", "resume"]
	got := authz.decision with input as object.union(reconcile, {"command": {"verb": [verb]}})
		with data.site.protected_namespaces as []
	got.obligations.approval.roles == ["approver"]
}

test_a_cluster_scoped_object_is_traced_where_site_data_lists_it if {
	asked := data.cases["flux: trace a cluster role"].input
	authz.decision.effect == "allow" with input as asked with data.site.cluster_resources as ["clusterroles"]
}

# Every field of a good change is needed: with nonsense in it, it is not allowed.
test_a_change_with_a_broken_fact_is_denied if {
	every field in ["all_namespaces", "namespaces", "resources", "verb", "paths", "urls", "binary", "flags"] {
		every nonsense in [null, 7, "x", {"x": 1}, [["x"]]] {
			authz.decision.effect == "deny" with input as object.union(reconcile, {"command": object.union(
				object.remove(reconcile.command, [field]),
				{field: nonsense},
			)})
		}
	}
}

test_explain_names_the_checks_of_a_change[rule] if {
	some rule, verb in {"flux/reconcile": "reconcile", "flux/suspend": "resume"}
	checks := flux.checks[rule] with input as object.union(reconcile, {"command": {"verb": [verb]}})
	every check in checks {
		check == true
	}
	count(checks) == 9
}
