# METADATA
# title: Tests of kubectl's rules under other site data
# description: What an operator may open, and what stays shut whatever site data says.
package aisre.kubectl_test

import data.aisre.authz
import data.aisre.fixtures_test as fixtures
import data.aisre.kubectl

widgets := {"group": "example.org", "resource": "widgets", "kind": "Widget", "short_names": [], "namespaced": true}

test_a_kind_of_site_data_may_be_read if {
	authz.decision.effect == "allow" with input as data.cases["kubectl: kind that site data does not name"].input
		with data.site.kinds as [widgets]
}

test_a_kind_of_the_same_name_in_another_group_may_not if {
	authz.decision.effect == "deny" with input as data.cases["kubectl: kind that site data does not name"].input
		with data.site.kinds as [object.union(widgets, {"group": "example.com"})]
}

test_another_kind_of_the_same_group_may_not if {
	authz.decision.effect == "deny" with input as data.cases["kubectl: kind that site data does not name"].input
		with data.site.kinds as [object.union(widgets, {"resource": "gadgets"})]
}

test_a_cluster_scoped_kind_of_site_data_needs_cluster_resources if {
	asked := data.cases["kubectl: get clusterrolebindings"].input
	kind := object.union(widgets, {"resource": "clusterrolebindings", "group": "rbac.authorization.k8s.io", "namespaced": false})
	authz.decision.effect == "deny" with input as asked with data.site.kinds as [kind]
	authz.decision.effect == "allow" with input as asked with data.site.cluster_resources as ["clusterrolebindings"]
}

# Site data that names secrets everywhere it can.
test_secrets_stay_shut_whatever_site_data_says[name] if {
	some name in [
		"kubectl: get secrets", "kubectl: get pods and secrets",
		"kubectl: secrets of another group", "kubectl: describe serviceaccount",
	]
	got := authz.decision with input as data.cases[name].input
		with data.site.cluster_resources as ["secrets"]
		with data.site.kinds as [
			object.union(widgets, {"resource": "secrets", "group": ""}),
			object.union(widgets, {"resource": "secrets", "group": "vault.example.org"}),
		]
	"kubectl/no-secrets" in {reason.rule | some reason in got.reasons}
}

test_no_permission_reads_secrets_even_as_a_kind_of_site_data if {
	kubectl.allow == set() with input as data.cases["kubectl: get secrets"].input
		with data.site.kinds as [object.union(widgets, {"resource": "secrets", "group": ""})]
}

test_secrets_stay_shut_for_every_role[role] if {
	some role in ["viewer", "operator", "admin"]
	authz.decision.effect == "deny" with input as fixtures.patched("kubectl: get secrets", {"principal": {"roles": [role]}})
}

test_a_listed_namespace_may_be_read_and_repaired if {
	asked := data.cases["kubectl: get pods in kube-system"].input
	authz.decision.effect == "allow" with input as asked with data.site.namespaces as ["kube-system"]
}

test_namespaces_are_a_list_and_not_prefixes if {
	asked := fixtures.patched(fixtures.get_pods, {"command": {"namespaces": ["default-2"]}})
	authz.decision.effect == "deny" with input as asked
}

test_flux_namespace_follows_site_data if {
	asked := data.cases["kubectl: get kustomizations in flux-system"].input
	authz.decision.effect == "deny" with input as asked with data.site.flux_namespace as "gitops"
}

test_no_namespace_is_allowed_when_site_data_lists_none if {
	authz.decision.effect == "deny" with input as data.cases[fixtures.get_pods].input with data.site.namespaces as []
}

test_explain_says_so_when_nothing_bounds_a_command if {
	considered := authz.explain with input as data.cases["kubectl: config view"].input
	some rule in considered
	rule.rule == "kubectl/read"
	rule.matched == false
	rule.checks.verb_listed == false
}

applied(patch) := fixtures.patched("kubectl-changes: apply a configmap", {"command": patch})

a_manifest(patch) := object.union(
	data.cases["kubectl-changes: apply a configmap"].input.command.manifests[0],
	patch,
)

printing := fixtures.patched("kubectl: delete a pod", {"command": {
	"effect": "read", "egress": false, "flags": {"--help": ["true"]}, "resources": [], "namespaces": [],
}})

