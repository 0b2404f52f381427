import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPublic } from '../../../pipelines/collection/web/address.ts';
import { exchange } from '../../../pipelines/collection/web/exchange.ts';
import {
  createFetcher,
  type FetcherOptions,
  userAgent,
} from '../../../pipelines/collection/web/fetch.ts';
import { follow } from '../../../pipelines/collection/web/redirects.ts';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';
import { redirect, startWebServer, status, type WebServer } from '../../servers/web.ts';

let web: WebServer;
beforeAll(async () => {
  web = await startWebServer();
});
afterAll(() => web.close());

const loopback = { allowPrivate: ['127.0.0.1'], intervalMs: 1 } as const;
const signal = new AbortController().signal;

function get(link: string, options: FetcherOptions = loopback) {
  return createFetcher(options).fetch(link, { signal });
}

async function codeOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return 'no error';
  } catch (error) {
    if (error instanceof PermanentError) return `permanent ${error.code}`;
    if (error instanceof TransientError) return `transient ${error.code}`;
    return `untyped ${error}`;
  }
}

describe('addresses that are not public', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fec0::1',
    'ff02::1',
    '::ffff:8.8.8.8',
    '::8.8.8.8',
    '64:ff9b::808:808',
    '64:ff9b:1::808:808',
    '2002:0808:0808::1',
    '2001:0:53aa:64c::1',
    '2001:db8::1',
  ])('%s is refused', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111'])('%s is fine', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://localhost/',
    'http://localhost./',
  ])('%s is not fetched', async (link) => {
    expect(await codeOf(get(link, { intervalMs: 1 }))).toBe('permanent fetch.private-address');
  });

  it('are refused behind a name, also when only one of several is private', async () => {
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '10.0.0.1'], ['fe80::1%eth0']]) {
      const resolve = async () => addresses;
      const found = await codeOf(get('http://blog.example/', { resolve }));
      expect(found).toBe('permanent fetch.private-address');
    }
  });

  it('are refused behind a redirect, before anything is sent there', async () => {
    const inner = await startWebServer();
    inner.set('/secret', 'secret');
    web.set('/inward', redirect(`http://localhost:${inner.url.split(':').at(-1)}/secret`));
    expect(await codeOf(get(`${web.url}/inward`))).toBe('permanent fetch.private-address');
    expect(inner.requests).toEqual([]);
    await inner.close();
  });

  it('cannot be reached by a name that resolves to something else the second time', async () => {
    const port = web.url.split(':').at(-1);
    const before = web.requests.length;
    for (const first of [0, 1, 2]) {
      let calls = 0;
      // Allowed at first (nothing listens there), the loopback address from then on.
      const resolve = async () => [calls++ <= first ? '127.0.0.2' : '127.0.0.1'];
      const options = { resolve, allowPrivate: ['127.0.0.2/32'], timeoutMs: 500, intervalMs: 1 };
      const found = await codeOf(get(`http://rebind.example:${port}/`, options));
      expect(found).toMatch(/private-address|robots-unreachable|connection/);
    }
    expect(web.requests.length).toBe(before);
  });

  it('are not looked up again: the connection goes to the address that was checked', async () => {
    web.set('/pinned', 'here');
    const url = new URL(`http://does-not-resolve.invalid:${web.url.split(':').at(-1)}/pinned`);
    const limits = { maxBytes: 1_000, timeoutMs: 1_000, deadlineMs: 2_000 };
    const answer = await exchange(url, [{ address: '127.0.0.1', family: 4 }], {}, limits, signal);
    expect(Buffer.from(answer.body).toString()).toBe('here');
  });

  it('are allowed by exact host, host and port, or block, and not by anything near', async () => {
    web.set('/', 'hello');
    const port = web.url.split(':').at(-1) ?? '';
    for (const allowed of ['127.0.0.1', `127.0.0.1:${port}`, '127.0.0.0/8']) {
      const { text } = await get(web.url, { allowPrivate: [allowed], intervalMs: 1 });
      expect(text).toBe('hello');
    }
    for (const not of ['127.0.0.1:1', '127.0.0.2', '10.0.0.0/8', 'localhost', '0.0.1', '']) {
      const found = await codeOf(get(web.url, { allowPrivate: [not] }));
      expect(found).toBe('permanent fetch.private-address');
    }
    // A host that was named by its address is not reachable by another's name.
    const resolve = async () => ['127.0.0.1'];
    const found = await codeOf(get(`http://evil.example:${port}/`, { ...loopback, resolve }));
    expect(found).toBe('permanent fetch.private-address');
  });
});

