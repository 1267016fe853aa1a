// docs/approval.md shows what a person sees: it is what the server writes for that plan.
import { describe, expect, it } from "vitest";
import { summarise } from "../../src/approval/summary.ts";
import { requester, scale } from "../approval/setup.ts";
import { fencesOf } from "./markdown.ts";

describe("the approval page", () => {
  it("shows the message of a scaling, word for word", () => {
    const shown = fencesOf("docs/approval.md").find(({ text }) => text.startsWith("May this run?"));
    const { message } = summarise(
      {
        principal: requester,
        tool: "kubectl_scale",
        plan: scale(3, "more load"),
        roles: ["approver"],
        expiresS: 900,
        changes: ["deployments.apps/web in default: spec.replicas: 2 → 3"],
      },
      { context: "prod", expiresAtMs: Date.UTC(2026, 0, 1, 12) },
    );
    expect(shown?.text.trimEnd()).toBe(message);
  });
});
