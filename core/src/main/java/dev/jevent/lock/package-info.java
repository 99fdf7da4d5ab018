/** What greenlets and threads keep each other out with, and how they meet. */
@NullMarked
package dev.jevent.lock;

import org.jspecify.annotations.NullMarked;
