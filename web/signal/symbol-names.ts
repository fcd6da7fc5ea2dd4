import type { HookProof, HookSettings } from "../../schema/wire/signal.ts";

/** The settings of an address as they are typed. */
export interface HookDraft {
  readonly proof: HookProof;
  /** Seconds. */
  readonly maxAge: string;
  readonly repeat: string;
  /** Empty for never. */
  readonly expectMinutes: string;
  /** `BTCUSDT=SIM:BTC-USD, ETHUSDT=SIM:ETH-USD`. */
  readonly symbols: string;
}

export function draftOfHook(settings: HookSettings): HookDraft {
  const { proof, maxAgeSeconds, repeatSeconds, expectSeconds, symbols } = settings;
  return {
    proof,
    maxAge: String(maxAgeSeconds),
    repeat: String(repeatSeconds),
    expectMinutes: expectSeconds === null ? "" : String(expectSeconds / 60),
    symbols: Object.entries(symbols)
      .map(([name, instrument]) => `${name}=${instrument}`)
      .join(", "),
  };
}

/** Names as they are typed; what is no pair is left out. */
export function symbolsOfText(text: string): Record<string, string> {
  return Object.fromEntries(
    pairsOf(text).flatMap(([name, instrument]) => (instrument === "" ? [] : [[name, instrument]])),
  );
}

/** What is wrong with the names that are typed. */
export function symbolProblem(text: string, instruments: readonly string[]): string | undefined {
  for (const [name, instrument] of pairsOf(text)) {
    if (name === "" || instrument === "") return "must be pairs such as BTCUSDT=SIM:BTC-USD, with commas between";
    if (!instruments.includes(instrument)) return `must lead to one of ${instruments.join(", ")}, was ${instrument}`;
  }
  return undefined;
}

function pairsOf(text: string): (readonly [string, string])[] {
  return text
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [part.trim(), ""] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    });
}
