// Nodes are built, never parsed: every text from a target ends in textContent, with what would act on a reader made visible.

const DATA = JSON.parse(document.getElementById('data').textContent);
for (const step of DATA.scenarios.flatMap((one) => one.steps)) {
  if (step.checks) step.checks = step.checks.map((at) => ({ ...DATA.checks[at], id: (step.setup ? step.setup + '/' : '') + DATA.checks[at].id }));
}

// Control characters but tab and newline, and what changes direction or cannot be seen.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function clean(text) {
  return String(text).replace(UNSEEN, (char) => '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0'));
}

// el('button.item', {type: 'button', onclick: f}, 'text', child, [children])
function el(name, ...rest) {
  const [tag, ...classes] = name.split('.');
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(' ');
  if (tag === 'button') node.type = 'button';
  const isNode = (one) => one instanceof Node;
  const attributes = rest.length && rest[0] && typeof rest[0] === 'object' && !isNode(rest[0]) && !Array.isArray(rest[0]) ? rest.shift() : {};
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'style') for (const [property, set] of Object.entries(value)) node.style.setProperty(property, set);
    else node.setAttribute(key, clean(value));
  }
  for (const child of rest.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === '') continue;
    node.append(isNode(child) ? child : document.createTextNode(clean(child)));
  }
  return node;
}

function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return node;
}

const number = (n) => n.toLocaleString('en-US');
const plural = (n, noun) => `${number(n)} ${noun}${n === 1 ? '' : 's'}`;
const duration = (ms) => (ms === undefined ? '' : ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

const GLYPH = { error: '!', fail: '✕', 'not-testable': '⊘', known: '◆', warning: '▲', observation: '○', 'not-applicable': '–', pass: '✓', untested: '·', excluded: '·' };
const MEANING = Object.fromEntries(DATA.outcomes.map((one) => [one.name, one.meaning]));
MEANING.untested = 'no scenario of this run covers it';
MEANING.excluded = 'no scenario of this run covers it, and the catalogue says why';

const glyph = (outcome) => el(`span.glyph.is-${outcome}`, { title: `${outcome}: ${MEANING[outcome]}`, 'aria-label': outcome, role: 'img' }, GLYPH[outcome]);
const tag = (outcome) => el(`span.tag.is-${outcome}`, { title: MEANING[outcome] }, outcome);

// `words` between backticks as code.
const prose = (text) => text.split(/`([^`]+)`/).map((part, at) => (at % 2 ? el('code', part) : part));

let toastTimer;
function toast(text) {
  const node = document.getElementById('toast');
  node.textContent = text;
  node.classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => node.classList.remove('shown'), 1600);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A file:// page may have no clipboard: the old way works there.
    const area = el('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  toast('Copied');
}

const copyable = (text, className = 'block') =>
  el('div.command', el('pre.' + className, text), el('button.quiet', { onclick: () => copy(text) }, 'Copy'));
