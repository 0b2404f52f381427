import { type Core, mistake, refusal } from './core.ts';
import type { Team } from './team.ts';

export type Grants = {
  /** The page on which a person agrees, for every workspace; or what is wrong with the request. */
  page(query: URLSearchParams): { readonly status: number; readonly html: string };
  /** The person agrees: where the browser goes next. */
  agree(query: URLSearchParams): string;
  redeem(
    code: string,
    redirectUri: string | undefined,
  ): { readonly team: Team; readonly user: string; readonly scopes: readonly string[] };
};

type Granted = {
  readonly team: Team;
  readonly user: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string | undefined;
};

/** Slack's half of OAuth v2: asks a person, hands out a code, and takes it back for a token. */
export function openGrants(core: Core, knownScopes: ReadonlySet<string>): Grants {
  const codes = new Map<string, Granted>();
  return {
    page: (query) => {
      const wrong = wrongRequest(core, query, knownScopes);
      if (wrong !== undefined) {
        core.violate(wrong, 'oauth/v2/authorize', `refused: ${query}`);
        return { status: 400, html: `<p>Something went wrong: ${wrong}</p>` };
      }
      const links = [...core.teams.values()].map((team) => {
        const agreed = new URLSearchParams(query);
        agreed.set('team', team.id);
        return `<a href="/oauth/v2/agree?${agreed}">Allow in ${team.name}</a>`;
      });
      return { status: 200, html: links.join('\n') };
    },
    agree: (query) => {
      const team = core.teams.get(query.get('team') ?? '');
      if (team === undefined) throw mistake('team_not_found');
      const code = `${core.ids.hex(12)}.${core.ids.hex(40)}`;
      const [firstUser = ''] = team.users.keys();
      codes.set(code, {
        team,
        user: query.get('user') ?? firstUser,
        scopes: (query.get('scope') ?? '').split(',').filter(Boolean),
        redirectUri: query.get('redirect_uri') ?? undefined,
      });
      const target = new URL(query.get('redirect_uri') ?? '');
      target.searchParams.set('code', code);
      target.searchParams.set('state', query.get('state') ?? '');
      return target.href;
    },
    redeem: (code, redirectUri) => {
      const granted = codes.get(code);
      if (granted === undefined) throw refusal('invalid_code');
      if (granted.redirectUri !== redirectUri) throw mistake('bad_redirect_uri');
      codes.delete(code);
      const { team, scopes, user } = granted;
      team.token ??= `xoxb-${team.id}-${core.ids.hex(24)}`;
      for (const scope of scopes) team.scopes.add(scope);
      core.changes.changed();
      return { team, user, scopes: [...team.scopes] };
    },
  };
}

function wrongRequest(
  core: Core,
  query: URLSearchParams,
  knownScopes: ReadonlySet<string>,
): string | undefined {
  const scopes = (query.get('scope') ?? '').split(',').filter(Boolean);
  if (query.get('client_id') !== core.app.clientId) return 'invalid_client_id';
  if (scopes.length === 0) return 'no_scopes';
  if (scopes.some((scope) => !knownScopes.has(scope))) return 'invalid_scope';
  if (!URL.canParse(query.get('redirect_uri') ?? '')) return 'bad_redirect_uri';
  return undefined;
}
