import { parseAst } from "vite";

const TEST_WORDS = new Set(["it", "test", "describe"]);

/**
 * What the tests of a file promise: the titles of its tests and groups, and the texts of the tables that fill their
 * places (`it.each(table)("... %s")`). Found by the syntax tree, so that a comment or an assertion is no promise.
 */
export function testTitles(text: string): string[] {
  const titles: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const entry of node) walk(entry);
    else if (isNode(node)) {
      if (node.type === "CallExpression") titles.push(...titlesOf(node));
      for (const value of Object.values(node)) walk(value);
    }
  };
  walk(parseAst(text, { lang: "ts" }));
  return titles;
}

interface SyntaxNode {
  readonly type: string;
  readonly [name: string]: unknown;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function titlesOf(call: SyntaxNode): string[] {
  const callee = call.callee;
  if (!isNode(callee) || !TEST_WORDS.has(rootOf(callee))) return [];
  // `it.each(table)` hands its table's texts on; `it("...")` and `it.each(table)("...")` begin with the title.
  const isTable = callee.type === "MemberExpression" && isNode(callee.property) && callee.property.name === "each";
  const first = Array.isArray(call.arguments) ? call.arguments[0] : undefined;
  return isTable ? textsIn(first) : textsOf(first);
}

/** The name that a chain such as `describe.skipIf(x)` begins with. */
function rootOf(node: SyntaxNode): string {
  if (node.type === "Identifier") return String(node.name);
  const inner =
    node.type === "CallExpression" ? node.callee : node.type === "MemberExpression" ? node.object : undefined;
  return isNode(inner) ? rootOf(inner) : "";
}

/** A plain text, or the fixed parts of one with places. */
function textsOf(node: unknown): string[] {
  if (!isNode(node)) return [];
  if (node.type === "Literal") return typeof node.value === "string" ? [node.value] : [];
  if (node.type !== "TemplateLiteral" || !Array.isArray(node.quasis)) return [];
  return node.quasis.map((part: { value: { cooked: string } }) => part.value.cooked);
}

function textsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsIn);
  if (!isNode(node)) return [];
  return [...textsOf(node), ...textsIn(node.elements), ...textsIn(node.argument)];
}
