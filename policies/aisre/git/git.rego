# METADATA
# title: git
# description: |
#   Reads of the clone, refreshing it, commits that leave protected files alone, and pushes of one commit to one branch of
#   the server's own prefix. Files of a commit are judged one by one.
# schemas:
#   - input: schema.input
package aisre.git

import data.site

# METADATA
# title: Reads
# description: A read verb with listed flags, in the clone of an allowed repository.
# custom:
#   id: git/read
#   severity: info
#   examples:
#     match:
#       - [git, status]
#       - [git, log, --oneline, -n, "5"]
#       - [git, log, main..HEAD, --stat]
#       - [git, show, "HEAD:f.txt"]
#       - [git, branch, -a]
#       - tool: git_log
#         arguments: {ref: main, limit: 5}
#     not_match:
#       - [git, fetch]
#       - [git, push, origin, "HEAD:refs/heads/ai-sre/fix-1"]
allow contains "git/read" if {
	input.command.effect == "read"
	_bounded
	_stays_here
}

# METADATA
# title: Versions and help
# description: git prints and ends.
# custom:
#   id: git/version
#   severity: info
#   examples:
#     match:
#       - [git, --version]
#       - [git, --help]
#     not_match:
#       - [git, status]
allow contains "git/version" if {
	input.command.effect == "read"
	input.command.egress == false
	_prints_alone
	input.command.verb == []
}

# METADATA
# title: Refreshing the clone
# description: Fetching, and fast-forwarding the work tree, from an allowed remote.
# custom:
#   id: git/refresh
#   severity: info
#   examples:
#     match:
#       - [git, fetch]
#       - [git, pull, --ff-only, origin, main]
#       - tool: git_pull
#         arguments: {}
#     not_match:
#       - [git, fetch, upstream]
#       - [git, status]
allow contains "git/refresh" if {
	_verb in {"fetch", "pull"}
	input.command.effect == "workspace"
	_bounded
	_remote_allowed
	_writes_nothing
}

# METADATA
# title: Commits
# description: Staging and committing in the work tree; nothing leaves the server.
# custom:
#   id: git/commit
#   severity: low
#   examples:
#     match:
#       - [git, add, -A]
#       - [git, commit, -m, "fix: a && b; see $HOME"]
#     not_match:
#       - [git, add, .github/workflows/ci.yml]
#       - [git, push, origin, "HEAD:refs/heads/ai-sre/fix-1"]
allow contains "git/commit" if {
	_verb in {"add", "commit"}
	input.command.effect == "workspace"
	_bounded
	_stays_here
	count(_foreign_branches) == 0
	count(_protected) == 0
}

# METADATA
# title: Pushes
# description: |
#   One commit, named by its object id, to one branch that begins with site data's `branch_prefix`, on an allowed remote;
#   what it changes against the base branch touches no protected file.
# custom:
#   id: git/push
#   severity: medium
#   examples:
#     match:
#       - [git, push, origin, "HEAD:refs/heads/ai-sre/fix-1"]
#       - tool: git_push
#         arguments: {commit: "0123456789012345678901234567890123456789", branch: ai-sre/fix-1}
#     not_match:
#       - [git, push, origin, "HEAD:refs/heads/main"]
#       - [git, push, upstream, "HEAD:refs/heads/ai-sre/fix-1"]
allow contains "git/push" if {
	_verb == "push"
	input.command.effect == "write"
	_bounded
	_remote_allowed
	_one_branch
	_without_force
	_by_object_id
	count(_foreign_branches) == 0
	count(_protected) == 0
	_few_paths
}

# METADATA
# title: Only allowed repositories
# description: The work tree is the clone of a repository of site data's `repositories` (GITHUB_REPO).
# custom:
#   id: git/repository
#   severity: high
#   examples:
#     not_match:
#       - [git, status]
deny contains {
	"rule": "git/repository",
	"message": $"git works in a clone of {_allowed_repositories}",
	"token": "git",
	"try": "set GITHUB_REPO, or list the repository in site data",
} if {
	input.command.git
	not _own_repository
}

# METADATA
# title: Only allowed remotes
# description: Site data's `remotes`.
# custom:
#   id: git/remote
#   severity: high
#   examples:
#     match:
#       - [git, fetch, upstream]
#       - [git, push, upstream, "HEAD:refs/heads/ai-sre/fix-1"]
#     not_match:
#       - [git, fetch]
deny contains {
	"rule": "git/remote",
	"message": $"the remote {input.command.git.remote} may not be used here",
	"token": input.command.git.remote,
	"try": concat(" or ", site.remotes),
} if {
	input.command.git.remote != ""
	not input.command.git.remote in site.remotes
}

