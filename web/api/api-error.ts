import type { Problem, ProblemIssue } from "../../schema/wire/primitive.ts";

/** A request that did not succeed. `status` is 0 where no reply came at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly issues: readonly ProblemIssue[];
  readonly requestId: string | undefined;

  constructor(problem: Pick<Problem, "status" | "code" | "title" | "detail" | "issues" | "requestId">) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.issues = problem.issues ?? [];
    this.requestId = problem.requestId;
  }
}

/** The error of a reply that is not 2xx; replies without a problem document still say their status. */
export async function errorOfResponse(response: Response): Promise<ApiError> {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) {
    const body: unknown = await response.json().catch(() => null);
    if (isProblem(body)) return new ApiError({ ...body, status: response.status });
    const message = messageOf(body);
    if (message !== null) {
      return new ApiError({ status: response.status, code: message.code, title: message.text, detail: message.text });
    }
  }
  return new ApiError({
    status: response.status,
    code: `http-${response.status}`,
    title: "The server refused the request",
    detail: `The server answered ${response.status} ${response.statusText}`.trim(),
  });
}

/** No reply came: the network, or the server, is away. */
export function offlineError(): ApiError {
  return new ApiError({
    status: 0,
    code: "offline",
    title: "No connection",
    detail: "The server could not be reached. Check the connection; nothing was changed.",
  });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body && "title" in body;
}

/** The identity routes answer `{ code, message }`. */
function messageOf(body: unknown): { code: string; text: string } | null {
  if (typeof body !== "object" || body === null || !("message" in body)) return null;
  const code = "code" in body && typeof body.code === "string" ? body.code : "refused";
  return typeof body.message === "string" ? { code, text: body.message } : null;
}