describe('addresses that are none', () => {
  it.each(['ftp://a.example/', 'file:///etc/passwd', 'http://user:pass@a.example/', 'nonsense'])(
    '%s is refused',
    async (link) => {
      expect(await codeOf(get(link))).toBe('permanent fetch.bad-address');
    },
  );

  it('are refused as a redirect, and passwords are not repeated', async () => {
    web.set('/to-file', redirect('file:///etc/passwd'));
    expect(await codeOf(get(`${web.url}/to-file`))).toBe('permanent fetch.bad-address');
    await expect(get('http://user:hunter2@a.example/')).rejects.not.toThrow(/hunter2/);
  });
});

describe('redirects', () => {
  it('are followed up to five times', async () => {
    web.set('/end', 'arrived');
    web.set('/r5', redirect('/end'));
    for (const hop of [4, 3, 2, 1, 0]) web.set(`/r${hop}`, redirect(`/r${hop + 1}`));
    const { text, url } = await get(`${web.url}/r1`);
    expect([text, url]).toEqual(['arrived', `${web.url}/end`]);
    expect(await codeOf(get(`${web.url}/r0`))).toBe('permanent fetch.redirects');
    web.set('/loop', redirect('/loop'));
    expect(await codeOf(get(`${web.url}/loop`))).toBe('permanent fetch.redirects');
  });

  it('from https to http are refused, the other way is fine', async () => {
    const to = (location: string) => async (url: URL) =>
      url.href === location
        ? { status: 200, headers: {}, body: new Uint8Array() }
        : { status: 301, headers: { location }, body: new Uint8Array() };
    const down = follow(new URL('https://a.example/'), to('http://a.example/'));
    expect(await codeOf(down)).toBe('permanent fetch.downgrade');
    const up = await follow(new URL('http://a.example/'), to('https://a.example/'));
    expect(up.url.href).toBe('https://a.example/');
  });
});

describe('robots.txt', () => {
  it('is obeyed, for our name and for all, and asked for once', async () => {
    const site = await startWebServer();
    site.set('/robots.txt', 'User-agent: understudy\nDisallow: /private\n', 'text/plain');
    site.set('/private/a', 'no');
    site.set('/public', 'yes');
    site.set('/sneaky', redirect('/private/a'));
    const fetcher = createFetcher(loopback);
    expect((await fetcher.fetch(`${site.url}/public`, { signal })).text).toBe('yes');
    for (const path of ['/private/a', '/sneaky']) {
      expect(await codeOf(fetcher.fetch(site.url + path, { signal }))).toBe(
        'permanent fetch.robots',
      );
    }
    const paths = site.requests.map(({ path }) => path);
    expect(paths).toEqual(['/robots.txt', '/public', '/sneaky']);
    expect(site.requests.every(({ headers }) => headers['user-agent'] === userAgent)).toBe(true);
    expect(userAgent).toMatch(/^Understudy\/\d+\.\d+\.\d+$/);
    await site.close();
  });

  it('that cannot be had means not now; one that is not there means yes', async () => {
    const site = await startWebServer();
    site.set('/a', 'a');
    for (const code of [500, 503, 429]) {
      site.set('/robots.txt', status(code));
      const found = await codeOf(get(`${site.url}/a`));
      expect(found).toBe('transient fetch.robots-unreachable');
    }
    site.set('/robots.txt', (_request, response) => void response.destroy());
    expect(await codeOf(get(`${site.url}/a`))).toBe('transient fetch.robots-unreachable');
    for (const code of [403, 404, 410]) {
      site.set('/robots.txt', status(code));
      expect((await get(`${site.url}/a`)).text).toBe('a');
    }
    await site.close();
  });
});

describe('pace', () => {
  it('is one request at a time, with the interval between, and longer where robots.txt asks', async () => {
    const site = await startWebServer();
    const times: number[] = [];
    let open = 0;
    site.set('/a', (_request, response) => {
      times.push(performance.now());
      expect(open).toBe(0);
      open += 1;
      setTimeout(() => {
        open -= 1;
        response.end('a');
      }, 20);
    });
    const fetcher = createFetcher({ ...loopback, intervalMs: 150 });
    await Promise.all([1, 2, 3].map(() => fetcher.fetch(`${site.url}/a`, { signal })));
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(145);

    site.set('/robots.txt', 'User-agent: *\nCrawl-delay: 0.4', 'text/plain');
    times.length = 0;
    const slower = createFetcher({ ...loopback, intervalMs: 1 });
    for (let i = 0; i < 2; i += 1) await slower.fetch(`${site.url}/a`, { signal });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(395);
    await site.close();
  });

  it('waits as long as a busy server says, once', async () => {
    const site = await startWebServer();
    let busy = 1;
    site.set('/a', (request, response) => {
      if (busy-- > 0) status(429, { 'retry-after': '1' })(request, response);
      else response.end('a');
    });
    const startedAt = performance.now();
    expect((await get(`${site.url}/a`)).text).toBe('a');
    expect(performance.now() - startedAt).toBeGreaterThan(950);
    await site.close();
  });

  it('leaves a server alone that asks for longer, without asking again', async () => {
    const site = await startWebServer();
    site.set('/a', status(503, { 'retry-after': '3600' }));
    const fetcher = createFetcher(loopback);
    for (let i = 0; i < 3; i += 1) {
      const found = await codeOf(fetcher.fetch(`${site.url}/a`, { signal }));
      expect(found).toBe('transient fetch.retry-later');
    }
    expect(site.requests.filter(({ path }) => path === '/a')).toHaveLength(1);
    await site.close();
  });
});

