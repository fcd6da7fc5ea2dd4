import { describe, expect, it } from "vitest";
import { type DeploymentParts, deploy } from "./deployment.ts";
import { type BackupAnswer, DeploymentClient, freeLane, type ReadyAnswer } from "./deployment-client.ts";
import { messageOf, notify } from "./notify.ts";
import { commitOf, type KnownVersion, type PlatformApi, type ServingVersion } from "./platform-api.ts";
import { readSamples } from "./prometheus-samples.ts";
import type { DeploymentRecord } from "./record.ts";
import type { Repository } from "./repository.ts";
import { isSplitOf, rollBack } from "./rollback.ts";
import type { Settings } from "./settings.ts";

const OLD = "00000000-0000-4000-8000-00000000000a";
const NEW = "00000000-0000-4000-8000-00000000000b";
const TOML = '[exports.BotObject]\ntype = "durable-object"\nstorage = "sqlite"\n';
const METRIC = "http_version_duration_seconds_count";
const gates = { windowMs: 20_000, holdMs: 20_000, requestsMin: 20 };

/** A platform that does as it is told and remembers what it was asked. */
class ToldPlatform implements PlatformApi {
  readonly calls: string[] = [];
  shares: ServingVersion[] = [{ id: OLD, share: 100 }];
  known: KnownVersion[] = [{ id: OLD, createdOn: "1", tag: "blue-aaaaaaaaaaaa", message: "" }];
  pending: string[] = [];
  failing: string | undefined;

  private did(call: string): void {
    this.calls.push(call);
    if (call === this.failing) throw new Error(`the platform refuses ${call}`);
  }
  async serving() {
    return this.shares;
  }
  async version(id: string) {
    return this.known.find((version) => version.id === id);
  }
  whole: string[] = [OLD];
  async servedWhole() {
    return this.whole;
  }
  async pendingMigrations() {
    return this.pending;
  }
  async applyMigrations() {
    this.did("migrate");
    this.pending = [];
  }
  async upload({ tag }: { tag: string }) {
    this.did(`upload ${tag}`);
    this.known = [{ id: NEW, createdOn: "2", tag, message: "" }, ...this.known];
    return NEW;
  }
  async split(shares: readonly ServingVersion[]) {
    this.did(`split ${shares.map(({ id, share }) => `${id === NEW ? "new" : "old"} ${share}`).join(", ")}`);
    this.shares = [...shares];
  }
  async deployWhole({ tag }: { tag: string }) {
    this.did(`whole ${tag}`);
    this.shares = [{ id: NEW, share: 100 }];
    return NEW;
  }
  async applyTriggers() {
    this.did("triggers");
  }
  async rollBack(version: string) {
    this.did(`back to ${version === OLD ? "old" : version}`);
    this.shares = [{ id: version, share: 100 }];
  }
}

/** A deployment of which the new version fails as many probes as it is told. */
class ToldClient extends DeploymentClient {
  status = 200;
  backup: BackupAnswer = { id: "bak", status: "verified", ageSeconds: 1, reason: null };
  answers: ReadyAnswer = { isReady: true, version: NEW, failing: [] };
  constructor() {
    super({ origin: "https://a.example", worker: "w", metricsToken: "m", deployToken: "d" });
  }
  live = true;
  override isLive = async () => this.live;
  override ready = async () => this.answers;
  /** What the coming version's lane had counted before it came, and the share of it that had failed. */
  counted = { requests: 0, faults: 0 };
  /** Times that /metrics does not answer. */
  silent = 0;
  page = 200;
  override metrics = async () => {
    if (this.silent-- > 0) throw new Error("GET /metrics: 503");
    const { requests, faults } = this.counted;
    return readSamples(
      `${METRIC}{lane="green",outcome="ok"} ${requests - faults}\n${METRIC}{lane="green",outcome="fault"} ${faults}`,
    );
  };
  override probe = async (path: string, version: string) => {
    if (version !== NEW) return { status: 200, ms: 20 };
    return { status: path === "/" ? this.page : this.status, ms: 20 };
  };
  override beginBackup = async () => "bak";
  override backups = async () => [this.backup];
}

