import { describe, expect, it } from "vitest";
import { checkHookAddress, formedAddress } from "./hook-address.ts";
import { isPublicAddress } from "./public-address.ts";
import { resolveOver } from "./resolve-name.ts";

/** Names of other people's that lead to where nobody may send us: as public name servers answer. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "hooks.trader.com": ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
  "127.0.0.1.nip.io": ["127.0.0.1"],
  "a.b.10.0.0.1.sslip.io": ["10.0.0.1"],
  "metadata.attacker.com": ["169.254.169.254"],
  "half.attacker.com": ["93.184.215.14", "192.168.1.1"],
  "six.attacker.com": ["93.184.215.14", "::1"],
  "mapped.attacker.com": ["::ffff:127.0.0.1"],
  "nat64.attacker.com": ["64:ff9b::7f00:1"],
  "unique.attacker.com": ["fd00::1"],
  "link.attacker.com": ["fe80::1"],
  "tunnel.attacker.com": ["2002:7f00:1::"],
  "teredo.attacker.com": ["2001:0:7f00:1::"],
  "shared.attacker.com": ["100.64.0.1"],
  "zero.attacker.com": ["0.0.0.0"],
  "all.attacker.com": ["255.255.255.255"],
  "group.attacker.com": ["224.0.0.1"],
  "bench.attacker.com": ["198.18.0.1"],
  "nonsense.attacker.com": ["not an address"],
  "nowhere.attacker.com": [],
};

const resolve = async (name: string) => {
  const found = NAMES[name];
  if (found === undefined) throw new Error("no such name");
  return found;
};

const BY_FORM = [
  ...[
    "",
    "hooks.trader.com",
    "//hooks.trader.com/",
    "http://hooks.trader.com/",
    "ftp://hooks.trader.com/",
    "file:///etc/passwd",
  ],
  ...[
    "gopher://hooks.trader.com/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "HTTPS:hooks.trader.com",
    "https:/hooks.trader.com",
  ],
  ...[
    "https://user@hooks.trader.com/",
    `https://user:${"pass"}@hooks.trader.com/`,
    `https://:${"pass"}@hooks.trader.com/`,
  ],
  ...[
    "https://hooks.trader.com:80/",
    "https://hooks.trader.com:22/",
    "https://hooks.trader.com:6379/",
    "https://hooks.trader.com:8787/",
  ],
  ...[
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://017700000001/",
  ],
  ...[
    "https://0177.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://%31%32%37.0.0.1/",
    "https://1.1.1.1/",
    "https://0/",
    "https://127.0.0.1./",
  ],
  ...[
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
  ],
  ...["https://[fd00::1]/", "https://[2606:4700:4700::1111]/", "https://169.254.169.254/latest/meta-data/"],
  ...[
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://a.localhost/",
    "https://server/",
    "https://server.local/",
  ],
  ...[
    "https://metadata.google.internal/",
    "https://router.lan/",
    "https://hooks.trader.com./",
    "https://..trader.com/",
    "https://.com/",
  ],
  ...[
    "https://hooks.trader.com\\@127.0.0.1/",
    "https://hooks.trader.com/\r\nHost: x",
    "https://hooks.trader.com/ x",
    "https://hooks.\ttrader.com/",
  ],
  ...[
    "https://bücher.example/",
    "https://-a.trader.com/",
    "https://a_b.trader.com/",
    "https://1.0.0.127.in-addr.arpa/",
  ],
  ...[`https://hooks.trader.com/${"a".repeat(500)}`, "https://", "https://?", "https:///hooks.trader.com/"],
];
const BY_NAME = Object.keys(NAMES).filter((name) => name !== "hooks.trader.com");

describe("an address that a person chose", () => {
  it.each(BY_FORM)("S61 is never sent to where its form leads elsewhere or says too much: %j", async (text) => {
    expect(formedAddress(text).ok).toBe(false);
    expect((await checkHookAddress(text, async () => ["93.184.215.14"])).ok).toBe(false);
  });

  it.each(BY_NAME)("S61 is never sent to where one of its addresses leads inwards: %s", async (name) => {
    expect(await checkHookAddress(`https://${name}/`, resolve)).toMatchObject({ ok: false });
  });

  it("S61 is refused by at least sixty vectors", () => {
    expect(new Set([...BY_FORM, ...BY_NAME]).size).toBeGreaterThanOrEqual(60);
  });

  it("S61 is looked up again for each sending: one that came to lead inwards is refused then", async () => {
    const answers = [["93.184.215.14"], ["10.0.0.1"]];
    const rebinding = async () => answers.shift() ?? [];
    expect((await checkHookAddress("https://hooks.trader.com/", rebinding)).ok).toBe(true);
    expect((await checkHookAddress("https://hooks.trader.com/", rebinding)).ok).toBe(false);
  });

  it.each(["https://hooks.trader.com/", "https://hooks.trader.com:8443/a?b=c", "https://hooks.trader.com:443/"])(
    "is taken where it leads out: %s",
    async (text) => {
      expect((await checkHookAddress(text, resolve)).ok).toBe(true);
    },
  );
});

describe("an address of a machine", () => {
  it.each(["8.8.8.8", "93.184.215.14", "100.63.255.255", "172.32.0.1", "2606:4700::1", "2a00:1450:4001::1"])(
    "is public: %s",
    (text) => expect(isPublicAddress(text)).toBe(true),
  );

  it.each([
    "",
    "8.8.8",
    "8.8.8.256",
    "::ffff:8.8.8.8",
    "2001:db8::1",
    "3fff::1",
    "ff02::1",
    "1::2::3",
    "fe80::1%eth0",
    "[2606::1]",
  ])("is none: %s", (text) => expect(isPublicAddress(text)).toBe(false));
});

describe("the name server", () => {
  const answering = (status: number, answers: Record<string, { type: number; data: string }[]>) =>
    resolveOver(async (url) => {
      const type = new URL(url).searchParams.get("type") ?? "";
      return Response.json({ Status: status, Answer: answers[type] });
    });

  it("is asked for both kinds of addresses, and names on the way are no addresses", async () => {
    const resolved = answering(0, {
      A: [
        { type: 5, data: "other.trader.com." },
        { type: 1, data: "93.184.215.14" },
      ],
      AAAA: [{ type: 28, data: "2606:4700::1" }],
    });
    expect(await resolved("hooks.trader.com")).toEqual(["93.184.215.14", "2606:4700::1"]);
  });

  it("that fails or answers nonsense leaves nothing to send to", async () => {
    await expect(answering(2, {})("a.com")).rejects.toThrow("answered 2");
    await expect(resolveOver(async () => Response.json({ no: 1 }))("a.com")).rejects.toThrow();
  });
});
