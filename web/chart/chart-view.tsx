import { type KeyboardEvent, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { usePreferences, useTheme } from "../app/preferences.ts";
import { classNames } from "../ui/class-names.ts";
import { ChartController } from "./chart-controller.ts";
import { ChartLegend } from "./chart-legend.tsx";
import type { ChartHover, ChartSpec, TimeSpan } from "./chart-spec.ts";

/** The stretch on screen is told this long after it last moved, so that a drag asks for candles once. */
const SETTLE_MS = 160;

/** What a page can ask of a chart that is on screen. */
export interface ChartHandle {
  show(span: TimeSpan): void;
  fit(): void;
  picture(): HTMLCanvasElement | undefined;
}

interface ChartViewProps {
  readonly spec: ChartSpec;
  /** What the chart shows, for those who cannot see it. */
  readonly label: string;
  readonly className?: string;
  readonly handle?: Ref<ChartHandle>;
  /** The stretch to open at, for what was asked before there was a chart; everything where left out. */
  readonly opensAt?: TimeSpan;
  /** What "everything" is where the chart is handed a part of it at a time. */
  readonly whole?: TimeSpan;
  readonly onSettled?: (span: TimeSpan) => void;
  readonly onTrade?: (id: number) => void;
  readonly children?: ReactNode;
}

/** The one component that draws with the charting library. Everything it shows comes in as data. */
export function ChartView(props: ChartViewProps) {
  const { spec, label, className, handle, opensAt, whole, onSettled, onTrade, children } = props;
  const element = useRef<HTMLDivElement>(null);
  const controller = useRef<ChartController | null>(null);
  const [hover, setHover] = useState<ChartHover | null>(null);
  const [tops, setTops] = useState<readonly number[]>([0]);
  const latest = useLatest({ spec, opensAt, whole, onSettled, onTrade });
  const left = useRef<TimeSpan | undefined>(undefined);
  const look = `${useTheme()} ${usePreferences().palette} ${shapeOf(spec)}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme or number of lines asks for a new chart, new data does not.
  useEffect(() => {
    if (element.current === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const made = new ChartController(element.current, latest.current.spec, {
      onHover: setHover,
      onLayout: setTops,
      onTrade: (id) => latest.current.onTrade?.(id),
      onVisible: (span) => {
        clearTimeout(timer);
        timer = setTimeout(() => latest.current.onSettled?.(span), SETTLE_MS);
      },
    });
    controller.current = made;
    // A chart that takes the place of another shows the same stretch of time.
    const start = left.current ?? latest.current.opensAt;
    if (start !== undefined) made.show(start);
    setHover(null);
    return () => {
      clearTimeout(timer);
      left.current = made.visible();
      controller.current = null;
      made.destroy();
    };
  }, [look]);

  useEffect(() => controller.current?.update(spec), [spec]);
  const fitAll = () => {
    const all = latest.current.whole;
    if (all === undefined) controller.current?.fit();
    else controller.current?.show(all);
  };
  useImperativeHandle(handle, () => ({
    show: (span) => controller.current?.show(span),
    fit: fitAll,
    picture: () => controller.current?.picture(),
  }));

  return (
    <section
      aria-label={`${label} Arrow keys move in time, plus and minus zoom, 0 shows everything.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a chart is moved and zoomed by keyboard, so it takes the focus.
      tabIndex={0}
      onKeyDown={(event) => controller.current !== null && steer(controller.current, event, fitAll)}
      onDoubleClick={fitAll}
      className={classNames("relative isolate min-w-0 focus-visible:outline-offset-[-2px]", className)}
    >
      <div ref={element} className="absolute inset-0" />
      <ChartLegend spec={spec} hover={hover} tops={tops} />
      {children}
    </section>
  );
}

function steer(chart: ChartController, event: KeyboardEvent, fitAll: () => void): void {
  if (event.ctrlKey || event.metaKey) return;
  const share = event.shiftKey ? 0.5 : 0.1;
  if (event.key === "ArrowLeft") chart.pan(-share);
  else if (event.key === "ArrowRight") chart.pan(share);
  else if (event.key === "+" || event.key === "=") chart.zoom(0.7);
  else if (event.key === "-") chart.zoom(1.4);
  else if (event.key === "0") fitAll();
  else return;
  event.preventDefault();
}

/** What a chart is made of: another shape needs another chart. */
function shapeOf(spec: ChartSpec): string {
  const lines = spec.lines.map((line) => `${line.id}@${line.pane}:${line.look}:${line.colour}`);
  const bands = (spec.bands ?? []).map((band) => band.id);
  return [spec.candles === undefined ? "" : "candles", ...lines, ...bands].join(" ");
}

function useLatest<T>(value: T): { readonly current: T } {
  const holder = useRef(value);
  useEffect(() => {
    holder.current = value;
  });
  return holder;
}
