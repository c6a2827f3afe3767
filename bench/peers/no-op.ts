/** What the threads of piscina run. */
export async function noOp(item: number): Promise<number> {
  return item;
}
