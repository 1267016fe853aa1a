# METADATA
# title: Tests of gh's rules
# description: Each condition of each permission in turn, on a good question.
package aisre.gh_test

import data.aisre.fixtures_test as fixtures
import data.aisre.gh

test_no_permission_without_each_condition[name] if {
	some rule, table in conditions
	some what, patch in table.patches
	name := $"{rule}: {what}"
	permitted(rule, table.good, {})
	not permitted(rule, table.good, patch)
}

permitted(rule, good, patch) if {
	rule in gh.allow with input as fixtures.patched(good, {"command": patch})
		with data.site.repositories as ["o/r"]
		with data.site.toolsets as ["gh", "cli"]
}

test_a_pull_request_needs_the_toolset if {
	gh.allow == set() with input as data.cases["gh-enabled: a pull request of the server's own"].input
		with data.site.repositories as ["o/r"]
		with data.site.toolsets as ["cli"]
}

conditions := {
	"gh/read": {"good": "gh: pr list", "patches": {
		"another effect": {"effect": "write"},
		"another repository": {"repositories": ["o/other"]},
		"a second repository": {"repositories": ["o/r", "o/other"]},
		"a flag of no list": {"flags": {"--web": ["true"]}},
		"a program that names the environment": {"programs": [{"language": "jq", "identifiers": ["env"]}]},
		"a file": {"paths": [{"path": "x", "mode": "read"}]},
	}},
	"gh/help": {"good": "gh: help", "patches": {
		"another effect": {"effect": "write"},
		"a network": {"egress": true},
		"another flag": {"flags": {"--version": ["true"], "--help": ["true"]}},
	}},
	"gh/create": {"good": "gh-enabled: a pull request of the server's own", "patches": {
		"another verb": {"verb": ["pr", "view"]},
		"another effect": {"effect": "read"},
		"a foreign branch": {"flags": {"--head": ["main"]}},
		"another base": {"flags": {"--base": ["release"]}},
		"a flag of no list": {"flags": {"--reviewer": ["x"]}},
		"another repository": {"repositories": ["o/other"]},
	}},
}

test_a_flag_of_no_list_is_the_only_reason if {
	asked := fixtures.patched("gh-enabled: a pull request of the server's own", {"command": {"flags": {"--reviewer": ["x"]}}})
	rules := {reason.rule | some reason in gh.deny} with input as asked
		with data.site.repositories as ["o/r"]
		with data.site.toolsets as ["gh", "cli"]
	rules == {"gh/flags"}
}
