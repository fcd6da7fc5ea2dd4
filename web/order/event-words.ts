/** Times stand beside the event already. */
const LEFT_OUT = new Set(["type", "at"]);

/** What an event of an order carries, in words: "quantity 0.5, price 69463.84". Text that is no JSON is answered as it is. */
export function eventWords(detail: string): string {
  const value = parseJson(detail);
  return typeof value === "object" && value !== null ? partsOf(value).join(", ") : detail;
}

function partsOf(value: object): readonly string[] {
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
    if (LEFT_OUT.has(name) || part === null || part === undefined || part === "") return [];
    if (typeof part === "object") return partsOf(part);
    return [`${wordsOfName(name)} ${withoutIdleZeros(String(part))}`];
  });
}

/** "venueOrderId" as "venue order id". */
function wordsOfName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function withoutIdleZeros(text: string): string {
  if (!/^-?\d+\.\d+$/.test(text)) return text;
  let length = text.length;
  while (text[length - 1] === "0") length -= 1;
  return text.slice(0, text[length - 1] === "." ? length - 1 : length);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
