/** Values that an object keeps by name. Text is the value as JSON. */
export interface NamedValues {
  list(): readonly (readonly [name: string, text: string])[];
  put(name: string, text: string): void;
}

const UNDEFINED = "\u0000undefined";
const NUMBER = "\u0000number ";

/** The database has none. */
export const NO_VALUES: NamedValues = { list: () => [], put: () => undefined };

/** Throws where a value is not one that JSON can hold: it would come back as another. */
export function jsonOf(name: string, value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === undefined) return UNDEFINED;
    if (typeof part === "number" && !Number.isFinite(part)) return `${NUMBER}${part}`;
    const isPlain =
      part === null ||
      typeof part !== "object" ||
      Array.isArray(part) ||
      Object.getPrototypeOf(part) === Object.prototype;
    if (!isPlain || typeof part === "bigint" || typeof part === "function") {
      throw new TypeError(`the stored value ${name} must hold what JSON can, has a ${typeof part}`);
    }
    return part;
  });
}

export function valueOfJson(text: string): unknown {
  return restored(JSON.parse(text));
}

function restored(value: unknown): unknown {
  if (value === UNDEFINED) return undefined;
  if (typeof value === "string" && value.startsWith(NUMBER)) return Number(value.slice(NUMBER.length));
  if (Array.isArray(value)) return value.map(restored);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, restored(part)]));
}
