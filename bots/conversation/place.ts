import type { Place } from './message.ts';

/** The place as one word, as state and access rules are kept by it. */
export const placeKey = ({ platform, workspace, channel }: Place): string =>
  [platform, workspace ?? '', channel ?? ''].join(':');
