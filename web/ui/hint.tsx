import { Info } from "lucide-react";
import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";

const bubbleClass =
  "appear z-50 max-w-72 rounded-md border border-line-strong bg-raised px-3 py-2 text-table leading-[18px] text-ink shadow-[var(--shadow)]";

/** A small mark that explains the thing it stands by, on hover, focus and touch. */
export function Hint({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Bubble text={children}>
      <button
        type="button"
        aria-label={`About ${label}`}
        onClick={(event) => event.preventDefault()}
        className="inline-flex size-6 -m-1 items-center justify-center rounded-sm text-faint hover:text-ink"
      >
        <Info size={12} aria-hidden />
      </button>
    </Bubble>
  );
}

/** Shows `text` beside its child while that is hovered or focused. The child must be able to take the focus. */
export function Bubble({
  text,
  side = "top",
  children,
}: {
  text: ReactNode;
  side?: "top" | "right" | "bottom";
  children: ReactNode;
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content side={side} sideOffset={6} collisionPadding={8} className={bubbleClass}>
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
