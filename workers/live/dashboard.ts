import type { Env } from "../platform/env.ts";
import { objectName } from "../platform/object-name.ts";
import type { HubObject } from "./hub-object.ts";

/** The object behind a person's dashboard, and its name. */
export async function dashboardOf(
  env: Env,
  ownerId: string,
): Promise<{ name: string; object: DurableObjectStub<HubObject> }> {
  const name = await objectName({ kind: "hub", ownerId, id: "dashboard" });
  return { name, object: env.HUB.getByName(name) };
}