# `kubectl delete --help` is a read, and only as long as all of it says so.
test_what_only_prints_does_nothing_else[name] if {
	"kubectl/read" in kubectl.allow with input as printing
	some name, patch in {
		"it changes": {"effect": "destructive"},
		"it asks the cluster": {"egress": true},
		"another flag": {"flags": {"--dry-run": ["server"]}},
		"an object": {"resources": data.cases["kubectl: delete a pod"].input.command.resources},
	}
	kubectl.allow & {"kubectl/read"} == set() with input as object.union(printing, {"command": patch})
}

# A manifest makes no other verb an apply, and an apply names the one object of its manifest, in its one namespace.
test_only_an_apply_is_allowed_as_one[verb] if {
	some verb in (object.keys(kubectl.flags) - {"apply"})
	kubectl.allow & {"kubectl/apply"} == set() with input as applied({"verb": split(verb, " "), "flags": {}})
}

test_an_apply_names_one_object_in_one_namespace if {
	configmap := data.cases["kubectl-changes: apply a configmap"].input.command.resources[0]
	kubectl.allow == set() with input as applied({"resources": [configmap, configmap]})
	kubectl.allow == set() with input as applied({"resources": []})
	kubectl.allow == set() with input as applied({"namespaces": ["default", "shop"]}) with data.site.namespaces as ["default", "shop"]
}

test_only_listed_kinds_are_applied if {
	authz.decision.effect == "allow" with input as applied({}) with data.site.apply_kinds as ["v1/ConfigMap"]
	authz.decision.effect == "deny" with input as applied({}) with data.site.apply_kinds as ["v1/Service", "v2/ConfigMap"]
	authz.decision.effect == "deny" with input as applied({}) with data.site.apply_kinds as []
}

test_secrets_are_not_applied_whatever_site_data_says if {
	secret := object.union(data.cases["kubectl-changes: apply a configmap"].input.command.resources[0], {"resource": "secrets"})
	got := authz.decision with input as applied({"manifests": [a_manifest({"kind": "Secret"})], "resources": [secret]})
		with data.site.apply_kinds as ["v1/Secret"]
		with data.site.kinds as [object.union(widgets, {"resource": "secrets", "group": ""})]
	{"kubectl/no-secrets", "kubectl/apply-kind"} == {reason.rule | some reason in got.reasons}
	kubectl.allow == set() with input as applied({"manifests": [a_manifest({"kind": "Secret"})], "resources": [secret]})
		with data.site.apply_kinds as ["v1/Secret"]
}

# Every fact of a manifest has to be there and of its type: what is missing or odd is no permission.
test_a_manifest_without_a_fact_is_not_allowed[field] if {
	some field in [
		"api_version", "kind", "namespace", "name", "secret_refs", "service_account", "automount_token",
		"host_namespaces", "privileged", "owner", "capabilities", "volumes",
	]
	whole := a_manifest({})
	kubectl.allow == set() with input as applied({"manifests": [object.remove(whole, [field])]})
	kubectl.allow == set() with input as applied({"manifests": [object.union(whole, {field: 7})]})
}

test_the_rules_permit_nothing_even_where_no_denial_speaks[name] if {
	some name, patch in {
		"secret": {"secret_refs": ["db"]},
		"account": {"service_account": "admin"},
		"token": {"automount_token": true},
		"host": {"host_namespaces": ["pid"]},
		"privileged": {"privileged": true},
		"capability": {"capabilities": ["SYS_ADMIN"]},
		"volume": {"volumes": [{"type": "hostPath", "source": "/"}]},
		"owner": {"owner": "flux/apps"},
	}
	kubectl.allow == set() with input as applied({"manifests": [a_manifest(patch)]})
}

test_the_most_replicas_come_from_site_data if {
	scaled := data.cases["kubectl-changes: scale to one more"].input
	authz.decision.effect == "allow" with input as scaled with data.site.max_replicas as 21
	kubectl.allow == set() with input as scaled
	kubectl.allow == set() with input as applied({"replicas": 21})
	kubectl.allow == set() with input as applied({"replicas": 0})
}
