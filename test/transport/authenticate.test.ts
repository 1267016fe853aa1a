// Keys and session ids: who is who, and what matches nobody.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthenticator } from "../../src/transport/authenticate.ts";
import { checkPlace } from "../../src/transport/guards.ts";
import { createSessionIds } from "../../src/transport/session-id.ts";

const hash = (key: string): string => createHash("sha256").update(key).digest("hex");

describe("authentication", () => {
  const authenticator = createAuthenticator(
    [
      { id: "n8n", roles: ["operator"], keySha256: [hash("old"), hash("new-é")] },
      { id: "auditor", roles: ["viewer"], keySha256: [hash("other")] },
    ],
    ["admin"],
  );
  const idOf = (authorization: string | undefined, subprotocols?: readonly string[]) => {
    const known = authenticator.authenticate(authorization === undefined ? {} : { authorization }, subprotocols);
    return known.ok ? known.principal.id : known.reason;
  };

  it("knows each of several principals by any of its keys", () => {
    expect(["Bearer old", "bearer  other ", "BEARER old"].map((header) => idOf(header))).toEqual([
      "n8n",
      "auditor",
      "n8n",
    ]);
    expect(authenticator.authenticate({ authorization: "Bearer old" })).toEqual({
      ok: true,
      principal: { id: "n8n", roles: ["operator"], authenticatedBy: "bearer" },
    });
  });

  it("takes a stored hash for no key", () => {
    expect(idOf(`Bearer ${hash("old")}`)).toBe("wrong");
  });

  it("reads a subprotocol only when there is no header, only one, and only whole", () => {
    const encoded = (key: string): string => `aisre.bearer.${Buffer.from(key).toString("base64url")}`;
    expect(idOf(undefined, ["mcp", encoded("new-é")])).toBe("n8n");
    expect(idOf("Bearer wrong", ["mcp", encoded("old")])).toBe("wrong");
    expect(idOf(undefined, [encoded("old"), encoded("old")])).toBe("wrong");
    expect(idOf(undefined, ["aisre.bearer."])).toBe("wrong");
    expect(idOf(undefined, ["aisre.bearer.b2x k"])).toBe("wrong");
    expect(idOf(undefined, ["mcp"])).toBe("missing");
    expect(idOf(undefined)).toBe("missing");
  });

  it("makes everybody anonymous with the given roles when no keys are configured", () => {
    const open = createAuthenticator([], ["viewer"]);
    expect(open.open).toBe(true);
    expect(open.authenticate({ authorization: "Bearer anything" })).toEqual({
      ok: true,
      principal: { id: "anonymous", roles: ["viewer"], authenticatedBy: "anonymous" },
    });
  });

  it("makes nobody anonymous when a principal has lost all its keys but others have some", () => {
    const some = createAuthenticator(
      [
        { id: "a", roles: ["viewer"], keySha256: [] },
        { id: "b", roles: ["viewer"], keySha256: [hash("k")] },
      ],
      ["viewer"],
    );
    expect(some.authenticate({})).toEqual({ ok: false, reason: "missing" });
  });

  it("lets nobody in when principals are configured but none has a key", () => {
    const none = createAuthenticator([{ id: "a", roles: ["viewer"], keySha256: [] }], ["viewer"]);
    expect(none.authenticate({})).toEqual({ ok: false, reason: "missing" });
    expect(none.open).toBe(false);
  });
});

describe("places", () => {
  it("compares names without case and origins whole", () => {
    const allowed = { allowedHosts: ["AI-SRE.tools.svc", "[::1]"], allowedOrigins: ["https://n8n.example:8443"] };
    expect(checkPlace({ host: "ai-sre.tools.svc:8080" }, allowed)).toBeUndefined();
    expect(checkPlace({ host: "[::1]" }, allowed)).toBeUndefined();
    expect(checkPlace({ host: "ai-sre.tools.svc.", origin: undefined }, allowed)).toBe("host");
    expect(checkPlace({ host: undefined }, allowed)).toBe("host");
    expect(checkPlace({ host: "" }, allowed)).toBe("host");
    expect(checkPlace({ host: "[::1]", origin: "https://N8N.example:8443" }, allowed)).toBeUndefined();
    expect(checkPlace({ host: "[::1]", origin: "https://n8n.example" }, allowed)).toBe("origin");
    expect(checkPlace({ host: "[::1]", origin: "" }, allowed)).toBe("origin");
  });
});

describe("session ids", () => {
  it("are ours for one principal under one secret, and different every time", () => {
    const secret = Buffer.alloc(32, 1);
    const [here, replica, elsewhere] = [
      createSessionIds(secret),
      createSessionIds(secret),
      createSessionIds(Buffer.alloc(32, 2)),
    ];
    const id = here.issue("n8n");
    expect(replica.verify(id, "n8n")).toBe(true);
    expect(here.verify(id, "n8n2")).toBe(false);
    expect(elsewhere.verify(id, "n8n")).toBe(false);
    expect(here.issue("n8n")).not.toBe(id);
  });
});
