# METADATA
# title: Programs
# description: sed, gawk and yq over standard input, with programs that name neither files nor commands nor the environment.
# schemas:
#   - input: schema.input
package aisre.program

# METADATA
# title: The tools
binaries := object.keys(data.aisre.program.flags)

# METADATA
# title: Filters
# description: A program of sed, gawk or yq over standard input, with listed flags.
# custom:
#   id: program/filter
#   severity: info
#   examples:
#     match:
#       - [sed, -n, "1,20p"]
#       - [sed, s|/var/log|LOG|]
#       - [awk, "$3 > 80 {print $1}"]
#       - [gawk, -F, ",", "{print $2}"]
#       - [yq, .env.NAME]
#       - [yq, -o, json, .spec]
#     not_match:
#       - [jq, .]
#       - [sed, --version]
allow contains "program/filter" if {
	input.command.effect == "read"
	input.command.egress == false
	count(input.command.paths) == 0
	count(input.command.programs) == 1
	count(_forbidden) == 0
	count(_unlisted) == 0
}

# METADATA
# title: Version and help
# description: The tool prints about itself and ends.
# custom:
#   id: program/prints
#   severity: info
#   examples:
#     match:
#       - [sed, --version]
#       - [awk, --version]
#       - [yq, -V]
#       - [gawk, --help]
#     not_match:
#       - [yq, .]
allow contains "program/prints" if {
	input.command.effect == "read"
	input.command.egress == false
	count(input.command.programs) == 0
	count(input.command.operands) == 0
	_prints_alone
}

_prints_alone if {
	some flag in data.aisre.program.prints
	input.command.flags == {flag: ["true"]}
}

# METADATA
# title: No way out
# description: |
#   A program may not name files, commands, the environment, modules, or expressions that come from its input. The tools'
#   own sandboxes refuse most of it too; this rule says so before anything starts.
# related_resources:
#   - ref: https://www.gnu.org/software/sed/manual/sed.html
#   - ref: https://www.gnu.org/software/gawk/manual/gawk.html
#   - ref: https://mikefarah.gitbook.io/yq/
# custom:
#   id: program/no-way-out
#   severity: high
#   examples:
#     match:
#       - [sed, "s/x/;y/w FILE"]
#       - [sed, "1e id"]
#       - [awk, 'BEGIN{system("id")}']
#       - [awk, '{print > "/tmp/out"}']
#       - [gawk, 'BEGIN{"date" | getline}']
#       - [gawk, -v, ARGC=2, "{print}"]
#       - [yq, 'load("/etc/passwd")']
#       - [yq, "eval(.expr)"]
#       - [yq, '"\(load(.a))"']
#     not_match:
#       - [sed, "s/w /e /"]
#       - [awk, "NR > 1 || /system/ {print $1}"]
#       - [yq, .load.env]
deny contains {
	"rule": "program/no-way-out",
	"message": $"a {input.command.binary} program may not use {name}: it reaches files, commands or the environment",
	"token": name,
	"try": "standard input and plain output",
} if {
	some name in _forbidden
}

# METADATA
# title: Only listed flags
# description: A flag outside the tool's list is denied, even when the grammar understands it.
# custom:
#   id: program/flags
#   severity: medium
#   examples:
#     not_match:
#       - [sed, -E, "s/([0-9]+)ms/\\1/"]
deny contains {
	"rule": "program/flags",
	"message": $"{input.command.binary} may not be used with {flag}",
	"token": flag,
	"try": "leave it out",
} if {
	not _prints_alone
	some flag in _unlisted
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["program/filter"] := {
	"effect_is_read": input.command.effect == "read",
	"no_network": input.command.egress == false,
	"no_files": count(input.command.paths) == 0,
	"one_program": count(input.command.programs) == 1,
	"identifiers_allowed": count(_forbidden) == 0,
	"flags_listed": count(_unlisted) == 0,
}

checks["program/prints"] := {
	"effect_is_read": input.command.effect == "read",
	"no_network": input.command.egress == false,
	"no_program": count(input.command.programs) == 0,
	"no_operands": count(input.command.operands) == 0,
	"prints_alone": count([flag | some flag in data.aisre.program.prints; input.command.flags == {flag: ["true"]}]) > 0,
}

_forbidden contains name if {
	some program in input.command.programs
	some name in program.identifiers
	name in data.aisre.program.forbidden[input.command.binary]
}

_unlisted contains flag if {
	some flag, _ in input.command.flags
	not flag in data.aisre.program.flags[input.command.binary]
}
