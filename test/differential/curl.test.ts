// curl against its model; see curl.ts.
import { afterAll } from "vitest";
import { curl, startRecordingServer } from "./curl.ts";
import { compareWithModel } from "./differential.ts";

const server = await startRecordingServer();
afterAll(server.close);
compareWithModel(curl(server));
