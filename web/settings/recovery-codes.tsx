import { Download } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { saveText } from "../ui/save-file.ts";
import { SecretText } from "./secret-text.tsx";

/** New recovery codes, which nobody can show again. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const text = codes.join("\n");
  return (
    <Dialog title="Your recovery codes" open onClose={onClose}>
      <div className="grid gap-4">
        <p className="text-muted">
          Each code stands in for your second factor once. Keep them away from this device: they are shown only now, and
          without them a lost phone can lock you out.
        </p>
        <SecretText label="Recovery codes" text={text} />
        <div className="flex flex-wrap justify-between gap-2">
          <Button onClick={() => saveText(`${text}\n`, "apextrade-recovery-codes.txt", "text/plain;charset=utf-8")}>
            <Download size={14} aria-hidden /> Download
          </Button>
          <Button kind="primary" onClick={onClose}>
            I have kept them
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
