// Question → policy input: the judged command as snake_case facts. Called by decide.ts; pure, decides nothing.
import type { Command, FileChange, GitFacts, ManifestFacts, Observed, ObservedObject } from "../domain/command.ts";
import type { Question } from "../domain/ports.ts";
import type { Principal } from "../domain/principal.ts";
import { maxChangedPaths } from "./bounds.ts";
import type { PolicyInput } from "./input.ts";

/** What the question itself does not know. */
export interface Surroundings {
  readonly site: PolicyInput["site"];
  /** Kinds of credentials that were found in what the caller sent. */
  readonly credentials: readonly string[];
}

/** Builds the input of one judgement (contract: design section 5). */
export function toInput(question: Question, { site, credentials }: Surroundings): PolicyInput {
  const { call } = question;
  const isCommand = question.kind === "command";
  return {
    schema_version: 1,
    principal: toPrincipal(call.principal),
    call: {
      tool: call.tool,
      transport: call.transport,
      dry_run: question.dryRun,
      reason: question.reason,
      approved_by: question.approvedBy ?? null,
    },
    action: { kind: question.kind },
    step: { index: question.stepIndex, length: question.stepCount },
    pipeline: isCommand
      ? {
          index: question.stageIndex,
          length: question.stages.length,
          previous: question.stages[question.stageIndex - 1]?.binary ?? null,
          next: question.stages[question.stageIndex + 1]?.binary ?? null,
        }
      : { index: 0, length: 1, previous: null, next: null },
    ...(isCommand ? { command: toCommand(question.command) } : {}),
    ...(question.kind === "file_change" ? { file_change: toFileChange(question.fileChange) } : {}),
    ...(question.kind === "approve" ? { approve: toApprove(question) } : {}),
    credentials: [...new Set(credentials)].sort(),
    observed: toObserved(question.observed),
    site,
  };
}

/** The principal as policy sees it. */
export function toPrincipal({ id, roles, authenticatedBy }: Principal): PolicyInput["principal"] {
  return { id, roles: [...roles], authenticated_by: authenticatedBy };
}

function toCommand(command: Command): NonNullable<PolicyInput["command"]> {
  return {
    binary: command.binary,
    verb: [...command.verb],
    effect: command.effect,
    egress: command.egress,
    dry_run: command.dryRun,
    namespaces: [...command.namespaces],
    all_namespaces: command.allNamespaces,
    resources: command.resources.map(({ nameMatch, group, resource, name, namespace, secondary }) => ({
      group,
      resource,
      name,
      namespace,
      name_match: nameMatch,
      secondary,
    })),
    flags: Object.fromEntries(Object.entries(command.flags).map(([flag, values]) => [flag, [...values]])),
    operands: [...command.operands],
    selectors: { ...command.selectors },
    paths: command.paths.map(({ path, mode }) => ({ path, mode })),
    urls: command.urls.map(({ method, scheme, host, port, path }) => ({ method, scheme, host, port, path })),
    programs: command.programs.map(({ language, identifiers }) => ({ language, identifiers: [...identifiers] })),
    ...(command.manifests === undefined ? {} : { manifests: command.manifests.map(toManifest) }),
    ...(command.replicas === undefined ? {} : { replicas: command.replicas }),
    ...(command.git === undefined ? {} : { git: toGit(command.git) }),
    ...(command.repositories === undefined ? {} : { repositories: [...command.repositories] }),
    stdin: { from: command.stdin.from, bytes: command.stdin.bytes },
    argv: [...command.argv],
  };
}

type Manifest = NonNullable<NonNullable<PolicyInput["command"]>["manifests"]>[number];

function toManifest(facts: ManifestFacts): Manifest {
  return {
    api_version: facts.apiVersion,
    kind: facts.kind,
    namespace: facts.namespace,
    name: facts.name,
    images: [...facts.images],
    secret_refs: [...facts.secretRefs],
    service_account: facts.serviceAccount,
    automount_token: facts.automountToken,
    host_namespaces: [...facts.hostNamespaces],
    privileged: facts.privileged,
    capabilities: [...facts.capabilities],
    volumes: facts.volumes.map(({ type, source }) => ({ type, source })),
    command: facts.command.map((words) => [...words]),
    owner: facts.owner,
  };
}

const toGit = ({ remote, refs, changedPaths }: GitFacts) => ({
  remote,
  refs: refs.map(({ source, destination, force }) => ({ source, destination, force })),
  changed_paths: changedPaths.slice(0, maxChangedPaths),
});

const toFileChange = ({ path, operation, bytes }: FileChange) => ({ path, operation, bytes });

const toApprove = ({ verdict, request }: Extract<Question, { kind: "approve" }>) => ({
  verdict,
  requester: request.requester,
  tool: request.tool,
  effects: [...request.effects],
  namespaces: [...request.namespaces],
  roles: [...request.roles],
  digest: request.digest,
});

function toObserved(observed: Observed | undefined): PolicyInput["observed"] {
  const { repository, objects } = observed ?? {};
  return {
    ...(repository === undefined ? {} : { repository: toRepository(repository) }),
    ...(objects === undefined ? {} : { objects: objects.map(toObject) }),
  };
}

const toRepository = ({ remoteUrl, clean, head, base, refs }: NonNullable<Observed["repository"]>) => ({
  remote_url: remoteUrl,
  clean,
  head,
  base,
  refs: { ...refs },
});

const toObject = (object: ObservedObject) => ({
  api_version: object.apiVersion,
  kind: object.kind,
  namespace: object.namespace,
  name: object.name,
  secret_refs: [...object.secretRefs],
  service_account: object.serviceAccount,
  automount_token: object.automountToken,
  owner: object.owner,
});
