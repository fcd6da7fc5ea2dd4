import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { measuredDatabase } from "./measured-store.ts";

export type Database = DrizzleD1Database;

export function openDatabase(binding: D1Database): Database {
  return drizzle(measuredDatabase(binding));
}
