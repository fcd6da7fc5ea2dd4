import { useEffect, useState } from "react";

const PARTS = [
  { id: "chart", label: "Chart" },
  { id: "real", label: "Is it real?" },
  { id: "months", label: "Months" },
  { id: "trades", label: "Trades" },
  { id: "breakdowns", label: "Breakdowns" },
  { id: "statistics", label: "Statistics" },
  { id: "settings", label: "Settings" },
] as const;

/** The line under the top bar at which a part counts as the one being read. */
const READING_LINE_PX = 140;

/** The parts of the report, always in reach; the one on screen is marked. */
export function ReportNav() {
  const [current, setCurrent] = useState<string | null>(null);
  useEffect(() => {
    function look() {
      const passed = PARTS.filter(({ id }) => {
        const element = document.getElementById(id);
        return element !== null && element.getBoundingClientRect().top <= READING_LINE_PX;
      });
      setCurrent(passed.at(-1)?.id ?? null);
    }
    look();
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);
  return (
    <nav
      aria-label="Parts of the report"
      className="scroll-thin sticky top-12 z-[9] -mx-6 mb-5 flex gap-5 overflow-x-auto overflow-y-hidden border-b border-line bg-ground px-6 max-md:-mx-4 max-md:px-4"
    >
      {PARTS.map((part) => (
        <a
          key={part.id}
          href={`#${part.id}`}
          aria-current={part.id === current ? "location" : undefined}
          className="-mb-px flex h-9 items-center border-b-2 border-transparent font-medium whitespace-nowrap text-muted hover:text-ink aria-[current=location]:border-accent aria-[current=location]:text-ink max-md:h-11"
        >
          {part.label}
        </a>
      ))}
    </nav>
  );
}
