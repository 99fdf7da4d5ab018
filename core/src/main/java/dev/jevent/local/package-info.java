/** Values of which each greenlet has its own; follows {@code gevent.local}. */
@NullMarked
package dev.jevent.local;

import org.jspecify.annotations.NullMarked;
