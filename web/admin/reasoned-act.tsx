import { type ComponentProps, useState } from "react";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { TextField } from "../ui/field.tsx";

/** Letters of a reason that another person can go by, and the most that the API takes. */
const REASON_CHARACTERS_MIN = 4;
const REASON_CHARACTERS_MAX = 300;

interface ReasonedActProps extends Omit<ComponentProps<typeof ConfirmAct>, "act" | "fields" | "isReady"> {
  /** Who reads it. */
  readonly hint: string;
  /** What touches nobody's money or account may go without one. */
  readonly needs?: "reason";
  /** `why` goes into the body that is sent. */
  readonly act: (why: { readonly reason?: string }) => Promise<unknown>;
}

/** Says what will happen before it does, and asks why. */
export function ReasonedAct({ hint, needs, act, ...confirm }: ReasonedActProps) {
  const [text, setText] = useState("");
  const reason = text.trim();
  const isEnough = reason.length >= REASON_CHARACTERS_MIN;
  return (
    <ConfirmAct
      {...confirm}
      act={() => act(reason === "" ? {} : { reason })}
      isReady={isEnough || (needs === undefined && reason === "")}
      fields={
        <TextField
          label={needs === undefined ? "Why (optional)" : "Why"}
          hint={`${hint} At least ${REASON_CHARACTERS_MIN} characters.`}
          maxLength={REASON_CHARACTERS_MAX}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      }
    />
  );
}
