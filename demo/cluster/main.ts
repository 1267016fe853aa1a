// The simulated cluster as a process of its own: prints one line {"port","token"} when it listens, and ends at SIGTERM or
// when its standard input closes, so that it cannot outlive who started it. Started by start.ts.
import { randomBytes } from "node:crypto";
import { createApi } from "./api.ts";
import { createController } from "./controller.ts";
import { seedDelivery } from "./delivery.ts";
import { createHttpServer } from "./http.ts";
import { seed } from "./scenario.ts";
import { createStore } from "./store.ts";

const token = randomBytes(24).toString("hex");
const store = createStore();
seed(store, Date.now());
seedDelivery(store, Date.now());
const server = createHttpServer(token, createApi(store, createController(store)), () => store.version);

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ port, token })}\n`);
});

/** Nothing here is worth saving. */
const end = (): never => process.exit(0);
process.on("SIGTERM", end);
// Ctrl-C reaches the whole process group; whoever started us decides when we end.
process.on("SIGINT", () => {});
// The same when nobody reads any more: standard output is gone with whoever started us.
process.stdout.on("error", end);
process.stdin.on("end", end).on("error", end).resume();
