/** Number of an action within its run, from 1 in the order of its call. The entry is 1. */
export type ActionNumber = number;
