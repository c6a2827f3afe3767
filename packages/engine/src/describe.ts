/** The part of a task's id that people call it by. */
export function describeTask(id: string): string {
  const hash = id.lastIndexOf('#');
  return hash < 0 ? id : id.slice(hash + 1);
}
