import { describe, expect, it } from "vitest";
import { VenueStream } from "../../schema/wire/venue-stream.ts";
import { streamWords, terminalWords } from "./stream-words.ts";

const stream = (state: VenueStream["state"], reason = ""): VenueStream => ({ state, since: 1, reason });

describe("what is said of a venue's stream", () => {
  it("has a word of its own for each state, and is calm only where nothing is to be waited for", () => {
    const states = VenueStream.shape.state.options;
    const words = states.map((state) => streamWords(stream(state)));
    expect(new Set(words.map(({ word }) => word)).size).toBe(states.length);
    const calm = states.filter((_, index) => words[index]?.tone === "calm");
    expect(calm).toEqual(["live", "polled"]);
  });

  it("begins with the reason, as a sentence, and goes on with what happens meanwhile", () => {
    expect(streamWords(stream("reconnecting", "silent for 12 s")).meaning).toBe(
      "Silent for 12 s. Meanwhile the venue is asked every 30 s.",
    );
  });

  it("speaks of a terminal where it is one, and not of what stands between our own machines", () => {
    const waiting = terminalWords(stream("reconnecting", "no sidecar is connected"));
    expect(waiting).toMatchObject({ word: "Waiting for the terminal", tone: "wait" });
    expect(waiting.meaning).not.toContain("sidecar");
    expect(terminalWords(stream("reconnecting", "the connection ended")).meaning).toContain("The connection ended.");
    expect(terminalWords(stream("live", "trading is off in the terminal"))).toEqual({
      ...{ word: "Terminal connected", tone: "look", meaning: "Trading is off in the terminal." },
    });
  });
});
