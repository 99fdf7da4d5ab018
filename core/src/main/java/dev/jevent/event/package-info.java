/** What greenlets and threads tell each other: that something is so, or a value. */
@NullMarked
package dev.jevent.event;

import org.jspecify.annotations.NullMarked;
