import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button, IconButton } from "./button.tsx";
import { TextField } from "./field.tsx";

interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
}

/**
 * A window over the page. The browser's own modal dialog: it keeps the focus inside, gives it back on closing, and
 * injects no style element, which the content policy would refuse.
 */
export function Dialog({ title, open, onClose, children, wide }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (open && element.current?.open === false) {
      element.current.showModal();
      // The browser would begin at the button that closes; people begin at the first box.
      element.current.querySelector<HTMLElement>("[data-dialog-body] :is(input, select, textarea)")?.focus();
    }
    if (!open) element.current?.close();
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      onClose={onClose}
      onCancel={onClose}
      className={`appear m-auto max-h-[min(85dvh,760px)] w-[calc(100%-32px)] ${wide ? "max-w-3xl" : "max-w-md"} overflow-hidden rounded-lg border border-line-strong bg-surface p-0 text-ink shadow-[var(--shadow)]`}
    >
      <div className="flex max-h-[min(85dvh,760px)] flex-col">
        <header className="flex items-center justify-between gap-4 border-b border-line py-2 pr-2 pl-5">
          <h2 id={titleId} className="text-[15px] font-semibold">
            {title}
          </h2>
          <IconButton label="Close" onClick={onClose}>
            <X size={16} aria-hidden />
          </IconButton>
        </header>
        <div data-dialog-body className="scroll-thin scroll-pb-20 overflow-y-auto p-5">
          {children}
        </div>
      </div>
    </dialog>
  );
}

/**
 * The verbs of a window, and what went wrong with them: they stay in view, with a line above them, however long the window is.
 * The last part of a form that fills the window.
 */
export function DialogFooter({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-5 z-10 -mx-5 -mb-5 grid gap-3 border-t border-line bg-surface px-5 py-3">
      {children}
    </div>
  );
}

interface ConfirmDeleteProps {
  readonly open: boolean;
  /** What is deleted, such as "dataset". */
  readonly noun: string;
  /** Its name, which the person types. */
  readonly name: string;
  readonly consequence: string;
  readonly busy: boolean;
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks for the name before something is deleted for good. */
export function ConfirmDelete(props: ConfirmDeleteProps) {
  const [typed, setTyped] = useState("");
  const matches = typed.trim() === props.name.trim();
  return (
    <Dialog title={`Delete ${props.noun}`} open={props.open} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (matches) props.onConfirm();
        }}
      >
        <p className="mb-4 text-muted">{props.consequence}</p>
        <p className="mb-3">
          Type <strong className="font-semibold">{props.name}</strong> to delete it.
        </p>
        <TextField
          label="Name"
          autoFocus
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={props.error}
        />
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={props.onClose}>Keep it</Button>
          <Button kind="danger" type="submit" disabled={!matches} busy={props.busy}>
            Delete {props.noun}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
