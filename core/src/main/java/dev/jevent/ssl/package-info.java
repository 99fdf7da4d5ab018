/** TLS over any socket; follows {@code gevent.ssl}. */
@NullMarked
package dev.jevent.ssl;

import org.jspecify.annotations.NullMarked;
