import { type ReactNode, useState } from "react";
import type { CreateNoticeChannel, NewNoticeChannel, RuleLevel } from "../../schema/wire/notification.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { withProof } from "../settings/prove.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { SelectField, TextField } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { KIND_WORDS } from "./notice-words.ts";
import { pathOf, type Whose } from "./notification-queries.ts";

type Kind = CreateNoticeChannel["kind"];

interface KeyField {
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  /** What is accepted. */
  readonly hint?: string;
  readonly kind?: "secret" | "email" | "url";
}

interface Guide {
  readonly steps: readonly ReactNode[];
  readonly fields: readonly KeyField[];
  readonly name: string;
}

const code = (text: string) => <code className="font-mono">{text}</code>;

/** What to do on the other side, and what to bring back from there. */
const GUIDES: Readonly<Record<Kind, Guide>> = {
  email: {
    name: "Desk mailbox",
    steps: [
      "An address other than your account's own is sent a code first. Nothing else goes there until you entered it.",
    ],
    fields: [{ name: "address", label: "Address", placeholder: "desk@example.org", kind: "email" }],
  },
  slack: {
    name: "Trading channel",
    steps: [
      <>At {code("api.slack.com/apps")}, make an app for your workspace and open Incoming Webhooks.</>,
      "Turn them on, choose Add New Webhook, and the channel that shall be told.",
      "Copy the address it shows. Whoever has it can write there: it is sealed here and not shown again.",
    ],
    fields: [
      {
        name: "hook",
        label: "Incoming webhook URL of Slack",
        hint: "Begins with https://hooks.slack.com/services/. No other host is accepted.",
        placeholder: "https://hooks.slack.com/services/T…/B…/…",
        kind: "secret",
      },
    ],
  },
  telegram: {
    name: "My Telegram",
    steps: [
      <>Write {code("/newbot")} to @BotFather and copy the token that it gives you.</>,
      "Write anything to your new bot, or add it to the group that shall be told: a bot may not write first.",
      <>
        Open {code("api.telegram.org/bot<token>/getUpdates")} and copy the number at {code("chat.id")}; a group's is
        below zero.
      </>,
    ],
    fields: [
      { name: "token", label: "Token of the bot", placeholder: "123456:ABC…", kind: "secret" },
      { name: "chat", label: "Chat", placeholder: "123456789, or @channel" },
    ],
  },
  webhook: {
    name: "My server",
    steps: [
      "An address of your own on the internet, https on port 443 or 8443, that answers with a status below 300 within 5 seconds.",
      "Each request is signed. The key to check that by is shown once, in the next step.",
    ],
    fields: [
      {
        name: "url",
        label: "URL of your webhook",
        hint: "https, without user or password, port 443 or 8443, under a public name: not localhost, no bare IP address, no network of your own. At most 500 characters.",
        placeholder: "https://example.org/hooks/apextrade",
        kind: "url",
      },
    ],
  },
};
const KINDS = (Object.keys(GUIDES) as Kind[]).map((value) => ({ value, label: KIND_WORDS[value] }));
const TELL_CHOICES: readonly { readonly value: RuleLevel; readonly label: string }[] = [
  { value: "critical", label: "Critical alerts: what may cost money" },
  { value: "warning", label: "Warnings and critical alerts" },
  { value: "info", label: "Everything" },
  { value: "off", label: "Nothing yet" },
];
const TYPES = { secret: "password", email: "email", url: "url" } as const;

interface ChannelDialogProps {
  readonly whose: Whose;
  readonly onClose: () => void;
  readonly onDone: (made: NewNoticeChannel) => void;
}

/** Takes what opens a way out, and says where that is found. */
export function ChannelDialog({ whose, onClose, onDone }: ChannelDialogProps) {
  const submission = useSubmission();
  const [kind, setKind] = useState<Kind>("email");
  const [label, setLabel] = useState("");
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [tell, setTell] = useState<RuleLevel>("critical");
  const guide = GUIDES[kind];
  async function save() {
    const own = Object.fromEntries(guide.fields.map(({ name }) => [name, (typed[name] ?? "").trim()]));
    const body = { kind, tell, label: label.trim() === "" ? guide.name : label.trim(), ...own };
    const path = `${pathOf(whose)}/channels`;
    onDone(await withProof(() => client.request<NewNoticeChannel>(path, { method: "POST", body })));
  }
  return (
    <Dialog title="Add a channel" open onClose={onClose} wide>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(save);
        }}
      >
        <div>
          <Segmented label="Kind of channel" value={kind} choices={KINDS} onChange={setKind} className="flex-wrap" />
        </div>
        <Steps steps={guide.steps} />
        <TextField
          label="Name"
          placeholder={guide.name}
          maxLength={60}
          autoComplete="off"
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
        {guide.fields.map((field) => (
          <TextField
            key={`${kind}.${field.name}`}
            label={field.label}
            {...(field.hint === undefined ? {} : { hint: field.hint })}
            placeholder={field.placeholder}
            required
            type={field.kind === undefined ? "text" : TYPES[field.kind]}
            autoComplete={field.kind === "secret" ? "new-password" : "off"}
            spellCheck={false}
            value={typed[field.name] ?? ""}
            onChange={(event) => setTyped({ ...typed, [field.name]: event.target.value })}
          />
        ))}
        <SelectField
          label="Tell me there"
          hint="Of everything but fills. Set it topic by topic under “What is told where” afterwards."
          value={tell}
          choices={TELL_CHOICES}
          onChange={setTell}
        />
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={submission.busy}>
            Add the channel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Steps({ steps }: { steps: readonly ReactNode[] }) {
  const [first] = steps;
  if (steps.length === 1)
    return <p className="rounded-md border border-line bg-ground px-4 py-3 text-table">{first}</p>;
  return (
    <ol className="grid list-decimal gap-1.5 rounded-md border border-line bg-ground py-3 pr-4 pl-8 text-table">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps are fixed.
        <li key={index}>{step}</li>
      ))}
    </ol>
  );
}
