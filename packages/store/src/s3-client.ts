import type * as Sdk from '@aws-sdk/client-s3';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';

/** `s3://bucket/prefix`; the prefix may be empty, and has no `/` at its ends. */
export interface S3Place {
  readonly bucket: string;
  readonly prefix: string;
}

/** Variables of the AWS SDK. What is not here is looked for where the SDK usually looks. */
export type S3Variables = Readonly<Record<string, string | undefined>>;

const ATTEMPTS = 3;
const CONNECT_MS = 5_000;
const SOCKETS = 64;
const FORM = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export function parseS3(text: string): S3Place | undefined {
  const [, bucket, path = ''] = FORM.exec(text) ?? [];
  const prefix = path.replace(/\/+$/, '');
  if (bucket === undefined) return undefined;
  if (prefix !== '' && !prefix.split('/').every((it) => SEGMENT.test(it))) return undefined;
  return { bucket, prefix };
}

/** The SDK is loaded here and nowhere else, since it costs a start-up that few need. */
export async function openS3(
  environment: S3Variables,
  timeoutMs: number,
): Promise<{ readonly sdk: typeof Sdk; readonly client: S3Client }> {
  const sdk = await import('@aws-sdk/client-s3');
  return { sdk, client: new sdk.S3Client(configuration(environment, timeoutMs)) };
}

function configuration(environment: S3Variables, timeoutMs: number): S3ClientConfig {
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
  const region =
    environment['AWS_REGION'] ??
    environment['AWS_DEFAULT_REGION'] ??
    (endpoint === undefined ? undefined : 'us-east-1');
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  const profile = environment['AWS_PROFILE'];
  const isKeyed = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(profile === undefined ? {} : { profile }),
    ...(isKeyed
      ? {
          credentials: {
            accessKeyId,
            secretAccessKey,
            ...(sessionToken === undefined ? {} : { sessionToken }),
          },
        }
      : {}),
    maxAttempts: ATTEMPTS,
    // What is stored carries its own SHA-256; many servers do not know these sums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(CONNECT_MS, timeoutMs),
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: timeoutMs,
      httpAgent: { keepAlive: true, maxSockets: SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: SOCKETS },
    },
  };
}
