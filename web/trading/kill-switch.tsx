import { OctagonX } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { buttonClass } from "../ui/button.tsx";

const KillDialog = lazy(async () => ({ default: (await import("./kill-dialog.tsx")).KillDialog }));

/** Stops trading from any page. The dialog says what will happen and asks to hold. */
export function KillButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        title="Stop trading"
        onClick={() => setOpen(true)}
        className={buttonClass("danger", "px-2.5")}
      >
        <OctagonX size={15} aria-hidden />
        <span className="max-sm:sr-only">Stop trading</span>
      </button>
      <Suspense fallback={null}>{open && <KillDialog onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
