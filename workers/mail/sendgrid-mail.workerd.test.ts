import { describe, expect, it } from "vitest";
import { sendgridMail } from "./sendgrid-mail.ts";

const KEY = "SG.a-key-of-the-test_0123456789";
const LETTER = {
  ...{
    id: "ltr_1",
    from: "ApexTrade <post@example.org>",
    to: "ada@example.org",
    subject: "Hello\r\nBcc: eve@example.org",
  },
  text: "A line.\r\n.\r\nQUIT",
};

/** Sends one letter to a pretended service, and keeps what was asked of it. */
async function send(answer: (init: RequestInit) => Promise<Response>) {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetched = ((url: string, init: RequestInit) => {
    asked.push({ url, init });
    return answer(init);
  }) as unknown as typeof fetch;
  return { result: await sendgridMail(KEY, fetched).send(LETTER), asked };
}

describe("a letter on its way out", () => {
  it("goes to one address and follows nobody elsewhere", async () => {
    const elsewhere = new Response(null, { status: 302, headers: { Location: "https://evil.test/" } });
    const { result, asked } = await send(async () => elsewhere);
    expect(asked.map(({ url }) => url)).toEqual(["https://api.sendgrid.com/v3/mail/send"]);
    expect(asked[0].init.redirect).toBe("manual");
    expect(result).toMatchObject({ type: "retry" });
  });

  it("carries every text as a value, whatever line breaks are in it", async () => {
    const { result, asked } = await send(async () => new Response(null, { status: 202 }));
    expect(result).toEqual({ type: "sent" });
    const body = JSON.parse(String(asked[0].init.body));
    expect(body).toMatchObject({ subject: LETTER.subject, content: [{ type: "text/plain", value: LETTER.text }] });
    expect(body.personalizations).toEqual([{ to: [{ email: LETTER.to }], custom_args: { letter: LETTER.id } }]);
  });

  it.each([
    [401, "retry"],
    [429, "retry"],
    [503, "retry"],
    [400, "refused"],
    [413, "refused"],
  ])(
    "that is answered %i is %s, and the reason holds neither key nor address nor what was answered",
    async (status, type) => {
      const { result } = await send(async () => new Response(`${KEY} ${LETTER.to}`, { status }));
      expect(result.type).toBe(type);
      expect(JSON.stringify(result)).not.toMatch(/SG\.|@/);
    },
  );

  it("that never arrives is tried again, and the reason is not what the network said", async () => {
    const { result } = await send(() => Promise.reject(new TypeError(`connect to ${KEY} failed`)));
    expect(result).toEqual({ type: "retry", reason: "SendGrid was not reached: TypeError" });
  });
});