function world(parts: Partial<DeploymentParts> = {}) {
  const platform = new ToldPlatform();
  const client = new ToldClient();
  let clock = 0;
  const repository: Repository = {
    ...{ commit: "b".repeat(40), tree: "t", by: "anna" },
    fileAt: (commit) => (commit.startsWith("a") || commit.startsWith("b") ? TOML : undefined),
    isAncestor: () => false,
    changedFiles: () => [],
    filesOf: () => [],
  };
  const record = newRecord();
  const stopContext = {
    commit: repository.commit,
    now: () => clock,
    read: () => "alter table users drop column image;",
  };
  const given: DeploymentParts = {
    ...{ platform, client, repository, record, stops: [], main: undefined, variables: {}, whole: false },
    settings: { environment: "staging", gates, lookEveryMs: 5_000 } as Settings,
    stopContext: stopContext as unknown as DeploymentParts["stopContext"],
    ...{ backupMsMax: 60_000, now: () => clock, say: () => undefined, isInterrupted: () => false },
    wait: async (ms) => {
      clock += ms;
    },
    ...parts,
  };
  return { platform, client, record, repository, given };
}

function newRecord(): DeploymentRecord {
  return {
    ...{
      kind: "deployment",
      environment: "staging",
      platform: "stand-in",
      by: "anna",
      commit: "b".repeat(40),
      tree: "t",
    },
    ...{ beganAt: "", endedAt: undefined, outcome: "running", reasons: [], stops: [], steps: [], looks: [] },
    ...{ version: undefined, previous: undefined, backup: undefined },
  };
}

const stop = (passed: boolean) => ({
  name: "health",
  check: async () =>
    passed ? ({ passed, words: "well" } as const) : ({ passed, words: "down", todo: "mend" } as const),
});

