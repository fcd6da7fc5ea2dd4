import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: [
            "workers/core/**/*.test.ts",
            "workers/feed/**/*.test.ts",
            "schema/**/*.test.ts",
            "cli/**/*.test.ts",
            "ops/**/*.test.ts",
          ],
          exclude: ["**/*.workerd.test.ts", "**/node_modules/**"],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
