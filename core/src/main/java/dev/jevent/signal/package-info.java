/** How a process is asked to end, and ends gracefully; follows {@code gevent.signal}. */
@NullMarked
package dev.jevent.signal;

import org.jspecify.annotations.NullMarked;
