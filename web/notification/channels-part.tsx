import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { NoticeChannel } from "../../schema/wire/notification.ts";
import { client } from "../api/runtime.ts";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { Button } from "../ui/button.tsx";
import { Section } from "../ui/page.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { ChannelDialog } from "./channel-dialog.tsx";
import { ChannelRow } from "./channel-row.tsx";
import { CodeDialog } from "./code-dialog.tsx";
import { channelsQuery, keyOf, pathOf, type Whose } from "./notification-queries.ts";
import { WebhookHelp } from "./webhook-help.tsx";

type Asked =
  | { readonly act: "add" }
  | { readonly act: "remove" | "code"; readonly channel: NoticeChannel }
  | { readonly act: "signing"; readonly channel: NoticeChannel; readonly secret: string | null };

/** The ways over which somebody is told: how each stands, a test, and a new one. */
export function ChannelsPart({ whose }: { whose: Whose }) {
  const channels = useQuery(channelsQuery(whose));
  const cache = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const done = (next: Asked | null = null) => {
    setAsked(next);
    void cache.invalidateQueries({ queryKey: keyOf(whose) });
  };
  return (
    <Section
      title="Channels"
      note="Ways over which you are told. What opens them is sealed and never shown again."
      actions={
        <Button kind="primary" onClick={() => setAsked({ act: "add" })}>
          Add a channel
        </Button>
      }
    >
      {channels.isPending ? (
        <SkeletonRows rows={2} />
      ) : channels.isError ? (
        <Failure error={channels.error} onRetry={() => void channels.refetch()} />
      ) : (
        <ul className="card divide-y divide-line">
          {channels.data.map((channel) => (
            <ChannelRow
              key={channel.id}
              whose={whose}
              channel={channel}
              onCode={() => setAsked({ act: "code", channel })}
              onRemove={() => setAsked({ act: "remove", channel })}
              onSigning={() => setAsked({ act: "signing", channel, secret: null })}
            />
          ))}
        </ul>
      )}
      {asked?.act === "add" && (
        <ChannelDialog
          whose={whose}
          onClose={() => setAsked(null)}
          onDone={({ channel, secret }) => {
            if (secret !== null) done({ act: "signing", channel, secret });
            else done(channel.verifiedAt === null ? { act: "code", channel } : null);
          }}
        />
      )}
      {asked?.act === "code" && (
        <CodeDialog whose={whose} channel={asked.channel} onClose={() => setAsked(null)} onDone={() => done()} />
      )}
      {asked?.act === "signing" && <WebhookHelp {...asked} onClose={() => setAsked(null)} />}
      {asked?.act === "remove" && (
        <ConfirmAct
          title={`Remove ${asked.channel.label}`}
          verb="Remove the channel"
          act={() => client.request(`${pathOf(whose)}/channels/${asked.channel.id}`, { method: "DELETE" })}
          onClose={() => setAsked(null)}
          onDone={() => done()}
        >
          Nothing is told there any more; its rules go with it. What waits for its digest is dropped.
        </ConfirmAct>
      )}
    </Section>
  );
}
