/** Other programs, started and spoken to without blocking the hub: {@code gevent.subprocess}. */
@NullMarked
package dev.jevent.subprocess;

import org.jspecify.annotations.NullMarked;
