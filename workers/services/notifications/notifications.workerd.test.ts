import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { sessions } from "../../../schema/tables/identity.ts";
import { notices } from "../../../schema/tables/notification.ts";
import { vaultSecrets } from "../../../schema/tables/vault.ts";
import type {
  ChannelTest,
  InboxPage,
  NewNoticeChannel,
  NoticeChannel,
  NoticeChannels,
  NoticeRule,
  NoticeRules,
  NoticeSettings,
} from "../../../schema/wire/notification.ts";
import { readLocalMailbox } from "../../mail/local-mailbox.ts";
import { openDatabase } from "../../platform/database.ts";
import { noticeReceiver } from "../../testing/notice-receiver.ts";
import { newClient, START_MS, type TestClient } from "../../testing/test-client.ts";
import { withTestQueue } from "../../testing/test-queue.ts";

const database = openDatabase(env.DB);
const BASE = "/api/v1/notifications";
const { bindings } = withTestQueue();
/** Put together here, so that no scanner takes it for a real one. */
const SLACK = ["https://hooks.slack.com/services", "T00000000", "B00000000", "abcdefghijklmnopqrstuvwx"].join("/");

function newOwner(reply: () => Response = () => new Response(null, { status: 204 }), addresses = ["93.184.215.14"]) {
  const receiver = noticeReceiver(() => START_MS, [reply]);
  const ways = { ...receiver.ways, resolve: async () => addresses };
  return newClient({ bindings, ways: () => ways }).then((client) => ({ client, receiver }));
}

const add = (client: TestClient, body: object) => client.json<NewNoticeChannel>("POST", `${BASE}/channels`, body, 201);
const hook = { kind: "webhook", label: "Hook", url: "https://hooks.trader.com/secret-path" };

