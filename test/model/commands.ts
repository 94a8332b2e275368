import fc from 'fast-check';
import { type Fault, FAULTS } from './scheduler.ts';
import { type Kind, MINUTE_MS, type World } from './world.ts';

/** Nothing besides the world itself, whose rule is the model. */
type NoModel = object;
export type Command = fc.AsyncCommand<NoModel, World>;

/** Time that a run may take, below the two days after which failures are no longer looked for. */
const LONGEST_MS = 40 * 60 * MINUTE_MS;

function command(name: string, run: (world: World) => Promise<void> | void): Command {
  return {
    check: () => true,
    async run(_, world) {
      await run(world);
      world.assertRule();
    },
    toString: () => name,
  };
}

const pick = fc.nat(1_000);
const key = fc.constantFrom(null, null, 'k0', 'k1');

const trigger = fc.record({ key, body: fc.nat(9) }).map(({ key, body }) => command(`trigger ${body} under ${key}`, (world) => world.trigger(key, body)));

/** A request that is answered before anything else happens. */
const begin = fc.record({ key, body: fc.nat(9) }).map(({ key, body }) =>
  command(`begin ${body} under ${key}`, async (world) => {
    const others = new Set(world.scheduler.calls.map(({ actor }) => actor));
    world.trigger(key, body);
    for (;;) {
      const call = world.scheduler.calls.find(({ actor }) => actor?.kind === 'api' && !others.has(actor));
      if (call === undefined) return;
      await world.let(call);
    }
  }),
);

/** The same again, or another request under the same key. */
const repeat = fc.constantFrom('k0', 'k1').chain((key) => fc.nat(1).map((body) => command(`trigger ${body} under ${key}`, (world) => world.trigger(key, body))));

const cancel = pick.map((pick) =>
  command(`cancel ${pick}`, (world) => {
    const ids = world.operationIds;
    if (ids.length > 0) world.cancel(ids[pick % ids.length]!);
  }),
);

const retry = fc.record({ pick, key }).map(({ pick, key }) =>
  command(`retry ${pick} under ${key}`, (world) => {
    const ids = world.operationIds;
    if (ids.length > 0) world.retry(ids[pick % ids.length]!, key);
  }),
);

/** Calls are let through one by one; who comes next is drawn each time. */
const interleave = fc.array(fc.nat(255), { minLength: 1, maxLength: 20, size: 'max' }).map((picks) =>
  command(`let ${picks.join(' ')}`, async (world) => {
    for (const pick of picks) await letOne(world, pick, null);
  }),
);

/** One operation's execution goes on alone for some calls. */
const drive = fc.record({ pick, calls: fc.integer({ min: 1, max: 60 }) }).map(({ pick, calls }) =>
  command(`drive ${pick} for ${calls}`, async (world) => {
    const { running } = world;
    const operationId = running[pick % Math.max(1, running.length)];
    for (let i = 0; i < calls; i++) {
      const call = world.scheduler.calls.find(({ actor }) => actor?.operationId === operationId && operationId !== undefined);
      if (call === undefined) return;
      await world.let(call);
    }
  }),
);

/** One actor goes on alone to its end: a request, an invocation, a sweep. */
const finishOne = pick.map((pick) =>
  command(`finish ${pick}`, async (world) => {
    const waiting = [...new Set(world.scheduler.calls.map(({ actor }) => actor))];
    const actor = waiting[pick % Math.max(1, waiting.length)];
    if (actor === null || actor === undefined) return;
    for (let call = world.scheduler.calls.find((call) => call.actor === actor); call !== undefined; call = world.scheduler.calls.find((call) => call.actor === actor)) {
      await world.let(call);
    }
  }),
);

/** One actor goes on alone, and its calls meet these faults in turn. */
const trouble = fc.record({ pick, faults: fc.array(fc.constantFrom(null, null, ...FAULTS), { minLength: 2, maxLength: 12, size: 'max' }) }).map(({ pick, faults }) =>
  command(`trouble ${pick}: ${faults.map((fault) => fault ?? '-').join(', ')}`, async (world) => {
    const actor = world.scheduler.calls[pick % Math.max(1, world.scheduler.calls.length)]?.actor;
    for (const fault of faults) {
      const call = world.scheduler.calls.find((call) => call.actor === actor);
      if (call === undefined) return;
      await world.let(call, fault);
    }
  }),
);

const fault = fc.record({ pick, fault: fc.constantFrom(...FAULTS) }).map(({ pick, fault }) => command(`${fault} ${pick}`, (world) => letOne(world, pick, fault)));

/** Calls around which an operation's ending hangs. */
const POINTS = ['start ', 'update to running', 'invoke record', 'update to recording', 'write memory/experiments/', 'answer of record', 'Complete', 'RecordFailure'] as const;

