// Our longest client message has some forty characters.
const CLIENT_MESSAGE_CHARACTERS_MAX = 1_000;

/** What a client said, where it is short JSON with a type; undefined otherwise. */
export function readClientMessage(text: string | ArrayBuffer): { readonly type: string } | undefined {
  if (typeof text !== "string" || text.length > CLIENT_MESSAGE_CHARACTERS_MAX) return undefined;
  try {
    const said: unknown = JSON.parse(text);
    const typed = typeof said === "object" && said !== null && "type" in said && typeof said.type === "string";
    return typed ? (said as { readonly type: string }) : undefined;
  } catch {
    return undefined;
  }
}
