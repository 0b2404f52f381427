import type { Chunk } from './chunks.ts';
import type { CompletionTimings } from './port.ts';

/** What the server tells of its own time: TGI in headers (not on every stream), llama.cpp in its last event. */
export function serverTimings(
  headers: Headers | undefined,
  timings: Chunk['timings'],
): Pick<CompletionTimings, 'queueMs' | 'inferenceMs'> {
  return {
    queueMs: milliseconds(headers?.get('x-queue-time')),
    inferenceMs:
      milliseconds(headers?.get('x-inference-time')) ??
      (timings ? timings.prompt_ms + timings.predicted_ms : null),
  };
}

function milliseconds(header: string | null | undefined): number | null {
  if (!header) return null;
  const value = Number(header);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
