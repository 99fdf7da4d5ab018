/**
 * Sockets of TCP and of the Unix domain that are {@link java.net.Socket}s and make their system
 * calls directly. Follows {@code gevent.socket}; {@link dev.jevent.socket.Sockets} is the door, and
 * {@link dev.jevent.socket.SocketStream} reads lines and sends files.
 */
@NullMarked
package dev.jevent.socket;

import org.jspecify.annotations.NullMarked;
