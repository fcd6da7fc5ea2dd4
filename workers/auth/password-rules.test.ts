import { describe, expect, it } from "vitest";
import { FREQUENT_PASSWORDS, FREQUENT_WORDS } from "./frequent-passwords.ts";
import { checkPassword, PASSWORD_CHARACTERS_MIN } from "./password-rules.ts";

const ADA = { email: "ada@example.org", name: "Ada" };
const refused = (password: string) => checkPassword(password, ADA) !== undefined;

describe("a new password", () => {
  it("S05 is none of the frequent ones, in small letters or large", () => {
    const passed = [...FREQUENT_PASSWORDS].filter((password) => !refused(password) || !refused(capital(password)));
    expect(passed).toEqual([]);
  });

  it("S05 is none of the ten thousand most frequent words with digits and signs around it", () => {
    const padded = [...FREQUENT_WORDS].map((word) => `!${capital(word)}${"2026!2026!20".slice(0, 12)}`);
    expect(padded.length).toBeGreaterThan(7_000);
    expect(padded.filter((password) => password.length >= PASSWORD_CHARACTERS_MIN && !refused(password))).toEqual([]);
  });

  it("S05 is no pair of frequent words", () => {
    const words = [...FREQUENT_WORDS].filter((word) => word.length >= 6);
    const pairs = words.slice(1).map((word, at) => `${words[at]}-${word}`);
    expect(pairs.filter((password) => !refused(password))).toEqual([]);
  });

  it("may be a phrase of four unrelated words, and what a generator makes", () => {
    for (const password of ["teapot meadow granite violin", "correct horse battery staple", "xK9#vQ2m-Lw7zR4p"]) {
      expect(checkPassword(password, ADA)).toBeUndefined();
    }
  });
});

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
