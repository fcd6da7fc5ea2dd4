import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import { COMMON_WORDS } from "./common-words.ts";
import { FREQUENT_PASSWORDS, FREQUENT_WORDS } from "./frequent-passwords.ts";

// Twelve characters keep offline guessing of a peppered Argon2id hash out of reach; 128 fit every pass phrase and
// bound the work of one request. Both in UTF-16 units, as every client counts them.
export const PASSWORD_CHARACTERS_MIN = 12;
export const PASSWORD_CHARACTERS_MAX = 128;
// A password this uneven ("aaaaaaaaaaaa1") has fewer guesses than a short word.
const DISTINCT_CHARACTERS_MIN = 5;

/** The rule that a new password breaks, or undefined. The issue never repeats the password. */
export function checkPassword(password: string, owner: { email: string; name: string }): ProblemIssue | undefined {
  if (password.length < PASSWORD_CHARACTERS_MIN) {
    return issue(`must have at least ${PASSWORD_CHARACTERS_MIN} characters, had ${password.length}`);
  }
  if (password.length > PASSWORD_CHARACTERS_MAX) {
    return issue(`must have at most ${PASSWORD_CHARACTERS_MAX} characters, had ${password.length}`);
  }
  const plain = plainForm(password);
  if (new Set(password.toLowerCase()).size < DISTINCT_CHARACTERS_MIN || isRun(password.toLowerCase())) {
    return issue("must not be a repetition or a row of keys");
  }
  for (const part of personalParts(owner)) {
    if (remainderWithout(plain, part) < 4) return issue("must not be your name or e-mail address with a few additions");
  }
  if (FREQUENT_PASSWORDS.has(password.toLowerCase()) || isCommon(plain))
    return issue("must not be a common password; three or four unrelated words are good");
  return undefined;
}

function issue(rule: string): ProblemIssue {
  return { field: "password", rule };
}

/** Lower case, with the usual substitutions undone and everything but letters dropped. */
function plainForm(password: string): string {
  const substitutions: Record<string, string> = { "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t" };
  const signs = [...password.toLowerCase()];
  const isLetter = (sign: string) => /\p{L}/u.test(sign);
  return signs
    .slice(Math.max(0, signs.findIndex(isLetter)), signs.findLastIndex(isLetter) + 1)
    .join("")
    .replace(/[@$!]/g, (sign) => (sign === "@" ? "a" : sign === "$" ? "s" : "i"))
    .replace(/[013457]/g, (digit) => substitutions[digit] ?? digit)
    .replace(/[^\p{L}]/gu, "");
}

function personalParts(owner: { email: string; name: string }): string[] {
  const [local = "", domain = ""] = owner.email.toLowerCase().split("@");
  const parts = [local, `${local}${domain}`, ...domain.split("."), ...owner.name.split(/\s+/), owner.name];
  return parts.map(plainForm).filter((part) => part.length >= 4);
}

function remainderWithout(plain: string, part: string): number {
  return plain.includes(part) ? plain.length - part.length : plain.length;
}

/** Whether the letters are one or several common words and nothing else, or too few to matter. */
function isCommon(plain: string): boolean {
  if (plain.length < 4) return true;
  const reachable = new Array<number>(plain.length + 1).fill(Number.POSITIVE_INFINITY);
  reachable[0] = 0;
  for (let end = 1; end <= plain.length; end++) {
    for (let start = Math.max(0, end - 20); start < end; start++) {
      const words = (reachable[start] ?? 0) + 1;
      if (words < (reachable[end] ?? 0) && isWord(plain.slice(start, end))) reachable[end] = words;
    }
  }
  // Three common words in a row are a pass phrase of a kind; one or two are on every list.
  return (reachable[plain.length] ?? 0) <= 2;
}

function isWord(text: string): boolean {
  return COMMON_WORDS.has(text) || FREQUENT_WORDS.has(text);
}

const ROWS = [
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiopasdfghjklzxcvbnm",
  "qwertyuiop[]",
  "01234567890123456789",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
  "asdfghjkl;'",
];

/** Whether the password is one short text repeated, or mostly a row of keys or letters, forwards or backwards. */
function isRun(password: string): boolean {
  for (let period = 1; period <= Math.min(5, password.length / 2); period++) {
    if (
      password ===
      password
        .slice(0, period)
        .repeat(Math.ceil(password.length / period))
        .slice(0, password.length)
    )
      return true;
  }
  const ends = ROWS.flatMap((row) => [row + row, [...row].reverse().join("").repeat(2)]);
  return ends.some((row) => row.includes(password));
}
