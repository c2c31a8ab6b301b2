// Prints the first example of a document as a program, to be run where only the package of that document is installed.
import { readFileSync } from 'node:fs'
import { extract } from './extract.ts'

const [document = ''] = process.argv.slice(2)
const first = extract(readFileSync(document, 'utf8')).find(({ run }) => run)
if (first === undefined) throw new Error(`${document} has no example that runs`)
console.log(first.code)
