# METADATA
# title: Tests of git's and gh's rules under other site data
# description: What an operator may open or close, and what explain shows.
package aisre.git_test

import data.aisre.authz
import data.aisre.fixtures_test as fixtures
import data.aisre.git

test_another_prefix_and_remote if {
	asked := fixtures.patched("git: push", {"command": {"git": {
		"remote": "upstream",
		"refs": [{"source": "0123456789012345678901234567890123456789", "destination": "refs/heads/bot/x", "force": false}],
	}}})
	authz.decision.effect == "deny" with input as asked with data.site.repositories as ["o/r"]
	authz.decision.effect == "allow" with input as asked
		with data.site.repositories as ["o/r"]
		with data.site.remotes as ["upstream"]
		with data.site.branch_prefix as "bot/"
}

test_no_repository_no_git[name] if {
	some name in ["git: log", "git: fetch", "git: commit", "git: push", "git: write a file", "gh: pr list"]
	authz.decision.effect == "allow" with input as data.cases[name].input with data.site.repositories as ["o/r"]
	authz.decision.effect == "deny" with input as data.cases[name].input with data.site.repositories as []
}

# Each condition of each permission in turn: without it, this permission is not given.
test_no_permission_without_each_condition[name] if {
	some rule, table in conditions
	some what, patch in table.patches
	name := $"{rule}: {what}"
	permitted(rule, table.good, {})
	not permitted(rule, table.good, patch)
}

permitted(rule, good, patch) if {
	rule in git.allow with input as fixtures.patched(good, {"command": patch}) with data.site.repositories as ["o/r"]
}

commit_id := "0123456789012345678901234567890123456789"

pushing(patch) := {"git": {"refs": [object.union(
	{"source": commit_id, "destination": "refs/heads/ai-sre/x", "force": false},
	patch,
)]}}

outside := {"git": {"refs": [{"source": "main", "destination": "refs/heads/main", "force": false}]}}

conditions := {
	"git/read": {"good": "git: log", "patches": {
		"another effect": {"effect": "workspace"},
		"a flag of no list": {"flags": {"--output": ["x"]}},
		"a remote": {"git": {"remote": "origin"}},
		"references that are no list": {"git": {"refs": 7}},
		"changed paths that are no list": {"git": {"changed_paths": "x"}},
		"another repository": {"repositories": ["o/other"]},
		"a second repository": {"repositories": ["o/r", "o/other"]},
	}},
	"git/version": {"good": "git: version", "patches": {
		"another effect": {"effect": "workspace"},
		"a network": {"egress": true},
		"another flag": {"flags": {"--help": ["true"]}},
		"a verb": {"verb": ["log"]},
	}},
	"git/refresh": {"good": "git: fetch", "patches": {
		"another verb": {"verb": ["push"]},
		"another effect": {"effect": "read"},
		"a flag of no list": {"flags": {"--upload-pack": ["x"]}},
		"another remote": {"git": {"remote": "evil"}},
		"a branch that is written": outside,
	}},
	"git/commit": {"good": "git: add a file", "patches": {
		"another verb": {"verb": ["status"]},
		"another effect": {"effect": "write"},
		"a flag of no list": {"flags": {"--force": ["true"]}},
		"a remote": {"git": {"remote": "origin"}},
		"a foreign branch": outside,
		"a protected path": {"paths": [{"path": ".gitmodules", "mode": "write"}]},
	}},
	"git/push": {"good": "git: push", "patches": {
		"another verb": {"verb": ["fetch"]},
		"another effect": {"effect": "workspace"},
		"a flag of no list": {"flags": {"--force": ["true"]}},
		"another remote": {"git": {"remote": "evil"}},
		"two branches": {"git": {"refs": array.concat(pushing({}).git.refs, pushing({}).git.refs)}},
		"force": pushing({"force": true}),
		"a name for the commit": pushing({"source": "HEAD"}),
		"no branch": pushing({"destination": ""}),
		"a foreign branch": pushing({"destination": "refs/heads/main"}),
		"a protected path": {"git": {"changed_paths": [".gitmodules"]}},
		"many paths": {"git": {"changed_paths": numbers.range(1, 129)}},
	}},
}

