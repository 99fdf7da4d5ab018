/** Greenlets on an event loop. */
@NullMarked
package dev.jevent;

import org.jspecify.annotations.NullMarked;
