import { describe, expect, it } from "vitest";
import { nodeModule } from "../testing/node-module.ts";
import type { Notice } from "./notice.ts";
import { digestOf, leavesAt, triesAgainAt } from "./notice-policy.ts";
import { isSlackHook, slackSender } from "./slack-sender.ts";
import { telegramSender } from "./telegram-sender.ts";
import { SIGNATURE_HEADER, webhookSender } from "./webhook-sender.ts";

interface Hmac {
  update(text: string): Hmac;
  digest(encoding: "hex"): string;
}
const { createHmac } = await nodeModule<{ createHmac(name: string, key: string): Hmac }>("node:crypto");

const NOW = Date.UTC(2026, 5, 1, 12);
/** Put together here, so that no scanner takes it for a real one. */
const HOOK = ["https://hooks.slack.com/services", "T00000000", "B00000000", "abcdefghijklmnopqrstuvwx"].join("/");
const TOKEN = "123456:ABCdefGHIjklMNOpqrSTUvwxYZ123456789";

const notice: Notice = {
  ...{ id: "not_1", event: "bot.halted", level: "critical", at: NOW, title: "A bot <!channel> stopped" },
  ...{
    text: "It lost *more* than <it> may & stopped.",
    subject: { botId: "bot_1" },
    link: "https://apex.example/bots/bot_1",
  },
};

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** The other side, which answers as it is told. */
function otherSide(reply: () => Response | Promise<Response> = () => new Response("ok")) {
  const sent: Sent[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return reply();
  };
  return { sent, fetch };
}

const hook = (side: ReturnType<typeof otherSide>, resolve = async () => ["93.184.215.14"]) =>
  webhookSender({
    ...{ url: "https://hooks.trader.com/a", secret: "known to two", fetch: side.fetch },
    resolve,
    now: () => NOW,
  });

describe("a signed webhook", () => {
  it("carries the notice, and a signature over time and body that its receiver can compute", async () => {
    const side = otherSide();
    expect(await hook(side).send(notice)).toEqual({ outcome: "sent" });
    const [{ url, init }] = side.sent as [Sent];
    expect(url).toBe("https://hooks.trader.com/a");
    expect(JSON.parse(String(init.body))).toEqual(notice);
    const signed = createHmac("sha256", "known to two")
      .update(`${NOW / 1_000}.${init.body}`)
      .digest("hex");
    expect(new Headers(init.headers).get(SIGNATURE_HEADER)).toBe(`t=${NOW / 1_000},v1=${signed}`);
  });

  it("S61 is sent to nobody where its name leads inwards by now", async () => {
    const side = otherSide();
    const delivery = await hook(side, async () => ["10.0.0.1"]).send(notice);
    expect(delivery).toMatchObject({ outcome: "refused" });
    expect(side.sent).toEqual([]);
  });

  it("S61 follows no redirect and shows nothing of what was answered", async () => {
    const side = otherSide(
      () => new Response("the secret of the machine", { status: 302, headers: { Location: "http://10.0.0.1/" } }),
    );
    const delivery = await hook(side).send(notice);
    expect(delivery).toEqual({ outcome: "refused", reason: "it leads elsewhere" });
    expect(side.sent).toHaveLength(1);
    expect(side.sent[0]?.init.redirect).toBe("manual");
  });

  it("S61 reads no more of an answer without end than it has to", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled++;
        controller.enqueue(new Uint8Array(16 * 1024));
      },
    });
    expect(await hook(otherSide(() => new Response(endless))).send(notice)).toEqual({ outcome: "sent" });
    expect(pulled).toBeLessThan(10);
  });
});

describe("what becomes of a notice", () => {
  it.each([
    [503, {}, { outcome: "again", reason: "it answered 503" }],
    [429, { "Retry-After": "30" }, { outcome: "again", reason: "it answered 429", afterMs: 30_000 }],
    [429, { "Retry-After": "999999" }, { outcome: "again", reason: "it answered 429", afterMs: 3_600_000 }],
    [404, {}, { outcome: "refused", reason: "it answered 404" }],
    [204, {}, { outcome: "sent" }],
  ])("follows from the status %i alone", async (status, headers, expected) => {
    const body = status === 204 ? null : "answer";
    const side = otherSide(() => new Response(body, { status, headers: headers as Record<string, string> }));
    expect(await slackSender({ hook: HOOK, fetch: side.fetch }).send(notice)).toEqual(expected);
  });

  it("is tried again where nobody answers", async () => {
    const side = otherSide(() => Promise.reject(new Error("connection reset")));
    expect(await slackSender({ hook: HOOK, fetch: side.fetch }).send(notice)).toMatchObject({ outcome: "again" });
  });
});

