// Keys, links and the theme; then the first picture.

const firstCause = (at) => {
  const found = DATA.causes.findIndex((cause) => cause.scenarios.includes(at));
  return found < 0 ? undefined : found;
};

function select(at, { cause = firstCause(at), from, read, keep } = {}) {
  Object.assign(state, { selected: at, cause });
  for (const node of document.querySelectorAll('.item')) {
    const mine = Number(node.dataset.at) === at && (node.dataset.cause === undefined ? cause === undefined : Number(node.dataset.cause) === cause);
    node.setAttribute('aria-current', String(mine));
  }
  (from || document.querySelector('.item[aria-current="true"]'))?.scrollIntoView({ block: 'nearest' });
  drawDetail(at, cause);
  if (read) {
    document.body.classList.add('reading');
    if (matchMedia('(max-width: 720px)').matches) window.scrollTo(0, 0);
  }
  if (!keep && DATA.scenarios[at]) history.replaceState(null, '', '#' + encodeURIComponent(DATA.scenarios[at].id));
}

const choose = (node, more) => select(Number(node.dataset.at), { cause: node.dataset.cause === undefined ? undefined : Number(node.dataset.cause), ...more });

function move(by) {
  const items = [...document.querySelectorAll('.item')];
  if (!items.length) return;
  const now = items.indexOf(document.activeElement.closest?.('.item') || document.querySelector('.item[aria-current="true"]'));
  const next = items[Math.min(items.length - 1, Math.max(0, now + by))];
  next.focus({ preventScroll: true });
  choose(next, { from: next });
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  '/': () => { show('queue'); document.getElementById('search').focus(); },
  c: () => { const one = DATA.scenarios[state.selected]; if (one && one.commands) copy(one.commands[0]); },
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches('input, textarea');
  if (event.key === 'Escape') {
    document.body.classList.remove('reading');
    if (typing) event.target.blur();
  } else if (typing && event.key === 'Enter') {
    event.target.blur();
    move(1);
  } else if (!typing && event.key === 'Enter' && event.target.closest('.item')) {
    event.preventDefault();
    choose(event.target.closest('.item'), { read: true });
    document.getElementById('detail').focus();
  } else if (!typing && KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

document.getElementById('search').addEventListener('input', (event) => {
  state.words = event.target.value;
  draw();
});
for (const tab of document.querySelectorAll('[role=tab]')) tab.addEventListener('click', () => show(tab.id.slice(4)));

const dark = matchMedia('(prefers-color-scheme: dark)');
function theme(name) {
  document.documentElement.dataset.theme = name || (dark.matches ? 'dark' : 'light');
}
dark.addEventListener('change', () => theme());
document.getElementById('theme').addEventListener('click', () => theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));

// #scenario-id reads that scenario; #theme=dark and #view=run choose how the page opens.
function follow() {
  const hash = decodeURIComponent(location.hash.slice(1));
  const options = Object.fromEntries(hash.split('&').map((part) => part.split('=')).filter((pair) => pair.length === 2));
  theme(options.theme);
  if (options.view) show(options.view);
  const at = DATA.scenarios.findIndex((one) => one.id === (options.id || hash));
  if (at >= 0) return select(at, { read: true, keep: true });
  const first = DATA.causes.length ? DATA.causes[0].scenarios[0] : -1;
  return select(state.selected >= 0 ? state.selected : first, { keep: true });
}

draw();
follow();
window.addEventListener('hashchange', follow);
