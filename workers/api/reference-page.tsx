import type { OpenAPIHono } from "@hono/zod-openapi";
import { PROBLEMS, type ProblemCode, problemAnchor } from "../platform/problem-catalogue.ts";
import type { ApiEnv } from "./api-types.ts";

type ApiDocument = ReturnType<OpenAPIHono<ApiEnv>["getOpenAPI31Document"]>;

const METHODS = ["get", "post", "patch", "put", "delete"] as const;

interface RouteView {
  readonly anchor: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly open: boolean;
  readonly parameters: readonly { name: string; place: string; required: boolean; schema: unknown }[];
  readonly body: unknown;
  readonly replies: readonly { status: string; description: string; schema: unknown }[];
}

/** Parts that those who run a deployment ask for. */
const OPERATORS_TAGS: ReadonlySet<string> = new Set(["Administration", "Health", "Operations"]);

/** The API's reference as one page of plain HTML: no script, nothing from elsewhere. */
export function ReferencePage({ document }: { document: ApiDocument }) {
  const routes = routesOf(document);
  const named = [...new Set(routes.map((route) => route.tag))];
  // What most programs ask for stands first.
  const tags = [...named.filter((tag) => !OPERATORS_TAGS.has(tag)), ...named.filter((tag) => OPERATORS_TAGS.has(tag))];
  const parts = tags.map((tag) => ({ tag, routes: routes.filter((route) => route.tag === tag) }));
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>ApexTrade API</title>
        <link rel="stylesheet" href="/docs/style.css" />
      </head>
      <body>
        <div class="layout">
          <nav aria-label="Routes">
            {parts.map(({ tag, routes: own }) => (
              <div key={tag}>
                <h2>{tag}</h2>
                <ul>
                  {own.map((route) => (
                    <li key={route.anchor}>
                      <a href={`#${route.anchor}`}>
                        {route.method} {route.path.replace("/api/v1", "")}
                      </a>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
            <h2>Problems</h2>
            <ul>
              <li>
                <a href="#problems">What errors mean</a>
              </li>
            </ul>
          </nav>
          <main>
            <h1>{document.info.title}</h1>
            <p>
              <Words text={document.info.description ?? ""} />
            </p>
            <p>
              <a href="/api/v1/openapi.json">The OpenAPI 3.1 document</a>
            </p>
            {parts.flatMap(({ routes: own }) => own.map((route) => <RouteSection key={route.anchor} route={route} />))}
            <Problems />
          </main>
        </div>
      </body>
    </html>
  );
}

/** Text in which backticks stand about code. */
function Words({ text }: { text: string }) {
  const parts = text.split("`").map((part, at) => ({ key: String(at), part, isCode: at % 2 === 1 }));
  return <>{parts.map(({ key, part, isCode }) => (isCode ? <code key={key}>{part}</code> : part))}</>;
}

function RouteSection({ route }: { route: RouteView }) {
  return (
    <section id={route.anchor}>
      <h3>
        <span class="method">{route.method}</span> {route.path}
      </h3>
      <p>
        <Words text={route.summary} />.{" "}
        <span class="soft">{route.open ? "Open to all." : "Needs an access token."}</span>
      </p>
      {route.description === undefined ? null : (
        <p>
          <Words text={route.description} />
        </p>
      )}
      {route.parameters.length === 0 ? null : <Parameters rows={route.parameters} />}
      {route.body === undefined ? null : <SchemaBox title="Body" schema={route.body} />}
      <table>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Meaning</th>
        </tr>
        {route.replies.map((reply) => (
          <tr key={reply.status}>
            <td>{reply.status}</td>
            <td>
              <Words text={reply.description} />
              {reply.schema === undefined || !reply.status.startsWith("2") ? null : (
                <SchemaBox title="Shape" schema={reply.schema} />
              )}
            </td>
          </tr>
        ))}
      </table>
    </section>
  );
}

/** What the `type` of a problem document leads to. */
function Problems() {
  return (
    <>
      <h2 id="problems">Problems</h2>
      <p>
        <Words text="An error's `type` leads to one of these. Its `code` stays as it is; its `detail` says what is wrong this time." />
      </p>
      {(Object.keys(PROBLEMS) as ProblemCode[]).map((code) => (
        <section id={problemAnchor(code)} key={code}>
          <h3>
            <code>{code}</code>
          </h3>
          <p>
            <Words text={`${PROBLEMS[code].means} ${PROBLEMS[code].remedy}`} />
          </p>
        </section>
      ))}
    </>
  );
}

function Parameters({ rows }: { rows: RouteView["parameters"] }) {
  return (
    <table>
      <tr>
        <th scope="col">Parameter</th>
        <th scope="col">In</th>
        <th scope="col">Form</th>
      </tr>
      {rows.map((row) => (
        <tr key={row.name}>
          <td>
            <code>{row.name}</code>
            {row.required ? " (required)" : ""}
          </td>
          <td>{row.place}</td>
          <td>
            <code>{JSON.stringify(row.schema)}</code>
          </td>
        </tr>
      ))}
    </table>
  );
}

function SchemaBox({ title, schema }: { title: string; schema: unknown }) {
  return (
    <details>
      <summary>{title}</summary>
      <pre>
        <code>{JSON.stringify(schema, null, 2)}</code>
      </pre>
    </details>
  );
}

function routesOf(document: ApiDocument): RouteView[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [viewOf(method.toUpperCase(), path, operation)];
    }),
  );
}

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses?: object;
}

function viewOf(method: string, path: string, operation: Operation): RouteView {
  return {
    anchor: `${method}-${path.replace(/[^\w]+/g, "-")}`.toLowerCase(),
    method,
    path,
    tag: operation.tags?.[0] ?? "Other",
    summary: operation.summary ?? "",
    description: operation.description,
    open: operation.security === undefined || operation.security.length === 0,
    parameters: (operation.parameters ?? []).map((parameter) => ({
      name: textOf(parameter, "name"),
      place: textOf(parameter, "in"),
      required: fieldOf(parameter, "required") === true,
      schema: fieldOf(parameter, "schema"),
    })),
    body: schemaOf(operation.requestBody),
    replies: Object.entries(operation.responses ?? {}).map(([status, reply]) => ({
      status,
      description: textOf(reply, "description"),
      schema: schemaOf(reply),
    })),
  };
}

/** The schema of the first content type of a body or reply. */
function schemaOf(holder: unknown): unknown {
  const content = fieldOf(holder, "content");
  if (content === null || typeof content !== "object") return undefined;
  return fieldOf(Object.values(content)[0], "schema");
}

function fieldOf(holder: unknown, name: string): unknown {
  return holder !== null && typeof holder === "object" ? (holder as Record<string, unknown>)[name] : undefined;
}

function textOf(holder: unknown, name: string): string {
  const value = fieldOf(holder, name);
  return typeof value === "string" ? value : "";
}
