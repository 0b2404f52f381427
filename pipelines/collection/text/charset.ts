import { PermanentError } from '../../stores/errors.ts';

/** How much of a file is looked at to tell text from everything else, bytes. */
const sniffed = 64 * 1024;
/** Control characters that no text has more of than this share. */
const mostControl = 0.02;

/**
 * Bytes as text: a byte order mark decides first, then the stated charset, then UTF-8, and for what is not
 * valid UTF-8 but plausibly text, windows-1252 (which is what such files nearly always are).
 *
 * Throws a PermanentError `text.binary` or `text.encoding` for what is no text.
 */
export function decodeText(bytes: Uint8Array, stated?: string): string {
  const marked = byteOrderMark(bytes);
  if (!marked && looksBinary(bytes)) {
    throw new PermanentError('This is binary data, whatever its name says.', {
      code: 'text.binary',
      hint: 'Export it as Markdown, HTML or plain text.',
    });
  }
  for (const charset of [marked, stated, 'utf-8']) {
    const text = charset && tryDecode(bytes, charset);
    if (typeof text === 'string') return checked(text);
  }
  const text = tryDecode(bytes, 'windows-1252') ?? '';
  if (!plausible(text)) {
    throw new PermanentError('The text is in no encoding that could be recognised.', {
      code: 'text.encoding',
      hint: 'Save it as UTF-8.',
    });
  }
  return text;
}

/** The charset an HTML or XML document states about itself in its first kilobyte. */
export function statedInMarkup(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  const found =
    /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/i.exec(head) ??
    /<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head);
  const charset = found?.[1]?.toLowerCase();
  // Whoever could read this ASCII declaration is not in UTF-16, so the declaration is wrong (HTML standard).
  return charset?.startsWith('utf-16') ? 'utf-8' : charset;
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return undefined;
}

/** Strictly decoded, without the byte order mark; undefined for an unknown charset or invalid bytes. */
function tryDecode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function looksBinary(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, sniffed);
  if (head.includes(0)) return true;
  let control = 0;
  for (const byte of head) if (isControl(byte)) control += 1;
  return control > head.length * mostControl;
}

/** C0 controls but tab, newlines, form feed and escape (terminal logs have those). */
function isControl(code: number): boolean {
  return (code < 0x20 && !(code >= 0x09 && code <= 0x0d) && code !== 0x1b) || code === 0x7f;
}

/** UTF-16 text can hide binary data behind its mark. */
function checked(text: string): string {
  const head = text.slice(0, sniffed);
  let control = 0;
  for (let i = 0; i < head.length; i += 1) if (isControl(head.charCodeAt(i))) control += 1;
  if (control > head.length * mostControl || head.includes('\u0000')) {
    throw new PermanentError('This is binary data behind the mark of a text file.', {
      code: 'text.binary',
    });
  }
  return text;
}

/**
 * Western text: mostly ASCII, the rest nearly all letters and punctuation, and no fractions, superscripts
 * or currency signs at the edges of words, which is how Central European and Asian encodings come out.
 */
function plausible(text: string): boolean {
  const head = text.slice(0, sniffed);
  const counted = (pattern: RegExp) => head.match(pattern)?.length ?? 0;
  const ascii = counted(/[\x20-\x7e\s]/g);
  const odd = counted(/[^\x20-\x7e\s\p{L}\u2010-\u2044\u00a0-\u00bf\u20ac\u2122]/gu);
  const misplaced = counted(/(?<=\p{L})[¢-¦¨¬¯±-³¶¸¹¼-¾]|[¢-¦¨¬¯±-³¶¸¹¼-¾](?=\p{L})/gu);
  return (
    ascii >= head.length * 0.7 && odd <= head.length * 0.01 && misplaced <= head.length * 0.002
  );
}
