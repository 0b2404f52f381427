export const space = 32;

/** Six bits of a UTF-16 unit: exact for a-z, 0-9 and the space, folded together beyond. */
export const sixBits = (unit: number): number =>
  unit < 128 ? unit & 0x3f : (unit ^ (unit >> 6)) & 0x3f;
