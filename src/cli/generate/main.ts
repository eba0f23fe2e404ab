import { writeFile } from 'node:fs/promises';
import { generatedDocuments } from './documents.js';

// `npm run generate`: writes the generated files into the current folder, the repository's root.
for (const [name, text] of Object.entries(await generatedDocuments())) {
  await writeFile(name, text);
  process.stderr.write(`${name}\n`);
}
