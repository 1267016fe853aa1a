# METADATA
# title: curl
# description: |
#   One request to a listed place with a listed method. The places are site data's `hosts`, where PROMETHEUS_URL and
#   ALERTMANAGER_URL stand with GET and HEAD. Redirects are not followed, files are neither read nor written.
# schemas:
#   - input: schema.input
package aisre.curl

import data.site

# METADATA
# title: Requests to listed places
# description: |
#   Scheme, host and port are equal to those of a listed place, the path lies at or below its path, the method is among
#   its methods, and flags and headers are listed.
# custom:
#   id: curl/request
#   severity: info
#   examples:
#     not_match:
#       - [curl, -sS, "http://evil.example/"]
#       - [curl, -V]
#       - [jq, .]
allow contains "curl/request" if {
	input.command.egress == true
	count(input.command.urls) == 1
	count(_listed_requests) == 1
	count(_unlisted) == 0
	count(_forbidden_headers) == 0
	count(_link_local) == 0
	_keeps_to_itself
}

# METADATA
# title: Version
# description: curl prints its version and reaches nothing.
# custom:
#   id: curl/version
#   severity: info
#   examples:
#     match:
#       - [curl, --version]
#       - [curl, -V]
#     not_match:
#       - [curl, "http://evil.example/"]
allow contains "curl/version" if {
	input.command.egress == false
	input.command.effect == "read"
	input.command.urls == []
	input.command.flags == {"--version": ["true"]}
	_keeps_to_itself
}

# METADATA
# title: Only listed places
# description: A place outside site data's `hosts` is denied, whatever it looks like. Hosts are equal or they are not.
# custom:
#   id: curl/host
#   severity: high
#   examples:
#     match:
#       - [curl, -s, "http://evil.example/"]
#       - [curl, -s, "http://10.0.0.1:9090/api/v1/query?query=up"]
#       - [curl, -s, "https://kubernetes.default.svc/api"]
#     not_match:
#       - [curl, -V]
deny contains {
	"rule": "curl/host",
	"message": $"{url.scheme}://{url.host}:{url.port}{url.path} is not at or below a listed place",
	"token": url.host,
	"try": _places,
} if {
	some url in input.command.urls
	count(_hosts_of(url)) == 0
}

# METADATA
# title: Only the methods of the place
# description: A listed place takes the methods that site data gives it; GET and HEAD where only its URL is configured.
# custom:
#   id: curl/method
#   severity: high
#   examples:
#     not_match:
#       - [curl, -V]
deny contains {
	"rule": "curl/method",
	"message": $"{url.method} is not among the methods of {url.host}",
	"token": url.method,
	"try": concat(", ", sort({method | some host in _hosts_of(url); some method in host.methods})),
} if {
	some url in input.command.urls
	count(_hosts_of(url)) > 0
	not url in _listed_requests
}

# METADATA
# title: Never the machine's own addresses
# description: |
#   Link-local addresses, where clouds keep their metadata and credentials, are denied even when site data lists them.
# related_resources:
#   - ref: https://www.rfc-editor.org/rfc/rfc3927
# custom:
#   id: curl/no-link-local
#   severity: critical
#   examples:
#     match:
#       - [curl, -s, "http://169.254.169.254/latest/meta-data/"]
#     not_match:
#       - [curl, -s, "http://evil.example/"]
deny contains {
	"rule": "curl/no-link-local",
	"message": $"{host} is a link-local address: cloud metadata and credentials live there",
	"token": host,
	"try": _places,
} if {
	some host in _link_local
}

# METADATA
# title: Only listed flags
# description: A flag outside the list is denied, even when the grammar understands it.
# custom:
#   id: curl/flags
#   severity: medium
#   examples:
#     not_match:
#       - [curl, -sS, "http://evil.example/"]
#       - [curl, -V]
deny contains {
	"rule": "curl/flags",
	"message": $"curl may not be used with {flag}",
	"token": flag,
	"try": "leave it out",
} if {
	input.command.flags != {"--version": ["true"]}
	some flag in _unlisted
}

# METADATA
# title: Only listed headers
# description: Headers choose the form of the answer. Who asks (Authorization, Cookie) and whom (Host) are not for callers to say.
# custom:
#   id: curl/headers
#   severity: high
#   examples:
#     match:
#       - [curl, -s, -H, "Authorization: none", "http://evil.example/"]
#       - [curl, -s, -H, "X-Scope-OrgID: other", "http://evil.example/"]
#     not_match:
#       - [curl, -s, -H, "Accept: application/json", "http://evil.example/"]
deny contains {
	"rule": "curl/headers",
	"message": $"the header {name} may not be sent",
	"token": name,
	"try": concat(", ", data.aisre.curl.headers),
} if {
	some name in _forbidden_headers
}

# METADATA
# title: Named checks of the allowing rules
# description: For `explain`, rule id and the parts of its condition that hold or not.
checks["curl/request"] := {
	"reaches_network": input.command.egress == true,
	"one_request": count(input.command.urls) == 1,
	"place_and_method_listed": count(_listed_requests) == 1,
	"flags_listed": count(_unlisted) == 0,
	"headers_listed": count(_forbidden_headers) == 0,
	"not_link_local": count(_link_local) == 0,
	"keeps_to_itself": _keeps_to_itself,
}

checks["curl/version"] := {
	"asks_nobody": input.command.egress == false,
	"effect_is_read": input.command.effect == "read",
	"no_request": input.command.urls == [],
	"only_prints": input.command.flags == {"--version": ["true"]},
	"keeps_to_itself": _keeps_to_itself,
}

# Places of site data that a URL lies at or below. Their parts are read by the server when site data is loaded.
_hosts_of(url) := [host |
	some host in site.hosts
	host.scheme == url.scheme
	host.host == url.host
	host.port == url.port
	_at_or_below(url.path, host.path)
]

# Both paths are free of dot segments, and a place's path has no slash at its end: `/prom` holds `/prom/x`, not `/prometheus`.
_at_or_below(path, prefix) if path == prefix

_at_or_below(path, prefix) if startswith(path, $"{prefix}/")

_listed_requests contains url if {
	some url in input.command.urls
	some host in _hosts_of(url)
	url.method in host.methods
}

_link_local contains url.host if {
	some url in input.command.urls
	startswith(url.host, "169.254.")
}

_unlisted contains flag if {
	some flag, _ in input.command.flags
	not flag in data.aisre.curl.flags
}

_forbidden_headers contains name if {
	some header in object.get(input.command.flags, "--header", [])
	name := split(header, ":")[0]
	not lower(name) in data.aisre.curl.headers
}

# No files, no programs, and the answer goes nowhere but to standard output or to nothing.
default _keeps_to_itself := false

_keeps_to_itself if {
	input.command.paths == []
	input.command.programs == []
	object.get(input.command.flags, "--output", ["/dev/null"]) == ["/dev/null"]
}

_places := concat(", ", [host.url | some host in site.hosts]) if count(site.hosts) > 0

_places := "set PROMETHEUS_URL or ALERTMANAGER_URL, or `hosts` in site data" if count(site.hosts) == 0
