// Reads object shapes out of the `stripe` npm package's .d.ts files with the TypeScript checker; prints flat rows as JSON.
// usage: node sdk_node.mjs <unpacked package> <path of typescript.js> <JSON: {objects: [name], requests: {operation: [interface names]}}>
import {createRequire} from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

const [root, typescript, job] = process.argv.slice(2);
const wanted = JSON.parse(job);
const ts = createRequire(import.meta.url)(typescript);
const PRIMITIVES = [[ts.TypeFlags.String, 'string'], [ts.TypeFlags.Number, 'number'], [ts.TypeFlags.Boolean, 'boolean']];

const types = path.join(root, 'types');
const declarations = fs.readdirSync(types, {recursive: true}).filter((name) => name.endsWith('.d.ts') && !name.startsWith('test'));
const program = ts.createProgram(declarations.map((name) => path.join(types, name)), {
  strict: true, noEmit: true, skipLibCheck: true, types: [], lib: ['lib.es2022.d.ts'], target: ts.ScriptTarget.ES2022,
});
const checker = program.getTypeChecker();
const rows = {fields: {}, enums: {}, absent: [], operations: [], unresolved: []};

const typeOf = (symbol) => checker.getTypeOfSymbolAtLocation(symbol, symbol.valueDeclaration ?? symbol.declarations[0]);

function objectName(type) {
  const property = type.getProperty?.('object');
  const literal = property && typeOf(property);
  return literal?.isStringLiteral() ? literal.value : undefined;
}

function* interfaces(node) {
  if (ts.isInterfaceDeclaration(node)) yield node;
  const inside = ts.isModuleDeclaration(node) || ts.isModuleBlock(node) || ts.isSourceFile(node);
  if (inside) for (const child of node.getChildren().flatMap((c) => (c.kind === ts.SyntaxKind.SyntaxList ? c.getChildren() : [c]))) yield* interfaces(child);
}

function declared() {
  const found = {objects: {}, interfaces: {}};
  for (const file of program.getSourceFiles()) {
    if (!path.resolve(file.fileName).startsWith(path.resolve(root))) continue;
    for (const declaration of interfaces(file)) {
      const type = checker.getTypeAtLocation(declaration.name);
      const name = objectName(type);
      found.interfaces[declaration.name.text] ??= type;
      if (name && !declaration.name.text.startsWith('Deleted')) found.objects[name] ??= type;
    }
  }
  return found;
}

function fieldsOf(at, type) {
  for (const symbol of type.getProperties()) {
    const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
    if (!declaration || ts.isMethodSignature(declaration) || symbol.name === 'deleted' || symbol.name === 'lastResponse') continue;
    const here = `${at}.${symbol.name}`;
    const {word, nullable} = read(here, typeOf(symbol));
    const absent = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    const optional = nullable || absent;
    if (absent) rows.absent.push(here);
    rows.fields[here] = word + (optional ? '?' : '');
  }
}

function read(at, type) {
  const members = type.isUnion() ? type.types : [type];
  const solid = members.filter((m) => !(m.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Void)));
  const nullable = members.some((m) => m.flags & ts.TypeFlags.Null);
  return {word: solid.length === 1 ? single(at, solid[0]) : union(at, solid), nullable};
}

function union(at, members) {
  if (members.every((m) => m.flags & ts.TypeFlags.BooleanLiteral)) return 'boolean';
  if (members.every((m) => (m.isStringLiteral() && m.value !== '') || m.isNumberLiteral())) {
    rows.enums[at] = members.map((m) => m.value);
    return 'enum';
  }
  const names = [...new Set(members.map(objectName).filter(Boolean))].sort();
  const others = members.filter((m) => !objectName(m));
  if (names.length && others.length === 0) return `ref<${names.join('|')}>`;
  if (names.length && others.every((m) => m.flags & ts.TypeFlags.String)) return `expandable<${names.join('|')}>`;
  if (at.includes('/')) return alternatives(at, members);
  rows.unresolved.push(`${at}: ${members.map((m) => checker.typeToString(m)).join(' | ')}`);
  return 'any';
}

// Parameters take unions: `Emptyable<T>` adds the empty string, which clears the value.
function alternatives(at, members) {
  const literals = members.filter((m) => m.isStringLiteral() && m.value !== '');
  const words = members.filter((m) => !m.isStringLiteral()).map((m) => (m.flags & ts.TypeFlags.BooleanLiteral ? 'boolean' : single(at, m)));
  if (members.some((m) => m.isStringLiteral() && m.value === '')) words.push('clear');
  if (literals.length) {
    rows.enums[at] = literals.map((m) => m.value);
    words.push('enum');
  }
  return [...new Set(words)].sort().join('|');
}

function single(at, type) {
  const flag = PRIMITIVES.find(([bit]) => type.flags & bit);
  if (flag) return flag[1] === 'string' && at.endsWith('_decimal') ? 'decimal' : flag[1];
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return 'any';
  if (type.isStringLiteral() || type.isNumberLiteral()) {
    rows.enums[at] = [type.value];
    return 'enum';
  }
  if (type.flags & ts.TypeFlags.BooleanLiteral) {
    rows.enums[at] = [type.intrinsicName === 'true'];
    return 'enum';
  }
  if (checker.isArrayType(type)) return `array<${read(`${at}[]`, checker.getTypeArguments(type)[0]).word}>`;
  if (type.symbol?.name === 'ApiList') return `list<${objectName(checker.getTypeArguments(type)[0])}>`;
  const name = objectName(type);
  if (name && name !== 'list') return `ref<${name}>`;
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
  if (index && type.getProperties().length === 0) return `map<${read(`${at}{}`, index.type).word}>`;
  if (type.getProperties().length === 0) return 'any';
  fieldsOf(at, type);
  return 'object';
}

const found = declared();
for (const name of wanted.objects) {
  if (found.objects[name]) fieldsOf(name, found.objects[name]);
  else rows.unresolved.push(`no interface for object ${name}`);
}
for (const [operation, names] of Object.entries(wanted.requests)) {
  const type = names.map((name) => found.interfaces[name]).find(Boolean);
  if (!type) continue;
  rows.operations.push(operation);
  fieldsOf(operation, type);
}
const places = [path.join(types, 'lib.d.ts'), path.join(root, 'cjs', 'apiVersion.js')].filter((place) => fs.existsSync(place));
rows.api_version = places.map((place) => fs.readFileSync(place, 'utf8').match(/ApiVersion = '([^']+)'/)?.[1]).find(Boolean);
rows.release = `stripe-node ${JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).version}`;
console.log(JSON.stringify(rows));
