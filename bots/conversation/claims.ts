/** One question, one answer: platforms deliver an event more than once. */
export type Claims = {
  /** True for the first who claims the event id; everyone after gets false. */
  claim(event: string): Promise<boolean>;
};

/** Claims within this process: enough where a page talks to its own server. The oldest are dropped. */
export function openClaims(most = 10_000): Claims {
  const claimed = new Set<string>();
  return {
    async claim(event) {
      if (claimed.has(event)) return false;
      claimed.add(event);
      const [oldest] = claimed;
      if (claimed.size > most && oldest !== undefined) claimed.delete(oldest);
      return true;
    },
  };
}
