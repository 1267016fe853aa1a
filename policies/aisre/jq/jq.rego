# METADATA
# title: jq
# description: Programs over standard input that name neither the environment nor files nor modules.
# schemas:
#   - input: schema.input
package aisre.jq

# METADATA
# title: Filters
# description: A jq program over standard input, with listed flags.
# custom:
#   id: jq/filter
#   severity: info
#   examples:
#     match:
#       - [jq, -r, ".items[] | .metadata.name"]
#       - [jq, ".spec.containers[]?.env"]
#     not_match:
#       - [kubectl, get, pods]
allow contains "jq/filter" if {
	input.command.effect == "read"
	input.command.egress == false
	count(input.command.paths) == 0
	count(input.command.programs) == 1
	count(_forbidden) == 0
	count(_unlisted) == 0
}

# METADATA
# title: Version and help
# description: jq prints about itself and ends.
# custom:
#   id: jq/prints
#   severity: info
#   examples:
#     match:
#       - [jq, --version]
#       - [jq, -h]
#     not_match:
#       - [jq, .]
allow contains "jq/prints" if {
	input.command.effect == "read"
	input.command.egress == false
	count(input.command.programs) == 0
	count(input.command.operands) == 0
	_prints_alone
}

_prints_alone if {
	some flag in data.aisre.jq.prints
	input.command.flags == {flag: ["true"]}
}

# METADATA
# title: No environment, files or modules
# description: A program may not name the environment, input files, modules or the library path.
# related_resources:
#   - ref: https://jqlang.org/manual/
# custom:
#   id: jq/no-environment
#   severity: high
#   examples:
#     match:
#       - [jq, -n, env]
#       - [jq, -n, $ENV.TOKEN]
#       - [jq, -n, "def f: env; f"]
#       - [jq, -n, 'import "a" as $d; $d']
#     not_match:
#       - [jq, ".items[] | .spec.containers[]?.env"]
#       - [jq, "{env: .a}"]
deny contains {
	"rule": "jq/no-environment",
	"message": $"a jq program may not use {name}: it reaches the environment, files or modules",
	"token": name,
	"try": "use fields such as .env, and standard input",
} if {
	some name in _forbidden
}

# METADATA
# title: Only listed flags
# description: A flag outside the list is denied, even when the grammar understands it.
# custom:
#   id: jq/flags
#   severity: medium
#   examples:
#     not_match:
#       - [jq, -c, .]
deny contains {
	"rule": "jq/flags",
	"message": $"jq may not be used with {flag}",
	"token": flag,
	"try": "leave it out",
} if {
	not _prints_alone
	some flag in _unlisted
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["jq/filter"] := {
	"effect_is_read": input.command.effect == "read",
	"no_network": input.command.egress == false,
	"no_files": count(input.command.paths) == 0,
	"one_program": count(input.command.programs) == 1,
	"identifiers_allowed": count(_forbidden) == 0,
	"flags_listed": count(_unlisted) == 0,
}

checks["jq/prints"] := {
	"effect_is_read": input.command.effect == "read",
	"no_network": input.command.egress == false,
	"no_program": count(input.command.programs) == 0,
	"no_operands": count(input.command.operands) == 0,
	"prints_alone": count([flag | some flag in data.aisre.jq.prints; input.command.flags == {flag: ["true"]}]) > 0,
}

_forbidden contains name if {
	some program in input.command.programs
	some name in program.identifiers
	name in data.aisre.jq.forbidden
}

_unlisted contains flag if {
	some flag, _ in input.command.flags
	not flag in data.aisre.jq.flags
}
