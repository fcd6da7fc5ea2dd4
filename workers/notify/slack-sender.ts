import type { Notice, NoticeSender } from "./notice.ts";
import { type Fetch, sendOut } from "./send-out.ts";

/** An incoming webhook: https://api.slack.com/messaging/webhooks. The host is Slack's and the path the secret. */
const HOOK = /^https:\/\/hooks\.slack\.com\/services\/[A-Z\d]{5,20}\/[A-Z\d]{5,20}\/[A-Za-z\d]{10,60}$/;
const MARKS = { info: ":information_source:", warning: ":warning:", critical: ":rotating_light:" } as const;

/** Whether a text is the address of an incoming webhook of Slack. */
export function isSlackHook(text: string): boolean {
  return HOOK.test(text);
}

/** Sends notices to a channel of Slack. Throws where the address is not one of Slack's hooks. */
export function slackSender({ hook, fetch }: { readonly hook: string; readonly fetch: Fetch }): NoticeSender {
  if (!isSlackHook(hook)) throw new Error("hook must be such as https://hooks.slack.com/services/T.../B.../...");
  return {
    send: (notice) => {
      const body = JSON.stringify({ text: slackText(notice), unfurl_links: false, unfurl_media: false });
      return sendOut(fetch, hook, { headers: { "Content-Type": "application/json" }, body });
    },
  };
}

function slackText({ level, title, text, link }: Notice): string {
  const lines = [
    `${MARKS[level]} *${escaped(title)}*`,
    escaped(text),
    ...(link === undefined ? [] : [`<${escaped(link)}>`]),
  ];
  return lines.filter((line) => line !== "").join("\n");
}

/** What Slack reads as markup, mentions and links among it: https://api.slack.com/reference/surfaces/formatting#escaping. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
