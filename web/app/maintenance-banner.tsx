import { Wrench } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { LOOK_AGAIN_MS, lookAgain, useMaintenance } from "./maintenance.ts";

/** Says on every page that the deployment is in maintenance, and goes by itself once it is over. */
export function MaintenanceBanner() {
  const message = useMaintenance();
  const [busy, setBusy] = useState(false);
  const isOn = message !== null;
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => void lookAgain(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isOn]);
  if (message === null) return null;
  return (
    <div
      role="status"
      aria-label="Maintenance"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-notice bg-raised px-6 py-2 max-md:px-4"
    >
      <Wrench size={16} aria-hidden className="shrink-0 text-notice" />
      <span className="min-w-0 flex-1 basis-64 break-words">
        <strong className="font-semibold">Maintenance.</strong> {message} What is on screen may be old; it comes anew by
        itself.
      </span>
      <Button
        busy={busy}
        onClick={() => {
          setBusy(true);
          void lookAgain().finally(() => setBusy(false));
        }}
      >
        Look again
      </Button>
    </div>
  );
}
