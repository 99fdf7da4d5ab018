/**
 * Files, standard streams and pipes that hold up nobody else; follows {@code gevent.fileobject}.
 */
@NullMarked
package dev.jevent.file;

import org.jspecify.annotations.NullMarked;
