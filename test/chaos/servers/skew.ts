/** Loaded before a process (`node --import`), it makes the process believe in another time: SKEW_MS milliseconds off. */
const skewMs = Number(process.env['SKEW_MS'] ?? 0);
const real = Date;

globalThis.Date = new Proxy(real, {
  construct: (target, parameters, self) =>
    Reflect.construct(target, parameters.length === 0 ? [real.now() + skewMs] : parameters, self),
  get: (target, name, self) =>
    name === 'now' ? () => real.now() + skewMs : Reflect.get(target, name, self),
});
