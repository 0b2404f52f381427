import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type Core, mistake, Refusal } from '../core.ts';
import type { Faults } from '../faults.ts';
import type { Team } from '../team.ts';

export type Answer = Readonly<Record<string, unknown>>;

export type Call = {
  readonly core: Core;
  readonly faults: Faults;
  readonly headers: IncomingHttpHeaders;
  /** The workspace that the bot token belongs to. */
  readonly team: Team;
  /** Whether it came with the app-level token, which belongs to no workspace. */
  readonly byApp: boolean;
};

/** How often a method may be called: a published tier, or by messages and channel. */
export type Tier = 1 | 2 | 3 | 4 | 'message';

export type Method = {
  readonly auth: 'bot' | 'app' | 'any' | 'none';
  readonly tier: Tier;
  /** One of these is enough; they may depend on the kind of conversation. */
  readonly scopes: (args: Readonly<Record<string, unknown>>, team: Team) => readonly string[];
  readonly invoke: (args: Readonly<Record<string, unknown>>, call: Call) => Answer;
};

type Definition<Shape extends z.ZodRawShape> = {
  readonly auth?: Method['auth'];
  readonly tier: Tier;
  readonly scopes?: readonly string[] | Method['scopes'];
  readonly args: Shape;
  readonly run: (args: z.output<z.ZodObject<Shape, z.core.$strict>>, call: Call) => Answer;
};

// The token may come in the body too, and Bolt adds the team to every call.
const ALWAYS = { token: z.string().optional(), team_id: z.string().optional() };

export function method<Shape extends z.ZodRawShape>(definition: Definition<Shape>): Method {
  const { auth = 'bot', tier, scopes = [] } = definition;
  const schema = z.strictObject({ ...ALWAYS, ...definition.args });
  return {
    auth,
    tier,
    scopes: typeof scopes === 'function' ? scopes : () => scopes,
    invoke: (raw, call) => {
      const parsed = schema.safeParse(raw);
      if (!parsed.success) throw argumentsRefused(parsed.error);
      const { team_id: team } = parsed.data as { team_id?: string };
      if (team !== undefined && auth === 'bot' && team !== call.team.id) {
        throw mistake('team_not_found', `the token belongs to ${call.team.id}, not to ${team}`);
      }
      return definition.run(
        parsed.data as unknown as z.output<z.ZodObject<Shape, z.core.$strict>>,
        call,
      );
    },
  };
}

function argumentsRefused(error: z.ZodError): Refusal {
  const described = error.issues.map((issue) => {
    const field = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      return { code: 'unknown_argument', text: `unknown argument: ${issue.keys.join(', ')}` };
    }
    if (issue.input === undefined && issue.message.includes('received undefined')) {
      return { code: 'missing_argument', text: `missing required field: ${field}` };
    }
    return { code: 'invalid_argument', text: `${issue.message} [json-pointer:/${field}]` };
  });
  return new Refusal('invalid_arguments', {
    mistake: true,
    code: described[0]?.code ?? 'invalid_argument',
    messages: described.map(({ text }) => `[ERROR] ${text}`),
  });
}
