import type { MiddlewareHandler } from "hono";
import { ProblemError, tooLarge } from "../platform/problem-error.ts";
import type { ApiEnv } from "./api-types.ts";
import { isHookPath } from "./trusted-change.ts";

// The largest honest body is a rule text of 20,000 characters, each escaped; the bound is for the parser's memory.
export const JSON_BYTES_MAX = 256 * 1024;
// Our deepest document has six levels; JSON parsers recurse.
export const JSON_DEPTH_MAX = 20;
// Settings have some fifty keys with all their parts.
export const JSON_KEYS_MAX = 1_000;
// The longest text we take is a strategy's rules; every other field has a tighter bound in its schema.
export const JSON_STRING_CHARACTERS_MAX = 20_000;

/** Reads a JSON body within its bounds before anything parses it: 413 or 422 beyond them, 400 where it is not JSON. */
export const boundedJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const type = c.req.header("Content-Type") ?? "";
  if (!/^application\/json\b/i.test(type) || c.req.raw.body === null || isHookPath(c.req.path)) return next();
  const text = await readText(c.req.raw);
  checkShape(text);
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new ProblemError({ status: 400, code: "not_json", detail: "The body must be JSON.", cause });
  }
  const { url, headers, method, signal } = c.req.raw;
  c.req.raw = new Request(url, { method, headers, body: text, signal });
  return next();
};

async function readText(request: Request): Promise<string> {
  const declared = Number(request.headers.get("Content-Length") ?? 0);
  if (declared > JSON_BYTES_MAX) throw oversized(declared);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > JSON_BYTES_MAX) throw oversized(bytes);
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw new ProblemError({ status: 400, code: "not_json", detail: "The body must be JSON in UTF-8.", cause });
  }
}

function oversized(bytes: number): ProblemError {
  return tooLarge(`The body must be at most ${JSON_BYTES_MAX} bytes, was ${bytes} or more.`);
}

/** One pass over the characters: depth and number of keys outside strings, the length of each string. */
function checkShape(text: string): void {
  let depth = 0;
  let keys = 0;
  let inString = false;
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (inString) {
      // An escape stands for one character: a sign after the backslash, or u and four digits.
      if (character === 0x5c) at += text.charCodeAt(at + 1) === 0x75 ? 5 : 1;
      else if (character === 0x22) inString = false;
      if (++length > JSON_STRING_CHARACTERS_MAX + 1) {
        throw misshapen(`must have strings of at most ${JSON_STRING_CHARACTERS_MAX} characters`);
      }
    } else if (character === 0x22) {
      inString = true;
      length = 0;
    } else if (character === 0x5b || character === 0x7b) depth++;
    else if (character === 0x5d || character === 0x7d) depth--;
    else if (character === 0x3a) keys++;
    if (depth > JSON_DEPTH_MAX) throw misshapen(`must be at most ${JSON_DEPTH_MAX} levels deep`);
    if (keys > JSON_KEYS_MAX) throw misshapen(`must have at most ${JSON_KEYS_MAX} keys`);
  }
}

function misshapen(rule: string): ProblemError {
  return new ProblemError({ status: 422, code: "invalid", detail: `The body ${rule}.`, issues: [{ field: "", rule }] });
}
