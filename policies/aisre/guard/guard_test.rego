# METADATA
# title: Tests of the guard under other site data
# description: The guard holds over every toolset.
package aisre.guard_test

import data.aisre.authz
import data.aisre.fixtures_test as fixtures
import data.aisre.guard

test_a_binary_that_the_site_takes_away_is_denied[binary] if {
	some binary, name in {"kubectl": fixtures.get_pods, "jq": "jq: identity", "grep": "text: grep"}
	got := authz.decision with input as data.cases[name].input with data.site.binaries as ["sort"]
	got == {"effect": "deny", "reasons": [{
		"rule": "guard/binary",
		"message": $"this site does not enable {binary}",
		"token": binary,
		"try": "sort",
	}]}
}

# Whatever a table allows, one credential in the arguments turns it into a denial.
test_a_credential_denies_everything if {
	every row in data.cases {
		authz.decision.effect == "deny" with input as object.union(row.input, {"credentials": ["jwt"]})
	}
}

test_read_only_allows_reads_alone if {
	every row in data.cases {
		asked := object.union(row.input, {"site": {"mode": "read_only"}})
		read_or_denied(asked)
	}
}

read_or_denied(asked) if asked.command.effect == "read"

read_or_denied(asked) if not asked.command

read_or_denied(asked) if {
	authz.decision.effect == "deny" with input as asked
}

test_frozen_allows_health_check_alone if {
	every row in data.cases {
		asked := object.union(row.input, {"site": {"mode": "frozen"}})
		health_or_denied(asked)
	}
}

health_or_denied(asked) if asked.call.tool == "health_check"

health_or_denied(asked) if {
	authz.decision.effect == "deny" with input as asked
}

# Each fact of a command is missing in turn, and then of a wrong type.
test_a_missing_fact_is_a_bad_shape[field] if {
	some field in [
		"binary", "effect", "egress", "dry_run", "all_namespaces", "flags",
		"verb", "namespaces", "resources", "paths", "programs",
	]
	good := data.cases[fixtures.get_pods].input
	without := object.remove(good.command, [field])
	bad_shape(object.union(object.remove(good, ["command"]), {"command": without}))
	bad_shape(object.union(good, {"command": {field: null}}))
	bad_shape(object.union(good, {"command": {field: 7}}))
}

test_missing_credentials_are_a_bad_shape if {
	bad_shape(object.remove(data.cases[fixtures.get_pods].input, ["credentials"]))
}

test_a_missing_command_is_a_bad_shape if {
	bad_shape(object.remove(data.cases[fixtures.get_pods].input, ["command"]))
}

bad_shape(asked) if {
	decision := authz.decision with input as asked
	"guard/bad-shape" in {reason.rule | some reason in decision.reasons}
}

rules_of_a_file(patch) := rules if {
	decision := authz.decision with input as fixtures.patched("git: write a file", patch) with data.site.repositories as ["o/r"]
	rules := {reason.rule | some reason in object.get(decision, "reasons", [])}
}

test_a_change_of_a_file_has_the_same_brakes[name] if {
	some name, row in {
		"nothing": {"patch": {}, "rules": set()},
		"a viewer": {"patch": {"principal": {"roles": ["viewer"]}}, "rules": {"guard/role", "guard/tool-not-listed"}},
		"read-only": {"patch": {"site": {"mode": "read_only"}}, "rules": {"guard/read-only"}},
		"frozen": {"patch": {"site": {"mode": "frozen"}}, "rules": {"guard/frozen"}},
		"no path": {"patch": {"file_change": {"path": null}}, "rules": {"guard/bad-shape"}},
		"no operation": {"patch": {"file_change": {"operation": null}}, "rules": {"guard/bad-shape"}},
		"no size": {"patch": {"file_change": {"bytes": null}}, "rules": {"guard/bad-shape"}},
		"nobody looked for credentials": {"patch": {"credentials": null}, "rules": {"guard/bad-shape"}},
		"neither command nor file": {"patch": {"action": {"kind": "other"}}, "rules": {"guard/bad-shape"}},
	}
	rules_of_a_file(row.patch) == row.rules
}

test_frozen_answers_health_check_and_no_other_question if {
	asked := object.union(data.cases[fixtures.health].input, {"site": {"mode": "frozen"}})
	authz.decision.effect == "allow" with input as asked
	other := authz.decision with input as object.union(asked, {"call": {"tool": "other"}})
	"guard/frozen" in {reason.rule | some reason in other.reasons}
	named := fixtures.patched(fixtures.get_pods, {"call": {"tool": "health_check"}, "site": {"mode": "frozen"}})
	command := authz.decision with input as named
	"guard/frozen" in {reason.rule | some reason in command.reasons}
}

test_a_question_about_the_server_is_whole_without_a_command if {
	authz.decision.effect == "allow" with input as data.cases[fixtures.health].input
}

test_standard_input_may_have_all_the_bytes_of_the_site_and_no_more if {
	limits := object.union(data.site.limits, {"max_stdin_bytes": 10})
	every bytes, rules in {10: set(), 11: {"guard/stdin-size"}} {
		patch := {"command": {"stdin": {"from": "caller", "bytes": bytes}}}
		denied := guard.deny with input as fixtures.patched(fixtures.get_pods, patch) with data.site.limits as limits
		{reason.rule | some reason in denied} == rules
	}
}
