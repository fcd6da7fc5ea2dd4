import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { ownerKeys, vaultSecrets } from "../../schema/tables/vault.ts";
import { openDatabase } from "./database.ts";
import { base64Url, randomBytes } from "./digest.ts";
import type { Env } from "./env.ts";
import { newId } from "./ids.ts";
import { type MasterKeys, masterKeys } from "./master-keys.ts";
import { ownedDatabase } from "./owned-database.ts";
import { rotateVault } from "./rotate-vault.ts";
import { openSecret, prepareSecret, seal, unseal } from "./vault.ts";

const database = openDatabase(env.DB);
const OLD = env.MASTER_KEYS;
const NEW = `k2:${base64Url(new Uint8Array(32).fill(2))}`;
const withKeys = (MASTER_KEYS: string): Env => ({ ...env, MASTER_KEYS });

async function store(ownerId: string, id: string, secret: string, bindings: Env = env) {
  const owned = ownedDatabase(database, ownerId);
  const input = { id, field: "key", secret, show: "last-four" as const };
  const { statements, traits } = await prepareSecret({ env: bindings, owned, nowMs: 1 }, input);
  await owned.batch(statements);
  return traits;
}

const open = (ownerId: string, id: string, bindings: Env = env) =>
  openSecret({ env: bindings, owned: ownedDatabase(database, ownerId) }, id);

describe("a secret in the vault", () => {
  it("S37 opens for its owner, its id and its field, and nowhere else", async () => {
    const [ada, eve] = [newId("usr"), newId("usr")];
    await store(ada, "one", "the first secret of Ada");
    await store(ada, "two", "the second secret of Ada");
    await store(eve, "one", "the only secret of Eve");
    expect(await open(ada, "one")).toBe("the first secret of Ada");
    const rows = await database.select().from(vaultSecrets);
    expect(JSON.stringify(rows)).not.toContain("secret of");
    const sealedOf = (owner: string, id: string) =>
      rows.find((row) => row.ownerId === owner && row.id === id)?.sealed ?? "";
    const put = (sealed: string) => database.update(vaultSecrets).set({ sealed }).where(eq(vaultSecrets.ownerId, eve));
    for (const foreign of [sealedOf(ada, "one"), sealedOf(ada, "two")]) {
      await put(foreign);
      await expect(open(eve, "one")).rejects.toMatchObject({ code: "not_authentic" });
    }
    await put(sealedOf(eve, "one"));
    expect(await open(eve, "one")).toBe("the only secret of Eve");
    await database.update(vaultSecrets).set({ field: "other" }).where(eq(vaultSecrets.ownerId, eve));
    await expect(open(eve, "one")).rejects.toMatchObject({ code: "not_authentic" });
  });

  it("S37 is sealed with a nonce and a key that no other has, and opens after no change of a character", async () => {
    const keys: MasterKeys = masterKeys(env);
    const input = {
      keys,
      salt: base64Url(randomBytes(32)),
      name: { ownerId: "usr_a", id: "a", field: "key" },
      secret: "s",
    };
    const sealed = await Promise.all(Array.from({ length: 1_000 }, () => seal(input)));
    for (const part of [2, 3, 4, 5]) expect(new Set(sealed.map((text) => text.split(".")[part])).size).toBe(1_000);
    const [one = ""] = sealed;
    for (let at = 0; at < one.length; at += 7) {
      const changed = `${one.slice(0, at)}${one[at] === "A" ? "B" : "A"}${one.slice(at + 1)}`;
      await expect(unseal({ ...input, sealed: changed })).rejects.toThrow();
    }
  });

  it("S39 shows its last four characters and a fingerprint, of a short one nothing", async () => {
    const owner = newId("usr");
    const traits = await store(owner, "long", "abcdefghijklmnop1234");
    expect(traits).toEqual({ fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/), lastFour: "1234" });
    expect((await store(owner, "short", "pin 1234")).lastFour).toBe("");
    expect((await store(owner, "again", "abcdefghijklmnop1234")).fingerprint).toBe(traits.fingerprint);
    expect((await store(newId("usr"), "other", "abcdefghijklmnop1234")).fingerprint).not.toBe(traits.fingerprint);
  });

  it("S38 S42 moves to a new master key while others read, after any stop, and the old key is refused then", async () => {
    await database.delete(vaultSecrets);
    const owners = Array.from({ length: 5 }, () => newId("usr"));
    for (const owner of owners)
      for (let at = 0; at < 60; at++) await store(owner, `s${at}`, `secret ${at} of ${owner}`);
    const both = withKeys(`${NEW},${OLD}`);
    const first = await rotateVault(both, 2);
    expect(first.rewrapped).toBe(200);
    // Stopped here: half is wrapped under each key, and all of it opens.
    for (const owner of owners) expect(await open(owner, "s59", both)).toBe(`secret 59 of ${owner}`);
    await Promise.all([rotateVault(both, 3), rotateVault(both, 3)]);
    let left = 1;
    while (left > 0) ({ left } = await rotateVault(both, 4));
    const onlyNew = withKeys(NEW);
    for (const owner of owners) expect(await open(owner, "s7", onlyNew)).toBe(`secret 7 of ${owner}`);
    await expect(open(owners[0] ?? "", "s7", withKeys(OLD))).rejects.toMatchObject({ code: "unknown_key" });
    const row = { sealed: "v99.k2.a.b.c.d" };
    await database
      .update(vaultSecrets)
      .set(row)
      .where(eq(vaultSecrets.ownerId, owners[0] ?? ""));
    await expect(open(owners[0] ?? "", "s7", onlyNew)).rejects.toMatchObject({ code: "unknown_format" });
  });

  it("S38 moves every other secret where more than a batch of them do not open, and counts those", async () => {
    await database.delete(vaultSecrets);
    const owner = newId("usr");
    for (let at = 0; at < 215; at++) await store(owner, `s${at}`, `secret ${at}`);
    const bad = { sealed: "v1.k1.a.b.c.d" };
    await database.update(vaultSecrets).set(bad).where(sql`rowid <= (select min(rowid) + 204 from vault_secrets)`);
    expect(await rotateVault(withKeys(`${NEW},${OLD}`), 2)).toEqual({ rewrapped: 10, left: 205, broken: 205 });
    expect(await open(owner, "s214", withKeys(NEW))).toBe("secret 214");
  });

  it("S35 opens nowhere once its owner's key is erased, not even from a copy", async () => {
    const owner = newId("usr");
    await store(owner, "one", "a secret with a copy");
    const [copy] = await database.select().from(vaultSecrets).where(eq(vaultSecrets.ownerId, owner));
    await database.delete(ownerKeys).where(eq(ownerKeys.ownerId, owner));
    await expect(open(owner, "one")).rejects.toMatchObject({ code: "erased" });
    await store(owner, "two", "a secret of a new key");
    await database.delete(vaultSecrets).where(eq(vaultSecrets.ownerId, owner));
    await database.insert(vaultSecrets).values(copy);
    await expect(open(owner, "one")).rejects.toMatchObject({ code: "not_authentic" });
  });

  it.each(["", "k1", "k1:short", "k1:!!!", `${OLD},${OLD}`, "K!:AAAA"])(
    "is never sealed under keys such as %j",
    (text) => {
      expect(() => masterKeys(withKeys(text.padEnd(32, " ")))).toThrow(/MASTER_KEYS/);
    },
  );
});
