/**
 * Many at once: groups of greenlets, pools that bound how many there are, pools of threads for what
 * truly blocks, and scopes that no greenlet outlives.
 */
@NullMarked
package dev.jevent.pool;

import org.jspecify.annotations.NullMarked;
