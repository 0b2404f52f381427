export type LinkOptions = {
  /** Whether a link to this address may be one; otherwise its words stand alone. Default: any may. */
  readonly mayLink?: (url: string) => boolean;
};

/** What would end or format a link in some flavour, and what would mention somebody. */
const troublesome = /[()[\]<>|`\\^{}"'\s]|@(?=everyone|here|channel|group)/giu;

/**
 * The address of a link that people may follow, safe to stand between brackets of any flavour; null for
 * one that is not http, https or mailto. Names and passwords in it are dropped: they disguise the host.
 */
export function webAddress(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const address = new URL(url);
  if (!['http:', 'https:', 'mailto:'].includes(address.protocol)) return null;
  address.username = '';
  address.password = '';
  return address.href.replace(troublesome, percentEncoded);
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
