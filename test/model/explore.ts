import { mkdir, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { type Command, commandsFor, harmlessCommands } from './commands.ts';
import { type Kind, type Sabotage, World } from './world.ts';

/** Runs a world through the commands, lets it come to rest, and throws where the rule was broken. */
async function live(world: World, commands: Iterable<Command>): Promise<void> {
  await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
  await world.comeToRest();
  world.assertRule();
}

/** The rule, over every course of events with faults. Tallies are added up in `sum`. */
export function theRule(kind: Kind, sabotage: Sabotage = {}, sum: Tallies = new Tallies()): fc.IAsyncProperty<[Iterable<Command>]> {
  return fc.asyncProperty(commandsFor(kind), async (commands) => {
    const world = new World(kind, sabotage);
    await live(world, commands);
    sum.add(world.tally);
  });
}

/** The rule, and that each research that nobody cancels ends as its script says, over courses of events without faults. */
export function theScript(kind: Kind, sabotage: Sabotage = {}, sum: Tallies = new Tallies()): fc.IAsyncProperty<[Iterable<Command>]> {
  return fc.asyncProperty(harmlessCommands(kind), async (commands) => {
    const world = new World(kind, sabotage);
    await live(world, commands);
    world.rule.asScripted();
    world.assertRule();
    sum.add(world.tally);
  });
}

/** What all runs did together. */
export class Tallies {
  readonly #sum = new Map<string, number>();

  add(tally: Readonly<Record<string, number>>): void {
    for (const [name, count] of Object.entries({ runs: 1, ...tally })) this.#sum.set(name, (this.#sum.get(name) ?? 0) + count);
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#sum);
  }

  /** Writes the counts for the reliability report, as `reports/soak/<name>.json`. */
  async report(name: string): Promise<void> {
    const folder = new URL('../../reports/soak/', import.meta.url);
    await mkdir(folder, { recursive: true });
    const { seed } = fc.readConfigureGlobal();
    await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify({ seed, ...this.counts }, null, 2)}\n`);
  }
}
