// What every visit shares: where the client was told to go, and how it tells what it got. A visit is its own process,
// since some of these clients die of an answer that breaks off.
import { subscribe } from 'node:diagnostics_channel';

/** `{ url, version, accessToken, staleToken, refreshToken, clientId, clientSecret }` and what the scenes ask for. */
export const told = JSON.parse(process.env.CORDON_VISIT);

/**
 * Plays the scenes named on the command line, in that order, each told as one line of JSON: what it got or how it
 * failed, and every request that the client sent meanwhile. A scene in which the process dies is told at its exit.
 */
export async function play(scenes) {
  for (const scene of process.argv.slice(2)) {
    requests = [];
    under = scene;
    await scenes[scene]().then(
      (got) => tell({ scene, got }),
      (error) => tell({ scene, error: describe(error) }),
    );
    under = undefined;
  }
}

let requests = [];
let under;
process.on('exit', () => under !== undefined && tell({ scene: under }));

function tell(line) {
  process.stdout.write(`${JSON.stringify({ ...line, requests })}\n`);
}

/** What whoever runs the client is shown; axios keeps the server's words in the answer's body. */
function describe(error) {
  const answer = error.response?.data;
  return {
    code: error.errorCode ?? answer?.[0]?.errorCode ?? error.code,
    message: answer?.[0]?.message ?? error.message,
  };
}

// Node's own announcements of what its HTTP clients send; nothing of the client is changed. Query strings may hold tokens.
const sent = new Map();
const note = (request, path) => {
  const entry = { method: request.method, path: path.split('?')[0], status: 0 };
  sent.set(request, entry);
  requests.push(entry);
};
subscribe('undici:request:create', ({ request }) => note(request, request.path));
subscribe('undici:request:headers', ({ request, response }) => {
  sent.get(request).status = response.statusCode;
});
subscribe('http.client.request.start', ({ request }) => note(request, request.path));
subscribe('http.client.response.finish', ({ request, response }) => {
  sent.get(request).status = response.statusCode;
});
