import { createApp } from "../api/app.ts";
import { FAKE_STRATEGIES } from "./fake-strategies.ts";
import { START_MS, testMail } from "./test-client.ts";

export interface RouteUnderTest {
  /** Method and path, such as `GET /api/v1/datasets/{id}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Whether it says that it needs an access token. */
  readonly secured: boolean;
}

/** Every route that the API describes, from its own document: a new one is tested without being listed anywhere. */
export function describedRoutes(): RouteUnderTest[] {
  const app = createApp({ now: () => START_MS, strategies: FAKE_STRATEGIES, mail: testMail });
  const { paths } = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "", version: "" } });
  return Object.entries(paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([verb, operation]: [string, { security?: unknown[] }]) => {
      const method = verb.toUpperCase();
      return { name: `${method} ${path}`, method, path, secured: (operation.security ?? []).length > 0 };
    }),
  );
}
