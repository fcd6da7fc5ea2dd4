import { afterEach, describe, expect, it, vi } from "vitest";
import { noteInLog, withLogContext } from "./log-context.ts";
import { type LogLevel, logEvent, logLine, setLog } from "./log-event.ts";

const SECRETS = [
  "correct-horse-battery-staple-canary-1",
  "apx_Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0Z2FycGx5",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
  "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
  "SG.canary-of-the-mail-provider_0123456789",
];

/** A secret as it is and as it looks when it was encoded on its way. */
const FORMS = SECRETS.flatMap((secret) => [
  secret,
  btoa(secret),
  btoa(secret).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
  [...new TextEncoder().encode(secret)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
]);

const BREAKS = [
  ..."\n\r\u0085\u2028\u2029\u000b\u000c".split(""),
  "\r\n",
  '\r\n{"event":"admin_signed_in"}',
  "\n2026-01-01T00:00:00Z INFO all is well",
];
const TERMINAL = [
  ...["\u001b[2J", "\u001b[31mred\u001b[0m", "\u009b2J", "\u001b]0;title\u0007", "\u001b]8;;https://evil.test\u001b\\"],
  ...["\b\b\b\b", "\u007f", "\u0000", "\u0007", "\u001bc", "\u001b[1A\u001b[2K", "\u001b[?1049h"],
];
const TEXT = [
  ...["\u202e evil", "\u2066x\u2069", "\u200b", "\ufeff", "\u200e", "\u00ad", "\u061c"],
  ...[
    '"},{"event":"forged"',
    "\\",
    '\\"',
    "$\u007bjndi:ldap://evil.test/a}",
    "<script>alert(1)</script>",
    "%0d%0a",
    "%s%n",
  ],
];
const HOSTILE = [...BREAKS, ...TERMINAL, ...TEXT];
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Everything that a line shows once it is read: names and values at any depth. */
function shown(line: string): string[] {
  const walk = (value: unknown): string[] =>
    value !== null && typeof value === "object"
      ? Object.entries(value).flatMap(([name, inner]) => [name, ...walk(inner)])
      : [String(value)];
  return walk(JSON.parse(line));
}

const FIELDS = [
  ...[
    "requestId",
    "id",
    "ownerId",
    "accountId",
    "botId",
    "orderId",
    "name",
    "job",
    "outcome",
    "venue",
    "code",
    "method",
  ],
  ...["attempts", "status", "route", "path", "reason", "error"],
];

describe("a line of the log", () => {
  it.each(HOSTILE)("S65 stays one line of plain text with %j in any field, name or error", (hostile) => {
    const lines = [
      ...FIELDS.map((field) => logLine("test", { [field]: `before${hostile}after` })),
      logLine(`test${hostile}`, { [hostile]: 1 }),
      logLine("test", { error: new Error(`before${hostile}after`, { cause: new Error(hostile) }) }),
      logLine("test", { error: { toString: () => hostile } }),
    ];
    for (const line of lines) {
      expect(line).not.toMatch(CONTROLS);
      for (const part of shown(line)) expect(part).not.toMatch(CONTROLS);
      expect(Object.keys(JSON.parse(line))[0]).toBe("event");
      expect(JSON.parse(line).event).not.toBe("forged");
    }
  });

  it("S65 is made of hostile strings that are at least forty", () => {
    expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(33);
    expect(new Set([...HOSTILE, ...FORMS]).size).toBeGreaterThanOrEqual(40);
  });

  it.each(FORMS)("S65 never holds the secret %s, whatever it was handed in with", (secret) => {
    const lines = [
      ...["password", "token", "authorization", "cookie", "body", "headers", secret].map((name) =>
        logLine("test", { [name]: secret, [`${name}Of`]: { nested: secret } }),
      ),
      ...FIELDS.filter((field) => !/id$/i.test(field)).map((field) => logLine("test", { [field]: secret })),
      ...FIELDS.map((field) => logLine("test", { [field]: { secret } })),
      logLine("test", { error: new Error(`D1_ERROR: near "${secret}": syntax error`) }),
      logLine("test", { error: new Error(`x\n    at ${secret}\n    at f (${secret}:1:1)`) }),
      logLine("test", { error: new Error("x", { cause: new Error(`Bearer ${secret}`) }) }),
    ];
    for (const line of lines) for (const part of shown(line)) expect(part).not.toContain(secret);
  });

  it("S65 leaves out what is not on the list, and says by name that it did", () => {
    const line = logLine("sign_in", { requestId: "req_1", password: "short", user: { email: "a@example.org" } });
    expect(JSON.parse(line)).toEqual({ event: "sign_in", requestId: "req_1", dropped: ["password", "user"] });
  });

  it("S65 shows no address of a person that an error quotes", () => {
    const line = logLine("test", { error: new Error("no mailbox for ada.lovelace@example.org here") });
    expect(JSON.parse(line).error.message).toBe("Error: no mailbox for [address] here");
  });

  it("S65 tells of a path the words of ours and nothing that stands between them", () => {
    const shownPath = (path: string) => JSON.parse(logLine("test", { path })).path;
    expect(shownPath("/api/auth/sign-in/second-factor")).toBe("/api/auth/sign-in/second-factor");
    expect(shownPath("/api/v1/backtests/run_01hzx3/report/overview")).toBe("/api/v1/backtests/*/report/overview");
    for (const secret of FORMS)
      expect(shownPath(`/api/v1/datasets/${secret}`)).toMatch(/^\/api\/v1\/datasets(\/[*])+$/);
  });

  it("still tells what failed and where", () => {
    const { error } = JSON.parse(logLine("test", { error: new TypeError("x is not a function") }));
    expect(error.message).toBe("TypeError: x is not a function");
    expect(error.at[0]).toMatch(/log-event\.test\.ts:\d+:\d+/);
  });

  it("is short, whatever it was handed", () => {
    const long = "word ".repeat(100_000);
    expect(logLine(long, { error: new Error(long), reason: long, [long]: long }).length).toBeLessThan(5_000);
  });
});

describe("the log of a piece of work", () => {
  const written: [string, Record<string, unknown>][] = [];
  const listen = () => {
    written.length = 0;
    for (const method of ["debug", "info", "warn", "error"] as const) {
      vi.spyOn(console, method).mockImplementation((line: string) => void written.push([method, JSON.parse(line)]));
    }
  };
  afterEach(() => {
    vi.restoreAllMocks();
    setLog({ level: "warning", listener: () => undefined });
  });

  it("says in each line whose work it is, also of two that go on at the same time", async () => {
    listen();
    const work = (ownerId: string) =>
      withLogContext({ requestId: `req_${ownerId}` }, async () => {
        await Promise.resolve();
        noteInLog({ ownerId });
        await Promise.resolve();
        logEvent("tested", { count: 1 });
      });
    await Promise.all([work("a"), work("b")]);
    logEvent("tested");
    expect(written.map(([, line]) => line)).toEqual([
      { event: "tested", level: "warning", requestId: "req_a", ownerId: "a", count: 1 },
      { event: "tested", level: "warning", requestId: "req_b", ownerId: "b", count: 1 },
      { event: "tested", level: "warning" },
    ]);
  });

  it.each<[string | undefined, LogLevel[]]>([
    ["debug", ["debug", "info", "warning", "error"]],
    ["info", ["info", "warning", "error"]],
    ["warning", ["warning", "error"]],
    ["error", ["error"]],
    ["loud", ["warning", "error"]],
    [undefined, ["warning", "error"]],
  ])("writes from the level that is set on, here %s, each by the platform's own method", (level, expected) => {
    listen();
    setLog({ level });
    for (const one of ["debug", "info", "warning", "error"] as const) logEvent("tested", {}, one);
    expect(written.map(([, line]) => line.level)).toEqual(expected);
    expect(written.map(([method]) => method)).toEqual(expected.map((one) => (one === "warning" ? "warn" : one)));
  });

  it("takes an event with an error for an error, any other for a warning", () => {
    listen();
    logEvent("tested", { error: new Error("x") });
    logEvent("tested", { reason: "x" });
    expect(written.map(([, line]) => line.level)).toEqual(["error", "warning"]);
  });

  it("S65 hands a listener the line as it was let through, and nothing more", () => {
    listen();
    const heard: unknown[] = [];
    setLog({ level: "error", listener: (level, line) => heard.push([level, line]) });
    logEvent("tested", { password: "secret", reason: "a@example.org" } as never);
    logEvent("tested", {}, "info");
    expect(heard).toEqual([
      ["warning", { event: "tested", level: "warning", reason: "[address]", dropped: ["password"] }],
    ]);
    expect(written).toEqual([]);
  });
});
