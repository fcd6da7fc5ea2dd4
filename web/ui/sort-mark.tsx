import { ArrowDown, ArrowUp } from "lucide-react";

/** Shows which way a column is sorted; keeps its place where it is not. */
export function SortMark({ order }: { order: "asc" | "desc" | undefined }) {
  if (order === undefined) return <span aria-hidden className="inline-block w-3" />;
  const Arrow = order === "asc" ? ArrowUp : ArrowDown;
  return <Arrow size={12} aria-hidden />;
}
