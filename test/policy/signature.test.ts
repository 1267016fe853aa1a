// A signed bundle is used only as it was signed: whatever is done to any of its files, nothing of it is used.
import { execFileSync } from "node:child_process";
import { createSecretKey } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openBundle } from "../../src/policy/bundle.ts";
import { whyOutOfOrder } from "../../src/policy/bundle-order.ts";
import { hashLikeOpa } from "../../src/policy/canonical-json.ts";
import { parsePublicKeys } from "../../src/policy/public-keys.ts";
import { scratchFolder, writeBundle } from "./bundles.ts";
import { root } from "./setup.ts";
import { createSigningKey, signBundle, signClaims, type SigningKey } from "./signing.ts";

const key = createSigningKey();
const keys = parsePublicKeys(key.publicPem);

async function signed({
  revision = "42",
  by = key,
}: { readonly revision?: string; readonly by?: SigningKey } = {}): Promise<string> {
  const folder = path.join(scratchFolder(), "bundle");
  writeBundle(folder, {}, true);
  await signBundle(folder, revision, by);
  return folder;
}

/** Why it is refused; fails when it is not. */
async function refusal(folder: string, with_ = keys): Promise<string> {
  const opened = await openBundle(folder, with_).catch((error: unknown) => error);
  if (!(opened instanceof Error)) throw new Error("the bundle was used");
  expect(opened).toMatchObject({ code: "policy_missing" });
  return opened.message;
}

const fileNames = [
  "policy.wasm",
  "data.json",
  "annotations.json",
  "cases.json",
  "manifest.json",
  ".manifest",
  ".signatures.json",
];

