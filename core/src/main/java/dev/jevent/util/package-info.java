/**
 * To see what a program does: {@link dev.jevent.util.GreenletTree}, {@link
 * dev.jevent.util.RunInfo}, {@link dev.jevent.util.Monitor} and {@link
 * dev.jevent.util.AssertSwitches}. Follows {@code gevent.util} and gevent's monitoring thread.
 */
@NullMarked
package dev.jevent.util;

import org.jspecify.annotations.NullMarked;
