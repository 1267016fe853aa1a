# METADATA
# title: Text tools
# description: Filters over standard input. They read no file, reach no network and change nothing.
# schemas:
#   - input: schema.input
package aisre.text

# METADATA
# title: The text tools
binaries := object.keys(data.aisre.text.flags)

# METADATA
# title: Filters
# description: A text tool with listed flags over standard input.
# custom:
#   id: text/filter
#   severity: info
#   examples:
#     match:
#       - [grep, -i, error]
#       - [sort, "-k2,2nr"]
#       - [tr, a-z, A-Z]
#       - [column, -t]
#       - [date, -u, "+%FT%TZ"]
#       - [paste, -sd, ","]
#       - [grep, --version]
#     not_match:
#       - [kubectl, get, pods]
#       - [jq, .]
allow contains "text/filter" if {
	input.command.effect == "read"
	input.command.egress == false
	count(input.command.paths) == 0
	count(_unlisted) == 0
}

# METADATA
# title: Only listed flags
# description: A flag outside the tool's list is denied, even when the grammar understands it.
# custom:
#   id: text/flags
#   severity: medium
#   examples:
#     not_match:
#       - [grep, -n, OOMKilled]
deny contains {
	"rule": "text/flags",
	"message": $"{input.command.binary} may not be used with {flag}",
	"token": flag,
	"try": "leave it out",
} if {
	some flag in _unlisted
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["text/filter"] := {
	"effect_is_read": input.command.effect == "read",
	"no_network": input.command.egress == false,
	"no_files": count(input.command.paths) == 0,
	"flags_listed": count(_unlisted) == 0,
}

_unlisted contains flag if {
	some flag, _ in input.command.flags
	not flag in data.aisre.text.flags[input.command.binary]
	not flag in data.aisre.text.prints
}
