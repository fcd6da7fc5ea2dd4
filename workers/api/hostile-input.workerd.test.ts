import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { newClient, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";
import { describedRoutes } from "../testing/test-routes.ts";

let client: TestClient;
beforeAll(async () => {
  client = await newClient({ bindings: withTestQueue().bindings });
});

const SAMPLES = [
  "'; DROP TABLE users;--",
  "../../etc/passwd",
  "%00",
  "NaN",
  "-1",
  "1e309",
  "__proto__",
  "💥",
  "a".repeat(5_000),
];
const text = fc.oneof(fc.constantFrom(...SAMPLES), fc.string({ maxLength: 40 }));
const NAMES = ["cursor", "limit", "from", "to", "timeframe", "format", "ids", "sort", "symbol", "fileName", "x"];
const query = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), text), { maxLength: 4, selector: ([name]) => name });
const FIELDS = ["name", "document", "version", "settings", "datasetId", "timeframe", "parameters", "password", "email"];
const body = fc.oneof(
  fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(text, fc.jsonValue({ maxDepth: 3 })), { maxKeys: 6 }),
  fc.jsonValue({ maxDepth: 4 }),
);

describe("hostile input", () => {
  it.each(describedRoutes().map((route) => [route.name, route] as const))(
    "to %s is refused or answered, and never makes it fail",
    async (name, { method, path }) => {
      await fc.assert(
        fc.asyncProperty(text, query, body, async (id, pairs, sent) => {
          const address = path.replace("{id}", encodeURIComponent(id)).replace("{part}", encodeURIComponent(id));
          const search = new URLSearchParams(pairs).toString();
          const upload = name.endsWith("/import");
          const reply = await client.send(
            method,
            `${address}?${search}`,
            method === "GET" ? undefined : JSON.stringify(sent),
            upload ? { "Content-Type": "application/octet-stream" } : {},
          );
          await reply.arrayBuffer();
          expect(reply.status).toBeLessThan(500);
        }),
        { numRuns: 40 },
      );
    },
  );
});
