/**
 * TCP sockets that are {@link java.net.Socket}s and make their system calls directly. Follows
 * {@code gevent.socket}; {@link dev.jevent.socket.Sockets} is the door.
 */
@NullMarked
package dev.jevent.socket;

import org.jspecify.annotations.NullMarked;