describe("a deployment", () => {
  it("goes from a backup over migrations and 10, 50 and 100 % to its clocks, in another lane than what serves", async () => {
    const { platform, given, client } = world({ stops: [stop(true)] });
    expect(await deploy(given)).toMatchObject({
      outcome: "deployed",
      version: NEW,
      previous: OLD,
      backup: client.backup.id,
    });
    expect(platform.calls).toEqual([
      ...["upload green-bbbbbbbbbbbb", "split new 10, old 90", "split new 50, old 50", "split new 100", "triggers"],
    ]);
  });

  it("is stopped at 10 % and rolled back where the new version fails", async () => {
    const { platform, given, client, record } = world();
    client.status = 500;
    expect(await deploy(given)).toMatchObject({
      outcome: "rolled back",
      reasons: [expect.stringContaining("error rate")],
    });
    expect(platform.calls).toEqual(["upload green-bbbbbbbbbbbb", "split new 10, old 90", "back to old"]);
    expect(platform.shares).toEqual([{ id: OLD, share: 100 }]);
    expect(record.looks.map(({ share }) => share)).toEqual([10]);
  });

  it.each<[string, (parts: ReturnType<typeof world>) => void, string]>([
    [
      "it is not ready",
      ({ client }) => {
        client.answers = { ...client.answers, isReady: false };
      },
      "not ready",
    ],
    [
      "another version answers in its place",
      ({ client }) => {
        client.answers = { ...client.answers, version: OLD };
      },
      "did not answer",
    ],
    [
      "the platform refuses a share",
      ({ platform }) => {
        platform.failing = "split new 50, old 50";
      },
      "refuses split new 50",
    ],
  ])("is rolled back where %s", async (_, change, words) => {
    const made = world();
    change(made);
    expect(await deploy(made.given)).toMatchObject({
      outcome: "rolled back",
      reasons: [expect.stringContaining(words)],
    });
    expect(made.platform.calls.at(-1)).toBe("back to old");
  });

  it.each([404, 401, 503])(
    "is rolled back at 10 %% where the page answers %i and that of the version before 200",
    async (status) => {
      const { record, given, client } = world();
      client.page = status;
      expect(await deploy(given)).toMatchObject({
        outcome: "rolled back",
        reasons: [expect.stringContaining("our own requests")],
      });
      expect(record.looks.map(({ share }) => share)).toEqual([10]);
    },
  );

  it("is not held responsible for faults of before, though /metrics hiccups as a share begins", async () => {
    const { given, client } = world();
    client.counted = { requests: 10_000, faults: 5_000 };
    client.silent = 5;
    expect(await deploy(given)).toMatchObject({ outcome: "deployed" });
  });

  it("is rolled back where nothing can be compared, since /metrics does not answer", async () => {
    const { given, client } = world();
    client.silent = Number.POSITIVE_INFINITY;
    expect(await deploy(given)).toMatchObject({
      outcome: "rolled back",
      reasons: [expect.stringContaining("nothing could be compared")],
    });
  });

  it.each([2, 3])("leaves as it is what somebody else set meanwhile (after %i calls)", async (calls) => {
    const { platform, given } = world();
    const other = "00000000-0000-4000-8000-00000000000d";
    const wait = async (ms: number) => {
      if (platform.calls.length === calls) platform.shares = [{ id: other, share: 100 }];
      await given.wait(ms);
    };
    expect(await deploy({ ...given, wait })).toMatchObject({
      outcome: "failed",
      reasons: [expect.stringContaining("left as it is")],
    });
    expect(platform.calls).toHaveLength(calls);
    expect(platform.shares).toEqual([{ id: other, share: 100 }]);
  });

  it("is not taken back over what somebody else set, however badly it does", async () => {
    const { platform, given, client } = world();
    client.status = 500;
    const other = "00000000-0000-4000-8000-00000000000d";
    const wait = async (ms: number) => {
      platform.shares = [{ id: other, share: 100 }];
      await given.wait(ms);
    };
    expect(await deploy({ ...given, wait })).toMatchObject({ outcome: "failed" });
    expect(platform.shares).toEqual([{ id: other, share: 100 }]);
  });

  it("that serves all at once is held against what the version before did until then", async () => {
    const made = world({ whole: true });
    const { platform, client } = made;
    client.page = 404;
    platform.rollBack = async () => {
      throw new Error("no rollback crosses this");
    };
    expect(await deploy(made.given)).toMatchObject({
      outcome: "failed",
      reasons: [expect.stringContaining("our own requests")],
    });
    expect(made.record.looks[0]?.current.own).toMatchObject({ requests: 48, p95Ms: 20 });
  });

  it("that is to serve all at once does not begin where the version before does not tell how it does", async () => {
    const { platform, given, client } = world({ whole: true });
    client.silent = 1;
    expect(await deploy(given)).toMatchObject({ outcome: "failed" });
    expect(platform.calls).toEqual([]);
  });

  it("is rolled back where whoever began it ends it", async () => {
    const { platform, given } = world();
    const interrupted = { ...given, isInterrupted: () => platform.calls.length > 1 };
    expect(await deploy(interrupted)).toMatchObject({
      outcome: "rolled back",
      reasons: [expect.stringContaining("interrupted")],
    });
  });

  it("says aloud where the rollback itself fails", async () => {
    const { platform, given, client } = world();
    client.status = 500;
    platform.failing = "back to old";
    expect(await deploy(given)).toMatchObject({
      outcome: "failed",
      reasons: [expect.stringContaining("roll back by hand")],
    });
  });

  it.each<[string, (parts: ReturnType<typeof world>) => Partial<DeploymentParts>, string]>([
    ["a hard stop", () => ({ stops: [stop(true), stop(false)] }), "health: down"],
    [
      "a failed backup",
      ({ client }) => {
        client.backup = { ...client.backup, status: "failed", reason: "full" };
        return {};
      },
      "failed: full",
    ],
    [
      "a backup that takes too long",
      ({ client }) => {
        client.backup = { ...client.backup, status: "made" };
        return {};
      },
      "is made after",
    ],
    [
      "a migration that takes something away",
      ({ platform }) => {
        platform.pending = ["0099_x.sql"];
        return {};
      },
      "a column is taken away",
    ],
    [
      "a migration that cannot be read",
      (made) => {
        made.platform.pending = ["0099_x.sql"];
        return { stopContext: { ...made.given.stopContext, read: () => undefined } };
      },
      "could not be read",
    ],
    [
      "a platform that knows nothing of what answers at the address",
      ({ platform }) => {
        platform.shares = [];
        return {};
      },
      "the right account",
    ],
    [
      "another deployment under way",
      ({ platform }) => {
        platform.shares = [
          { id: OLD, share: 90 },
          { id: NEW, share: 10 },
        ];
        return {};
      },
      "under way",
    ],
    [
      "a version that was made elsewhere",
      ({ platform }) => {
        platform.known = [];
        return {};
      },
      "--whole",
    ],
    [
      "classes that changed",
      ({ repository }) => ({ repository: { ...repository, fileAt: (commit) => (commit.startsWith("a") ? "" : TOML) } }),
      "BotObject comes",
    ],
  ])("is refused by %s, before anything was changed", async (_, change, words) => {
    const made = world();
    const given = { ...made.given, ...change(made) };
    expect(await deploy(given)).toMatchObject({ outcome: "refused", reasons: [expect.stringContaining(words)] });
    expect(made.platform.calls).toEqual([]);
  });

  it("of the first version serves all at once, without stops that need something that runs", async () => {
    const { platform, given, client } = world();
    platform.shares = [];
    client.live = false;
    expect(await deploy(given)).toMatchObject({ outcome: "deployed", backup: undefined });
    expect(platform.calls).toEqual(["whole blue-bbbbbbbbbbbb", "triggers"]);
  });
});

