import { describe, expect, test } from "vitest";
import { definitionOfDraft, FIRST_BOT } from "./bot-draft.ts";
import { mayStandIn, previewAsk, previewShown } from "./preview-ask.ts";

const definition = definitionOfDraft(FIRST_BOT);

describe("what last month is asked for", () => {
  test("is an account with its own definition, without caps", () => {
    const asked = previewAsk("a1", { ...definition, limits: { ...definition.limits, caps: { dailyLoss: "100" } } });
    expect(asked).toEqual(previewAsk("a1", definition));
    expect(previewAsk("a1", null)).toBeNull();
    expect(previewAsk("", definition)).toBeNull();
  });

  test("is nothing of the last account once another one is chosen, until its own is asked for", () => {
    const last = previewAsk("a1", definition);
    const next = previewAsk("a2", definition);
    expect(previewShown(last, next)).toBeNull();
    expect(previewShown(last, null)).toBeNull();
    expect(previewShown(next, next)).toBe(next);
    const typed = previewAsk("a1", { ...definition, capital: "5" });
    expect(previewShown(last, typed)).toBe(last);
  });

  test("is stood in for by an answer of the same account alone", () => {
    expect(mayStandIn(["bot-preview", "a1", "{}"], "a1")).toBe(true);
    expect(mayStandIn(["bot-preview", "a1", "{}"], "a2")).toBe(false);
    expect(mayStandIn(undefined, "a1")).toBe(false);
  });
});
