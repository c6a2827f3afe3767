/** Front of a specifier that names a file of an installed package below the workspace root. */
export const PACKAGE_PREFIX = 'skein-package:';
