import type { ReactNode } from "react";

/** How a link to a part of a page looks, the present one underlined. */
export const tabClass =
  "-mb-px inline-flex h-10 items-center border-b-2 border-transparent px-3 font-medium whitespace-nowrap text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink";

/** The row of links to the parts of a page; on a phone it is wider than the screen. */
export function SectionTabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="scroll-thin flex gap-1 overflow-x-auto overflow-y-hidden border-b border-line">
      {children}
    </nav>
  );
}

/** For the link of the present part, as its ref. */
export function bringIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
