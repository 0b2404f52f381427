/**
 * Reads server-sent events from a response's body.
 *
 * @param {Response} response
 * @returns {AsyncGenerator<any, void>} the parsed `data` of each event
 */
export async function* events(response) {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + value).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        if (part.startsWith('data: ')) yield JSON.parse(part.slice(6));
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * Asks, and yields the answer's events.
 *
 * @param {{ question: string, thread: string, event: string }} asking
 * @param {AbortSignal} signal
 */
export async function* answer(asking, signal) {
  const response = await fetch('/ask', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asking),
    signal,
  });
  if (!response.ok) throw new Error((await response.json()).message);
  yield* events(response);
}
