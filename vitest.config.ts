import { availableParallelism } from "node:os";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { OWN_FILES } from "./workers/testing/groups/test-groups.ts";

const migrations = await readD1Migrations("migrations");

/** The Worker in workerd with its real bindings, a database made by the migrations, and secrets of its own. */
function worker() {
  return cloudflareTest({
    wrangler: { configPath: "wrangler.toml" },
    miniflare: {
      // Fuzzes send from one address in a minute what nobody sends in a day.
      ratelimits: { EDGE_LIMIT: { namespace_id: "1001", simple: { limit: 1_000_000, period: 60 } } },
      bindings: {
        TEST_MIGRATIONS: migrations,
        // A line for each order and request would go through the runner to its own process.
        LOG_LEVEL: "warning",
        FUZZ_REQUESTS: process.env.FUZZ_REQUESTS ?? "2000",
        AUTH_SECRET: "a secret of the tests that is long enough",
        PASSWORD_PEPPER: "a pepper of the tests that is long enough",
        MASTER_KEYS: "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
        BOOTSTRAP_SECRET: "a bootstrap secret of the tests that is long enough",
      },
    },
  });
}

/** As in `wrangler.toml`: the tests load what is shipped. */
const SHIPPED_ALIAS = { "../locales/index.js": "zod/v4/locales/en.js" };

/** `npm test` runs files of workerd's and of browser tests in groups; whoever names a file has it run by itself. */
const ARE_GROUPED = process.env.TEST_GROUPS === "true";

/** A file of tests keeps one core busy. Projects of one group run at the same time; those with one worker after them. */
const CORES = Math.max(2, availableParallelism());

/** Milliseconds within which what a test looks at again and again must come: a slow machine is no fault of the product. */
const POLL_MS_MAX = 30_000;
const EXPECT = { poll: { timeout: POLL_MS_MAX } };

/**
 * What waits for alarms and pages is tried once more before it counts as failed: among thousands that share two cores one
 * comes too late now and then. `.ci/run` names each that needed it, and bears few. Drills get no second try: what they look
 * for is seldom.
 */
const TRIED_AGAIN = { retry: 1 };

export default defineConfig({
  test: {
    // What the Worker logs while a test provokes an error matters only where the test fails.
    silent: "passed-only",
    projects: [
      {
        test: {
          name: "web",
          expect: EXPECT,
          environment: "node",
          include: ["web/**/*.test.ts", "web/**/*.test.tsx"],
          testTimeout: 30_000,
          maxWorkers: CORES,
        },
      },
      {
        test: {
          name: "node",
          expect: EXPECT,
          environment: "node",
          include: [
            "workers/core/**/*.test.ts",
            "workers/feed/**/*.test.ts",
            "workers/run/**/*.test.ts",
            "workers/services/**/*.test.ts",
            "workers/auth/**/*.test.ts",
            "workers/audit/**/*.test.ts",
            "workers/platform/**/*.test.ts",
            "workers/privacy/**/*.test.ts",
            "workers/account/**/*.test.ts",
            "workers/bot/**/*.test.ts",
            "workers/backfill/**/*.test.ts",
            "workers/backup/**/*.test.ts",
            "workers/brokers/**/*.test.ts",
            "workers/live/**/*.test.ts",
            "workers/metrics/**/*.test.ts",
            "workers/errors/**/*.test.ts",
            "workers/notify/**/*.test.ts",
            "workers/signal/**/*.test.ts",
            "schema/**/*.test.ts",
            "cli/**/*.test.ts",
            "ops/**/*.test.ts",
            "sidecar/**/*.test.ts",
          ],
          exclude: ["**/*.workerd.test.ts", "**/node_modules/**"],
          testTimeout: 60_000,
          maxWorkers: CORES,
        },
      },
      {
        plugins: [worker()],
        resolve: { alias: SHIPPED_ALIAS },
        test: {
          name: "workers",
          expect: EXPECT,
          ...TRIED_AGAIN,
          include: ARE_GROUPED
            ? ["workers/testing/groups/*.workerd.test.ts", ...OWN_FILES]
            : ["workers/**/*.workerd.test.ts"],
          exclude: [
            "**/*.socket.workerd.test.ts",
            "**/node_modules/**",
            ...(ARE_GROUPED ? [] : ["workers/testing/groups/**"]),
          ],
          setupFiles: ["workers/testing/quiet-log.ts", "workers/testing/apply-migrations.ts"],
          testTimeout: 60_000,
          // Each waits now and then, for an alarm or for its code.
          maxWorkers: CORES + 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [worker()],
        resolve: { alias: SHIPPED_ALIAS },
        test: {
          name: "sockets",
          expect: EXPECT,
          ...TRIED_AGAIN,
          include: ["workers/**/*.socket.workerd.test.ts"],
          // Then they are one of the groups.
          exclude: ARE_GROUPED ? ["**"] : ["**/node_modules/**"],
          setupFiles: ["workers/testing/quiet-log.ts", "workers/testing/apply-migrations.ts"],
          testTimeout: 60_000,
          // Objects with open sockets cannot be isolated by file.
          maxWorkers: 1,
          isolate: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "drill",
          expect: EXPECT,
          environment: "node",
          include: ["drill/**/*.test.ts"],
          // Its clients wait for a runtime that is being killed: other tests beside it would only make them wait longer.
          maxWorkers: 1,
          // What has to be noticed within a second is, while another test waits beside it.
          maxConcurrency: 2,
        },
      },
      {
        test: {
          name: "venues",
          expect: EXPECT,
          environment: "node",
          include: ["e2e/venues/**/*.test.ts"],
          testTimeout: 60_000,
          maxWorkers: CORES,
        },
      },
      {
        test: {
          name: "e2e",
          expect: EXPECT,
          ...TRIED_AGAIN,
          environment: "node",
          include: ARE_GROUPED ? ["e2e/groups/*.test.ts"] : ["e2e/**/*.test.ts"],
          exclude: ["e2e/venues/**", "**/node_modules/**", ...(ARE_GROUPED ? [] : ["e2e/groups/**"])],
          globalSetup: ["e2e/system.ts"],
          testTimeout: 90_000,
          hookTimeout: 240_000,
          // One system: what changes it for all runs one file after the other, beside what stands apart.
          maxWorkers: ARE_GROUPED ? 3 : 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
