import { describe, expect, it } from 'vitest';
import { experimentIdOf, experimentKey, operationIdAt, operationIdOf, runKeys, strategyKey } from './keys.ts';

const ID = 'op_agent_research_20260102_030405_0a1b2c3d';

describe('ids', () => {
  it('of operations carry the time in UTC, whatever the zone it is given in', () => {
    expect(operationIdAt(new Date('2026-01-02T05:04:05+02:00'), 0x0a1b2c3d)).toBe(ID);
    expect(operationIdAt(new Date('2025-12-31T23:59:59.999Z'), 0xffff_ffff)).toBe('op_agent_research_20251231_235959_ffffffff');
  });

  it('of experiments have stamp and random part of their operation, and lead back to it', () => {
    expect(experimentIdOf(ID)).toBe('exp_20260102_030405_0a1b2c3d');
    expect(operationIdOf(experimentIdOf(ID))).toBe(ID);
    expect(operationIdOf('exp_v15_old')).toBeNull();
  });
});

describe('keys', () => {
  it('of experiments, strategies and runs are built from ids and names', () => {
    expect(experimentKey(experimentIdOf(ID))).toBe('memory/experiments/exp_20260102_030405_0a1b2c3d.yaml');
    expect(strategyKey('a-b_1')).toBe('memory/strategies/a-b_1.yaml');
    expect(runKeys(ID).model).toBe(`memory/runs/${ID}/model/model.onnx`);
  });

  it.each(['../x', `${ID}/..`, 'op_agent_research_1', ''])('are refused to the operation id %j', (id) => {
    expect(() => runKeys(id)).toThrow(`"${id}" is not an operation id.`);
    expect(() => experimentIdOf(id)).toThrow(RangeError);
  });

  it.each(['../x', '.x', '_x', 'a.b', 'a b', '', 'x'.repeat(101)])('are refused to the strategy name %j', (name) => {
    expect(() => strategyKey(name)).toThrow(`"${name}" is not a strategy name.`);
  });
});
