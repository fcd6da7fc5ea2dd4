import { describe, expect, it } from "vitest";
import { readDeployOptions, readRollbackOptions } from "./deploy-options.ts";
import { NO_DATABASE } from "./environments.ts";
import { readSettings } from "./settings.ts";

const SET = {
  ...{ APEXTRADE_ORIGIN: "https://trade.example.org", APEXTRADE_DATABASE_ID: "5a000000-0000-4000-8000-000000000001" },
  ...{
    APEXTRADE_METRICS_TOKEN: "m",
    APEXTRADE_DEPLOY_TOKEN: "d",
    CLOUDFLARE_API_TOKEN: "t",
    CLOUDFLARE_ACCOUNT_ID: "a",
  },
};

describe("the settings of a deployment", () => {
  it("come from the process, and the tool of the platform is given its own alone", () => {
    const settings = readSettings("production", { ...SET, GITHUB_REPOSITORY: "a/b", GITHUB_TOKEN: "g" });
    expect(settings.access).toEqual({ CLOUDFLARE_API_TOKEN: "t", CLOUDFLARE_ACCOUNT_ID: "a" });
    expect(settings.github).toMatchObject({ repository: "a/b" });
    expect(readSettings("staging", SET).github).toBeUndefined();
  });

  it.each(Object.keys(SET))("name %s where it is missing, and no value of the others", (name) => {
    const read = () => readSettings("staging", { ...SET, [name]: "" });
    expect(read).toThrow(new RegExp(`${name}: `));
    expect(read).not.toThrow(/trade\.example\.org"/);
  });

  it.each([
    ["APEXTRADE_DATABASE_ID", NO_DATABASE],
    ["APEXTRADE_DATABASE_ID", "apextrade"],
    ["APEXTRADE_ORIGIN", "http://trade.example.org"],
    ["APEXTRADE_ORIGIN", "https://trade.example.org/app"],
    ["APEXTRADE_ORIGIN", "trade.example.org"],
  ])("refuse %s=%s", (name, value) => {
    expect(() => readSettings("staging", { ...SET, [name]: value })).toThrow(new RegExp(`${name} must be`));
  });
});

describe("the options of both commands", () => {
  it("name an environment: there is none to be hit by mistake", () => {
    for (const argv of [[], ["--env", "prod"], ["--env", ""]]) {
      expect(() => readDeployOptions(argv)).toThrow(/--env must be staging or production/);
      expect(() => readRollbackOptions(argv)).toThrow(/--env must be staging or production/);
    }
    expect(readDeployOptions(["--env", "staging"])).toMatchObject({
      environment: "staging",
      dryRun: false,
      whole: false,
    });
  });

  it("go back to a version by its id alone", () => {
    expect(() => readRollbackOptions(["--env", "staging", "--to", "yesterday"])).toThrow(/--to must be the id/);
  });
});
