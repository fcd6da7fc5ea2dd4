import type { ReactNode } from "react";
import type { Value } from "../format/format.ts";
import { classNames } from "./class-names.ts";

/** A change in the colour of its sign; nothing and not defined stay plain. */
export function Signed({ value, children, className }: { value: Value; children: ReactNode; className?: string }) {
  const tone = !value ? "" : value > 0 ? "text-profit" : "text-loss";
  return <span className={classNames("num", tone, className)}>{children}</span>;
}
