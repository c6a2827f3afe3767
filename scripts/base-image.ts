import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Podman } from './podman.ts';

const run = promisify(execFile);

/** Parts of the standard library that no program of the tests imports. */
const left = new RegExp(
  '^(tests?|idlelib|lib2to3|ensurepip|distutils|tkinter|pydoc_data|config-.*' +
    '|(site|dist)-packages)$',
);

const accounts = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n';

/** Programs of this machine. Python is asked where it lives, as it may be a link or a script. */
interface MachineFiles {
  readonly busybox: string;
  readonly executable: string;
  /** Folder of Python's standard library. */
  readonly library: string;
}

/** The image of this machine's files, made where podman has none of the same files. */
export async function baseImage(podman: Podman, scratch: string): Promise<string> {
  const files = await findFiles();
  const tag = `localhost/skein-test-base:${await fingerprint(files)}`;
  if ((await podman('image', 'exists', tag)).code === 0) return tag;
  const work = await mkdtemp(join(scratch, 'base-'));
  const tree = join(work, 'tree');
  await layOut(tree, files);
  const archive = join(work, 'tree.tar');
  const owner = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner'];
  await run('tar', [...owner, '-C', tree, '-cf', archive, '.']);
  const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';
  const made = await podman('import', '--quiet', '--change', path, archive, tag);
  if (made.code !== 0) throw new Error(`podman import ended with ${made.code}: ${made.stderr}`);
  return tag;
}

/** Of every file's path, size and time, and of this program, which picks them. */
async function fingerprint(files: MachineFiles): Promise<string> {
  const hash = createHash('sha256').update(await readFile(import.meta.filename));
  const modules = await readdir(files.library, { recursive: true });
  const library = modules.filter((it) => !it.includes('__pycache__')).toSorted();
  const all = [files.busybox, files.executable, ...library.map((it) => join(files.library, it))];
  for (const path of all) {
    const { size, mtimeMs } = await stat(path);
    hash.update(`${path}\n${size}\n${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

async function layOut(tree: string, files: MachineFiles): Promise<void> {
  for (const folder of ['bin', 'etc', 'root', 'tmp', 'usr/bin', 'usr/lib', 'usr/local/bin']) {
    await mkdir(join(tree, folder), { recursive: true });
  }
  await writeFile(join(tree, 'etc', 'passwd'), accounts);
  await chmod(join(tree, 'tmp'), 0o1777);
  await layOutShell(tree, files);
  await layOutPython(tree, files);
}

async function layOutShell(tree: string, { busybox }: MachineFiles): Promise<void> {
  await copyFile(busybox, join(tree, 'bin', 'busybox'));
  const applets = (await run(busybox, ['--list'])).stdout.trim().split('\n');
  for (const name of applets) {
    if (name !== 'busybox') await symlink('busybox', join(tree, 'bin', name));
  }
  await symlink('../../bin/env', join(tree, 'usr', 'bin', 'env'));
}

async function layOutPython(tree: string, files: MachineFiles): Promise<void> {
  const { executable, library } = files;
  await cp(library, join(tree, library), {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: (path) => !left.test(basename(path)) && basename(path) !== 'sitecustomize.py',
  });
  await mkdir(dirname(join(tree, executable)), { recursive: true });
  await copyFile(executable, join(tree, executable));
  await symlink(executable, join(tree, 'usr', 'local', 'bin', 'python3'));
  const parts = await readdir(join(library, 'lib-dynload'));
  const modules = parts.map((name) => join(library, 'lib-dynload', name));
  for (const path of await neededLibraries([executable, ...modules])) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await copyFile(path, join(tree, path));
  }
}

/** Debian's own where there is one; any other Python that the path leads to. */
async function findFiles(): Promise<MachineFiles> {
  const ask =
    'import json,os,sys;print(json.dumps([os.path.realpath(sys.executable),os.__file__]))';
  const asked = (python: string) => run(python, ['-I', '-c', ask]);
  const { stdout } = await asked('/usr/bin/python3').catch(() => asked('python3'));
  const [executable, file]: [string, string] = JSON.parse(stdout);
  const busybox = await realpath((await run('which', ['busybox'])).stdout.trim());
  return { busybox, executable, library: dirname(file) };
}

async function neededLibraries(files: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run('ldd', [...files], { maxBuffer: 1e7 });
  const found = stdout.matchAll(/^\s+(?:\S+ => )?(\/\S+) \(0x/gm);
  return [...new Set([...found].map((match) => match[1] ?? ''))].toSorted();
}
