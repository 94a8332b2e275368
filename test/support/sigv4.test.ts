import { describe, expect, test } from 'vitest';
import { type SignedRequest, verifySignature } from './sigv4.ts';

/** Signed requests that AWS prints in its documentation and test suite. */
const SCOPE = '20150830/us-east-1';
const KNOWN: Readonly<Record<string, { readonly request: SignedRequest; readonly secrets: Record<string, string>; readonly at: string }>> = {
  'of the test suite: get-vanilla': {
    request: {
      method: 'GET',
      target: '/',
      headers: {
        host: 'example.amazonaws.com',
        'x-amz-date': '20150830T123600Z',
        authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${SCOPE}/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31`,
      },
      body: new Uint8Array(),
    },
    secrets: { AKIDEXAMPLE: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    at: '2015-08-30T12:36:00Z',
  },
  'of the general reference: ListUsers': {
    request: {
      method: 'GET',
      target: '/?Action=ListUsers&Version=2010-05-08',
      headers: {
        host: 'iam.amazonaws.com',
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'x-amz-date': '20150830T123600Z',
        authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${SCOPE}/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7`,
      },
      body: new Uint8Array(),
    },
    secrets: { AKIDEXAMPLE: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    at: '2015-08-30T12:36:00Z',
  },
  'of the S3 reference: a presigned GET': {
    request: {
      method: 'GET',
      target: `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent('AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request')}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
      headers: { host: 'examplebucket.s3.amazonaws.com' },
      body: new Uint8Array(),
    },
    secrets: { AKIAIOSFODNN7EXAMPLE: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
    at: '2013-05-24T12:00:00Z',
  },
};

describe('the judge of signatures', () => {
  test.each(Object.entries(KNOWN))('takes the known one %s, and not for another path, secret or time', (_, { request, secrets, at }) => {
    expect(verifySignature(request, secrets, new Date(at)).region).toBe('us-east-1');
    expect(() => verifySignature({ ...request, target: request.target.replace('/', '/x') }, secrets, new Date(at))).toThrow('does not match');
    const [id = ''] = Object.keys(secrets);
    expect(() => verifySignature(request, { [id]: 'another' }, new Date(at))).toThrow('does not match');
    expect(() => verifySignature(request, {}, new Date(at))).toThrow('unknown');
    expect(() => verifySignature(request, secrets, new Date(Date.parse(at) + 86_400_000))).toThrow('expired');
  });
});
