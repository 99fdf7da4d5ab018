// The server of "http" on Node's own http module: http_server.js [PORT]. Over TLS when BENCH_TLS
// names a folder with cert.pem and key.pem. WebSocket by ws, where that is installed.
'use strict';

const fs = require('fs');
const path = require('path');

const CHUNK = Buffer.alloc(100000, 'a');

function answer(response, type, body) {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

// So many letters, as fast as the client takes them.
function letters(response, count) {
  let left = count;
  response.setHeader('Content-Type', 'application/octet-stream');
  response.setHeader('Content-Length', count);
  const more = () => {
    while (left > 0) {
      left -= CHUNK.length;
      if (!response.write(CHUNK) && left > 0) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

// Reads the body, and says how long it was.
function upload(request, response) {
  let count = 0;
  request.on('data', (data) => {
    count += data.length;
  });
  request.on('end', () => answer(response, 'text/plain', String(count)));
}

function item() {
  return { id: 42, message: 'Hello, World!', active: true, tags: ['red', 'green', 'blue'] };
}

function handle(request, response) {
  switch (request.url) {
    case '/hello':
      return answer(response, 'text/plain', 'Hello, World!');
    case '/json':
      return answer(response, 'application/json', JSON.stringify(item()));
    case '/headers':
      return answer(response, 'text/plain', request.headers['x-token']);
    case '/100k':
      return letters(response, 100000);
    case '/100m':
      return letters(response, 100000000);
    case '/upload':
      return upload(request, response);
    default:
      response.statusCode = 404;
      return response.end();
  }
}

function create() {
  const folder = process.env.BENCH_TLS;
  if (!folder) {
    return require('http').createServer(handle);
  }
  const options = {
    cert: fs.readFileSync(path.join(folder, 'cert.pem')),
    key: fs.readFileSync(path.join(folder, 'key.pem')),
    minVersion: 'TLSv1.3',
  };
  return require('https').createServer(options, handle);
}

function serveWebSockets(server) {
  let ws;
  try {
    ws = require('ws');
  } catch (e) {
    return; // then there is no WebSocket
  }
  const sockets = new ws.Server({ server, path: '/websocket', perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => socket.send(data, { binary: false }));
    socket.on('error', () => socket.terminate());
  });
}

const server = create();
server.keepAliveTimeout = 60000;
serveWebSockets(server);
server.listen({ port: Number(process.argv[2] || 0), host: '127.0.0.1', backlog: 1024 }, () => {
  console.log('READY ' + server.address().port);
});
