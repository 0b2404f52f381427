/** An embedding that costs next to nothing and the same for any text: the bench is not about models. */
export function fakeVector(text: string): number[] {
  const vector = new Array<number>(384).fill(0.05);
  vector[text.length % 384] = 0.5;
  return vector;
}
