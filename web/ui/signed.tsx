import { Children, type ReactNode } from "react";
import type { Value } from "../format/format.ts";
import { classNames } from "./class-names.ts";

/** A change in the colour of its sign; nothing, what is too small to be shown as more, and not defined stay plain. */
export function Signed({ value, children, className }: { value: Value; children: ReactNode; className?: string }) {
  const tone = !value || showsNothing(children) ? "" : value > 0 ? "text-profit" : "text-loss";
  return <span className={classNames("num", tone, className)}>{children}</span>;
}

/** Whether an amount is written as 0.00; what is beside it in elements of their own is not the amount. */
function showsNothing(children: ReactNode): boolean {
  const text = Children.toArray(children)
    .filter((child) => typeof child === "string")
    .join("");
  return /0/.test(text) && !/[1-9]/.test(text);
}
