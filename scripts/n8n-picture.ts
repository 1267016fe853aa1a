// Draws the pictures of docs/n8n.md: a real n8n takes a template as somebody imports it, and headless Chromium opens it in n8n's own
// editor. Called by `make n8n-picture`; needs the n8n of `make test-n8n` and Debian's chromium-headless-shell.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { owner, startN8n } from "../test/n8n/n8n.ts";
import { installedN8n } from "./n8n-folder.ts";

const root = path.resolve(import.meta.dirname, "..");
const pictures = [
  { template: "remediation", width: 2400, height: 900 },
  { template: "agent", width: 1800, height: 860 },
] as const;
/** A picture in the repository is no larger. */
const maxBytes = 300 * 1024;
/** The canvas moves into place after it is there. */
const settleMs = 4000;

const n8n = await startN8n(installedN8n());
const browser = await openBrowser();
try {
  await browser.open(`${n8n.base}/signin`, 1200, 800);
  await browser.run(
    `fetch("/rest/login", { method: "POST", headers: { "content-type": "application/json" }, body: ${JSON.stringify(
      JSON.stringify({ emailOrLdapLoginId: owner.email, password: owner.password }),
    )} }).then((answer) => answer.status)`,
  );
  for (const { template, width, height } of pictures) {
    const json: unknown = JSON.parse(readFileSync(path.join(root, "n8n", `${template}.json`), "utf8"));
    const { id } = z.looseObject({ id: z.string() }).parse(await n8n.rest("POST", "/workflows", json));
    await browser.open(`${n8n.base}/workflow/${id}`, width, height);
    await browser.until(`document.querySelectorAll(".vue-flow__node").length > 5`);
    await sleep(settleMs);
    // Key 1 is the editor's own "fit to view".
    await browser.press("1");
    await sleep(settleMs);
    const picture = await browser.picture();
    if (picture.length > maxBytes) throw new Error(`${template}: ${picture.length} bytes are too many`);
    writeFileSync(path.join(root, "docs/pictures", `n8n-${template}.png`), picture);
    console.log(`docs/pictures/n8n-${template}.png: ${picture.length} bytes`);
  }
} finally {
  await browser.close();
  await n8n.stop();
}

/** Chromium over its DevTools protocol: one page. */
async function openBrowser() {
  const profile = mkdtempSync(path.join(tmpdir(), "aisre-picture-"));
  const child = spawn(
    "chromium-headless-shell",
    [
      "--remote-debugging-port=0",
      "--no-sandbox",
      "--hide-scrollbars",
      "--force-color-profile=srgb",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (data: Buffer) => {
      said += data.toString("utf8");
      const [, found] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("error", () =>
      reject(new Error("chromium-headless-shell is missing: apt-get install chromium-headless-shell")),
    );
    child.once("close", () => reject(new Error(`chromium ended: ${said}`)));
  });
  const socket = new WebSocket(address);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const answerSchema = z.looseObject({
    id: z.int().optional(),
    result: z.unknown().optional(),
    error: z.unknown().optional(),
  });
  let last = 0;
  const send = (method: string, parameters: object, sessionId?: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      const hear = ({ data }: MessageEvent): void => {
        const answer = answerSchema.parse(JSON.parse(z.string().parse(data)));
        if (answer.id !== id) return;
        socket.removeEventListener("message", hear);
        if (answer.error === undefined) resolve(answer.result);
        else reject(new Error(`${method}: ${JSON.stringify(answer.error)}`));
      };
      socket.addEventListener("message", hear);
      socket.send(
        JSON.stringify({ id, method, params: parameters, ...(sessionId === undefined ? {} : { sessionId }) }),
      );
    });
  const { targetId } = z
    .looseObject({ targetId: z.string() })
    .parse(await send("Target.createTarget", { url: "about:blank" }));
  const { sessionId } = z
    .looseObject({ sessionId: z.string() })
    .parse(await send("Target.attachToTarget", { targetId, flatten: true }));
  const run = async (program: string): Promise<unknown> => {
    const answer = await send(
      "Runtime.evaluate",
      { expression: program, awaitPromise: true, returnByValue: true },
      sessionId,
    );
    return z.looseObject({ result: z.looseObject({ value: z.unknown().optional() }) }).parse(answer).result.value;
  };
  const until = async (program: string): Promise<void> => {
    for (let left = 120; (await run(program)) !== true; left -= 1) {
      if (left === 0) throw new Error(`the page never came to ${program}`);
      await sleep(500);
    }
  };
  return {
    run,
    until,
    open: async (url: string, width: number, height: number): Promise<void> => {
      await send(
        "Emulation.setDeviceMetricsOverride",
        { width, height, deviceScaleFactor: 1, mobile: false },
        sessionId,
      );
      await send("Page.navigate", { url }, sessionId);
      await until(`document.readyState === "complete" && location.href !== "about:blank"`);
    },
    press: async (key: string): Promise<void> => {
      for (const type of ["keyDown", "keyUp"])
        await send(
          "Input.dispatchKeyEvent",
          { type, key, code: `Digit${key}`, text: key, windowsVirtualKeyCode: key.charCodeAt(0) },
          sessionId,
        );
    },
    picture: async (): Promise<Buffer> => {
      const answer = await send("Page.captureScreenshot", { format: "png" }, sessionId);
      return Buffer.from(z.looseObject({ data: z.string() }).parse(answer).data, "base64");
    },
    close: async (): Promise<void> => {
      // Debian starts it by a shell script: a signal would end the script alone.
      await send("Browser.close", {});
      await exited;
      socket.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
