// JSON for reading: one line a value, the lines at or under a failing field path marked.

const MOST_LINES = 2500;

function jsonBlock(text, marked) {
  let tree;
  try {
    tree = JSON.parse(text);
  } catch {
    return el('pre.block', text === '' ? '(empty)' : text);
  }
  const block = el('pre.block.json');
  const lines = [];
  walk(tree, '', '', 0, '', lines, marked || []);
  block.append(...lines.slice(0, MOST_LINES));
  if (lines.length > MOST_LINES) block.append(el('span.ln', `… ${number(lines.length - MOST_LINES)} more lines`));
  return block;
}

function walk(value, path, key, deep, comma, out, marked) {
  if (out.length > MOST_LINES + 1) return;
  const label = key === '' ? [] : [el('span.key', JSON.stringify(key)), ': '];
  const open = (text) => out.push(line(deep, path, marked, [...label, text]));
  if (Array.isArray(value)) {
    if (!value.length || deep > 60) return open((value.length ? '[…]' : '[]') + comma);
    open('[');
    value.forEach((item, at) => walk(item, `${path}[${at}]`, '', deep + 1, at + 1 < value.length ? ',' : '', out, marked));
    out.push(line(deep, null, marked, [']' + comma]));
  } else if (value && typeof value === 'object') {
    const keys = Object.keys(value);
    if (!keys.length || deep > 60) return open((keys.length ? '{…}' : '{}') + comma);
    open('{');
    keys.forEach((name, at) => walk(value[name], path ? `${path}.${name}` : name, name, deep + 1, at + 1 < keys.length ? ',' : '', out, marked));
    out.push(line(deep, null, marked, ['}' + comma]));
  } else {
    open(el(typeof value === 'string' ? 'span.str' : 'span.lit', JSON.stringify(value)));
    if (comma) out[out.length - 1].append(comma);
  }
}

function line(deep, path, marked, children) {
  const hit = path !== null && path !== '' && marked.includes(path);
  return el(hit ? 'span.ln.hit' : 'span.ln', { style: { '--deep': String(deep) } }, children);
}
