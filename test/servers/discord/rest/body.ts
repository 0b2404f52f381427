import type { IncomingMessage } from 'node:http';
import type { Upload } from '../world/drafts.ts';
import { ApiError } from './errors.ts';

/** A request's JSON and files, however they came. Throws 50109 for what is no JSON. */
export async function readBody(
  request: IncomingMessage,
): Promise<{ readonly body: unknown; readonly files: Upload[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (bytes.length === 0) return { body: undefined, files: [] };
  if (!type.startsWith('multipart/form-data')) return { body: json(bytes.toString()), files: [] };
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const files: Upload[] = [];
  let body: unknown = {};
  for (const [name, value] of form) {
    if (typeof value === 'string') {
      if (name === 'payload_json') body = json(value);
    } else files.push({ filename: value.name, text: await value.text() });
  }
  return { body, files };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(50_109, { violation: 'schema' });
  }
}
