import { describe, expect, test } from "vitest";
import type { CapUse, RiskView } from "../../schema/wire/risk.ts";
import { accountLimitWords, botLimitWords } from "./limit-in-force.ts";

const LEVERAGE: CapUse = {
  ...{ cap: "leverage", scope: "account", botId: null, level: "platform", unit: "ratio", measured: "" },
  ...{ limit: "30", used: null },
};

describe("a limit in force", () => {
  test("of an account it is the figure that binds and whose it is, and no share of a bot", () => {
    const ofBot = { ...LEVERAGE, scope: "bot", limit: "2" } as const;
    expect(accountLimitWords("leverage", [ofBot, LEVERAGE], "USD")).toBe("In force: 30.00× (platform)");
    expect(accountLimitWords("drawdown", [LEVERAGE], "USD")).toBe("In force: none at any level");
  });

  test("of a bot that sets none it is the default, then the platform's, and only then none", () => {
    const platform = { level: "platform", botId: null, version: 1, pending: null } as const;
    const risk: Pick<RiskView, "defaults" | "limits"> = {
      defaults: { account: { caps: {} }, bot: { caps: { priceCollar: "0.05" } } },
      limits: [{ ...platform, limits: { caps: { priceCollar: "0.2", leverage: "30" } } }],
    };
    expect(botLimitWords("priceCollar", risk, "USD")).toBe("Empty: 5.00\u202f% (default)");
    expect(botLimitWords("leverage", risk, "USD")).toBe("Empty: 30.00× (platform)");
    expect(botLimitWords("drawdown", risk, "USD")).toBe("Empty: none at any level");
  });
});
