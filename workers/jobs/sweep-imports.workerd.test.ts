import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { imports } from "../../schema/tables/dataset.ts";
import type { Import } from "../../schema/wire/dataset.ts";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { newClient, START_MS } from "../testing/test-client.ts";
import { sweepImports } from "./sweep-imports.ts";

describe("an import that died while it read", () => {
  it("ends as failed after a while, and leaves no objects behind", async () => {
    const client = await newClient();
    const [id, datasetId] = [newId("imp"), newId("dat")];
    const key = `candles/${client.userId}/${datasetId}/1m/2024-01-x.arrow`;
    await env.BUCKET.put(key, "half of it");
    await ownedDatabase(openDatabase(env.DB), client.userId).insert(imports, {
      ...{
        id,
        status: "reading",
        bytes: 5,
        bytesTotal: 10,
        rows: 1,
        datasetId,
        createdAt: START_MS,
        updatedAt: START_MS,
      },
    });
    await sweepImports(env, START_MS + 9 * 60_000);
    expect(await client.json<Import>("GET", `/api/v1/imports/${id}`)).toMatchObject({
      status: "reading",
      datasetId: null,
    });
    await sweepImports(env, START_MS + 11 * 60_000);
    const after = await client.json<Import>("GET", `/api/v1/imports/${id}`);
    expect(after).toMatchObject({ status: "failed", datasetId: null, error: { code: "interrupted" } });
    expect(await env.BUCKET.head(key)).toBeNull();
  });
});

describe("an upload that was left behind", () => {
  it("is removed once no import can be reading it, and not before", async () => {
    const keys = ["imports/usr_a/imp_a", "imports/usr_b/imp_b"];
    for (const key of keys) await env.BUCKET.put(key, "a file");
    const uploaded = Date.now();
    await sweepImports(env, uploaded + 50 * 60_000);
    expect((await env.BUCKET.list({ prefix: "imports/" })).objects.map(({ key }) => key)).toEqual(keys);
    await sweepImports(env, uploaded + 61 * 60_000);
    expect((await env.BUCKET.list({ prefix: "imports/" })).objects).toEqual([]);
  });
});
