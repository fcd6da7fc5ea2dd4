import type { ReactNode } from "react";
import type { Value } from "../format/format.ts";
import { classNames } from "./class-names.ts";

/** A change in the colour of its sign; nothing, what is too small to be shown as more, and not defined stay plain. */
export function Signed({ value, children, className }: { value: Value; children: ReactNode; className?: string }) {
  const isNothing = !value || (typeof children === "string" && !/[1-9]/.test(children));
  const tone = isNothing ? "" : value > 0 ? "text-profit" : "text-loss";
  return <span className={classNames("num", tone, className)}>{children}</span>;
}