describe("channels", () => {
  it("begin with the list in the app and the account's own address, also before anything was stored", async () => {
    const { client } = await newOwner();
    const { rows } = await client.json<NoticeChannels>("GET", `${BASE}/channels`);
    expect(rows.map(({ kind, target }) => [kind, target])).toEqual([
      ["in-app", ""],
      ["email", expect.stringContaining("@example.org")],
    ]);
    const { rows: rules } = await client.json<NoticeRules>("GET", `${BASE}/rules`);
    const label = await client.json<NoticeChannel>("PATCH", `${BASE}/channels/${rows[1]?.id}`, { label: "Mine" });
    expect(label.label).toBe("Mine");
    expect((await client.json<NoticeRules>("GET", `${BASE}/rules`)).rows).toEqual(rules);
  });

  it("S39 show the secret of a webhook once, and of its address no more than the host", async () => {
    const { client, receiver } = await newOwner();
    const made = await add(client, hook);
    expect(made.secret).toMatch(/^whsec_[\w-]{43}$/);
    expect(made.channel).toMatchObject({ target: "hooks.trader.com", verifiedAt: START_MS });
    const seen = [
      await (await client.send("GET", `${BASE}/channels`)).text(),
      await (await client.send("GET", "/api/v1/audit")).text(),
      JSON.stringify(await database.select().from(vaultSecrets).where(eq(vaultSecrets.ownerId, client.userId))),
    ].join();
    expect(seen).not.toContain(made.secret);
    expect(seen).not.toContain("secret-path");
    const test = await client.json<ChannelTest>("POST", `${BASE}/channels/${made.channel.id}/test`);
    expect(test).toMatchObject({ outcome: "sent", reason: null });
    expect(receiver.taken).toMatchObject([{ url: hook.url }]);
    expect(JSON.parse(receiver.taken[0]?.body ?? "")).toMatchObject({ event: "test", level: "info" });
  });

  it("are added by a person alone who has just proved who they are", async () => {
    const { client } = await newOwner();
    await database.update(sessions).set({ steppedUpAt: null }).where(eq(sessions.userId, client.userId));
    const reply = await client.send("POST", `${BASE}/channels`, hook);
    expect([reply.status, (await reply.json<{ code: string }>()).code]).toEqual([403, "step_up"]);
  });

  it.each([
    [{ ...hook, url: "http://hooks.trader.com/a" }, "url", "must be such as https://example.com/hook"],
    [{ ...hook, url: "https://localhost/a" }, "url", "must have the full name of a public server"],
    [{ kind: "slack", label: "S", hook: "https://evil.com/services/T/B/x" }, "hook", "must be such as"],
    [{ kind: "telegram", label: "T", token: "1", chat: "1" }, "token", "must be as BotFather gives it"],
    [{ kind: "email", label: "E", address: "nobody" }, "address", "must be such as ada@example.org"],
  ])("S61 are refused with the field and the rule: %j", async (body, field, rule) => {
    const { client } = await newOwner();
    const reply = await client.send("POST", `${BASE}/channels`, body);
    const problem = await reply.json<{ issues: { field: string; rule: string }[] }>();
    expect(reply.status).toBe(422);
    expect(problem.issues[0]).toMatchObject({ field, rule: expect.stringContaining(rule) });
  });

  it("S61 are refused where the name leads inwards, when they are added and when something is sent", async () => {
    const inwards = await newOwner(undefined, ["10.0.0.1"]);
    const reply = await inwards.client.send("POST", `${BASE}/channels`, hook);
    expect(await reply.text()).toContain("must lead to the internet");
    const moved = ["93.184.215.14"];
    const { client, receiver } = await newOwner(undefined, moved);
    const { channel } = await add(client, hook);
    moved[0] = "127.0.0.1";
    const test = await client.json<ChannelTest>("POST", `${BASE}/channels/${channel.id}/test`);
    expect(test.outcome).toBe("refused");
    expect(receiver.tried).toEqual([]);
  });

  it("say of a test that failed no more than the status, and keep it with the channel", async () => {
    const { client } = await newOwner(() => new Response("the secret of the machine", { status: 500 }));
    const { channel } = await add(client, { kind: "slack", label: "Desk", hook: SLACK });
    const reply = await client.send("POST", `${BASE}/channels/${channel.id}/test`);
    expect(await reply.text()).not.toContain("secret of the machine");
    const { rows } = await client.json<NoticeChannels>("GET", `${BASE}/channels`);
    expect(rows.find(({ id }) => id === channel.id)).toMatchObject({
      problem: "it answered 500",
      target: "hooks.slack.com …uvwx",
    });
  });

  it("of another address are sent nothing until the code of the letter was entered there", async () => {
    const { client } = await newOwner();
    const address = `desk.${client.userId.slice(4, 20)}@example.org`;
    const { channel } = await add(client, { kind: "email", label: "Desk", address });
    expect(channel.verifiedAt).toBeNull();
    expect((await client.send("POST", `${BASE}/channels/${channel.id}/test`)).status).toBe(409);
    const letter = (await readLocalMailbox(env)).find(({ to }) => to === address);
    const [code = ""] = /^[\w-]{43}$/m.exec(letter?.text ?? "") ?? [];
    const confirm = (text: string) => client.send("POST", `${BASE}/channels/${channel.id}/confirm`, { code: text });
    expect((await confirm("a".repeat(43))).status).toBe(422);
    expect((await confirm(code)).status).toBe(200);
    const { rows } = await client.json<NoticeChannels>("GET", `${BASE}/channels`);
    expect(rows.find(({ id }) => id === channel.id)?.verifiedAt).toBe(START_MS);
  });

  it("go with their rules and their secret", async () => {
    const { client } = await newOwner();
    const { channel } = await add(client, hook);
    const rule = { channelId: channel.id, topic: "fill", level: "info" };
    const { rows: first } = await client.json<NoticeRules>("GET", `${BASE}/rules`);
    const begun = first.filter(({ channelId }) => channelId === channel.id);
    expect(new Set(begun.map(({ level }) => level))).toEqual(new Set(["critical"]));
    expect(begun.some(({ topic }) => topic === "fill")).toBe(false);
    await client.json("PUT", `${BASE}/rules`, rule);
    expect((await client.send("DELETE", `${BASE}/channels/${channel.id}`)).status).toBe(204);
    const { rows } = await client.json<NoticeRules>("GET", `${BASE}/rules`);
    expect(rows.filter(({ channelId }) => channelId === channel.id)).toEqual([]);
    expect(await database.select().from(vaultSecrets).where(eq(vaultSecrets.ownerId, client.userId))).toEqual([]);
  });
});

