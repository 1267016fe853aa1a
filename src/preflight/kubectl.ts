// What a change of one object would do: whether it may be done, whether the object is there and whose it is, what the API server
// says to a dry run, and what would be different afterwards. Used by preflight.ts.
import type { Command, Draft, ResourceReference } from "../domain/command.ts";
import type { Reason } from "../domain/decision.ts";
import type { Difference, Forecast, Lookout, PlannedChange } from "../domain/preflight.ts";
import { compare } from "./difference.ts";
import { dryRunOf, nameOf, refusal } from "./dry-run.ts";
import { type Fields, fieldsAt, isFields, parsed } from "./json.ts";

/** What is known of the object before the change. */
interface Live {
  readonly exists?: boolean;
  readonly object?: Fields;
  readonly owner?: string;
  readonly notes: readonly string[];
}

export async function forecastObject(change: PlannedChange, lookout: Lookout): Promise<Forecast> {
  const { command } = change;
  const [one, ...others] = command.resources.filter(({ secondary, name }) => !secondary && name !== "");
  const isOneObject = one !== undefined && others.length === 0 && command.binary !== "helm";
  const live = isOneObject ? await lookAtObject(one, lookout) : { notes: [] };
  const permission = isOneObject ? await askPermission(command, one, live, lookout) : { notes: [] };
  const said = {
    subject: isOneObject ? subjectOf(one) : nameOf(command),
    ...(live.exists === undefined ? {} : { exists: live.exists }),
    ...keeperOf(live),
    ...(permission.permitted === undefined ? {} : { permitted: permission.permitted }),
  };
  const notes = [...live.notes, ...permission.notes, ...notesOf(command, live)];
  const problems = [
    ...(live.exists === false && !creates(command) ? [missing(said.subject)] : []),
    ...(permission.permitted === false ? [forbidden(command, said.subject)] : []),
  ];
  if (problems.length > 0) return { ...said, verdict: "refused", differences: [], notes, problems };
  return { ...said, ...(await tryDry(change, live, lookout, notes)) };
}

const subjectOf = ({ group, resource, name, namespace }: ResourceReference): string =>
  `${typeOf({ group, resource })}/${name}${namespace === "" ? "" : ` in ${namespace}`}`;

const typeOf = ({ group, resource }: Pick<ResourceReference, "group" | "resource">): string =>
  group === "" ? resource : `${resource}.${group}`;

const within = (namespace: string): readonly string[] => (namespace === "" ? [] : [`--namespace=${namespace}`]);

const ask = (...argv: readonly (string | readonly string[])[]): Draft => ({
  action: "command",
  steps: [{ argv: ["kubectl", ...argv.flat()] }],
});

async function lookAtObject(one: ResourceReference, lookout: Lookout): Promise<Live> {
  const { name, namespace } = one;
  const place = within(namespace);
  const seen = await lookout.run(ask("get", typeOf(one), name, place, "--ignore-not-found=true", "--output=json"));
  if (!seen.ok) return { notes: [`the object could not be looked at: ${seen.why}`] };
  if (!seen.answered) return { notes: ["the object could not be looked at"] };
  if (seen.stdout.trim() === "") return { exists: false, notes: [] };
  const object = parsed(seen.stdout);
  if (!isFields(object)) return { notes: ["the object could not be read"] };
  return { exists: true, object, owner: lookout.ownerOf(seen.stdout), notes: [] };
}

interface Permission {
  readonly permitted?: boolean;
  readonly notes: readonly string[];
}

/** Asks the cluster for the server's own account: what the role binding says, not what policy says. */
async function askPermission(
  command: Command,
  one: ResourceReference,
  { exists }: Live,
  lookout: Lookout,
): Promise<Permission> {
  const verb = creates(command) && exists === false ? "create" : command.verb[0] === "delete" ? "delete" : "patch";
  // Who creates is asked for no name: the API server decides before it knows one.
  const target = verb === "create" ? typeOf(one) : `${typeOf(one)}/${one.name}`;
  const part = command.verb[0] === "scale" ? ["--subresource=scale"] : [];
  const seen = await lookout.run(ask("auth", "can-i", verb, target, within(one.namespace), part));
  if (!seen.ok) return { notes: [`the right to ${verb} it was not asked for: ${seen.why}`] };
  const [word] = seen.stdout.trim().split(/\s/);
  return word === "yes" || word === "no" ? { permitted: word === "yes", notes: [] } : { notes: [] };
}