# METADATA
# title: Only branches of the server's own
# description: Commits and pushes go to branches that begin with site data's `branch_prefix`; people merge them.
# custom:
#   id: git/branch
#   severity: high
#   examples:
#     match:
#       - [git, push, origin, "HEAD:refs/heads/main"]
#       - [git, push, origin, main]
#       - [git, push, origin, "HEAD:refs/heads/ai-srex"]
#       - tool: git_commit
#         arguments: {message: x, branch: main, changes: [{path: a, content: b}]}
#     not_match:
#       - [git, push, origin, "HEAD:refs/heads/ai-sre/fix-1"]
#       - [git, log, main]
deny contains {
	"rule": "git/branch",
	"message": $"{branch} may not be written; branches here begin with {site.branch_prefix}",
	"token": branch,
	"try": $"git push origin HEAD:refs/heads/{site.branch_prefix}NAME, then a pull request",
} if {
	some branch in _foreign_branches
}

# METADATA
# title: Protected files
# description: |
#   Files of site data's `protected_paths` are changed by people only: what CI runs, what git does with files, Flux's own.
# custom:
#   id: git/protected-path
#   severity: high
#   examples:
#     match:
#       - [git, add, .github/workflows/ci.yml]
#       - [git, add, apps/flux-system/gotk-sync.yaml]
#       - tool: git_commit
#         arguments: {message: x, branch: ai-sre/x, changes: [{path: .gitattributes, content: b}]}
#     not_match:
#       - [git, add, apps/web/deployment.yaml]
#       - [git, log, --, .github/workflows]
deny contains {
	"rule": "git/protected-path",
	"message": $"{path} is protected: people change it",
	"token": path,
	"try": "leave it out of the change",
} if {
	some path in _protected
}

# METADATA
# title: Changes of a size that people review
# description: A push changes at most `max_changed_paths` of git/data.yaml against the base branch.
# custom:
#   id: git/many-paths
#   severity: medium
#   examples:
#     not_match:
#       - [git, push, origin, "HEAD:refs/heads/ai-sre/fix-1"]
deny contains {
	"rule": "git/many-paths",
	"message": $"this push changes more than {data.aisre.git.max_changed_paths} paths against {site.base_branch}",
	"token": "push",
	"try": "split it into several pushes, each to a branch of its own",
} if {
	count(input.command.git.changed_paths) > data.aisre.git.max_changed_paths
}

# METADATA
# title: Only listed flags
# description: Every verb has its exact list of flags; what is not listed is denied for that verb.
# custom:
#   id: git/flags
#   severity: medium
#   examples:
#     not_match:
#       - [git, log, --stat, "-1"]
deny contains {
	"rule": "git/flags",
	"message": $"git {_verb} may not be used with {flag}",
	"token": flag,
	"try": "leave it out",
} if {
	some flag in _unlisted
}

# METADATA
# title: Files of a commit
# description: A file of the work tree that no rule protects is written or deleted, in the clone of an allowed repository.
# custom:
#   id: git/file
#   severity: low
#   examples:
#     match:
#       - tool: git_commit
#         arguments: {message: x, branch: ai-sre/x, changes: [{path: apps/web/deployment.yaml, content: b}]}
#     not_match:
#       - [git, add, -A]
allow_file contains "git/file" if {
	input.file_change.operation in {"write", "delete"}
	_base_observed
	count(site.repositories) > 0
	count(_protected_files) == 0
}

