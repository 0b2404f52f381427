/** A text as what it says; undefined where it is no JSON, which itself can say anything but that. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
