# METADATA
# title: Tests of curl's rules under other site data
# description: The bundle lists no place; these tests list some, as PROMETHEUS_URL or an operator would.
package aisre.curl_test

import data.aisre.authz
import data.aisre.curl
import data.aisre.fixtures_test as fixtures

request := "curl: a place that nobody listed"

prometheus := {
	"url": "http://prometheus.monitoring.svc:9090", "methods": ["GET", "HEAD"],
	"scheme": "http", "host": "prometheus.monitoring.svc", "port": 9090, "path": "",
}

below_prom := object.union(prometheus, {"url": "http://prometheus.monitoring.svc:9090/prom", "path": "/prom"})

reloadable := object.union(prometheus, {"methods": ["GET", "POST", "DELETE"]})

asking(patch) := object.union(asked, {"command": {"urls": [object.union(asked.command.urls[0], patch)]}}) if {
	asked := data.cases[request].input
}

rules_of(decision) := {reason.rule | some reason in decision.reasons}

test_a_listed_place_may_be_asked[method] if {
	some method in ["GET", "HEAD"]
	got := authz.decision with input as asking({"method": method}) with data.site.hosts as [prometheus]
	object.remove(got, ["obligations"]) == {"effect": "allow", "rules": ["curl/request"]}
	not got.obligations.approval
}

test_a_viewer_may_ask_it if {
	asked := object.union(data.cases[request].input, {"principal": {"roles": ["viewer"]}})
	authz.decision.rules == ["curl/request"] with input as asked with data.site.hosts as [prometheus]
}

test_another_place_is_denied[name] if {
	some name, patch in {
		"scheme": {"scheme": "https"},
		"port": {"port": 9091},
		"longer host": {"host": "prometheus.monitoring.svc.evil.example"},
		"subdomain": {"host": "x.prometheus.monitoring.svc"},
		"shorter host": {"host": "prometheus.monitoring"},
		"other case": {"host": "Prometheus.monitoring.svc"},
		"no host": {"host": null},
		"a number for the port": {"port": "9090"},
	}
	got := authz.decision with input as asking(patch) with data.site.hosts as [prometheus]
	rules_of(got) == {"curl/host"}
}

test_the_denial_says_which_places_are_listed if {
	got := authz.decision with input as asking({"host": "evil.example"}) with data.site.hosts as [prometheus, below_prom]
	got.reasons == [{
		"rule": "curl/host",
		"message": "http://evil.example:9090/api/v1/query is not at or below a listed place",
		"token": "evil.example",
		"try": "http://prometheus.monitoring.svc:9090, http://prometheus.monitoring.svc:9090/prom",
	}]
}

# path → whether it lies at or below /prom
test_paths_are_compared_by_segments[path] if {
	some path, inside in {
		"/prom": true, "/prom/": true, "/prom/api": true,
		"/prometheus": false, "/": false, "/x/prom/api": false, "/Prom/api": false, "//prom/api": false,
	}
	inside == allowed(path)
}

allowed(path) if {
	authz.decision.effect == "allow" with input as asking({"path": path}) with data.site.hosts as [below_prom]
}

allowed(path) := false if {
	authz.decision.effect == "deny" with input as asking({"path": path}) with data.site.hosts as [below_prom]
}

test_a_method_of_no_list_is_denied[method] if {
	some method in ["POST", "PUT", "DELETE", "get", "TRACE", ""]
	got := authz.decision with input as asking({"method": method}) with data.site.hosts as [prometheus]
	got.reasons == [{
		"rule": "curl/method",
		"message": $"{method} is not among the methods of prometheus.monitoring.svc",
		"token": method,
		"try": "GET, HEAD",
	}]
}

# The operator lists POST: a person still decides, and a viewer may not.
test_a_changing_method_that_is_listed_needs_an_approver[name] if {
	some name, patch in {"POST": {"effect": "write"}, "DELETE": {"effect": "destructive"}}
	asked := object.union(asking({"method": name}), {"command": patch})
	got := authz.decision with input as asked with data.site.hosts as [reloadable]
	got.effect == "allow"
	got.obligations.approval.roles == ["approver"]
	viewer := object.union(asked, {"principal": {"roles": ["viewer"]}})
	denied := authz.decision with input as viewer with data.site.hosts as [reloadable]
	rules_of(denied) == {"guard/role"}
}

test_link_local_stays_shut_whatever_site_data_says if {
	metadata := object.union(prometheus, {"host": "169.254.169.254"})
	asked := asking({"host": "169.254.169.254"})
	got := authz.decision with input as asked with data.site.hosts as [metadata]
	rules_of(got) == {"curl/no-link-local"}
	curl.allow == set() with input as asked with data.site.hosts as [metadata]
}

# Each condition of the permission in turn, on a place that is listed.
test_no_permission_without_each_condition[name] if {
	some name, patch in {
		"no network": {"egress": false},
		"two requests": {"urls": [data.cases[request].input.command.urls[0], {"method": "GET"}]},
		"the request twice": {"urls": [u, u]},
		"a flag of no list": {"flags": {"--config": ["x"]}},
		"a header of no list": {"flags": {"--header": ["Cookie: x"]}},
		"a file for the answer": {"flags": {"--output": ["/tmp/x"]}},
		"a path": {"paths": [{"path": "/etc/passwd", "mode": "read"}]},
		"a program": {"programs": [{"language": "jq", "identifiers": []}]},
	}
	curl.allow == set() with input as fixtures.patched(request, {"command": patch}) with data.site.hosts as [prometheus]
}

u := data.cases[request].input.command.urls[0]

test_listed_headers_and_output_are_allowed if {
	flags := {"--header": ["Accept: text/plain", "CACHE-CONTROL: no-cache"], "--output": ["/dev/null"], "--write-out": ["x"]}
	asked := fixtures.patched(request, {"command": {"flags": flags}})
	authz.decision.rules == ["curl/request"] with input as asked with data.site.hosts as [prometheus]
}

test_explain_names_the_part_that_fails if {
	considered := authz.explain with input as asking({"method": "POST"}) with data.site.hosts as [prometheus]
	some rule in considered
	rule.rule == "curl/request"
	rule.matched == false
	[check | some check, holds in rule.checks; holds == false] == ["place_and_method_listed"]
}

test_a_version_reaches_nothing[name] if {
	some name, patch in {
		"a request": {"urls": [u]},
		"a file": {"paths": [{"path": "x", "mode": "write"}]},
		"a program": {"programs": [{"language": "jq", "identifiers": []}]},
	}
	curl.allow == set() with input as fixtures.patched("curl: version", {"command": patch})
}
