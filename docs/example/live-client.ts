/** Follows a channel of ApexTrade, such as /api/v1/dashboard/live, with an API key of scope read. Needs Node 22 or later. */
export async function followChannel<T extends object>(options: {
  origin: string;
  path: string;
  key: string;
  onValue: (value: T) => void;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  open?: (url: URL, protocols: string[]) => Promise<WebSocket> | WebSocket;
  wait?: (delayMs: number) => Promise<void>;
}): Promise<"signed_out" | "deleted"> {
  const { origin, path, key, onValue, fetch = globalThis.fetch } = options;
  const { wait = (delayMs: number) => new Promise((done) => setTimeout(done, delayMs)) } = options;
  // Browsers send the Origin of the page themselves and take no headers.
  const inNode = (url: URL, protocols: string[]) =>
    new WebSocket(url.href, { protocols, headers: { Origin: origin } } as never);
  const { open = inNode } = options;
  let value: T | undefined;
  let [epoch, sequence, failures] = ["", -1, 0];
  async function follow(): Promise<number> {
    const headers = { Authorization: `Bearer ${key}` };
    const reply = await fetch(`${origin}/api/v1/socket-tickets`, { method: "POST", headers });
    if (reply.status === 401) return 4401;
    const { ticket } = (await reply.json()) as { ticket: string };
    const url = new URL(path, origin.replace(/^http/, "ws"));
    if (value !== undefined) url.search += `${url.search === "" ? "?" : "&"}epoch=${epoch}&sequence=${sequence}`;
    const socket = await open(url, ["apextrade.v1", `ticket.${ticket}`]);
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "snapshot") [value, epoch] = [frame.state as T, frame.epoch];
      else if (frame.type === "delta" && value !== undefined) value = { ...value, ...frame.change };
      if (frame.sequence === undefined || value === undefined) return;
      [sequence, failures] = [frame.sequence, 0];
      socket.send(JSON.stringify({ type: "ack", sequence }));
      onValue(value);
    });
    return new Promise((closed) => socket.addEventListener("close", ({ code }) => closed(code)));
  }
  for (;;) {
    const code = await follow().catch(() => 1006);
    if (code === 4401 || code === 4404) return code === 4401 ? "signed_out" : "deleted";
    await wait(Math.min(15_000, 500 * 2 ** failures++) * (0.5 + Math.random() / 2));
  }
}