describe("a rollback", () => {
  const back = (made: ReturnType<typeof world>, to?: string) => {
    const { platform, repository, record } = made;
    return rollBack({
      platform,
      repository,
      record,
      to,
      isReady: async () => true,
      now: () => 0,
      say: () => undefined,
    });
  };
  const deployed = () => {
    const made = world();
    made.platform.known = [{ id: NEW, createdOn: "2", tag: "green-bbbbbbbbbbbb", message: "" }, ...made.platform.known];
    made.platform.shares = [{ id: NEW, share: 100 }];
    made.platform.whole = [NEW, OLD];
    return made;
  };

  it("goes to the version before, and asks no hard stop", async () => {
    const made = deployed();
    expect(await back(made)).toMatchObject({ outcome: "rolled back", version: OLD });
    expect(made.platform.calls).toEqual(["back to old"]);
  });

  it("of a deployment that was left half goes to what it began from", async () => {
    const made = deployed();
    made.platform.shares = [
      { id: NEW, share: 90 },
      { id: OLD, share: 10 },
    ];
    made.platform.whole = [OLD];
    expect(await back(made)).toMatchObject({ outcome: "rolled back", version: OLD });
  });

  it("does not go to a version that was taken back at 100 %, but to what stood before the one that serves", async () => {
    const made = deployed();
    const bad = "00000000-0000-4000-8000-00000000000c";
    made.platform.known = [{ id: bad, createdOn: "3", tag: "blue-cccccccccccc", message: "" }, ...made.platform.known];
    made.platform.whole = [NEW, bad, NEW, OLD];
    expect(await back(made)).toMatchObject({ outcome: "rolled back", version: OLD });
    made.platform.calls.length = 0;
    for (const whole of [
      [NEW, bad, NEW],
      [NEW, bad, NEW, bad, OLD],
    ]) {
      made.platform.shares = [{ id: NEW, share: 100 }];
      made.platform.whole = whole;
      expect(await back(made)).toMatchObject({ outcome: "failed", reasons: [expect.stringContaining("--to")] });
    }
    expect(made.platform.calls).toEqual([]);
  });

  it("never goes to a version that was only tried, however new it is", async () => {
    const made = deployed();
    const tried = { id: "00000000-0000-4000-8000-00000000000c", createdOn: "3", tag: "blue-cccccccccccc", message: "" };
    made.platform.known = [tried, ...made.platform.known];
    expect(await back(made)).toMatchObject({ version: OLD });
  });

  it("does not cross a change of classes, and says what to do instead", async () => {
    const made = deployed();
    const repository: Repository = { ...made.repository, fileAt: (commit) => (commit.startsWith("a") ? "" : TOML) };
    expect(await back({ ...made, repository })).toMatchObject({
      outcome: "failed",
      reasons: [expect.stringContaining("--whole")],
    });
    expect(made.platform.calls).toEqual([]);
  });

  const contract = (made: ReturnType<typeof world>, knows: boolean): Repository => ({
    ...made.repository,
    filesOf: () => ["migrations/0099_drop.sql"],
    fileAt: (_commit, path) => (path === "wrangler.toml" ? TOML : "-- contract: nothing reads a.b since 1234567\nx;"),
    isAncestor: () => knows,
  });

  it("does not go to a version that does not know what a contract migration took away", async () => {
    const made = deployed();
    expect(await back({ ...made, repository: contract(made, false) })).toMatchObject({
      outcome: "failed",
      reasons: [expect.stringContaining("0099_drop.sql (since 1234567)")],
    });
    expect(made.platform.calls).toEqual([]);
    expect(await back({ ...made, repository: contract(made, true) })).toMatchObject({ outcome: "rolled back" });
  });

  it("is not stopped by a contract migration that was not applied yet", async () => {
    const made = deployed();
    made.platform.pending = ["0099_drop.sql"];
    expect(await back({ ...made, repository: contract(made, false) })).toMatchObject({ outcome: "rolled back" });
  });

  it("of what was left half is only of the commit that is named", async () => {
    const { platform } = deployed();
    expect(await isSplitOf(platform, "b".repeat(40))).toBe(false);
    platform.shares = [
      { id: OLD, share: 90 },
      { id: NEW, share: 10 },
    ];
    expect(await isSplitOf(platform, "b".repeat(40))).toBe(true);
    expect(await isSplitOf(platform, "c".repeat(40))).toBe(false);
  });

  it("works where commits are not here: the platform has the last word", async () => {
    const made = deployed();
    const repository: Repository = { ...made.repository, fileAt: () => undefined };
    expect(await back({ ...made, repository }, OLD)).toMatchObject({ outcome: "rolled back" });
  });

  it("says so where there is nothing to go back to", async () => {
    const made = world();
    expect(await back(made)).toMatchObject({
      outcome: "failed",
      reasons: [expect.stringContaining("no version before")],
    });
  });
});

describe("what is told", () => {
  it("is one line, and never the address that it is sent to", async () => {
    const record = { ...newRecord(), outcome: "rolled back" as const, reasons: ["error rate"] };
    expect(messageOf(record)).toBe(
      "ApexTrade: deployment of bbbbbbbbbbbb to staging (dry run) by anna: rolled back. error rate",
    );
    const url = "https://hooks.example.org/secret-path";
    for (const send of [async () => new Response(null, { status: 500 }), () => Promise.reject(new TypeError(url))]) {
      expect(await notify(url, record, send as typeof fetch)).toMatch(/^could not be told/);
      expect(await notify(url, record, send as typeof fetch)).not.toContain("secret-path");
    }
    expect(await notify(undefined, record, fetch)).toContain("DEPLOY_NOTIFY_URL");
  });

  it("by a tag is the lane, which the next version changes, and the commit", () => {
    expect(freeLane(undefined)).toBe("blue");
    expect(freeLane("blue-aaaaaaa")).toBe("green");
    expect(freeLane("green-aaaaaaa")).toBe("blue");
    expect(commitOf("green-aaaaaaaaaaaa")).toBe("aaaaaaaaaaaa");
    expect(commitOf("by hand")).toBeUndefined();
  });
});
