/** Servers: one greenlet for each connection. Follows {@code gevent.server}. */
@NullMarked
package dev.jevent.server;

import org.jspecify.annotations.NullMarked;