const creates = ({ verb }: Command): boolean => verb[0] === "apply";

const missing = (subject: string): Reason => ({
  rule: "preflight/not-found",
  message: `there is no ${subject}`,
  try: "kubectl get, to see what there is",
});

const forbidden = ({ verb }: Command, subject: string): Reason => ({
  rule: "preflight/can-i",
  message: `the cluster does not let this server ${verb.join(" ")} ${subject}`,
  try: "a role binding for the server's service account, or another way",
});

/** Tools that set an object back to what they have of it. */
const keepers = /^(?:flux|helm|argocd)\//;

const keeperOf = ({ owner = "" }: Live): Pick<Forecast, "keptBy"> => {
  const keeper = owner.split(",").find((one) => keepers.test(one));
  return keeper === undefined ? {} : { keptBy: keeper };
};

function notesOf(command: Command, live: Live): readonly string[] {
  const { keptBy } = keeperOf(live);
  const [verb, part] = command.verb;
  const isRoutine = part === "restart" || verb === "delete";
  const deletesPod = verb === "delete" && command.resources.some(({ resource }) => resource === "pods");
  return [
    ...(keptBy === undefined
      ? []
      : [isRoutine ? `it is kept by ${keptBy}` : `it is kept by ${keptBy}, which may set it back: change it in Git`]),
    ...(deletesPod && live.exists === true && live.owner === "" ? ["nothing owns it: no new pod takes its place"] : []),
  ];
}

type Tried = Pick<Forecast, "verdict" | "differences" | "notes" | "problems">;

async function tryDry(change: PlannedChange, live: Live, lookout: Lookout, known: readonly string[]): Promise<Tried> {
  const { command } = change;
  const expected = foreseen(command, live);
  const draft = dryRunOf(change);
  if (draft === undefined) {
    const notes = [...known, `${nameOf(command)} has no dry run: it was judged only`];
    return { verdict: "judged_only", differences: expected, notes, problems: [] };
  }
  const seen = await lookout.run(draft);
  if (!seen.ok) {
    const notes = [...known, `the dry run could not be made: ${seen.why}`];
    return { verdict: "unknown", differences: expected, notes, problems: [] };
  }
  if (!seen.answered) {
    const problem = refusal(seen, "preflight/dry-run", "the dry run failed");
    return { verdict: "refused", differences: [], notes: known, problems: [problem] };
  }
  const shown = creates(command) ? compared(live, seen.stdout) : { differences: expected, notes: [] };
  const { differences, notes } = shown;
  return { verdict: "passed", differences, notes: [...known, ...notes], problems: [] };
}

/** What the command's own words say that will be different. */
function foreseen({ verb, replicas }: Command, { object }: Live): readonly Difference[] {
  if (verb[0] !== "scale" || replicas === undefined) return [];
  const before = fieldsAt(object, "spec")["replicas"];
  if (before === replicas) return [];
  return [
    {
      path: "spec.replicas",
      after: String(replicas),
      // Without the object nobody knows.
      before: typeof before === "number" ? String(before) : "(unknown)",
    },
  ];
}

function compared({ exists, object }: Live, printed: string): Pick<Forecast, "differences" | "notes"> {
  if (exists === false) return { differences: [], notes: ["it is not there yet, and would be created"] };
  const planned = parsed(printed);
  if (!isFields(planned) || object === undefined) return { differences: [], notes: ["the two could not be compared"] };
  const { differences, hidden, more } = compare(object, planned);
  const notes = [
    ...(hidden === 0 ? [] : [`${hidden} redacted ${hidden === 1 ? "value is" : "values are"} not compared`]),
    ...(more === 0 ? [] : [`${more} more differences are not shown`]),
    ...(differences.length + hidden === 0 ? ["it would not change"] : []),
  ];
  return { differences, notes };
}
