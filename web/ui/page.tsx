import { type ReactNode, useEffect } from "react";

interface PageProps {
  readonly title: string;
  /** Stands in for the plain title where a page shows more than words, such as a badge. */
  readonly heading?: ReactNode;
  readonly above?: ReactNode;
  readonly below?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly narrow?: boolean;
}

/** The frame of a page's content: title, actions, content on the grid. */
export function Page({ title, heading, above, below, actions, children, narrow }: PageProps) {
  useTitle(title);
  return (
    <div
      className={`mx-auto w-full px-6 pt-6 pb-16 max-md:px-4 max-md:pt-4 ${narrow ? "max-w-5xl" : "max-w-[1480px]"}`}
    >
      {above}
      <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-40">
          <h1 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-title leading-7 font-semibold tracking-[-0.01em]">
            {heading ?? title}
          </h1>
          {below}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2 md:justify-end">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** Names the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ApexTrade`;
  }, [title]);
}

/** A part of a page with a heading of its own. */
export function Section(props: {
  id?: string;
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section id={props.id} aria-label={props.title} className="mt-8 scroll-mt-28">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <h2 className="text-[15px] font-semibold">{props.title}</h2>
          {props.note !== undefined && <div className="text-muted">{props.note}</div>}
        </div>
        {props.actions !== undefined && <div className="flex flex-wrap items-center gap-2">{props.actions}</div>}
      </div>
      {props.children}
    </section>
  );
}
