import { VenueSilence } from "./venue-reply.ts";

/** How deep a reply may nest: no venue's goes beyond eight, and a reviver climbs as deep as the text does. */
const DEPTH_MAX = 32;
/** Names that could change what an object is. */
const FORBIDDEN_NAME = "__proto__";

/**
 * JSON of a venue with every number kept as the text it was written in: ids of 64 bits and prices would lose digits as
 * doubles. So a schema over it takes strings only. Throws VenueSilence for what is no JSON, nests too deep or names
 * `__proto__`: such a reply says nothing that can be relied on.
 */
export function readJson(text: string): unknown {
  if (depthOf(text) > DEPTH_MAX) throw unreadable(`must nest at most ${DEPTH_MAX} deep`);
  try {
    return JSON.parse(text, keepNumbers);
  } catch (error) {
    throw unreadable(error instanceof SyntaxError ? "must be JSON" : String(error));
  }
}

function keepNumbers(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (key === FORBIDDEN_NAME) throw new TypeError(`must not name ${FORBIDDEN_NAME}`);
  if (typeof value !== "number") return value;
  if (context?.source === undefined)
    throw new TypeError("must be read by a runtime that tells how numbers were written");
  return context.source;
}

/** How deep brackets nest outside of strings, in one pass and without a stack. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === BACKSLASH) index++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === BRACKET || code === BRACE) deepest = Math.max(deepest, ++depth);
    else if (code === BRACKET_END || code === BRACE_END) depth--;
  }
  return deepest;
}

const QUOTE = 34;
const BACKSLASH = 92;
const BRACKET = 91;
const BRACKET_END = 93;
const BRACE = 123;
const BRACE_END = 125;

function unreadable(rule: string): VenueSilence {
  return new VenueSilence(`the venue's reply ${rule}`, { isSent: true });
}
