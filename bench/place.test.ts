import { delimiter } from 'node:path';
import { expect, test } from 'vitest';
import { installEnvironment, measuredEnvironment } from './place.ts';

test('what is measured sees this Node first, and nothing of npm, Nx or another Skein', () => {
  const shell = {
    HOME: '/home/ada',
    PATH: '/usr/bin',
    npm_config_local_prefix: '/elsewhere',
    NODE_OPTIONS: '--inspect',
    NX_DAEMON: 'false',
    SKEIN_STATE: '/elsewhere/state',
  };
  expect(measuredEnvironment(shell, '/opt/node/bin/node')).toEqual({
    HOME: '/home/ada',
    PATH: `/opt/node/bin${delimiter}/usr/bin`,
  });
});

test('an installation keeps the settings of npm, but not the package of an outer npm', () => {
  const settings = { PATH: '/usr/bin', npm_config_registry: 'here', NODE_EXTRA_CA_CERTS: 'cert' };
  const outer = { npm_config_local_prefix: '/elsewhere', npm_package_name: 'skein-workspace' };
  expect(installEnvironment({ ...settings, ...outer })).toEqual(settings);
});