describe("a signed bundle", () => {
  it("is used as it was signed, and says whose it is", async () => {
    const { bundle } = await openBundle(await signed({ revision: "42-freeze" }), keys);
    expect(bundle.release).toEqual({ keyId: keys[0]?.id, revision: "42-freeze", number: 42 });
    expect(keys[0]?.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each(fileNames)("is refused with a bit of %s turned, wherever it is", async (name) => {
    const folder = await signed();
    const file = path.join(folder, name);
    const bytes = readFileSync(file);
    for (let part = 0; part < 8; part += 1) {
      const at = Math.floor((bytes.length * (part + 0.5)) / 8);
      const turned = Buffer.from(bytes);
      turned.writeUInt8(turned.readUInt8(at) ^ (1 << part), at);
      writeFileSync(file, turned);
      expect(await refusal(folder)).toContain(folder);
    }
  });

  it.each(fileNames)("is refused with %s cut short, or emptied", async (name) => {
    const folder = await signed();
    const file = path.join(folder, name);
    for (const part of [0.5, 0]) {
      truncateSync(file, Math.floor(readFileSync(file).length * part));
      expect(await refusal(folder)).toContain(folder);
    }
  });

  it.each(fileNames)("is refused without %s", async (name) => {
    const folder = await signed();
    rmSync(path.join(folder, name));
    expect(await refusal(folder)).toContain(name);
  });

  it.each(["more.json", "policy.rego", ".hidden", "data.yaml"])(
    "is refused with %s beside what was signed",
    async (name) => {
      const folder = await signed();
      writeFileSync(path.join(folder, name), "{}");
      expect(await refusal(folder)).toContain(`${name}: is not signed`);
    },
  );

  it("is refused when another key signed it, and taken when one of several did", async () => {
    const other = createSigningKey();
    const folder = await signed({ by: other });
    expect(await refusal(folder)).toContain("is not signed with a key of AISRE_POLICY_PUBLIC_KEY");
    const both = parsePublicKeys(`${key.publicPem}${other.publicPem}`);
    expect((await openBundle(folder, both)).bundle.release?.keyId).toBe(both[1]?.id);
  });

  it("is refused when the public key was used as a secret", async () => {
    const folder = await signed();
    await signClaims(folder, { files: [] }, createSecretKey(Buffer.from(key.publicPem)), "HS256");
    expect(await refusal(folder)).toContain("is not signed with a key");
  });

  it("is refused when the token claims to need no signature", async () => {
    const folder = await signed();
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = readFileSync(path.join(folder, ".signatures.json"), "utf8");
    const payload = text.split(".")[1] ?? "";
    const token = `${part({ alg: "none" })}.${payload}.`;
    writeFileSync(path.join(folder, ".signatures.json"), JSON.stringify({ signatures: [token] }));
    expect(await refusal(folder)).toContain("is not signed with a key");
  });

  it.each([
    ["nothing", {}, "lists no files"],
    ["a file twice", (files: readonly object[]) => ({ files: [...files, files[0]] }), "lists a file twice"],
    [
      "a weak hash",
      (files: readonly object[]) => ({ files: files.map((file) => ({ ...file, algorithm: "MD5" })) }),
      "is not the file that was signed",
    ],
    [
      "other folders",
      (files: readonly { readonly name: string }[]) => ({
        files: files.map((file, index) => ({ ...file, name: `${index}/${file.name}` })),
      }),
      "is signed, and missing",
    ],
  ])("is refused when the signature lists %s", async (_name, change, why) => {
    const folder = await signed();
    const text = readFileSync(path.join(folder, ".signatures.json"), "utf8");
    const { files } = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8"));
    await signClaims(folder, typeof change === "function" ? change(files) : change, key.privateKey);
    expect(await refusal(folder)).toContain(why);
  });

  it.each(["", "freeze", "v42", "4e2x ", "-1"])(
    "is refused with the revision %j, which has no order",
    async (revision) => {
      expect(await refusal(await signed({ revision }))).toContain(
        ".manifest: has no revision that begins with a number",
      );
    },
  );

  it("is refused when its own lists do not hold together, though they were signed", async () => {
    const folder = await signed();
    writeFileSync(path.join(folder, "data.json"), "{}");
    await signBundle(folder, "42", key);
    expect(await refusal(folder)).toContain("data.json: is not the file that manifest.json lists");
  });

  it("does not mind folders: nothing in them is read", async () => {
    const folder = await signed();
    mkdirSync(path.join(folder, "lost+found"));
    await expect(openBundle(folder, keys)).resolves.toBeDefined();
  });
});

describe("the keys", () => {
  it.each([
    ["no PEM", "secret"],
    ["a private key", key.privatePem],
    [
      "a key of another kind",
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
    ],
    ["a broken one", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
  ])("are refused: %s", (_name, pem) => {
    expect(() => parsePublicKeys(pem)).toThrow(/PUBLIC KEY|curve|asn1|DECODER/i);
  });
});

describe("the order of bundles", () => {
  const release = (number: number) => ({ keyId: "k", revision: String(number), number });

  it("lets a newer one follow, and the same one again", () => {
    expect(whyOutOfOrder({ candidate: release(43), running: release(42) })).toBeUndefined();
    expect(whyOutOfOrder({ candidate: release(42), running: release(42), isSame: true })).toBeUndefined();
    expect(whyOutOfOrder({ candidate: release(1) })).toBeUndefined();
  });

  it("refuses an older one, and another one under the same number", () => {
    expect(whyOutOfOrder({ candidate: release(9), running: release(10) })).toContain(
      "its revision 9 is not newer than 10",
    );
    expect(whyOutOfOrder({ candidate: release(10), running: release(10) })).toContain("is not newer");
  });

  it("takes the one that is named, and only that", () => {
    expect(whyOutOfOrder({ candidate: release(9), running: release(10), named: "9" })).toBeUndefined();
    expect(whyOutOfOrder({ candidate: release(11), running: release(10), named: "9" })).toContain("names 9");
  });
});

const opa = path.join(root, ".tools/opa");

describe.skipIf(!existsSync(opa))("OPA's own signature", () => {
  it.each([
    ["inside the folder", (folder: string) => ({ cwd: folder, args: ["--bundle", "."] })],
    [
      "from beside it",
      (folder: string) => ({ cwd: path.dirname(folder), args: ["--bundle", "bundle", "-o", "bundle"] }),
    ],
  ])("is verified: made %s", async (_name, where) => {
    const folder = await signed();
    const before = readFileSync(path.join(folder, ".signatures.json"), "utf8");
    rmSync(path.join(folder, ".signatures.json"));
    const file = path.join(path.dirname(folder), "key.pem");
    writeFileSync(file, key.privatePem);
    const { cwd, args } = where(folder);
    execFileSync(opa, ["sign", "--signing-key", file, "--signing-alg", "ES256", ...args], { cwd });
    expect(readFileSync(path.join(folder, ".signatures.json"), "utf8")).not.toBe(before);
    expect((await openBundle(folder, keys)).bundle.release?.revision).toBe("42");
  });

  it("hashes documents as we do: sorted keys, odd characters, deep values", () => {
    const folder = scratchFolder();
    const odd = {
      b: [1, -0.5, null, true],
      a: { "\u2028": "<&>\u0001\b\f\u007f\u2029", "😀": 1, "\uffff": 2, é: "é" },
      "": {},
    };
    const text = `${JSON.stringify(odd, null, 3)}\n`;
    writeFileSync(path.join(folder, "data.json"), text);
    writeFileSync(path.join(folder, "key.txt"), "0123456789abcdef");
    execFileSync(opa, ["sign", "--signing-key", "key.txt", "--signing-alg", "HS256", "--bundle", "."], { cwd: folder });
    const token = readFileSync(path.join(folder, ".signatures.json"), "utf8").split(".")[1] ?? "";
    const { files } = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    expect(readdirSync(folder)).toContain("data.json");
    expect(files).toContainEqual({
      name: "data.json",
      algorithm: "SHA-256",
      hash: hashLikeOpa("data.json", Buffer.from(text), "SHA-256"),
    });
  });
});
