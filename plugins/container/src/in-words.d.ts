import type { Failure } from '@skein/model';
/** A failure as lines of text, for where only text goes. */
export declare function inWords({ headline, facts, hint }: Failure): string;
