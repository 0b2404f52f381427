import { z } from 'zod';
import type { Allowed } from '../conversation.ts';
import type { Person, Place } from '../message.ts';

const ids = z.array(z.string().min(1)).min(1);

const ruleSchema = z.strictObject({
  allow: z.boolean(),
  /** Whom the rule is about; what is absent fits everybody. */
  platform: z.enum(['slack', 'discord', 'web', 'terminal', 'api']).optional(),
  workspaces: ids.optional(),
  channels: ids.optional(),
  kinds: z.array(z.enum(['channel', 'direct', 'local'])).optional(),
  people: ids.optional(),
  roles: ids.optional(),
  /** What those people may see here; what is absent is not limited. */
  sources: z.array(z.string()).optional(),
  authors: z.array(z.string()).optional(),
  origins: z.array(z.string()).optional(),
});

export const accessRulesSchema = z.strictObject({ rules: z.array(ruleSchema) });

export type AccessRule = z.infer<typeof ruleSchema>;

/** Everybody may ask everywhere and see everything. */
export const everybody: readonly AccessRule[] = [{ allow: true }];

/** The first rule that fits decides; who fits none may not ask. */
export function decideAccess(rules: readonly AccessRule[], place: Place, person: Person): Allowed {
  const rule = rules.find((candidate) => fits(candidate, place, person));
  if (rule?.allow !== true) return { allowed: false };
  const { sources, authors, origins } = rule;
  const limited = sources ?? authors ?? origins;
  return {
    allowed: true,
    access:
      limited === undefined
        ? undefined
        : { ...(sources && { sources }), ...(authors && { authors }), ...(origins && { origins }) },
  };
}

function fits(rule: AccessRule, place: Place, person: Person): boolean {
  const has = (list: readonly string[] | undefined, value: string | null) =>
    list === undefined || (value !== null && list.includes(value));
  return (
    (rule.platform === undefined || rule.platform === place.platform) &&
    has(rule.workspaces, place.workspace) &&
    has(rule.channels, place.channel) &&
    has(rule.kinds, place.kind) &&
    has(rule.people, person.id) &&
    (rule.roles === undefined || rule.roles.some((role) => person.roles.includes(role)))
  );
}
