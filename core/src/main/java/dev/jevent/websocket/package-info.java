/**
 * WebSocket (RFC 6455) with its compression (RFC 7692), for servers and clients: {@link
 * dev.jevent.websocket.WebSocket}, plain blocking calls. What gevent-websocket is to gevent.
 *
 * <p>Inside: what comes goes through {@code FrameDecoder}, which is fed bytes in pieces of any size
 * and needs no connection, into {@code MessageBuilder}; {@code Receiver} and {@code Sender} are the
 * two halves of a {@code Connection}, which knows how it ends.
 */
@NullMarked
package dev.jevent.websocket;

import org.jspecify.annotations.NullMarked;
