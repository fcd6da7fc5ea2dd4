import { describe, expect, it } from "vitest";
import { hmacHex } from "../../../sidecar/bridge-listener.ts";
import { readTerminalMessage } from "../../../workers/brokers/mt5/bridge-message.ts";
import { BRIDGE_FRAME_BYTES_MAX, BridgeFrames, bridgeFrame } from "../../../workers/brokers/mt5/frame.ts";
import { openMt5 } from "../../../workers/brokers/mt5/open-mt5.ts";
import { BridgeSession } from "../../../workers/brokers/mt5/session.ts";
import { bridgeNews } from "../../../workers/brokers/mt5/stream.ts";
import { readJson } from "../../../workers/brokers/request/read-json.ts";
import { HOSTILE_BODIES } from "../../../workers/brokers/testing/hostile-bodies.ts";
import { HostileVenue, hostileReplies, survives } from "../hostile-bodies.ts";
import { HAS_RECORDED_PAYLOADS, recordedPayload } from "../recorded-payloads.ts";
import { testOrder } from "../test-order.ts";
import { emulatedBridge } from "./emulated-bridge.ts";

const INSTRUMENT = "MT5:BTCUSD";
const SYMBOL = {
  ...{ symbol: "BTCUSD", base: "BTC", quote: "USD", kind: "crypto", tick: "0.01", contract: "1" },
  ...{ volume_min: "0.01", volume_max: "10", volume_step: "0.01", trade_mode: "full" },
};

interface RecordedFrames {
  readonly frames: readonly { readonly name: string; readonly json: object; readonly frame_hex: string }[];
}

describe("a terminal's client", () => {
  it("S70 makes no order of any hostile answer, and survives all of them", async () => {
    expect(HOSTILE_BODIES.length).toBeGreaterThanOrEqual(50);
    const venue = new HostileVenue();
    const wrapped = HOSTILE_BODIES.map((body) => ({ status: 200, body: `{"ok":true,"r":${body}}` }));
    for (const reply of [...hostileReplies(), ...wrapped]) {
      const { client } = openMt5({ line: emulatedBridge(venue.fetch, () => undefined), now: () => 0 });
      venue.reply = { status: 200, body: JSON.stringify({ ok: true, r: { symbols: [SYMBOL], more: false } }) };
      await client.instruments();
      venue.reply = reply;
      await survives(client, testOrder({ instrument: INSTRUMENT }));
    }
  });

  it("makes no news of a hostile event but that something may be missing", () => {
    for (const body of HOSTILE_BODIES) {
      for (const name of ["deal", "order", "tick", "account"] as const) {
        let content: unknown;
        try {
          content = readJson(body);
        } catch {
          continue;
        }
        const told = bridgeNews({ sequence: 1, name, content: content as Record<string, unknown> }, 0);
        expect(told.filter(({ type }) => type !== "gap")).toEqual([]);
      }
    }
  });
});

describe("the line of a terminal", () => {
  it.skipIf(!HAS_RECORDED_PAYLOADS)("writes frames byte by byte as the protocol's examples", () => {
    const { frames } = recordedPayload<RecordedFrames>("mt5/bridge-protocol-frames.json");
    expect(frames.length).toBeGreaterThanOrEqual(8);
    for (const { json, frame_hex: hex, name } of frames) {
      expect(Buffer.from(bridgeFrame(JSON.stringify(json))).toString("hex"), name).toBe(hex);
      expect(new BridgeFrames().push(Buffer.from(hex, "hex")).map((text) => JSON.parse(text))).toEqual([json]);
    }
  });

  it("cuts frames however they are split", () => {
    const texts = ["{}", "é".repeat(300), '{"a":1}'];
    const bytes = Buffer.concat(texts.map((text) => bridgeFrame(text)));
    for (const size of [1, 2, 3, 5, 64, bytes.length]) {
      const frames = new BridgeFrames();
      const cut: string[] = [];
      for (let at = 0; at < bytes.length; at += size) cut.push(...frames.push(bytes.subarray(at, at + size)));
      expect(cut).toEqual(texts);
    }
  });

  it("refuses frames of no length, beyond the limit, and of other than UTF-8", () => {
    for (const bytes of [
      [0, 0, 0, 0],
      [0xff, 0xff, 0xff, 0xff],
      [0, 0x10, 0, 1],
      [0, 0, 0, 1, 0xff],
    ]) {
      expect(() => new BridgeFrames().push(Uint8Array.from(bytes))).toThrow(RangeError);
    }
    expect(() => bridgeFrame("x".repeat(BRIDGE_FRAME_BYTES_MAX + 1))).toThrow(RangeError);
  });

  it("ends with whoever says what no terminal says, before and after it has proved itself", () => {
    const keyOf = () => ({ secret: "s".repeat(32), takenSequence: 0, symbols: [] });
    for (const body of HOSTILE_BODIES) {
      expect(() => readTerminalMessage(body)).toThrow();
      const session = new BridgeSession({ hmac: hmacHex, nonce: "0".repeat(32), keyOf }, 0);
      expect(session.take(body, 1)).toMatchObject({ send: [], close: expect.any(String) });
    }
  });

  it("joins only who knows the key, and proves that it knows it too", () => {
    const secret = "a secret of thirty-two characters";
    const hello = {
      ...{ v: 1, t: "hello", nonce: "a".repeat(32), login: "5012345", server: "Demo", company: "Broker", ea: "1.0.0" },
      ...{ build: 4755, hedging: false, trade_allowed: true, gmt_offset: 10_800, last_seq: 0 },
    };
    const nonce = "b".repeat(32);
    const prove = (key: string, changed: object = {}) => {
      const keyOf = ({ keyId }: { keyId: string }) =>
        keyId === "k1" ? { secret, takenSequence: 7, symbols: ["EURUSD"] } : undefined;
      const session = new BridgeSession({ hmac: hmacHex, nonce, keyOf }, 0);
      expect(session.take(JSON.stringify(hello), 0).send.map((text) => JSON.parse(text))).toEqual([
        { v: 1, t: "challenge", nonce },
      ]);
      const mac = hmacHex(key, `${hello.nonce}|${nonce}|5012345|Demo`);
      return session.take(JSON.stringify({ v: 1, t: "auth", key_id: "k1", mac, ...changed }), 0);
    };
    const [welcome] = prove(secret).send.map((text) => JSON.parse(text));
    expect(welcome).toEqual({
      ...{ v: 1, t: "welcome", ts: 0, heartbeat_ms: 5_000, ack_seq: 7, subs: ["EURUSD"] },
      mac: hmacHex(secret, `welcome|${nonce}|${hello.nonce}|5012345|Demo`),
    });
    for (const [key, changed] of [
      ["another secret of as many letters", {}],
      [secret, { key_id: "k2" }],
      [secret, { mac: "0".repeat(64) }],
      // What we prove ourselves by is of no use to a terminal.
      [secret, { mac: welcome.mac }],
    ] as const) {
      expect(prove(key, changed)).toMatchObject({ send: [], close: "the proof was wrong" });
    }
  });
});