deny_file contains {
	"rule": "git/protected-path",
	"message": $"{path} is protected: people change it",
	"token": path,
	"try": "leave it out of the change",
} if {
	some path in _protected_files
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["git/read"] := object.union(_common_checks, {
	"effect_is_read": input.command.effect == "read",
	"stays_here": _stays_here,
})

checks["git/version"] := {
	"effect_is_read": input.command.effect == "read",
	"asks_nobody": input.command.egress == false,
	"prints_alone": _prints_alone,
	"no_verb": input.command.verb == [],
}

checks["git/refresh"] := object.union(_common_checks, {
	"verb_refreshes": _verb in {"fetch", "pull"},
	"effect_is_workspace": input.command.effect == "workspace",
	"remote_allowed": _remote_allowed,
	"writes_no_branch": _writes_nothing,
})

checks["git/commit"] := object.union(_common_checks, {
	"verb_commits": _verb in {"add", "commit"},
	"effect_is_workspace": input.command.effect == "workspace",
	"stays_here": _stays_here,
	"branch_allowed": count(_foreign_branches) == 0,
	"no_protected_path": count(_protected) == 0,
})

checks["git/push"] := object.union(_common_checks, {
	"verb_is_push": _verb == "push",
	"effect_is_write": input.command.effect == "write",
	"remote_allowed": _remote_allowed,
	"one_branch": _one_branch,
	"without_force": _without_force,
	"by_object_id": _by_object_id,
	"branch_allowed": count(_foreign_branches) == 0,
	"no_protected_path": count(_protected) == 0,
	"few_paths": _few_paths,
})

file_checks["git/file"] := {
	"writes_or_deletes": input.file_change.operation in {"write", "delete"},
	"base_observed": _base_observed,
	"repository_set": count(site.repositories) > 0,
	"no_protected_path": count(_protected_files) == 0,
}

_common_checks := {
	"verb_listed": _verb_listed,
	"flags_listed": count(_unlisted) == 0,
	"own_repository": _own_repository,
	"git_facts_known": _git_facts_known,
}

_verb := concat(" ", input.command.verb)

# What every allowed git command keeps to, said positively.
_bounded if {
	_verb_listed
	_own_repository
	count(_unlisted) == 0
	_git_facts_known
}

default _git_facts_known := false

_git_facts_known if {
	is_array(input.command.git.refs)
	is_array(input.command.git.changed_paths)
}

default _base_observed := false

_base_observed if is_string(input.observed.repository.base)

default _prints_alone := false

_prints_alone if object.keys(input.command.flags) in [{"--version"}, {"--help"}]

# It talks to no remote.
default _stays_here := false

_stays_here if input.command.git.remote == ""

default _one_branch := false

_one_branch if {
	count(input.command.git.refs) == 1
	input.command.git.refs[0].destination != ""
}

default _without_force := false

_without_force if input.command.git.refs[0].force == false

# A branch that moves after the judgement changes nothing.
default _by_object_id := false

_by_object_id if regex.match(`^[0-9a-f]{40}([0-9a-f]{24})?$`, input.command.git.refs[0].source)

default _verb_listed := false

_verb_listed if data.aisre.git.flags[_verb]

# What was observed of the clone is there, and it is a clone of one listed repository.
default _own_repository := false

_own_repository if {
	is_string(input.observed.repository.remote_url)
	count(input.command.repositories) == 1
	input.command.repositories[0] in site.repositories
}

default _remote_allowed := false

_remote_allowed if input.command.git.remote in site.remotes

default _few_paths := false

_few_paths if count(input.command.git.changed_paths) <= data.aisre.git.max_changed_paths

default _writes_nothing := false

_writes_nothing if {
	every ref in input.command.git.refs {
		ref.destination == ""
	}
}

_foreign_branches contains ref.destination if {
	some ref in input.command.git.refs
	ref.destination != ""
	not startswith(ref.destination, $"refs/heads/{site.branch_prefix}")
}

_unlisted contains flag if {
	some flag, _ in input.command.flags
	not flag in data.aisre.git.flags[_verb]
}

_allowed_repositories := concat(" or ", site.repositories) if count(site.repositories) > 0

_allowed_repositories := "one repository, and none is configured" if count(site.repositories) == 0

_protected contains path if {
	some path in input.command.git.changed_paths
	_is_protected(path)
}

_protected contains reference.path if {
	some reference in input.command.paths
	reference.mode == "write"
	_is_protected(reference.path)
}

_protected_files contains input.file_change.path if _is_protected(input.file_change.path)

# Names are compared in lower case: some file systems take `.GitHub` for `.github`.
_is_protected(path) if {
	some listed in site.protected_paths
	_covers(lower(listed), lower(path))
}

_covers(listed, path) if path == listed

# A folder, the word itself, and everything in it.
_covers(listed, path) if {
	endswith(listed, "/")
	startswith($"{path}/", listed)
}

# `**/name`: in any folder.
_covers(listed, path) if {
	startswith(listed, "**/")
	name := trim_prefix(listed, "**/")
	not endswith(name, "/")
	endswith($"/{path}", $"/{name}")
}

_covers(listed, path) if {
	startswith(listed, "**/")
	name := trim_prefix(listed, "**/")
	endswith(name, "/")
	contains($"/{path}/", $"/{name}")
}
