/**
 * Waiting for many sockets, pipes and other descriptors at once: {@link dev.jevent.select.Poll} and
 * {@link dev.jevent.select.Select}. Follows {@code gevent.select}.
 */
@NullMarked
package dev.jevent.select;

import org.jspecify.annotations.NullMarked;