describe("Slack", () => {
  it("is shown the words as they are: none of them calls people or becomes a link", async () => {
    const side = otherSide();
    await slackSender({ hook: HOOK, fetch: side.fetch }).send(notice);
    const { text } = JSON.parse(String(side.sent[0]?.init.body)) as { text: string };
    expect(text).toContain("A bot &lt;!channel&gt; stopped");
    expect(text).toContain("<https://apex.example/bots/bot_1>");
    expect(text.match(/</g)).toHaveLength(1);
  });

  it.each([
    "https://hooks.slack.com.evil.com/services/T00000000/B00000000/abcdefghijklmnop",
    `${HOOK}/../x`,
    `${HOOK}@evil.com`,
    HOOK.replace("https", "http"),
  ])("S61 is at Slack and nowhere else: %s", (text) => {
    expect(isSlackHook(text)).toBe(false);
    expect(() => slackSender({ hook: text, fetch: otherSide().fetch })).toThrow("hook must be");
  });
});

describe("Telegram", () => {
  it("is told in plain text, over the bot of its receiver", async () => {
    const side = otherSide();
    await telegramSender({ token: TOKEN, chat: "-100123", fetch: side.fetch }).send(notice);
    expect(side.sent[0]?.url).toBe(`https://api.telegram.org/bot${TOKEN}/sendMessage`);
    const body = JSON.parse(String(side.sent[0]?.init.body)) as Record<string, unknown>;
    expect(body).toMatchObject({ chat_id: "-100123", disable_notification: false });
    expect(body).not.toHaveProperty("parse_mode");
    expect(body.text).toContain(notice.text);
  });

  it.each([
    ["1:short", "1"],
    [`${TOKEN}/../x`, "1"],
    [TOKEN, "1/../2"],
    [TOKEN, "@a b"],
  ])("S61 takes no token and no chat that could lead elsewhere: %s, %s", (token, chat) => {
    expect(() => telegramSender({ token, chat, fetch: otherSide().fetch })).toThrow("must be as Telegram gives them");
  });
});

describe("quiet hours", () => {
  const night = { from: 22 * 60, to: 7 * 60, timeZone: "Europe/Berlin" };
  const at = (hour: number, minute = 0) => Date.UTC(2026, 5, 1, hour, minute);

  it.each([
    [at(19, 59), at(19, 59)],
    [at(20), at(29)],
    [at(23, 30), at(29)],
    [at(4, 59), at(5)],
    [at(5), at(5)],
  ])("of a person in another zone hold a warning back until their morning: %i", (now, expected) => {
    expect(leavesAt({ level: "warning" }, night, now)).toBe(expected);
  });

  it("are not kept by what is critical, nor where none are set", () => {
    expect(leavesAt({ level: "critical" }, night, at(23))).toBe(at(23));
    expect(leavesAt({ level: "info" }, undefined, at(23))).toBe(at(23));
    expect(leavesAt({ level: "info" }, { ...night, to: night.from }, at(23))).toBe(at(23));
  });
});

describe("a delivery that fails", () => {
  it("is tried again ever later, never sooner than it was asked to, and is given up in the end", () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((attempts) => (triesAgainAt(attempts, NOW) ?? 0) - NOW);
    expect(delays[0]).toBe(2_000);
    expect([...delays].sort((left, right) => left - right)).toEqual(delays);
    expect(triesAgainAt(8, NOW)).toBeUndefined();
    expect(triesAgainAt(1, NOW, 30_000)).toBe(NOW + 30_000);
  });
});

describe("a digest", () => {
  const many = Array.from({ length: 25 }, (_, at): Notice => {
    return { ...notice, id: `not_${at}`, level: at === 3 ? "warning" : "info", title: `Notice ${at}` };
  });

  it("tells several notices as one of their highest level, and says how many it does not show", () => {
    const digest = digestOf(many, "dig_1");
    expect(digest).toMatchObject({ id: "dig_1", event: "digest", level: "warning", title: "25 notices" });
    expect(digest?.text).toMatch(/^5 earlier ones\n- Notice 5\n/);
  });

  it("of one notice is the notice, and of none is none", () => {
    expect(digestOf(many.slice(0, 1), "dig_1")).toBe(many[0]);
    expect(digestOf([], "dig_1")).toBeUndefined();
  });
});
