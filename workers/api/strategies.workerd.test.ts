import { beforeAll, describe, expect, it } from "vitest";
import type { StrategyVersion, UserStrategy } from "../../schema/wire/strategy.ts";
import { newClient, type TestClient } from "../testing/test-client.ts";

let client: TestClient;
beforeAll(async () => {
  client = await newClient();
});

function create(document = "first"): Promise<UserStrategy> {
  return client.json("POST", "/api/v1/strategies", { name: "Mine", document }, 201);
}

describe("a saved strategy", () => {
  it("keeps every version as it was", async () => {
    const { id } = await create();
    for (const [index, document] of ["second", "third"].entries()) {
      await client.json("PATCH", `/api/v1/strategies/${id}`, { document, version: index + 1 });
    }
    const { rows } = await client.json<{ rows: StrategyVersion[] }>("GET", `/api/v1/strategies/${id}/versions`);
    expect(rows.map(({ version, document }) => [version, document])).toEqual([
      [3, "third"],
      [2, "second"],
      [1, "first"],
    ]);
  });

  it("lets one of several changes made from the same version through", async () => {
    const { id } = await create();
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        client.send("PATCH", `/api/v1/strategies/${id}`, { document: `by writer ${index}`, version: 1 }),
      ),
    );
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    expect((await client.json<UserStrategy>("GET", `/api/v1/strategies/${id}`)).version).toBe(2);
  });

  it("makes no version of a change that changes only its name", async () => {
    const { id } = await create();
    const renamed = await client.json<UserStrategy>("PATCH", `/api/v1/strategies/${id}`, { name: "Yours", version: 1 });
    expect(renamed).toMatchObject({ name: "Yours", version: 1, document: "first" });
  });

  it("with an error in it is refused with the place of the error, and not stored", async () => {
    const reply = await client.send("POST", "/api/v1/strategies", { name: "Bad", document: "wrong" });
    expect(reply.status).toBe(422);
    expect(await reply.text()).toContain("line 1, column 1");
    const { rows } = await client.json<{ rows: UserStrategy[] }>("GET", "/api/v1/strategies");
    expect(rows.map((row) => row.name)).not.toContain("Bad");
  });

  it("of 20,001 characters is refused", async () => {
    const body = { name: "Long", document: "x".repeat(20_001) };
    expect((await client.send("POST", "/api/v1/strategies", body)).status).toBe(422);
  });

  it("is made once for one key, however many ask at once", async () => {
    const ask = () =>
      client.send(
        "POST",
        "/api/v1/strategies",
        { name: "Once", document: "x" },
        { "Idempotency-Key": "key-of-a-strategy" },
      );
    const made = await Promise.all((await Promise.all(Array.from({ length: 5 }, ask))).map((reply) => reply.json()));
    expect(new Set(made.map((strategy) => (strategy as UserStrategy).id)).size).toBe(1);
  });

  it("goes with its versions", async () => {
    const { id } = await create();
    expect((await client.send("DELETE", `/api/v1/strategies/${id}`)).status).toBe(204);
    expect((await client.send("GET", `/api/v1/strategies/${id}/versions`)).status).toBe(404);
  });
});
