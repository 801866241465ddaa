/**
 * Owns reading a long answer into a file: how far it is, that it has an end, and that a part is never taken for the whole.
 */
import { words } from "../words";
import { ApiError, asApiError } from "./errors";

/** A file is put together in memory: beyond it the browser may give up without a word. Bytes. */
export const DOWNLOAD_BYTES_MAX = 256 * 1024 * 1024;
/** Nothing comes for this long, the beginning included: the connection counts as lost. Milliseconds. */
export const DOWNLOAD_SILENT_MS = 30_000;

export interface Download {
  /** Told of every piece that came, with the bytes so far. */
  readonly onBytes: (bytes: number) => void;
  /** Whoever asked for it wants it no longer. */
  readonly cancelled: AbortSignal;
  readonly bytesMax?: number;
  readonly silentMs?: number;
}

/** The whole of it, or an error with words. `open` asks for it; its signal ends it. */
export async function download(
  open: (signal: AbortSignal) => Promise<Response>,
  { onBytes, cancelled, bytesMax = DOWNLOAD_BYTES_MAX, silentMs = DOWNLOAD_SILENT_MS }: Download,
): Promise<Blob> {
  const ending = new AbortController();
  const cancel = () => ending.abort();
  cancelled.addEventListener("abort", cancel);
  let silence: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(cancel, silentMs);
  };
  try {
    heard();
    const response = await open(ending.signal);
    return await whole(response, bytesMax, (bytes) => {
      heard();
      onBytes(bytes);
    });
  } catch (error) {
    throw cancelled.aborted ? stopped() : asApiError(error);
  } finally {
    clearTimeout(silence);
    cancelled.removeEventListener("abort", cancel);
    ending.abort();
  }
}

async function whole(response: Response, bytesMax: number, onBytes: (bytes: number) => void): Promise<Blob> {
  const type = response.headers.get("content-type") ?? "application/octet-stream";
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  let bytes = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read().catch(() => {
      // Cut off in the middle: what came is no export.
      throw new ApiError("unreachable", words.owner.exportCut, true, 0);
    });
    if (done) break;
    bytes += value.byteLength;
    if (bytes > bytesMax) throw tooLong(bytesMax);
    pieces.push(value);
    onBytes(bytes);
  }
  return new Blob(pieces, { type });
}

function tooLong(bytesMax: number): ApiError {
  return new ApiError("payload_too_large", words.owner.exportTooLong(bytesMax), false, 0);
}

function stopped(): ApiError {
  return new ApiError("unreachable", words.owner.exportStopped, false, 0);
}
