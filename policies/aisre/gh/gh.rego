# METADATA
# title: gh
# description: |
#   Reads of pull requests, issues and runs of allowed repositories; new pull requests from branches of the server's own where
#   the site enables the toolset.
# schemas:
#   - input: schema.input
package aisre.gh

import data.site

# METADATA
# title: Reads
# description: A read verb with listed flags, of an allowed repository.
# custom:
#   id: gh/read
#   severity: info
#   examples:
#     match:
#       - [gh, pr, list]
#       - [gh, pr, view, "1", -R, o/r, --json, "title,state"]
#       - [gh, run, list, --limit, "5"]
#       - [gh, repo, view, o/r]
#     not_match:
#       - [gh, pr, list, -R, other/secret-repo]
#       - [gh, pr, create, --title, x, --body, "y", --head, ai-sre/x]
allow contains "gh/read" if {
	input.command.effect == "read"
	_bounded
}

# METADATA
# title: Versions and help
# description: gh prints about itself and ends; it asks nobody.
# custom:
#   id: gh/help
#   severity: info
#   examples:
#     match:
#       - [gh, --version]
#       - [gh, pr, list, --help]
#     not_match:
#       - [gh, pr, list]
allow contains "gh/help" if {
	input.command.effect == "read"
	input.command.egress == false
	_prints_alone
}

# METADATA
# title: New pull requests
# description: |
#   From a branch that begins with site data's `branch_prefix` into the base branch, where the toolset gh is enabled.
# custom:
#   id: gh/create
#   severity: medium
#   examples:
#     not_match:
#       - [gh, pr, create, --title, x, --body, "y", --head, ai-sre/x]
#       - [gh, pr, list]
allow contains "gh/create" if {
	_verb == "pr create"
	input.command.effect == "write"
	"gh" in site.toolsets
	_own_branch
	_into_base
	_bounded
}

# METADATA
# title: Only allowed repositories
# description: Site data's `repositories` (GITHUB_REPO).
# custom:
#   id: gh/repository
#   severity: high
#   examples:
#     match:
#       - [gh, pr, list, -Rother/secret-repo]
#       - [gh, repo, view, other/secret-repo]
#     not_match:
#       - [gh, pr, list, -R, o/r]
deny contains {
	"rule": "gh/repository",
	"message": $"the repository {repository} may not be used here",
	"token": repository,
	"try": _nearest_repository,
} if {
	some repository in input.command.repositories
	not repository in site.repositories
}

# METADATA
# title: Pull requests of the server's own
# description: A new pull request goes from a branch of the prefix into the base branch, and only where gh is enabled.
# custom:
#   id: gh/pull-request
#   severity: high
#   examples:
#     match:
#       - [gh, pr, create, --title, x, --body, "y", --head, ai-sre/x]
#       - [gh, pr, create, --title, x, --body, "y", --head, main]
#     not_match:
#       - [gh, pr, list]
deny contains {
	"rule": "gh/pull-request",
	"message": "pull requests are made by gh_pr_create, from a branch of the server's own into the base branch",
	"token": "create",
	"try": $"gh_pr_create with a branch that begins with {site.branch_prefix}, or a pull request that a person makes",
} if {
	_verb == "pr create"
	count(allow & {"gh/create"}) == 0
	count(_unlisted) == 0
}

# METADATA
# title: No environment in jq programs
# description: A program of --jq names neither the environment, where the token is, nor files nor modules.
# custom:
#   id: gh/no-environment
#   severity: critical
#   examples:
#     match:
#       - [gh, pr, list, --json, number, --jq, '.[]|"\(env.GH_TOKEN)"']
#       - [gh, pr, list, --json, number, --jq, "$ENV"]
#     not_match:
#       - [gh, pr, list, --json, number, --jq, ".[].number"]
deny contains {
	"rule": "gh/no-environment",
	"message": $"a jq program may not use {name}: it reaches the environment, files or modules",
	"token": name,
	"try": "use fields of --json",
} if {
	some name in _forbidden
}

# METADATA
# title: Only listed flags
# description: Every verb has its exact list of flags; what is not listed is denied for that verb.
# custom:
#   id: gh/flags
#   severity: medium
#   examples:
#     not_match:
#       - [gh, pr, list, --state, open]
deny contains {
	"rule": "gh/flags",
	"message": $"gh {_verb} may not be used with {flag}",
	"token": flag,
	"try": "leave it out",
} if {
	some flag in _unlisted
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["gh/read"] := object.union(_common_checks, {"effect_is_read": input.command.effect == "read"})

checks["gh/create"] := object.union(_common_checks, {
	"verb_is_pr_create": _verb == "pr create",
	"effect_is_write": input.command.effect == "write",
	"toolset_enabled": "gh" in site.toolsets,
	"own_branch": _own_branch,
	"into_base_branch": _into_base,
})

checks["gh/help"] := {
	"effect_is_read": input.command.effect == "read",
	"asks_nobody": input.command.egress == false,
	"prints_alone": _prints_alone,
}

_common_checks := {
	"verb_listed": _verb_listed,
	"flags_listed": count(_unlisted) == 0,
	"own_repository": _own_repository,
	"identifiers_allowed": count(_forbidden) == 0,
	"no_files": count(input.command.paths) == 0,
}

_verb := concat(" ", input.command.verb)

_bounded if {
	_verb_listed
	_own_repository
	count(_unlisted) == 0
	count(_forbidden) == 0
	count(input.command.paths) == 0
}

default _prints_alone := false

_prints_alone if object.keys(input.command.flags) in [{"--version"}, {"--help"}]

default _own_branch := false

_own_branch if startswith(input.command.flags["--head"][0], site.branch_prefix)

default _into_base := false

_into_base if input.command.flags["--base"] == [site.base_branch]

default _verb_listed := false

_verb_listed if data.aisre.gh.flags[_verb]

default _own_repository := false

_own_repository if {
	count(input.command.repositories) == 1
	input.command.repositories[0] in site.repositories
}

_nearest_repository := concat(" or ", [$"--repo={allowed}" | some allowed in site.repositories]) if {
	count(site.repositories) > 0
}

_nearest_repository := "set GITHUB_REPO, or list the repository in site data" if count(site.repositories) == 0

_forbidden contains name if {
	some program in input.command.programs
	some name in program.identifiers
	name in data.aisre.jq.forbidden
}

_unlisted contains flag if {
	some flag, _ in input.command.flags
	not flag in data.aisre.gh.flags[_verb]
}
