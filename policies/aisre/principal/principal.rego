# METADATA
# title: Principals and roles
# description: What a role may cause and which tools it sees. Roles come with the credentials, never from a call.
# schemas:
#   - input: schema.input
package aisre.principal

import data.site

# METADATA
# title: Effects the principal may cause
may_cause contains effect if {
	some role in input.principal.roles
	some effect in data.aisre.principal.effects[role]
}

# METADATA
# scope: document
# title: Tools the principal sees
# description: A tool of an enabled toolset whose effect some role of the principal may cause.
visible_tools contains name if {
	some name, tool in data.aisre.principal.tools
	tool.toolset in site.toolsets
	tool.effect in may_cause
}

visible_tools contains name if {
	count(input.principal.roles) > 0
	some name in data.aisre.principal.for_all
	data.aisre.principal.tools[name].toolset in site.toolsets
}

# METADATA
# scope: document
# title: Whether the principal sees the tool of this call
# description: The same question of one tool. Every call asks it, and to look at all of them took a third of its time.
sees_tool if {
	tool := data.aisre.principal.tools[input.call.tool]
	tool.toolset in site.toolsets
	tool.effect in may_cause
}

sees_tool if {
	count(input.principal.roles) > 0
	input.call.tool in data.aisre.principal.for_all
	data.aisre.principal.tools[input.call.tool].toolset in site.toolsets
}
