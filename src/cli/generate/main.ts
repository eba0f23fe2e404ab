import { writeFile } from 'node:fs/promises';
import { generatedDocuments } from './documents.js';

// `npm run generate`: writes the documents that are made from code into docs/ of the current folder.
for (const [name, text] of Object.entries(await generatedDocuments())) {
  await writeFile(`docs/${name}`, text);
  process.stderr.write(`docs/${name}\n`);
}
