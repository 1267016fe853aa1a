// Which keys of site data a rule rests on: those that its text names, and those of every rule that it leans on, in its package
// and in others. Read from the formatted Rego when a bundle is built, so that the page of rules cannot forget one.

interface Block {
  readonly package: string;
  readonly name: string;
  readonly text: string;
  /** Rule ids that the block speaks for: by its METADATA, or written out. */
  readonly ids: readonly string[];
}

/** Rule id → keys of site data, sorted. `sources` are file names and texts as `opa fmt` writes them. */
export function siteKeysOf(sources: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const blocks = sources.flatMap(blocksOf);
  const reached = new Map<string, ReadonlySet<string>>();
  /** Keys under a name of a package; a name that is being looked at adds nothing more. */
  const keysUnder = (pkg: string, name: string, path: readonly string[]): ReadonlySet<string> => {
    const key = `${pkg}.${name}`;
    const held = reached.get(key);
    if (held !== undefined) return held;
    if (path.includes(key)) return new Set();
    const found = new Set(
      blocks
        .filter((block) => block.package === pkg && block.name === name)
        .flatMap((block) => [...keysOf(block, [...path, key])]),
    );
    if (path.length === 0) reached.set(key, found);
    return found;
  };
  const keysOf = (block: Block, path: readonly string[]): ReadonlySet<string> => {
    const own = [...block.text.matchAll(/\b(?:data\.)?site\.(\w+)/g)].flatMap(([, name]) => name ?? []);
    const mode = /\binput\.site\.mode\b/.test(block.text) ? ["mode"] : [];
    const words = new Set(block.text.match(/(?<![\w.])[a-z_]\w*(?:\.\w+)?/g) ?? []);
    const leaned = [...words].flatMap((word) => {
      const [first = "", second = ""] = word.split(".");
      if (blocks.some((one) => one.package === block.package && one.name === first && first !== block.name)) {
        return [...keysUnder(block.package, first, path)];
      }
      return second === "" || second.startsWith("_") ? [] : [...keysUnder(first, second, path)];
    });
    return new Set([
      ...own.filter((name) => name !== "mode" || !block.text.includes("input.site.mode")),
      ...mode,
      ...leaned,
    ]);
  };
  const keys = new Map<string, Set<string>>();
  for (const block of blocks) {
    for (const id of block.ids) {
      const all = keys.get(id) ?? new Set<string>();
      for (const key of keysOf(block, [])) all.add(key);
      keys.set(id, all);
    }
  }
  return new Map([...keys].map(([id, all]) => [id, [...all].toSorted()]));
}

/** Top-level rules with the comments right above them; `opa fmt` begins each in the first column. */
function blocksOf(source: string): readonly Block[] {
  const pkg = /^package aisre\.(\w+)/m.exec(source)?.[1] ?? "";
  const blocks: Block[] = [];
  let comment = "";
  let lines: string[] = [];
  const end = (): void => {
    const text = lines.join("\n");
    const name = /^(?:default )?(\w+)/.exec(text)?.[1];
    const declared = [...comment.matchAll(/^#\s+id: (\S+)$/gm)].flatMap(([, id]) => id ?? []);
    const written = [...text.matchAll(/"rule": "([^"]+)"/g)].flatMap(([, id]) => id ?? []);
    if (name !== undefined && !["package", "import"].includes(name)) {
      blocks.push({ package: pkg, name, text, ids: [...declared, ...written] });
    }
    comment = "";
    lines = [];
  };
  for (const line of source.split("\n")) {
    if (line.startsWith("#")) {
      if (lines.length > 0) end();
      comment += `${line}\n`;
    } else if (/^\w/.test(line) && lines.length > 0) {
      end();
      lines.push(line);
    } else if (line !== "" || lines.length > 0) {
      lines.push(line.replace(/^\s*#.*$/, ""));
    }
  }
  if (lines.length > 0) end();
  return blocks;
}
