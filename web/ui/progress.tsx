import { classNames } from "./class-names.ts";

/** How far work has come; `share` null where that is not known. */
export function Progress({ share, label }: { share: number | null; label: string }) {
  const percent = share === null ? null : Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      className="h-1.5 overflow-hidden rounded-full bg-hover"
    >
      <div
        className={classNames(
          "h-full rounded-full bg-accent transition-[width] duration-300",
          percent === null && "skeleton w-1/3",
        )}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
