import type { World } from '../world/world.ts';

/** Waits for what a test expects to become true, looking whenever the world changes. */
export function createUntil(world: World) {
  return <T>(
    condition: () => T,
    { timeoutMs = 20_000, label }: { readonly timeoutMs?: number; readonly label?: string } = {},
  ): Promise<NonNullable<T>> =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        clearInterval(pulse);
        world.events.off('changed', look);
      };
      const look = () => {
        try {
          const value = condition();
          if (!value) return;
          stop();
          resolve(value);
        } catch (error) {
          stop();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Waited ${timeoutMs} ms in vain for ${label ?? condition}`));
      }, timeoutMs);
      // The condition may also look at what is outside this world.
      const pulse = setInterval(look, 20);
      world.events.on('changed', look);
      look();
    });
}
