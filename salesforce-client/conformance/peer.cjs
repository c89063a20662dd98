// Serves Bayeux with another project's server, and lets a test interfere with it. The first argument names the server.
//
// POST /cometd/*   the protocol itself
// POST /publish    {channel, data}: to everybody who listens
// POST /end        ends all sessions, as if they had timed out
// POST /cut        cuts all connections
// POST /refuse     {token}: this token is over; with it comes 401
// GET  /sessions   how many sessions there are
'use strict';
const http = require('node:http');

const kind = process.argv[2];
const refused = new Set();
const sockets = new Set();

function faye() {
  const bayeux = new (require('faye').NodeAdapter)({ mount: '/cometd', timeout: 1 });
  const engine = bayeux._server._engine;
  // Salesforce refuses a token inside the answer to a message.
  bayeux.addExtension({
    incoming(message, request, callback) {
      if (request && refused.has(request.headers.authorization)) {
        message.error = '401::Authentication invalid';
      }
      callback(message);
    },
  });
  return {
    attach: (server) => bayeux.attach(server),
    publish: (channel, data) => bayeux.getClient().publish(channel, data),
    end: () => [...engine._engine._clients.keys()].forEach((id) => engine._engine.destroyClient(id)),
    sessions: () => engine._engine._clients.size,
  };
}

function cometd() {
  const { createCometDServer } = require('cometd-nodejs-server');
  const bayeux = createCometDServer({ timeout: 1000, maxInterval: 20_000 });
  const sessions = new Map();
  bayeux.addListener('sessionAdded', (session) => sessions.set(session.id, session));
  bayeux.addListener('sessionRemoved', (session) => sessions.delete(session.id));
  return {
    // A refusal of the whole request, as a gateway makes it.
    handle: (request, response) => {
      if (refused.has(request.headers.authorization)) {
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end('[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]');
      } else {
        bayeux.handle(request, response);
      }
    },
    publish: (channel, data) => bayeux.createServerChannel(channel).publish(null, data),
    end: () => [...sessions.values()].forEach((session) => bayeux._removeServerSession(session, true)),
    sessions: () => sessions.size,
  };
}

const peer = { faye, cometd }[kind]();

const control = {
  '/publish': ({ channel, data }) => peer.publish(channel, data),
  '/end': () => peer.end(),
  '/cut': () => sockets.forEach((socket) => socket.destroy()),
  '/refuse': ({ token }) => refused.add(`Bearer ${token}`),
};

const server = http.createServer((request, response) => {
  if (request.url.startsWith('/cometd')) {
    peer.handle?.(request, response);
    return;
  }
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    response.end(String(request.url === '/sessions' ? peer.sessions() : 'done'), () => {
      control[request.url]?.(body ? JSON.parse(body) : {});
    });
  });
});
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
});
peer.attach?.(server);
server.listen(0, '127.0.0.1', () => console.log(`listens on http://127.0.0.1:${server.address().port}`));
