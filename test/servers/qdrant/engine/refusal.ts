/** A request that Qdrant refuses: its status and its words (`lib/storage/src/content_manager/errors.rs`). */
export class Refusal extends Error {
  readonly status: number;
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export function wrongInput(description: string): Refusal {
  return new Refusal(400, `Wrong input: ${description}`);
}

export function badRequest(description: string): Refusal {
  return new Refusal(400, `Bad request: ${description}`);
}

export function notFound(description: string): Refusal {
  return new Refusal(404, `Not found: ${description}`);
}

export function noPoint(id: number | string): Refusal {
  return notFound(`No point with id ${id} found`);
}

export function alreadyExists(name: string): Refusal {
  return new Refusal(409, `Wrong input: Collection \`${name}\` already exists!`);
}

/** What the validators of the request types refuse after it could be read. */
export function invalid(what: string): Refusal {
  return new Refusal(422, `Validation error in JSON body: [${what}]`);
}

/** Strict mode says what to do (`CollectionError::strict_mode`). */
export function tooMuch(error: string, help: string): Refusal {
  return badRequest(`${error}. Help: ${help}`);
}

/** What the real server does and this one does not: no test may take the one for the other. */
export function unserved(what: string): Refusal {
  return new Refusal(501, `This test server does not serve ${what}`);
}
