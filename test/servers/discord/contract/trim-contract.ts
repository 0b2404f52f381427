/**
 * Cuts the operations which the test server serves, and the schemas they reach, out of Discord's own
 * OpenAPI document (published at github.com/discord/discord-api-spec, `specs/openapi.json`):
 *
 *   node test/servers/discord/contract/trim-contract.ts <openapi.json> && npm run fix
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { OPERATIONS } from './served.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };

const PROSE = new Set(['description', 'title', 'x-discord-union', 'example']);
/** What this server neither takes nor shows: whoever sends it breaks the contract. */
const NEVER_SHOWN =
  /^(Poll|GuildSticker|StandardSticker|MessageSticker|MessageCall|MessageActivity|Purchase|MessageRoleSub|CustomClientTheme|MessageLobby|MessageSnapshot|ApplicationOAuth2|Team|Entitlement|Webhook|GuildScheduled|GuildWelcome|Emoji|UserAvatarDecoration|UserNameplate|UserCollectibles|UserPrimaryGuild|MessageReaction|SocialLayer|LaunchActivity|Embedded|ActivityInstance|UploadApplication|MessageInteractionResponse|DefaultReaction|UpdateDefault|Account|ResolvedObjects)/;
/** Every operation may answer with these. */
const ERRORS = ['ErrorResponse', 'RatelimitedResponse'];

/** The contract of these operations; throws when the document lacks one. */
export function trim(document: object, served: readonly string[] = OPERATIONS): Node {
  const whole = document as Node;
  const schemas = at(whole, 'components', 'schemas');
  const kept: Node = {};
  const keep = (name: string): Json => {
    if (NEVER_SHOWN.test(name)) return false;
    if (!(name in kept)) {
      kept[name] = null;
      kept[name] = cut(schemas[name] ?? null, keep);
    }
    return { $ref: `#/components/schemas/${name}` };
  };
  const operations: Node = {};
  for (const [path, item] of Object.entries(at(whole, 'paths'))) {
    for (const [method, operation] of Object.entries(item as Node)) {
      const id = (operation as Node)['operationId'];
      if (typeof id !== 'string' || !served.includes(id)) continue;
      const shared = ((item as Node)['parameters'] ?? []) as Json[];
      operations[id] = {
        method: method.toUpperCase(),
        path,
        ...parts(operation as Node, shared, keep),
      };
    }
  }
  const missing = served.filter((id) => !(id in operations));
  if (missing.length > 0) throw new Error(`The document has no operation ${missing.join(', ')}`);
  for (const name of ERRORS) keep(name);
  const { title, version } = at(whole, 'info');
  return {
    source: `${title} v${version}, github.com/discord/discord-api-spec, cut by trim-contract.ts`,
    operations,
    components: { schemas: Object.fromEntries(Object.entries(kept).sort()) },
  };
}

type Keep = (name: string) => Json;

function parts(operation: Node, shared: readonly Json[], keep: Keep): Node {
  const own = (operation['parameters'] ?? []) as Json[];
  const content = operation['requestBody'] ? at(operation, 'requestBody', 'content') : undefined;
  const responses: Node = {};
  for (const [status, response] of Object.entries(at(operation, 'responses'))) {
    if (!status.startsWith('2')) continue;
    const body = (response as Node)['content'] as Node | undefined;
    responses[status] = body ? cut(at(body, 'application/json', 'schema'), keep) : null;
  }
  return {
    parameters: [...shared, ...own].map((one) => cut(one, keep)),
    ...(content && { body: cut(at(content, 'application/json', 'schema'), keep) }),
    responses,
  };
}

function cut(value: Json, keep: Keep): Json {
  if (Array.isArray(value)) return value.map((one) => cut(one, keep));
  if (value === null || typeof value !== 'object') return value;
  const reference = value['$ref'];
  if (typeof reference === 'string') return keep(reference.split('/').at(-1) ?? '');
  // An enumeration is spelled as titled constants: the constants alone say the same.
  const alternatives = value['oneOf'];
  if (Array.isArray(alternatives) && alternatives.every(isConstant)) {
    const { oneOf: _, ...others } = value;
    const constants = alternatives.map((one) => (one as Node)['const'] as Json);
    return { ...(cut(others, keep) as Node), enum: constants };
  }
  // A property may be called `title` too: prose is text.
  const said = Object.entries(value).filter(
    ([key, one]) => !PROSE.has(key) || typeof one === 'object',
  );
  return Object.fromEntries(said.map(([key, one]) => [key, cut(one, keep)]));
}

function isConstant(value: Json): boolean {
  return value !== null && typeof value === 'object' && 'const' in value;
}

function at(node: Node, ...keys: string[]): Node {
  let found: Json | undefined = node;
  for (const key of keys) found = (found as Node)[key];
  if (!found) throw new Error(`The document has no ${keys.join('.')}`);
  return found as Node;
}

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  if (!file) throw new Error('Say where the whole OpenAPI document lies: trim-contract.ts <file>');
  const contract = trim(JSON.parse(readFileSync(file, 'utf8')));
  writeFileSync(new URL('contract.json', import.meta.url), `${JSON.stringify(contract)}\n`);
}
