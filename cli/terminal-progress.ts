import { Listr, type ListrDefaultRendererLogLevels, ListrLogger, PRESET_TIMER, ProcessOutput } from 'listr2';
import type { OperationView } from './api-answers.ts';
import { backtestSkipped, type ProgressDisplay, progressText, stepOf, STEPS } from './progress.ts';

type StepEnd = { readonly kind: 'done' } | { readonly kind: 'skipped' | 'stopped'; readonly reason: string };

/** How a step that did not end well leaves the list; no failure of this program. */
class StepStopped extends Error {
  override name = 'StepStopped' as const;
}

class Step {
  end!: (end: StepEnd) => void;
  readonly ended = new Promise<StepEnd>((resolve) => {
    this.end = resolve;
  });
  title: string;
  /** Puts the title on the screen; there only while the step is at work. */
  show: ((title: string) => void) | null = null;

  constructor(title: string) {
    this.title = title;
  }
}

/** The three steps as a live list on standard error. */
export class TerminalProgress implements ProgressDisplay {
  readonly #steps = STEPS.map((title) => new Step(title));
  readonly #shown: Promise<void>;

  constructor() {
    const list = new Listr(
      this.#steps.map((step) => ({
        title: step.title,
        task: async (_: unknown, task: { title: string; skip(message: string): void }) => {
          step.show = (title) => {
            task.title = title;
          };
          step.show(step.title);
          const end = await step.ended;
          step.show(step.title);
          if (end.kind === 'skipped') task.skip(`${step.title}: ${end.reason}`);
          if (end.kind === 'stopped') throw new StepStopped(end.reason);
        },
      })),
      {
        renderer: 'default',
        // What a signal means is the command's to say.
        registerSignalListeners: false,
        rendererOptions: {
          logger: new ListrLogger<ListrDefaultRendererLogLevels>({ processOutput: new ProcessOutput(process.stderr, process.stderr) }),
          timer: PRESET_TIMER,
          collapseErrors: false,
        },
      },
    );
    this.#shown = untilEnded(list);
  }

  look(operation: OperationView): void {
    const current = stepOf(operation);
    for (const [i, step] of this.#steps.entries()) {
      const reason = i === 1 ? backtestSkipped(operation) : null;
      if (i < current) step.end(reason === null ? { kind: 'done' } : { kind: 'skipped', reason });
      if (i === current) this.#retitle(step, `${STEPS[i]!}  ${progressText(operation)}`);
    }
    if (operation.status === 'completed') for (const step of this.#steps) step.end({ kind: 'done' });
    if (operation.status === 'failed' || operation.status === 'cancelled') this.#stop(operation.status);
  }

  async close(): Promise<void> {
    this.#stop('not followed any more');
    await this.#shown;
  }

  #retitle(step: Step, title: string): void {
    step.title = title;
    step.show?.(title);
  }

  #stop(reason: string): void {
    for (const step of this.#steps) step.end({ kind: 'stopped', reason });
  }
}

async function untilEnded(list: { run(): Promise<unknown> }): Promise<void> {
  try {
    await list.run();
  } catch (error) {
    if (!(error instanceof StepStopped)) throw error;
  }
}
