import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { testService } from './fakes.js';

/**
 * Clients that are generated from docs/openapi.json, against a running service. Programs are looked for on the PATH.
 */

const run = promisify(execFile);
const document = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url));
const typescript = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));

function found(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Skips visibly if the program is not installed. CI must have it: there the test fails. */
function skipWithout(program: string): string | false {
  return found(program) === undefined && process.env['CI'] !== 'true' ? `${program} is not installed` : false;
}

const python = { skip: skipWithout('openapi-python-client'), timeout: 300_000 };
const types = { skip: skipWithout('openapi-typescript'), timeout: 300_000 };

async function emptyFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'client-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

t.test('a generated Python client posts films and walks the list', python, async (t) => {
  const generator = found('openapi-python-client') ?? 'openapi-python-client';
  const folder = await emptyFolder(t);
  const client = join(folder, 'client');
  const generated = await run(generator, ['generate', '--path', document, '--output-path', client]);
  const removed = /removal of:\n(\/components.*\n)+/.exec(generated.stdout + generated.stderr)?.[0];
  t.equal(removed, undefined, 'every schema is understood');

  const service = testService();
  t.teardown(() => service.app.close());
  const url = await service.app.listen({ host: '127.0.0.1', port: 0 });
  const { authorization } = await service.as('submitter', 'ris');
  const script = join(folder, 'walk.py');
  await writeFile(script, walk);
  // The interpreter of the generator has what the client needs.
  const interpreter = join(dirname(generator), 'python3');
  const { stdout } = await run(
    existsSync(interpreter) ? interpreter : 'python3',
    [script, url, authorization.slice(7)],
    {
      env: { ...process.env, PYTHONPATH: client },
    },
  );
  t.same(JSON.parse(stdout), {
    states: ['findings', 'findings', 'findings'],
    refused: 'empty-image',
    boxes: 1,
    film: 'not-kept',
  });
  t.equal(service.log.entries.length, 3);
});

const walk = `
import io, json, sys
from lesion_detector_client import AuthenticatedClient
from lesion_detector_client.api.detections import list_detections, submit_film
from lesion_detector_client.models import Findings, ListedFindings, Problem, SubmitFilmFilesBody
from lesion_detector_client.types import File

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
def post(content, **more):
    film = File(payload=io.BytesIO(content), file_name='film.png', mime_type='image/png')
    return submit_film.sync(client=client, body=SubmitFilmFilesBody(image=film, **more))

for i in range(3):
    report = post(f'film {i}'.encode(), patient_ref='Müller')
    assert isinstance(report, Findings), report
states, cursor = [], None
while True:
    page = list_detections.sync(client=client, limit=2, **({} if cursor is None else {'cursor': cursor}))
    for row in page.items:
        assert isinstance(row, ListedFindings), row
        states.append(row.state.value if hasattr(row.state, 'value') else row.state)
    cursor = page.next_cursor
    if cursor is None: break
refused = post(b'')
assert isinstance(refused, Problem), refused
code = getattr(refused.code, 'value', refused.code)
film = getattr(row.film.status, "value", row.film.status)
print(json.dumps({"states": states, "refused": code, "boxes": row.box_count, "film": film}))
`;

t.test('generated TypeScript types fit what a program does with reports', types, async (t) => {
  const generator = found('openapi-typescript') ?? 'openapi-typescript';
  const folder = await emptyFolder(t);
  await run(generator, [document, '--output', join(folder, 'api.ts')]);
  await writeFile(join(folder, 'program.ts'), program);
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext'];
  const { stdout } = await run(typescript, [...options, 'program.ts'], { cwd: folder });
  t.equal(stdout, '');
});

const program = `
import type { components, paths } from './api.js';

type Page = paths['/v1/detections']['get']['responses']['200']['content']['application/json'];
export function boxesOf(report: components['schemas']['Report']): number | undefined {
  return report.state === 'not-analysed' ? undefined : report.detections.length;
}
export function lastOf({ items }: Page): string | undefined {
  const row = items.at(-1);
  return row?.state === 'not-analysed' ? row.reason.code : row?.film.status;
}
`;
