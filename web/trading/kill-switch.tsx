import { OctagonX } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { buttonClass } from "../ui/button.tsx";

const loadDialog = () => import("./kill-dialog.tsx");
const KillDialog = lazy(async () => ({ default: (await loadDialog()).KillDialog }));
/** Once the page stands still for this long, the dialog is fetched: it must open at once, also where the network goes. */
const DIALOG_PRELOAD_MS = 1_000;

/** Stops trading from any page. The dialog says what will happen and asks to hold. */
export function KillButton() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => void loadDialog().catch(() => undefined), DIALOG_PRELOAD_MS);
    return () => clearTimeout(timer);
  }, []);
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
