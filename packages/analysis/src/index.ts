export { analyse } from './analyse.ts';
export type {
  AnalyseRequest,
  AnalysedModule,
  Analysis,
  AnalysisResult,
  SourceLines,
} from './analysis.ts';
export type { CallEdge, CallGraph, CallKind } from './call-graph.ts';
export type { PackageMember } from './packages.ts';
export { findPackageFolder, findWorkspaceRoot } from './root.ts';
export { renderDiagnostic, renderPlace } from './render.ts';
export { BEHAVIOUR_VERSION, NODE_TARGET } from './settings.ts';
export { PACKAGE_PREFIX } from './package-prefix.ts';
export { inputSchema } from './input-schema.ts';
export { toJsonSchema } from './json-schema.ts';
export type { JsonSchema } from './json-schema.ts';
export type {
  InputSchema,
  ParameterSchema,
  ParameterType,
  PlainKind,
  PropertySchema,
} from './schema.ts';