describe('limits', () => {
  it('hold for the body, announced or not', async () => {
    web.set('/long', 'x'.repeat(20_000));
    web.set('/endless', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const more = () => {
        if (response.write('x'.repeat(10_000))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    });
    for (const path of ['/long', '/endless']) {
      const found = await codeOf(get(web.url + path, { ...loopback, maxBytes: 10_000 }));
      expect(found).toBe('permanent fetch.too-large');
    }
  });

  it('count after decompression', async () => {
    web.set('/bomb', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
      const packed = createGzip();
      packed.pipe(response);
      packed.end(Buffer.alloc(50 * 1024 * 1024));
    });
    expect(await codeOf(get(`${web.url}/bomb`))).toBe('permanent fetch.too-large');
    web.set('/odd', (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'zstd-of-mine' }).end('x');
    });
    expect(await codeOf(get(`${web.url}/odd`))).toBe('permanent fetch.encoding');
  });

  it('hold for slow servers, from the first byte to the last', async () => {
    const quick = { ...loopback, timeoutMs: 300, deadlineMs: 800 };
    web.set('/silent', () => undefined);
    expect(await codeOf(get(`${web.url}/silent`, quick))).toBe('transient fetch.timeout');
    web.set('/drip', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const drip = setInterval(() => response.write('x'), 100);
      response.on('close', () => clearInterval(drip));
    });
    expect(await codeOf(get(`${web.url}/drip`, quick))).toBe('transient fetch.timeout');
  });

  it('a cut connection and a missing page are told apart', async () => {
    web.set('/cut', (_request, response) => {
      response.writeHead(200, { 'content-length': '1000', 'content-type': 'text/html' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await codeOf(get(`${web.url}/cut`))).toBe('transient fetch.connection');
    expect(await codeOf(get(`${web.url}/missing`))).toBe('permanent fetch.gone');
    web.set('/teapot', status(418));
    web.set('/broken', status(500));
    expect(await codeOf(get(`${web.url}/teapot`))).toBe('permanent fetch.status');
    expect(await codeOf(get(`${web.url}/broken`))).toBe('transient fetch.status');
  });

  it('an abort ends a fetch', async () => {
    web.set('/hang', () => undefined);
    const stop = AbortSignal.timeout(100);
    const startedAt = performance.now();
    const hung = createFetcher(loopback).fetch(`${web.url}/hang`, { signal: stop });
    await expect(hung).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('what is not text', () => {
  it('is refused by its type, and by its bytes', async () => {
    web.set('/image', (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).end('x');
    });
    expect(await codeOf(get(`${web.url}/image`))).toBe('permanent fetch.content-type');
    web.set('/liar', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(Buffer.alloc(100));
    });
    expect(await codeOf(get(`${web.url}/liar`))).toBe('permanent text.binary');
  });

  it('is decoded by header, declaration, or plausibility', async () => {
    const cases: readonly [string, string, Buffer][] = [
      ['text/html; charset=iso-8859-1', '<p>Grüße', Buffer.from('<p>Grüße', 'latin1')],
      [
        'text/html',
        '<meta charset="windows-1251"><p>Да',
        Buffer.concat([Buffer.from('<meta charset="windows-1251"><p>'), Buffer.from([0xc4, 0xe0])]),
      ],
      [
        'application/xml',
        '<?xml version="1.0" encoding="iso-8859-1"?><a>é',
        Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><a>é', 'latin1'),
      ],
      // The header lies; the bytes do not.
      ['text/html; charset=utf-8', '<p>Grüße und mehr', Buffer.from('<p>Grüße und mehr', 'latin1')],
      ['text/html; charset=nonsense', '<p>Grüße', Buffer.from('<p>Grüße')],
    ];
    for (const [contentType, text, bytes] of cases) {
      web.set('/text', (_request, response) => {
        response.writeHead(200, { 'content-type': contentType }).end(bytes);
      });
      expect((await get(`${web.url}/text`)).text).toBe(text);
    }
  });
});
