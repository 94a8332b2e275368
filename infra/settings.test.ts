import { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { readSettings, SettingsError } from './settings.ts';

const read = (context: Readonly<Record<string, unknown>>) => readSettings(new App({ context }).node);

describe('context values', () => {
  test('have defaults', () => {
    expect(read({})).toEqual({ stage: 'dev', architecture: 'x64', auth: 'iam', capacity: 2, gatewayLogRole: true });
  });

  test('may be given as the text of -c options or as JSON values', () => {
    const settings = { stage: 'prod', architecture: 'arm64', auth: 'cognito', alarmEmail: 'ops@example.com', defaultStrategy: 'sp500_daily' };
    const expected = { ...settings, capacity: 8, gatewayLogRole: false };
    expect(read({ ...settings, capacity: '8', gatewayLogRole: 'false' })).toEqual(expected);
    expect(read({ ...settings, capacity: 8, gatewayLogRole: false })).toEqual(expected);
  });

  test.each([
    ['stage', 'Prod'],
    ['stage', 'a-b'],
    ['stage', 'averyveryverylongname'],
    ['architecture', 'x86'],
    ['auth', 'none'],
    ['capacity', '0'],
    ['capacity', '65'],
    ['capacity', 'many'],
    ['alarmEmail', 'nobody'],
    ['defaultStrategy', '../x'],
    ['gatewayLogRole', 'no'],
  ])('refuse %s %s by name', (key, value) => {
    expect(() => read({ [key]: value })).toThrow(SettingsError);
    expect(() => read({ [key]: value })).toThrow(key);
  });

  test('refuse a key that is none, so that a misspelt one is not passed over', () => {
    expect(() => read({ capcity: '4' })).toThrow('capcity');
    expect(() => read({ 'alarm-email': 'ops@example.com' })).toThrow('alarm-email is spelt alarmEmail');
  });

  test('leave keys of CDK itself alone', () => {
    expect(read({ '@aws-cdk/core:checkSecretUsage': true, 'aws:cdk:x': 1, 'cli-telemetry': false })).toMatchObject({ stage: 'dev' });
  });
});
