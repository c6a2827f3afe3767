#!/usr/bin/env node
'use strict';

// The launcher: starts on any Node, to say which one is needed, and loads nothing before it has to.
const fs = require('node:fs');
const path = require('node:path');
const manifest = path.join(__dirname, '..', 'package.json');
const cli = path.join(__dirname, '..', 'dist', 'cli.js');
const build = path.join(__dirname, '..', '..', '..', 'scripts', 'build.ts');

const needed = [24, 21];

function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < needed[0] || (major === needed[0] && minor < needed[1]);
}

function refuse(lines) {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(2);
}

function buildOnce() {
  if (!fs.existsSync(build)) {
    refuse([
      'error[entry-not-found]: this installation of skein has no "dist/cli.js"',
      `  expected  "${cli}"`,
      '  hint: install skein again',
    ]);
  }
  process.stderr.write('skein: building once, since "dist" is missing\n');
  const { spawnSync } = require('node:child_process');
  const built = spawnSync(process.execPath, [build], { stdio: ['ignore', 2, 2] });
  if (built.status !== 0 || !fs.existsSync(cli)) {
    refuse([
      'error[entry-not-found]: skein could not be built',
      `  command  "${process.execPath} ${build}"`,
      '  hint: its message is above; try "npm ci", then "npm run build"',
    ]);
  }
}

function main() {
  if (process.argv.length === 3 && process.argv[2] === '--version') {
    process.stdout.write(`${JSON.parse(fs.readFileSync(manifest, 'utf8')).version}\n`);
    return;
  }
  if (isTooOld(process.versions.node)) {
    refuse([
      'error[node-too-old]: skein needs a newer Node',
      `  needed  "${needed.join('.')}" or newer`,
      `  found   "${process.versions.node}", "${process.execPath}"`,
      `  hint: install Node ${needed.join('.')} or newer; where npm brings it, use "npx skein"`,
    ]);
  }
  require('node:module').enableCompileCache();
  if (!fs.existsSync(cli)) buildOnce();
  void import(require('node:url').pathToFileURL(cli).href);
}

main();
