import type { Import, ImportQuery } from "../../schema/wire/dataset.ts";
import { ApiError, offlineError } from "../api/api-error.ts";
import { addressOf } from "../api/client.ts";
import { client } from "../api/runtime.ts";

/** How far an upload is: bytes sent, and whether the server now reads what it has. */
export interface UploadState {
  readonly sent: number;
  readonly total: number;
  readonly phase: "sending" | "reading";
}

export interface Upload {
  readonly done: Promise<Import>;
  readonly cancel: () => void;
}

/** What the person chose about a file; defaults of the API left out. */
export type UploadQuery = Pick<ImportQuery, "fileName" | "symbol"> & Partial<ImportQuery>;

/** Sends a file as it is. A request of the older kind: `fetch` tells nothing of how much was sent. Throws `ApiError`. */
export function startUpload(file: File, query: UploadQuery, onState: (state: UploadState) => void): Upload {
  const request = new XMLHttpRequest();
  const done = client.token().then(
    (token) =>
      new Promise<Import>((resolve, reject) => {
        request.open("POST", addressOf("/datasets/import", { ...query }));
        request.setRequestHeader("authorization", `Bearer ${token}`);
        request.setRequestHeader("content-type", "application/octet-stream");
        request.responseType = "json";
        request.upload.onprogress = (event) => onState({ sent: event.loaded, total: file.size, phase: "sending" });
        request.upload.onload = () => onState({ sent: file.size, total: file.size, phase: "reading" });
        request.onerror = () => reject(offlineError());
        request.onabort = () => reject(cancelled());
        request.onload = () => {
          if (request.status >= 200 && request.status < 300) resolve(request.response as Import);
          else reject(refusal(request));
        };
        request.send(file);
      }),
  );
  return { done, cancel: () => request.abort() };
}

function refusal(request: XMLHttpRequest): ApiError {
  const body: unknown = request.response;
  if (typeof body === "object" && body !== null && "detail" in body && "code" in body) {
    return new ApiError({ ...(body as ConstructorParameters<typeof ApiError>[0]), status: request.status });
  }
  const detail = `The server answered ${request.status} and gave no reason.`;
  return new ApiError({
    status: request.status,
    code: `http-${request.status}`,
    title: "The file was refused",
    detail,
  });
}

function cancelled(): ApiError {
  return new ApiError({
    status: 0,
    code: "cancelled",
    title: "Stopped",
    detail: "The import was stopped. Nothing was stored.",
  });
}
