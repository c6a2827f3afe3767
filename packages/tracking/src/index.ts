export type { OutputSink, TrackingSettings } from './settings.ts';
export type { Watcher } from './watcher.ts';
export type { StampTable, World, WorldObservation, WorldSettings } from './world.ts';
export { installFileTracking } from './track-files.ts';
export { openWorld } from './open-world.ts';
export { hostFact, hostFactDigest } from './host-facts.ts';
export { installTracking } from './track.ts';
export { authorLine, findAsker } from './author-line.ts';
