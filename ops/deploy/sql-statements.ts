/**
 * The statements of an SQL text, without comments and quotes around names, white space folded. A trigger with the statements
 * inside it is one.
 */
export function statementsOf(text: string): string[] {
  const statements: string[] = [];
  let held = "";
  for (const part of plainText(text).split(";")) {
    held += held === "" ? part : `;${part}`;
    if (isOpenTrigger(held)) continue;
    const statement = held.replace(/\s+/g, " ").trim();
    if (statement !== "") statements.push(statement);
    held = "";
  }
  if (held.trim() !== "") statements.push(held.replace(/\s+/g, " ").trim());
  return statements;
}

/** Words that rules and the ends of triggers go by. */
const KEYWORDS = new Set(
  "add alter as begin case conflict create default delete do drop end exists if index insert into not null on or raise rename replace select set table trigger unique update view virtual where".split(
    " ",
  ),
);

/** Comments go, texts in quotes become empty ones, so that nothing in them reads as SQL; names lose their quotes. */
function plainText(text: string): string {
  return text.replace(
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|`((?:[^`]|``)*)`|"((?:[^"]|"")*)"|\[([^\]]*)\]/g,
    (match, tick?: string, quoted?: string, bracketed?: string) => {
      const name = tick ?? quoted ?? bracketed;
      if (name !== undefined) return nameOf(name);
      return match.startsWith("'") ? "''" : " ";
    },
  );
}

/** A name that was quoted is no word of the language, whatever it is; nor are signs within it. */
function nameOf(quoted: string): string {
  return /^\w+$/.test(quoted) && !KEYWORDS.has(quoted.toLowerCase()) ? quoted : `_${quoted.replace(/\W/g, "_")}_`;
}

function isOpenTrigger(text: string): boolean {
  if (!/^\s*create (?:temp(?:orary)? )?trigger\b/i.test(text)) return false;
  // `case … end` inside counts as it opens and closes.
  const opened = text.match(/\b(?:begin|case)\b/gi)?.length ?? 0;
  const closed = text.match(/\bend\b/gi)?.length ?? 0;
  return opened === 0 || closed < opened;
}
