# METADATA
# title: Tests of the guard under other site data
# description: The guard holds over every toolset.
package aisre.guard_test

import data.aisre.authz
import data.aisre.fixtures_test as fixtures

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
