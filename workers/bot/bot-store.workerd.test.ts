import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { BotStore, type Effect } from "./bot-store.ts";

/** Longer than one row holds. */
const LONG = "long ".repeat(250_000);
const CANCEL: Effect = { kind: "cancel", ref: "1.entry.0" };

/** A store in an object of its own, and what another one reads of the same storage. */
function inStore(name: string, act: (store: BotStore, read: () => BotStore) => void): Promise<void> {
  return runInDurableObject(env.BOT.getByName(name), (_object, { storage }) => {
    act(new BotStore(storage), () => new BotStore(storage));
  });
}

function failing(store: BotStore, act: () => void): void {
  const failed = () =>
    store.write(() => {
      act();
      throw new Error("it could not go on");
    });
  expect(failed).toThrow("it could not go on");
}

describe("what a bot writes down", () => {
  it("is what it reads, also after a write that was taken back", async () => {
    await inStore("store-values", (store, read) => {
      store.put("place", { seenUntil: 1 });
      store.put("trades", 3);
      failing(store, () => {
        store.put("place", { seenUntil: 2 });
        store.drop("trades");
        store.put("deskCursor", 7);
      });
      for (const each of [store, read()]) {
        expect([each.get("place"), each.get("trades"), each.get("deskCursor")]).toEqual([
          { seenUntil: 1 },
          3,
          undefined,
        ]);
      }
    });
  });

  it("has no rest of a longer text before it, whichever of the two writes failed", async () => {
    await inStore("store-texts", (store, read) => {
      store.writeTexts({ trader: LONG });
      expect(read().readText("trader")).toBe(LONG);
      failing(store, () => store.writeTexts({ trader: "short" }));
      expect(read().readText("trader")).toBe(LONG);
      store.writeTexts({ trader: "short" });
      expect(read().readText("trader")).toBe("short");
      failing(store, () => store.writeTexts({ trader: LONG }));
      store.writeTexts({ trader: "shorter" });
      expect(read().readText("trader")).toBe("shorter");
      read().writeTexts({ trader: LONG });
      read().writeTexts({ trader: "by a store that has written nothing yet" });
      expect(read().readText("trader")).toBe("by a store that has written nothing yet");
      store.forgetText("trader");
      expect(read().readText("trader")).toBeUndefined();
    });
  });

  it("is whole where it is far longer than one statement may write, and so is what is written with it", async () => {
    await inStore("store-long", (store, read) => {
      const long = "0123456789".repeat(2_000_000);
      store.writeTexts({ trader: long, shadow: "short" });
      expect(read().readText("trader") === long).toBe(true);
      expect(read().readText("shadow")).toBe("short");
      store.writeTexts({ trader: "short", shadow: "shorter" });
      expect([read().readText("trader"), read().readText("shadow")]).toEqual(["short", "shorter"]);
    });
  });

  it("is asked of the desk and told on, though there was nothing a moment before", async () => {
    await inStore("store-queues", (store, read) => {
      expect([store.firstEffect(), store.logAfter(0, 10)]).toEqual([undefined, []]);
      failing(store, () => {
        store.addEffect(CANCEL);
        store.log({ at: 1, kind: "signal", message: "taken back" });
      });
      expect([store.firstEffect(), store.logAfter(0, 10)]).toEqual([undefined, []]);
      store.addEffect(CANCEL);
      store.log({ at: 2, kind: "signal", message: "kept" });
      for (const each of [store, read()]) {
        expect(each.firstEffect()?.effect).toEqual(CANCEL);
        expect(each.logAfter(0, 10).map(({ message }) => message)).toEqual(["kept"]);
      }
      failing(store, () => {
        store.dropEffects();
        expect(store.firstEffect()).toBeUndefined();
      });
      expect(store.firstEffect()?.effect).toEqual(CANCEL);
    });
  });
});
