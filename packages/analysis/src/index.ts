export { analyse } from './analyse.ts';
export type {
  AnalyseRequest,
  AnalysedModule,
  Analysis,
  AnalysisResult,
  DataFile,
  SourceLines,
  UsedPackage,
} from './analysis.ts';
export type { CallEdge, CallGraph, CallKind } from './call-graph.ts';
export type { InstalledPackage, PackageMember } from './packages.ts';
export { installedNow } from './installed-now.ts';
export type { InstalledNow, InstalledRequest } from './installed-now.ts';
export { findBundle } from './bundle-path.ts';
export { prune as pruneAnalysis } from './prune.ts';
export { findPackageFolder, findWorkspaceRoot } from './root.ts';
export { renderDiagnostic, renderPlace } from './render.ts';
export { BEHAVIOUR_VERSION, NODE_TARGET, settingParts } from './settings.ts';
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