/** An execution goes on to one of these points, and something befalls it there. */
const strike = fc
  .record({ pick, point: fc.constantFrom(...POINTS), blow: fc.constantFrom(...FAULTS, 'a cancel', 'an abort', 'a death', 'a death that only seems so', 'an event', 'an hour') })
  .map(({ pick, point, blow }) =>
    command(`drive ${pick} to ${point.trim()}, where it meets ${blow}`, async (world) => {
      const { running } = world;
      const operationId = running[pick % Math.max(1, running.length)];
      if (operationId === undefined) return;
      const next = () => world.scheduler.calls.find(({ actor }) => actor?.operationId === operationId);
      let call = next();
      while (call !== undefined && !call.name.startsWith(point)) {
        await world.let(call);
        call = next();
      }
      if (call === undefined) return;
      const invocation = world.invocations.findIndex(({ actor }) => actor.operationId === operationId);
      const change = world.statusChanges.findLast((change) => change.operationId === operationId);
      if (blow === 'a cancel') world.cancel(operationId);
      else if (blow === 'an abort') await world.abort(world.running.indexOf(operationId), 'ABORTED');
      else if (blow === 'a death' || blow === 'a death that only seems so') {
        if (invocation !== -1) await world.loseInvocation(invocation, 'Lambda.Unknown', blow !== 'a death');
      } else if (blow === 'an event') world.deliver(change!, true);
      else if (blow === 'an hour') await world.pass(60 * MINUTE_MS);
      else await world.let(call, blow);
    }),
  );

const crash = pick.map((pick) => command(`crash ${pick}`, (world) => world.crash(pick)));

const shutDown = fc.constant(command('shut down', (world) => world.shutDown()));

const loseInvocation = fc
  .record({
    pick,
    error: fc.constantFrom('Lambda.ServiceException', 'Lambda.ClientExecutionTimeoutException', 'Lambda.Unknown', 'Runtime.OutOfMemory'),
    goesOn: fc.boolean(),
  })
  .map(({ pick, error, goesOn }) => command(`${error} ${pick}${goesOn ? ', and it goes on' : ''}`, (world) => world.loseInvocation(pick, error, goesOn)));

const abort = fc
  .record({ pick, status: fc.constantFrom('ABORTED', 'TIMED_OUT', 'FAILED') })
  .map(({ pick, status }) => command(`execution ${pick} ${status}`, (world) => world.abort(pick, status)));

const sweep = fc.constant(command('sweep', (world) => world.sweep()));

/** Any status change so far: in any order, late, again. */
const event = fc.record({ pick, withReason: fc.boolean() }).map(({ pick, withReason }) =>
  command(`event ${pick}${withReason ? '' : ' without reason'}`, (world) => {
    const changes = world.statusChanges;
    if (changes.length > 0) world.deliver(changes[changes.length - 1 - (pick % changes.length)]!, withReason);
  }),
);

const index = fc.boolean().map((behind) => command(behind ? 'index falls behind' : 'index catches up', (world) => (behind ? world.fallBehind() : world.catchUp())));

const pass = fc.constantFrom(1_000, 20_000, 70_000, 4 * MINUTE_MS, 6 * MINUTE_MS, 17 * MINUTE_MS, 25 * 60 * MINUTE_MS).map((ms) =>
  command(`${ms / 1000} s pass`, async (world) => {
    if (world.elapsed + ms < LONGEST_MS) await world.pass(ms);
  }),
);

async function letOne(world: World, pick: number, fault: Fault | null): Promise<void> {
  const { calls } = world.scheduler;
  if (calls.length > 0) await world.let(calls[pick % calls.length]!, fault);
}

/** What happens while nothing goes wrong. */
const ORDINARY = [begin, begin, begin, trigger, repeat, interleave, interleave, drive, drive, drive, finishOne] as const;
const OF_THE_CLOUD = [sweep, event, index] as const;
const FAULTY = [fault, strike, strike, strike, strike, strike, trouble, trouble, crash, loseInvocation, abort, pass, retry] as const;

/** Up to 40 commands to a world of this kind. */
export function commandsFor(kind: Kind): fc.Arbitrary<Iterable<Command>> {
  const own = kind === 'cloud' ? OF_THE_CLOUD : [shutDown];
  return fc.commands([...ORDINARY, cancel, ...own, ...FAULTY], { maxCommands: 40, size: 'max' });
}

/** Up to 40 commands that befall nobody: each research must end as its script says, or cancelled. */
export function harmlessCommands(kind: Kind): fc.Arbitrary<Iterable<Command>> {
  const cloud = kind === 'cloud' ? OF_THE_CLOUD : [];
  return fc.commands([...ORDINARY, cancel, ...cloud], { maxCommands: 40, size: 'max' });
}
