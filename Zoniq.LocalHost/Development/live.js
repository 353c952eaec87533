// What a page needs to follow Zoniq live: somebody who is signed in, calls to the API, and a connection that only listens.

const keep = 'zoniq-live';

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `The answer was ${status}.`);
    this.status = status;
    this.code = problem.code;
  }
}

async function send(method, path, body, headers) {
  const answer = await fetch(path, {
    method,
    headers: {
      ...(person() ? { authorization: `Bearer ${person().token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const json = answer.status === 304 ? null : await answer.json().catch(() => ({}));
  if (!answer.ok && answer.status !== 304) { throw new Refusal(answer.status, json); }
  return { json, tag: answer.headers.get('etag') };
}

/** Calls the API; what it refuses is thrown with its code. */
export const call = async (method, path, body) => (await send(method, path, body, {})).json;

const known = {};

/** Reads; what has not changed is not sent again. */
export async function read(path) {
  const { json, tag } = await send('GET', path, undefined, known[path] ? { 'if-none-match': known[path].tag } : {});
  if (json === null) { return known[path].json; }
  if (tag) { known[path] = { json, tag }; } else { delete known[path]; }
  return json;
}

/** Who is signed in, in this tab. */
export const person = () => JSON.parse(sessionStorage.getItem(keep) ?? 'null');

function remember(result) {
  const { token, username } = result.authorizedAccount;
  sessionStorage.setItem(keep, JSON.stringify({ id: result.id, token, username }));
}

export const signIn = async (email, password) => remember(await call('POST', '/api/auth/signin', { email, password }));

export const signOut = () => sessionStorage.removeItem(keep);

/** Somebody new, by a code that is read from this machine's mail. */
export async function comeAsSomebodyNew() {
  const email = `guest-${crypto.randomUUID().slice(0, 8)}@zoniq.example`;
  await call('POST', '/api/auth/email-otp/send', { email });
  let code;
  for (let looks = 0; !code && looks < 25; looks++) {
    await new Promise(resolve => setTimeout(resolve, 200));
    const mails = await call('GET', `/dev/mail?format=json&to=${email}`);
    code = mails[0]?.text.match(/\b\d{6}\b/)?.[0];
  }

  if (!code) { throw new Error('The code did not arrive in /dev/mail: is there a mail server of its own?'); }
  remember(await call('POST', '/api/auth/email-otp/verify', { email, code }));
}

/**
 * Listens for as long as the page is open. Groups end with a connection, so `onConnected` subscribes, the first time and again
 * whenever the connection was lost; it also reads what was missed meanwhile.
 */
export async function listen(handlers, onConnected, onState) {
  const connection = new signalR.HubConnectionBuilder()
    .withUrl(`/api/realtime/${person().id}`, { accessTokenFactory: () => person().token })
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 2000 + (Math.random() * 3000) })
    .build();
  for (const [message, handler] of Object.entries(handlers)) { connection.on(message, handler); }
  connection.onreconnecting(() => onState(false));
  connection.onreconnected(async () => { onState(true); await onConnected(connection.connectionId); });
  connection.onclose(() => onState(false));
  await connection.start();
  onState(true);
  await onConnected(connection.connectionId);
  return connection;
}

/** Puts the event's title at the head of the page. */
export async function nameAfter(eventId, what) {
  const event = await read(`/api/events/${eventId}`);
  document.querySelector('h1').textContent = `${event.title}: ${what}`;
}

/** The box in which a page asks who one is; `then` runs once that is known. */
export function askWho(box, then) {
  if (person()) {
    box.innerHTML = `<span class="soft">Signed in as <b></b></span> <button type="button">Sign out</button>`;
    box.querySelector('b').textContent = person().username;
    box.querySelector('button').onclick = () => { signOut(); location.reload(); };
    then();
    return;
  }

  box.innerHTML = `<form><input name="email" type="email" placeholder="E-mail" autocomplete="username" required>
    <input name="password" type="password" placeholder="Password" autocomplete="current-password" required>
    <button>Sign in</button> <button type="button" data-new>Come as somebody new</button></form><p class="bad" role="alert"></p>`;
  const attempt = async doing => {
    try { await doing(); askWho(box, then); } catch (failure) { box.querySelector('[role=alert]').textContent = failure.message; }
  };
  box.querySelector('form').onsubmit = event => {
    event.preventDefault();
    const { email, password } = event.target.elements;
    attempt(() => signIn(email.value, password.value));
  };
  box.querySelector('[data-new]').onclick = () => attempt(comeAsSomebodyNew);
}
