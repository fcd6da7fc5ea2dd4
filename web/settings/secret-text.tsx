import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";

/** Text to be copied to a safe place, shown whole. */
export function SecretText({ label, text }: { label: string; text: string }) {
  return (
    <section aria-label={label} className="grid gap-2">
      <pre className="scroll-thin overflow-x-auto rounded-md border border-line-strong bg-ground px-3 py-2 font-mono text-table break-all whitespace-pre-wrap select-all">
        {text}
      </pre>
      <div>
        <CopyButton text={text} />
      </div>
    </section>
  );
}

/** Copies `text` and says that it did, or that the browser refused. */
export function CopyButton({ text }: { text: string }) {
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  async function copy() {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setOutcome(copied ? "copied" : "refused");
  }
  return (
    <span className="inline-flex items-center gap-2">
      <Button onClick={() => void copy()}>
        {outcome === "copied" ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        {outcome === "copied" ? "Copied" : "Copy"}
      </Button>
      <span role="status" className="text-table text-danger">
        {outcome === "refused" ? "The browser refused; select the text and copy it." : ""}
      </span>
    </span>
  );
}
