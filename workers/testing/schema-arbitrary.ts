import fc from "fast-check";
import { HOSTILE_VALUES } from "./hostile-value.ts";

/** As much of JSON Schema 2020-12 as the API's document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly format?: string;
  readonly pattern?: string;
}

/** What a document calls its schemas. */
export type Definitions = Readonly<Record<string, JsonSchema>>;

// Longer texts and lists are what the hostile values are for.
const LENGTH_MAX = 60;
const ITEMS_MAX = 3;

/** Values of the shape that a schema describes; patterns and formats are met most of the time. */
export function schemaArbitrary(schema: JsonSchema, definitions: Definitions): fc.Arbitrary<unknown> {
  const inner = (part: JsonSchema) => schemaArbitrary(part, definitions);
  if (schema.$ref !== undefined) return inner(definitions[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(inner));
  if (schema.allOf !== undefined) {
    return fc.tuple(...schema.allOf.map(inner)).map((parts) => Object.assign({}, ...parts));
  }
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 1) return fc.oneof(...types.map((type) => inner({ ...schema, type })));
  return typedArbitrary(types[0], schema, inner);
}

function typedArbitrary(
  type: string | undefined,
  schema: JsonSchema,
  inner: (part: JsonSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "integer" || type === "number") return numberArbitrary(type, schema);
  if (type === "string") return textArbitrary(schema);
  if (type === "array") {
    const { minItems = 0, maxItems = ITEMS_MAX } = schema;
    const maxLength = Math.max(minItems, Math.min(maxItems, ITEMS_MAX));
    return fc.array(inner(schema.items ?? {}), { minLength: minItems, maxLength });
  }
  if (type !== "object") return fc.jsonValue({ maxDepth: 2 });
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = fc.record(Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part)])), {
    requiredKeys: required.filter((name) => name in properties),
  });
  if (typeof additionalProperties !== "object") return known;
  const others = fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), inner(additionalProperties), { maxKeys: 3 });
  return fc.tuple(others, known).map(([extra, own]) => ({ ...extra, ...own }));
}

function numberArbitrary(type: "integer" | "number", schema: JsonSchema): fc.Arbitrary<number> {
  const min = schema.minimum ?? schema.exclusiveMinimum ?? -1e6;
  const max = Math.max(min, schema.maximum ?? Math.max(min, 0) + 1e6);
  if (type === "integer") return fc.integer({ min: Math.ceil(min), max: Math.floor(Math.min(max, 2 ** 31)) });
  return fc.double({ min, max, noNaN: true });
}

const BY_FORMAT: Readonly<Record<string, readonly string[]>> = {
  email: ["ada@example.org", "eve@example.org"],
  uri: ["https://example.org/x"],
  "date-time": ["2024-01-01T00:00:00Z"],
  date: ["2024-01-01"],
};

function textArbitrary({ format, pattern, minLength = 0, maxLength = LENGTH_MAX }: JsonSchema): fc.Arbitrary<string> {
  const usual = BY_FORMAT[format ?? ""];
  if (usual !== undefined) return fc.constantFrom(...usual);
  const max = Math.max(minLength, Math.min(maxLength, LENGTH_MAX));
  const plain = fc.string({ minLength, maxLength: max });
  return pattern === undefined ? plain : fc.oneof(plain, fc.stringMatching(new RegExp(pattern, "u")));
}

/** A value with one place in it turned hostile: replaced, dropped or joined by a stranger. */
export function spoiled(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.constantFrom("replace", "drop", "add");
  return fc
    .tuple(value, fc.nat(), fc.constantFrom(...HOSTILE_VALUES), change)
    .map(([whole, place, hostile, how]) =>
      spoil(whole, { place: { left: place % (1 + placesOf(whole)) }, hostile, how }),
    );
}

interface Spoiling {
  /** Counts down to the place that is changed. */
  readonly place: { left: number };
  readonly hostile: unknown;
  readonly how: "replace" | "drop" | "add";
}

function spoil(value: unknown, spoiling: Spoiling): unknown {
  const { place, hostile, how } = spoiling;
  if (place.left-- === 0) {
    if (how !== "add" || typeof value !== "object" || value === null) return how === "drop" ? undefined : hostile;
    return Array.isArray(value) ? [...value, hostile] : { ...value, isAdmin: hostile, userId: "usr_other" };
  }
  if (Array.isArray(value)) return value.map((entry) => spoil(entry, spoiling));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, spoil(entry, spoiling)]));
}

function placesOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((sum, entry) => sum + 1 + placesOf(entry), 0);
}
