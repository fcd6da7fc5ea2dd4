import { recordedPayload } from "./recorded-payloads.ts";

/** A part of a specification; what it has depends on where it stands. */
export type SpecNode = Readonly<Record<string, unknown>>;

interface Operation {
  readonly method: string;
  /** With its parameters in braces. */
  readonly template: string;
  readonly node: SpecNode;
}

/** A venue's OpenAPI or Swagger description, as far as replies are held against it. */
export class Spec {
  private readonly root: SpecNode;
  private readonly operations: readonly Operation[];

  constructor(file: string, prefix = "") {
    this.root = recordedPayload<SpecNode>(file);
    const paths = this.root.paths as Readonly<Record<string, SpecNode>>;
    this.operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, node]) =>
        METHODS.has(method)
          ? [{ method: method.toUpperCase(), template: `${prefix}${path}`, node: node as SpecNode }]
          : [],
      ),
    );
  }

  /** The operation that a request is one of: the one with the fewest parameters, where several fit. */
  operationOf(method: string, path: string): Operation | undefined {
    const fitting = this.operations.filter((one) => one.method === method && patternOf(one.template).test(path));
    return fitting.sort((left, right) => parameters(left) - parameters(right))[0];
  }

  has(method: string, template: string): boolean {
    return this.operations.some((one) => one.method === method && one.template === template);
  }

  /** Where a reply is not what the operation says; empty where all is well. Unknown fields are nobody's fault. */
  replyFaults(operation: Operation, status: number, body: unknown): string[] {
    const responses = operation.node.responses as Readonly<Record<string, SpecNode>>;
    const response = responses[String(status)];
    if (response === undefined) return [`${operation.template} must not answer ${status}`];
    const content = (this.resolve(response).content as SpecNode | undefined)?.["application/json"] as
      | SpecNode
      | undefined;
    const schema = (content?.schema ?? this.resolve(response).schema) as SpecNode | undefined;
    return schema === undefined ? [] : this.faults(body, schema, operation.template);
  }

  private resolve(node: SpecNode): SpecNode {
    const ref = node.$ref;
    if (typeof ref !== "string") return node;
    const found = ref
      .slice(2)
      .split("/")
      .reduce<unknown>((at, key) => (at as SpecNode)[key.replaceAll("~1", "/")], this.root);
    return this.resolve(found as SpecNode);
  }

  private faults(value: unknown, raw: SpecNode, at: string): string[] {
    const schema = this.resolve(raw);
    // What is absent is told as null by some venues, whatever their description says.
    if (value === null || value === undefined) return [];
    for (const key of ["anyOf", "oneOf"]) {
      const choices = schema[key] as SpecNode[] | undefined;
      if (choices === undefined) continue;
      const results = choices.map((choice) => this.faults(value, choice, at));
      if (!results.some((result) => result.length === 0)) return results[0] ?? [];
    }
    const all = ((schema.allOf ?? []) as SpecNode[]).flatMap((part) => this.faults(value, part, at));
    return [...all, ...this.typeFaults(value, schema, at)];
  }

  private typeFaults(value: unknown, schema: SpecNode, at: string): string[] {
    const { type, enum: allowed } = schema;
    if (Array.isArray(allowed) && !allowed.includes(value)) return [`${at} must be one of its values, was ${value}`];
    if (type === "array") {
      if (!Array.isArray(value)) return [`${at} must be a list`];
      return value.flatMap((item, index) => this.faults(item, (schema.items ?? {}) as SpecNode, `${at}[${index}]`));
    }
    if (type === "integer" || type === "number") return typeof value === "number" ? [] : [`${at} must be a number`];
    if (type === "string" || type === "boolean") return typeof value === type ? [] : [`${at} must be a ${type}`];
    const properties = (schema.properties ?? {}) as Readonly<Record<string, SpecNode>>;
    if (typeof value !== "object" || value === null) return type === "object" ? [`${at} must be an object`] : [];
    const record = value as SpecNode;
    const missing = ((schema.required ?? []) as string[]).filter((name) => !(name in record));
    const inner = Object.entries(record).flatMap(([name, part]) => {
      const known = properties[name];
      return known === undefined ? [] : this.faults(part, known, `${at}.${name}`);
    });
    return [...missing.map((name) => `${at}.${name} must be there`), ...inner];
  }
}

const METHODS = new Set(["get", "post", "put", "patch", "delete"]);

function patternOf(template: string): RegExp {
  const escaped = template.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
}

function parameters({ template }: Operation): number {
  return template.split("{").length;
}

/** Operations that a document says we use: rows of its table that begin with a method and a path. */
export function documentedOperations(text: string): string[] {
  return [...text.matchAll(/^\| `(GET|POST|PUT|PATCH|DELETE) ([^`]+)` \|/gm)].map(
    ([, method, path]) => `${method} ${path}`,
  );
}

/** Rows of a document's table of what was recorded and is not called: what, operation, reason. */
export function uncalledRows(text: string): { readonly what: string; readonly operation: string }[] {
  const [, section = ""] = text.split("## Recorded, and not called");
  const rows = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| `?([^`|]+?)`? \| `([A-Z]+ [^`]+)` \| .+ \|$/gm)];
  return rows.map(([, what = "", operation = ""]) => ({ what, operation }));
}

/** Whether a request is one of an operation, whose parameters are in braces. */
export function isOperation(operation: string, method: string, path: string): boolean {
  const [verb, template = ""] = operation.split(" ");
  return verb === method && patternOf(template).test(path);
}
