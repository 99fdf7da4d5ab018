/**
 * HTTP/1.1 for plain blocking handlers: {@link dev.jevent.http.HttpServer}, each connection a
 * greenlet. What {@code gevent.pywsgi} is to gevent, and what its users miss there.
 */
@NullMarked
package dev.jevent.http;

import org.jspecify.annotations.NullMarked;
