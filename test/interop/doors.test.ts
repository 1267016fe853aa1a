// The interop questions to both doors over a gate that the tests hold: clients that we did not write, equal answers.
import { startDoor } from "../helpers/door.ts";
import { interopSuite } from "../helpers/interop.ts";

// A fake gate behind the real doors: the full stack runs the same suite in its own test.
interopSuite(startDoor, [
  { tool: "echo", arguments: { mark: "é 𝄞 \u0000 \u2028", nested: { list: [1, null, "x"] } }, outcome: "succeeded" },
  { tool: "echo", arguments: JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'), outcome: "succeeded" },
  { tool: "fail", arguments: {}, outcome: "failed" },
  { tool: "deny", arguments: {}, outcome: "denied" },
  { tool: "no_such_tool", arguments: {}, outcome: "invalid" },
]);
