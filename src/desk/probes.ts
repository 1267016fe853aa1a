// What no case asks when two site data differ: the examples of the rules in the namespaces and repositories that one of them
// names and the other does not, and requests to such hosts. Without them a diff would be silent about what is new. Pure.
import type { SiteData } from "../policy/site-data.ts";
import { askedSchema } from "./asked.ts";
import type { CallSubject } from "./subjects.ts";

/** Keys of site data that differ, with both values as JSON. */
export function siteChanges(before: SiteData, after: SiteData): readonly string[] {
  const old: Readonly<Record<string, unknown>> = before;
  return Object.entries(after).flatMap(([key, value]) => {
    const [was, is] = [JSON.stringify(old[key]), JSON.stringify(value)];
    return was === is ? [] : [`${key}: ${was} → ${is}`];
  });
}

/** Further questions that the difference calls for, made of the bundles' examples. */
export function probesOf(before: SiteData, after: SiteData, examples: readonly CallSubject[]): readonly CallSubject[] {
  const differing = (values: (site: SiteData) => readonly string[]) => {
    const [old, next] = [values(before), values(after)];
    return [...new Set([...old.filter((one) => !next.includes(one)), ...next.filter((one) => !old.includes(one))])];
  };
  const namespaces = differing((site) => [...site.namespaces, ...site.protected_namespaces, site.flux_namespace]);
  const repositories = differing((site) => site.repositories);
  const hosts = differing((site) =>
    site.hosts.flatMap(({ url, methods }) => methods.map((method) => `${method} ${url}`)),
  );
  return [
    ...namespaces.flatMap((name) => elsewhere(examples, ["kubectl", "helm", "flux"], `--namespace=${name}`)),
    ...repositories.flatMap((name) => elsewhere(examples, ["gh"], `--repo=${name}`)),
    ...hosts.map((host) => {
      const [method = "", url = ""] = host.split(" ");
      return probe(host, ["curl", "--request", method, url]);
    }),
  ];
}

/** Examples that are an argv of one of the binaries and say nothing themselves about where. */
function elsewhere(
  examples: readonly CallSubject[],
  binaries: readonly string[],
  flag: string,
): readonly CallSubject[] {
  const [name = ""] = flag.split("=");
  const short = `-${name.charAt(2).replace("r", "R")}`;
  return examples.flatMap((example) => {
    const { argv } = argvOf(example);
    const [binary = ""] = argv;
    if (!binaries.includes(binary) || argv.some((word) => word.startsWith(name) || word.startsWith(short))) return [];
    const end = argv.indexOf("--");
    return [probe(`${example.name} with ${flag}`, argv.toSpliced(end < 0 ? argv.length : end, 0, flag))];
  });
}

const probe = (name: string, argv: readonly string[]): CallSubject => ({
  kind: "call",
  name,
  asked: askedSchema.parse({ tool: "cli_tool", arguments: { argv } }),
});

function argvOf({ asked }: CallSubject): { readonly argv: readonly string[] } {
  const own = asked.arguments;
  const argv: unknown = typeof own === "object" && own !== null && "argv" in own ? own.argv : undefined;
  return { argv: Array.isArray(argv) ? argv.filter((word) => typeof word === "string") : [] };
}
