// OPA's own signature of a bundle (`opa sign` → .signatures.json), verified over the files that were read: every file is
// listed with its hash, every listed file is there, and one of the site's keys signed the list. Called by bundle.ts.
import { compactVerify, errors } from "jose";
import * as z from "zod";
import { brokenBundle } from "./broken-bundle.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { hashLikeOpa } from "./canonical-json.ts";
import type { PublicKey } from "./public-keys.ts";

export const signatureFile = ".signatures.json";

/** Whose word a bundle is, and its place in the order of bundles. */
export interface Release {
  readonly keyId: string;
  /** `revision` of .manifest, whole. */
  readonly revision: string;
  /** The number that the revision begins with: a higher one is newer. */
  readonly number: number;
}

const signatures = z.strictObject({ signatures: z.array(z.string().max(256 * 1024)).length(1) });
const claims = z.object({
  files: z.array(z.object({ name: z.string().min(1), hash: z.string(), algorithm: z.string() })).max(256),
});
/** A number, perhaps with words after it: `42`, `20261130-freeze`. */
const revisions = z.object({ revision: z.string().regex(/^[0-9]{1,15}(?:[-+._][A-Za-z0-9._+-]{0,64})?$/) });

const sign = "sign it anew, inside its folder, with `opa sign`: docs/policy-rollout.md has the command";
const number = 'write one into .manifest and sign: {"revision": "42"}, a higher number for each newer bundle';

/** @throws StartError `policy_missing` that names the file and what to do */
export async function verifySignature({ folder, files }: BundleFiles, keys: readonly PublicKey[]): Promise<Release> {
  const refuse = (name: string, what: string, todo = sign) => brokenBundle(folder, name, what, undefined, todo);
  const text = files.get(signatureFile);
  if (text === undefined) throw refuse(signatureFile, "is missing: the bundle is not signed");
  const read = signatures.safeParse(parse(text));
  if (!read.success) throw refuse(signatureFile, "does not hold exactly one signature");
  const signed = await verified(read.data.signatures[0] ?? "", keys);
  if (signed === undefined) throw refuse(signatureFile, "is not signed with a key of AISRE_POLICY_PUBLIC_KEY");
  const listed = claims.safeParse(parse(signed.payload));
  if (!listed.success) throw refuse(signatureFile, "lists no files");

  const wanted = byName(listed.data.files);
  if (wanted.size !== listed.data.files.length) throw refuse(signatureFile, "lists a file twice");
  for (const name of wanted.keys()) if (!files.has(name)) throw refuse(name, "is signed, and missing");
  for (const [name, bytes] of files) {
    if (name === signatureFile) continue;
    const file = wanted.get(name);
    if (file === undefined) throw refuse(name, "is not signed");
    if (hashLikeOpa(name, bytes, file.algorithm) !== file.hash) throw refuse(name, "is not the file that was signed");
  }
  const manifest = revisions.safeParse(parse(files.get(".manifest") ?? Buffer.alloc(0)));
  if (!manifest.success) throw refuse(".manifest", "has no revision that begins with a number", number);
  const { revision } = manifest.data;
  return { keyId: signed.keyId, revision, number: Number.parseInt(revision, 10) };
}

/** The payload when one of the keys signed it; whatever else the token says of itself is not looked at. */
async function verified(token: string, keys: readonly PublicKey[]) {
  for (const { key, id, algorithms } of keys) {
    try {
      const { payload } = await compactVerify(token, key, { algorithms: [...algorithms] });
      return { payload, keyId: id };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  return undefined;
}

/** `opa sign --bundle DIR` puts the folder's name before each file's; it is the same for all of them. */
function byName(files: z.output<typeof claims>["files"]) {
  const first = files[0]?.name ?? "";
  const prefix = first.slice(0, first.lastIndexOf("/") + 1);
  const isOneFolder = files.every(({ name }) => name.startsWith(prefix));
  return new Map(files.map((file) => [isOneFolder ? file.name.slice(prefix.length) : file.name, file]));
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
