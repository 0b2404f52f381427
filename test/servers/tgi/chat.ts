import type { Checked } from '../models/contract.ts';
import { tokenize } from '../models/tokens.ts';
import { adapterOf, schemaOf } from './dialects.ts';
import { errorEvents, errorReply, type Problem } from './errors.ts';
import { lengthProblem, type Values, valueProblem } from './limits.ts';
import type { Settings } from './settings.ts';
import { templated } from './template.ts';
import type { Chat } from './types.ts';

export type Understood = { readonly chat: Chat; readonly promptTokens: number };
export type Refused = {
  readonly status: number;
  readonly body: unknown;
  /** What a stream that has begun says instead; null where there is a status even if a stream was asked for. */
  readonly events: readonly string[] | null;
};

const CHAT = 'POST /v1/chat/completions';

type Body = Values & {
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[];
  readonly model?: string | null;
  readonly seed?: number | null;
  readonly lora?: readonly { readonly id: number; readonly scale: number }[];
  readonly response_format?: unknown;
  readonly tools?: readonly unknown[] | null;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
};

/** Reads a chat request as the engine does, in its order: shape, then values, then length. */
export function understand(
  settings: Settings,
  contract: Checked,
  raw: unknown,
): Understood | Refused {
  const { engine } = settings;
  const tgi = engine === 'tgi';
  const refuse = (message: string): Refused => {
    const text = tgi ? `Input validation error: ${message}` : message;
    return refused(engine, 'validation', text);
  };
  const body = shaped(settings, contract, raw);
  if ('status' in body) return body;
  const shape = schemaOf(engine, body.response_format);
  if ('wrong' in shape) return unreadable(settings, shape.wrong);
  const adapter = adapterOf(settings, body);
  if (adapter === undefined) {
    if (engine !== 'sglang') {
      return refused(engine, 'unknown-model', `The model \`${body.model}\` does not exist.`);
    }
    return refuse(`The following requested LoRA adapters are not loaded: ${body.model}`);
  }
  const template = templateProblem(body);
  if (template !== undefined && tgi) return { status: 422, body: template, events: null };
  const value = valueProblem(engine, body);
  if (value !== undefined) return refuse(value);

  const messages = body.messages.map(({ role, content }) => ({ role, content: textOf(content) }));
  const promptTokens = tokenize(templated(messages)).length;
  const tooLong = lengthProblem(settings, promptTokens, body.max_tokens ?? null);
  if (tooLong !== undefined) {
    return engine === 'llamacpp' ? refused(engine, 'too-long', tooLong) : refuse(tooLong);
  }
  const chat: Chat = {
    messages,
    model: body.model ?? null,
    adapter,
    stream: body.stream ?? false,
    maxTokens: body.max_tokens ?? null,
    temperature: body.temperature ?? null,
    topP: body.top_p ?? null,
    seed: body.seed ?? null,
    stop: body.stop ?? [],
    repetitionPenalty:
      tgi && typeof body.presence_penalty === 'number' ? body.presence_penalty + 2 : 1,
    schema: shape.schema,
    includeUsage: body.stream_options?.include_usage ?? false,
  };
  return { chat, promptTokens };
}

/** TGI, and SGLang before 2026, find out what is wrong only after they have said 200. */
function refused(engine: Settings['engine'], problem: Problem, message: string): Refused {
  const late = engine === 'tgi' || engine === 'sglang';
  const events = late ? errorEvents(engine, problem, message) : null;
  return { ...errorReply(engine, problem, message), events };
}

function shaped(settings: Settings, contract: Checked, raw: unknown): Body | Refused {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    switch (settings.engine) {
      case 'tgi': {
        const text = 'Failed to parse the request body as JSON: expected value at line 1 column 1';
        return { status: 400, body: text, events: null };
      }
      case 'llamacpp': {
        const text = '[json.exception.parse_error.101] parse error at line 1, column 1';
        return refused('llamacpp', 'incomplete', text);
      }
      default:
        return unreadable(settings, 'The body is no JSON object');
    }
  }
  // Each engine has a dialect of its own for the format, looked at apart.
  const { response_format: format, ...rest } = raw as Body;
  const [wrong] = contract.bodyErrors(CHAT, rest);
  return wrong === undefined ? (raw as Body) : unreadable(settings, wrong);
}

function unreadable({ engine }: Settings, message: string): Refused {
  if (engine !== 'tgi') return { ...errorReply(engine, 'validation', message), events: null };
  // The web framework refuses it, before TGI sees it: plain text.
  const body = `Failed to deserialize the JSON body into the target type: ${message}`;
  return { status: 422, body, events: null };
}

/** The errors that TGI finds before it begins a stream. */
function templateProblem({ messages, response_format: format, tools }: Body): object | undefined {
  if (messages.length === 0) {
    return { error: 'Template error: undefined value', error_type: 'template_error' };
  }
  if (format && tools?.length) {
    const error = 'Tool error: Grammar and tools are mutually exclusive';
    return { error, error_type: 'tool_error' };
  }
  return undefined;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return ((content ?? []) as readonly { text?: string }[]).map(({ text }) => text ?? '').join('');
}