describe("rules and settings", () => {
  it("are set in place of what was there, for accounts and bots that are the owner's alone", async () => {
    const { client } = await newOwner();
    const { rows } = await client.json<NoticeChannels>("GET", `${BASE}/channels`);
    const place = { channelId: rows[0]?.id, topic: "fill" };
    const first = await client.json<NoticeRule>("PUT", `${BASE}/rules`, { ...place, level: "info" });
    const again = await client.json<NoticeRule>("PUT", `${BASE}/rules`, { ...place, level: "off" });
    expect(again).toEqual({ ...first, level: "off" });
    const scope = { kind: "bot", id: "bot_of_somebody" };
    expect((await client.send("PUT", `${BASE}/rules`, { ...place, scope, level: "off" })).status).toBe(404);
    const platform = await client.send("PUT", `${BASE}/rules`, { ...place, topic: "platform", level: "info" });
    expect(platform.status).toBe(422);
    expect((await client.send("DELETE", `${BASE}/rules/${first.id}`)).status).toBe(204);
  });

  it("take a time zone that there is and hours that differ, and nothing else", async () => {
    const { client } = await newOwner();
    const before = await client.json<NoticeSettings>("GET", `${BASE}/settings`);
    const next = { ...before, timeZone: "Europe/Berlin", quiet: { from: 1_320, to: 420 } };
    expect(await client.json("PUT", `${BASE}/settings`, next)).toEqual(next);
    expect(await client.json("GET", `${BASE}/settings`)).toEqual(next);
    const put = async (body: object) => (await client.send("PUT", `${BASE}/settings`, body)).status;
    expect([
      await put({ ...next, timeZone: "Mars/Olympus" }),
      await put({ ...next, quiet: { from: 1, to: 1 } }),
    ]).toEqual([422, 422]);
  });

  it("S64 leave an entry in the trail for every verb, and the new channel one among the notices", async () => {
    const { client } = await newOwner();
    const { channel } = await add(client, hook);
    await client.json("PUT", `${BASE}/rules`, { channelId: channel.id, topic: "halt", level: "info" });
    await client.send("POST", `${BASE}/channels/${channel.id}/test`);
    await client.send("DELETE", `${BASE}/channels/${channel.id}`);
    const { rows } = await client.json<{ rows: { action: string }[] }>("GET", "/api/v1/audit?action=notice-");
    expect(rows.map(({ action }) => action)).toEqual(
      ["remove", "test", "rule.put", "create"].map((verb) => `notice-${verb.includes(".") ? "" : "channel."}${verb}`),
    );
    const kept = await database.select().from(notices).where(eq(notices.ownerId, client.userId));
    expect(kept.map(({ title }) => title)).toContain("A channel for notices was added");
  });
});

describe("the list in the app", () => {
  it("says how much is new, and forgets that once it was read, never back", async () => {
    const { client } = await newOwner();
    const row = { ownerId: client.userId, event: "run.done" as const, level: "info" as const, text: "", subject: {} };
    const all = [1, 2, 3].map((at) => ({ ...row, id: `${client.userId}:${at}`, at, title: `Run ${at}`, inApp: true }));
    for (const one of all) await database.insert(notices).values({ ...one, createdAt: one.at, routedAt: one.at });
    const inbox = (query = "") => client.json<InboxPage>("GET", `${BASE}/inbox${query}`);
    const page = await inbox("?limit=2");
    expect([page.unread, page.rows.map(({ title }) => title)]).toEqual([3, ["Run 3", "Run 2"]]);
    expect((await inbox(`?limit=2&cursor=${page.next}`)).rows.map(({ title }) => title)).toEqual(["Run 1"]);
    await client.send("POST", `${BASE}/inbox/read`, { until: 2 });
    await client.send("POST", `${BASE}/inbox/read`, { until: 1 });
    expect((await inbox()).rows.map(({ read }) => read)).toEqual([false, true, true]);
  });
});

describe("the deployment's people", () => {
  it("have channels and rules of their own, which no trader sees", async () => {
    const { client } = await newOwner();
    const path = "/api/v1/admin/notifications/channels";
    expect((await client.send("GET", path)).status).toBe(403);
    const administrator = await newClient({ bindings }, { role: "administrator" });
    const { rows } = await administrator.json<NoticeChannels>("GET", path);
    expect(rows.map(({ kind }) => kind)).toEqual(["in-app"]);
    const rule = { channelId: rows[0]?.id, topic: "platform", level: "critical" };
    await administrator.json("PUT", "/api/v1/admin/notifications/rules", rule);
    const { rows: own } = await administrator.json<NoticeRules>("GET", `${BASE}/rules`);
    expect(own.some(({ topic }) => topic === "platform")).toBe(false);
    const { rows: trail } = await administrator.json<{ rows: { action: string }[] }>("GET", "/api/v1/audit");
    expect(trail[0]?.action).toBe("notice-rule.put");
  });
});
