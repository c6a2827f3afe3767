/** A row of comma-separated values, as both engines read `--mount`. */
export function mountFields(fields: readonly string[]): string {
  const quoted = fields.map((field) =>
    /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return quoted.join(',');
}
