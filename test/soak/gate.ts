import { setTimeout as wait } from 'node:timers/promises';

/** Long enough for what was asked to arrive. */
const arrivalMs = 300;

/** Lets people act, or holds them back while something happens that they could not notice. */
export function openGate() {
  let holding = Promise.resolve();
  let closed = 0;
  return {
    /** @param keepsEvents whether what is said meanwhile would reach the twin all the same. */
    async open(keepsEvents: boolean): Promise<void> {
      while (closed > 0 && !keepsEvents) await holding;
    },
    /** Does something while people of platforms that forget are held back; one such thing after another. */
    async quietly(
      work: () => Promise<void>,
      { settleMs = arrivalMs }: { readonly settleMs?: number } = {},
    ): Promise<void> {
      closed += 1;
      const turn = holding.then(async () => {
        await wait(settleMs);
        await work();
      });
      holding = turn.then(
        () => undefined,
        () => undefined,
      );
      try {
        await turn;
      } finally {
        closed -= 1;
      }
    },
  };
}

export type Gate = ReturnType<typeof openGate>;
