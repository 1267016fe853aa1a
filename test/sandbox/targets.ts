// What an attempt may harm or reach: a process that is somebody else's, and servers of each kind. Used by the escape suites.
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:net";
import path from "node:path";
import type { Targets } from "./attempts.ts";
import { type Places, testPlaces } from "./setup.ts";

export interface OpenTargets {
  /** With folders of one attempt; `testPlaces()` unless given. */
  readonly at: (places?: Places) => Targets;
  readonly close: () => void;
}

export async function openTargets(): Promise<OpenTargets> {
  const victim = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { env: { SECRET: "canary" } });
  const [abstractName, socket] = [`aisre-test-${process.pid}`, path.join("/tmp", `aisre-${process.pid}.sock`)];
  const answer = () => createServer((connection) => void connection.on("error", () => undefined).end());
  const servers = [
    await listening(answer(), 0),
    await listening(answer(), socket),
    await listening(answer(), `\0${abstractName}`),
  ];
  const address = servers[0]?.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const words = { server: String(process.pid), victim: String(victim.pid), port: String(port), socket, abstractName };
  return {
    at: (places = testPlaces()) => ({ ...places, ...words }),
    close: () => {
      victim.kill("SIGKILL");
      for (const server of servers) server.close();
    },
  };
}

export const listening = (server: Server, at: string | number): Promise<Server> =>
  new Promise((resolve) => {
    const done = () => resolve(server);
    if (typeof at === "number") server.listen(at, "127.0.0.1", done);
    else server.listen(at, done);
  });