test_no_permission_for_a_file_without_each_condition if {
	good := data.cases["git: write a file"].input
	git.allow_file == {"git/file"} with input as good with data.site.repositories as ["o/r"]
	git.allow_file == set() with input as good with data.site.repositories as []
	every patch in [
		{"file_change": {"operation": "rename"}},
		{"file_change": {"path": ".github/workflows/ci.yml"}},
		{"observed": {"repository": {"base": null}}},
	] {
		git.allow_file == set() with input as object.union(good, patch) with data.site.repositories as ["o/r"]
	}
}

test_protected_paths_follow_site_data if {
	asked := data.cases["git: write a file"].input
	every listed in ["apps/web.yaml", "apps/", "**/web.yaml", "**/apps/"] {
		decision := authz.decision with input as asked
			with data.site.repositories as ["o/r"]
			with data.site.protected_paths as [listed]
		decision.reasons[0].rule == "git/protected-path"
	}
	every listed in ["apps/web", "app/", "**/eb.yaml", "**/pps/", "web.yaml"] {
		decision := authz.decision with input as asked
			with data.site.repositories as ["o/r"]
			with data.site.protected_paths as [listed]
		decision.effect == "allow"
	}
}

pull_request := data.cases["gh: a pull request where gh is not enabled"].input

test_a_pull_request_needs_the_toolset_and_a_person if {
	decision := authz.decision with input as pull_request
		with data.site.repositories as ["o/r"]
		with data.site.toolsets as ["gh", "cli"]
	decision.rules == ["gh/create"]
	decision.obligations.approval.roles == ["approver"]
}

test_a_pull_request_of_anything_else_stays_shut if {
	every patch in [
		{"--head": ["main"]}, {"--head": ["x/ai-sre/y"]}, {"--base": ["other"]}, {"--base": ["main", "main"]},
		{"--reviewer": ["x"]},
	] {
		asked := object.union(pull_request, {"command": {"flags": patch}})
		decision := authz.decision with input as asked
			with data.site.repositories as ["o/r"]
			with data.site.toolsets as ["gh", "cli"]
		decision.effect == "deny"
	}
}

test_explain_shows_which_part_of_a_condition_fails if {
	considered := authz.explain with input as data.cases["git: push to main"].input with data.site.repositories as ["o/r"]
	some rule in considered
	rule.rule == "git/push"
	rule.matched == false
	[check | some check, holds in rule.checks; holds == false] == ["branch_allowed"]
	some refresh in considered
	refresh.rule == "git/refresh"
	refresh.checks.verb_refreshes == false
	some commit in considered
	commit.rule == "git/commit"
	commit.checks.verb_commits == false
}

test_explain_names_the_remote_and_the_size[name] if {
	some name, patch in {
		"remote_allowed": {"git": {"remote": "evil"}},
		"few_paths": {"git": {"changed_paths": numbers.range(1, 129)}},
	}
	checks := git.checks["git/push"] with input as fixtures.patched("git: push", {"command": patch})
		with data.site.repositories as ["o/r"]
	[check | some check, holds in checks; holds == false] == [name]
}

test_explain_of_gh_and_files if {
	about_gh := authz.explain with input as pull_request with data.site.repositories as ["o/r"]
	some create in about_gh
	create.rule == "gh/create"
	[check | some check, holds in create.checks; holds == false] == ["toolset_enabled"]
	about_file := authz.explain with input as data.cases["git: write a protected file"].input
	some file in about_file
	file.rule == "git/file"
	[check | some check, holds in file.checks; holds == false] == ["no_protected_path", "repository_set"]
}
