import { describe, expect, test } from 'vitest';
import { environment } from './environment.ts';

const env = environment({ name: 'main' });
const hostile = `a'b"c  $(echo bad > x) \`echo bad\` $HOME \\ * ; echo bad`;

async function printed(command: string, x: string): Promise<string> {
  const task = env.command({ command, inputs: { x: 'string' }, outputs: { out: 'stdout' } });
  return (await task({ x })).out;
}

describe('D7: wherever a placeholder stands in a line, the value is what is put in', () => {
  test.each([
    ['between backticks', "printf '%s' \"`printf '%s' {inputs.x}`\""],
    ['between backticks and quotes', 'printf "%s" "`printf "%s" "{inputs.x}"`"'],
    ['behind backticks', 'printf "%s" "`true`{inputs.x}"'],
    ['in a group in a substitution', "printf '%s' \"$( (true; printf '%s' {inputs.x}) )\""],
    ['behind an arithmetic', `printf '%s' "$((1 * (2)))" > /dev/null; printf '%s' '{inputs.x}'`],
    ['behind a shift', `n=$((1 << 2)); printf '%s' {inputs.x}`],
    ['behind a comment with quotes', `# it's "\nprintf '%s' {inputs.x}`],
  ])('%s', async (_, command) => {
    expect(await printed(command, hostile)).toBe(hostile);
  });

  test.each([
    ['a document', 'cat <<EOF\n{inputs.x}\nEOF'],
    ['with quotes in it', 'cat <<EOF | tr -d "\\"" | sed "s/.*/{inputs.x}/"\n"it\'s"\nEOF'],
    ['that is indented', 'cat <<-\tEOF\n\t{inputs.x}\n\tEOF'],
    ['two of them', 'cat > /dev/null <<A; cat <<B\na "\nA\n{inputs.x}\nB'],
    ['behind one', "cat > /dev/null <<'E F'\nit's\nE F\nprintf '%s\\n' {inputs.x}"],
  ])('%s', async (_, command) => {
    expect(await printed(command, '1  2')).toBe('1  2\n');
  });

  test('a document does not run what is put in', async () => {
    expect(await printed('cat <<EOF\n{inputs.x}\nEOF', hostile)).toBe(`${hostile}\n`);
  });

  test.each([
    ['echo $(( {inputs.x} + 1 ))', '4\n'],
    ['echo "$(( ({inputs.x} + 1) * {inputs.x} ))"', '12\n'],
    ['if [ $((2 * {inputs.x})) -gt 5 ]; then echo {inputs.x}; fi', '3\n'],
  ])('a number that is reckoned with: %s', async (command, expected) => {
    expect(await printed(command, '3')).toBe(expected);
  });
});
