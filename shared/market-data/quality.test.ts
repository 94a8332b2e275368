import { describe, expect, it } from 'vitest';
import { parseBarsWithNotes } from './csv.ts';
import { checkQuality, type QualityReport } from './quality.ts';

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);

function report(...rows: readonly string[]): QualityReport {
  const text = `time,open,high,low,close,volume\n${rows.join('\n')}\n`;
  const { bars, notes } = parseBarsWithNotes(new TextEncoder().encode(text), { symbol: 'TEST', timeframe: '1d', source: 'TEST_1d.csv' });
  return checkQuality(bars, notes);
}

describe('checkQuality', () => {
  it('counts bars, gaps, flat bars and zero volumes', () => {
    const week = ['2020-01-02,1,2,1,2,5', '2020-01-03,2,2,2,2,0', '2020-01-06,2,2,1.7,1.9,0'];
    expect(report(...week, '2020-01-07,1.9,2,1.7,1.9,7', '2020-01-09,2,2,2,2,8')).toEqual({
      symbol: 'TEST',
      timeframe: '1d',
      bars: 5,
      start: at('2020-01-02'),
      end: at('2020-01-10'),
      gaps: 2,
      longestGaps: [
        { start: at('2020-01-04'), end: at('2020-01-06') },
        { start: at('2020-01-08'), end: at('2020-01-09') },
      ],
      flatShare: 0.4,
      zeroVolumeShare: 0.4,
      largestChange: { change: expect.closeTo(2 / 1.9 - 1, 12) as number, time: at('2020-01-09') },
      notes: ['In 40.0 % of the bars the price does not move at all.'],
    });
  });

  it('describes a single bar', () => {
    expect(report('2020-01-02,1,2,1,2,5')).toMatchObject({ bars: 1, gaps: 0, longestGaps: [], largestChange: null, notes: [] });
  });

  it('lists the five longest gaps, longest first', () => {
    const days = ['01', '03', '06', '08', '12', '14', '17', '19'].map((day) => `2020-01-${day},1,2,1,2,5`);
    const lengths = report(...days).longestGaps.map(({ start, end }) => (end - start) / 86_400_000);
    expect(lengths).toEqual([3, 2, 2, 1, 1]);
  });

  it.each([
    ['a hole that no date range may span', ['2020-01-02,1,2,1,2,5', '2020-01-14,1,2,1,2,5'], 'from 2020-01-03T00:00:00Z to 2020-01-14'],
    ['a volume of 0 throughout', ['2020-01-02,1,2,1,2,0'], 'The volume is 0 throughout'],
    ['a leap in price', ['2020-01-02,1,2,1,2,5', '2020-01-03,1,1,1,1,5'], 'changes by -50.0 % at 2020-01-03T00:00:00Z'],
    ['a high far from all closes', ['2020-01-02,1,1,1,1,5', '2020-01-03,1,9,1,1,5', '2020-01-04,1,1,1,1,5'], 'At 2020-01-03T00:00:00Z the high of 9 lies far'],
    ['volumes of -1', ['2020-01-02,1,2,1,2,-1', '2020-01-03,1,2,1,2,1'], '1 volumes are -1'],
  ])('notes %s', (_, rows, words) => {
    expect(report(...rows).notes.join('\n')).toContain(words);
  });

  it('notes a last line without line end', () => {
    const { bars } = parseBarsWithNotes(new TextEncoder().encode('t,open,high,low,close,volume\n2020-01-02,1,2,1,2,5'), {
      symbol: 'TEST',
      timeframe: '1d',
      source: 'TEST_1d.csv',
    });
    expect(checkQuality(bars, { unreportedVolumes: 0, lastLineEnds: false }).notes[0]).toMatch('no line end');
  });
});
