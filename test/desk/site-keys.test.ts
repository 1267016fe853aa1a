// Which site data feeds which rule: through helpers, through other packages, and nothing that is not named.
import { expect, it } from "vitest";
import { annotationsOf } from "../../src/desk/annotations.ts";
import { siteKeysOf } from "../../src/desk/site-keys.ts";
import path from "node:path";
import { root } from "./setup.ts";

it("a rule rests on what it names and on what its helpers name, wherever they are", () => {
  const first = `package aisre.one

import data.aisre.two
import data.site

# METADATA
# custom:
#   id: one/direct
allow contains "one/direct" if "x" in site.namespaces

# METADATA
# custom:
#   id: one/helped
deny contains {"rule": "one/helped", "message": $"{_near}"} if {
	not _fine
	two.visible
}

deny contains {"rule": "one/mode"} if input.site.mode == "frozen"

_fine if _finer

# site.hosts in a comment is nothing.
_finer if input.n < site.max_replicas

_near := concat(", ", site.binaries)

_idle if site.remotes
`;
  const second = "package aisre.two\n\nimport data.site\n\nvisible if site.toolsets\n\nother if site.kinds\n";
  expect(Object.fromEntries(siteKeysOf([first, second]))).toEqual({
    "one/direct": ["namespaces"],
    "one/helped": ["binaries", "max_replicas", "toolsets"],
    "one/mode": ["mode"],
  });
});

it("of our own rules those are fed that look at site data", () => {
  const { rules } = annotationsOf(path.join(root, "policies/build"));
  const keysOf = (id: string) => rules.find((rule) => rule.id === id)?.site_data;
  expect(keysOf("kubectl/no-secrets")).toEqual([]);
  expect(keysOf("kubectl/replicas")).toEqual(["max_replicas"]);
  expect(keysOf("git/push")).toEqual(["branch_prefix", "protected_paths", "remotes", "repositories"]);
  expect(keysOf("guard/frozen")).toEqual(["mode"]);
});
