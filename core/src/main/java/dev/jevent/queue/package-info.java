/**
 * Queues and channels between greenlets and threads, and {@link dev.jevent.queue.Select}, which
 * waits on several of them. Follows {@code gevent.queue}; the queues are {@link
 * java.util.concurrent.BlockingQueue}s too.
 */
@NullMarked
package dev.jevent.queue;

import org.jspecify.annotations.NullMarked;
