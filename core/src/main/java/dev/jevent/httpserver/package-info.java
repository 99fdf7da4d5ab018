/**
 * The JDK's HTTP server interface, {@code com.sun.net.httpserver}, on greenlets: programs and
 * frameworks that were written for it run over {@link dev.jevent.http.HttpServer} as they are.
 *
 * <pre>{@code
 * HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
 * server.createContext("/", exchange -> {
 *     exchange.sendResponseHeaders(200, 6);
 *     try (OutputStream out = exchange.getResponseBody()) {
 *         out.write("hello\n".getBytes(UTF_8));
 *     }
 * });
 * server.start();
 * }</pre>
 *
 * <h2>Where it runs</h2>
 *
 * <p>Each connection has its greenlet. {@code start} does not wait. Called in a greenlet it uses
 * that greenlet's hub. Called anywhere else, on the main thread for instance, it gives the server a
 * hub on a thread of its own, which is no daemon: the program lives until {@code stop}, as it does
 * with the JDK.
 *
 * <p>Without an executor the handlers run in the greenlets of their connections, so that any number
 * of them may wait at once, in jevent's calls and in the JDK's; with the JDK's server it is one at
 * a time, in the dispatcher's thread. With {@code setExecutor} the handlers run there, be it a pool
 * of threads or {@code Executors.newVirtualThreadPerTaskExecutor()}; what the executor rejects is
 * answered with 503. An exchange that its handler did not close is waited for: somebody else may
 * close it.
 *
 * <p>{@code stop(seconds)} waits for the exchanges under way. Then connections are closed, and
 * handlers in greenlets that still run are killed; those in an executor get an {@link
 * java.io.IOException} when they next touch their exchange. Within a handler it does not wait for
 * that handler.
 *
 * <h2>What is different</h2>
 *
 * <table>
 * <caption>Deviations from the server of the JDK, and why</caption>
 * <tr><th>The JDK</th><th>here</th><th>because</th></tr>
 * <tr><td>A handler that throws before it has sent anything: the connection is closed, nothing is
 * logged</td><td>500; the hub's error handler is told</td><td>a client must not guess, and errors
 * are not swallowed</td></tr>
 * <tr><td>404 and other refusals: a page in HTML, and the connection is closed</td><td>a line of
 * text, and the connection is kept where that is safe</td><td>the request was understood</td></tr>
 * <tr><td>Takes bare LF, obsolete line folding, a missing or double Host, a space before the colon,
 * a Transfer-Encoding in HTTP/1.0, a fragment in the target</td><td>400</td><td>RFC 9112: two
 * servers in a row might understand them differently</td></tr>
 * <tr><td>Too many or too long header fields: the connection is closed</td><td>431, or 414</td>
 * <td>a client must not guess</td></tr>
 * <tr><td>{@code Expect: 100-continue} is answered before the handler runs, with a Content-Length;
 * other expectations are ignored</td><td>100 is sent when the handler reads the body; 417</td>
 * <td>RFC 9110: a handler may refuse before the body comes, and 100 has no content</td></tr>
 * <tr><td>A handler's Content-Length is sent beside {@code chunked}, its Transfer-Encoding beside a
 * Content-Length; with 204 too</td><td>left out</td><td>such messages have two ends: responses are
 * split</td></tr>
 * <tr><td>A handler's {@code Connection} is sent as it is</td><td>{@code close} counts, the rest is
 * left out</td><td>what the connection does is the server's to say</td></tr>
 * <tr><td>Control characters in values, and any character in names, are sent</td><td>{@link
 * java.lang.IllegalArgumentException} of {@code sendResponseHeaders}; a folded value is sent in one
 * line</td><td>RFC 9110 forbids them</td></tr>
 * <tr><td>A status of 1xx ends the exchange, without an answer</td><td>102 to 199 are sent before
 * the answer, 100 is the server's own business, 101 an {@link java.io.IOException}</td><td>RFC
 * 9110</td></tr>
 * <tr><td>A body is sent with 205</td><td>none is, as with 204</td><td>RFC 9110</td></tr>
 * <tr><td>Any other number is sent as status</td><td>{@link java.lang.IllegalArgumentException} if
 * it is not 200 to 599</td><td>RFC 9110</td></tr>
 * <tr><td>A body that was closed too early leaves the connection open: the client waits for
 * ever</td><td>the connection is closed</td><td>the client must see it</td></tr>
 * <tr><td>A request that the authenticator refuses is read to its end, however long</td><td>as much
 * as is drained of any request, then the connection ends</td><td>strangers could keep the server
 * busy</td></tr>
 * <tr><td>A client may take any time, for the header too</td><td>10 seconds for the header, and
 * after ten minutes a byte a second for bodies</td><td>dead connections would stay for ever</td>
 * </tr>
 * <tr><td>At most 200 idle connections are kept</td><td>all</td><td>they cost next to nothing</td>
 * </tr>
 * <tr><td>{@code stop} of a server that was not started waits</td><td>does not</td><td>there is
 * nothing to wait for</td></tr>
 * <tr><td>{@code getExecutor} after the start is the JDK's default one</td><td>null if none was
 * set</td><td>as its contract says</td></tr>
 * </table>
 *
 * <h2>System properties</h2>
 *
 * <p>Read when a server is made: {@code sun.net.httpserver.maxReqHeaders}, {@code maxReqHeaderSize}
 * (the request line and the fields each, in bytes), {@code idleInterval}, {@code drainAmount},
 * {@code maxReqTime}, {@code maxRspTime} (both in seconds, as the JDK takes them), {@code
 * pathMatcher} (of later JDKs: {@code pathPrefix}), and {@code jdk.httpserver.maxConnections}:
 * others wait to be accepted, where the JDK closes them. Those that mean nothing here: {@code
 * maxIdleConnections}, {@code nodelay} (it is always on), {@code clockTick}, {@code timerMillis},
 * {@code debug}.
 */
@NullMarked
package dev.jevent.httpserver;

import org.jspecify.annotations.NullMarked;
