/** So many answers at once, the others in order; beyond a bound nobody is kept waiting. */
export type Slots = {
  /** How many wait. */
  readonly waiting: () => number;
  /** Resolves with the function that gives the slot back. */
  take(): Promise<() => void>;
};

export function openSlots(most: number): Slots {
  let taken = 0;
  const queue: (() => void)[] = [];
  const giveBack = () => {
    const next = queue.shift();
    if (next) next();
    else taken -= 1;
  };
  return {
    waiting: () => queue.length,
    async take() {
      if (taken < most) taken += 1;
      else await new Promise<void>((resolve) => queue.push(resolve));
      let given = false;
      return () => {
        if (given) return;
        given = true;
        giveBack();
      };
    },
  };
}
