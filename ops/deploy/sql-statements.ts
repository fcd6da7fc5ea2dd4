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

/** Comments go, texts in quotes become empty ones, so that nothing in them reads as SQL; names lose their quotes. */
function plainText(text: string): string {
  return text.replace(
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|`(\w+)`|"(\w+)"/g,
    (match, tick?: string, quoted?: string) => {
      if (tick !== undefined) return tick;
      if (quoted !== undefined) return quoted;
      return match.startsWith("'") ? "''" : " ";
    },
  );
}

function isOpenTrigger(text: string): boolean {
  if (!/^\s*create (?:temp(?:orary)? )?trigger\b/i.test(text)) return false;
  // `case … end` inside counts as it opens and closes.
  const opened = text.match(/\b(?:begin|case)\b/gi)?.length ?? 0;
  const closed = text.match(/\bend\b/gi)?.length ?? 0;
  return opened === 0 || closed < opened;
}
