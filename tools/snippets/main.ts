// `node tools/snippets/main.ts`: extracts the documents' examples, so that tsc sees them.
import { writeSnippets } from './write.ts'

console.log(`${writeSnippets().length} examples extracted`)
