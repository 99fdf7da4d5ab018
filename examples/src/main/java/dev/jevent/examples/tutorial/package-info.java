/**
 * The programs of the gevent tutorial, for readers who know it and for those who start here. Each
 * shows one idea; a test runs it next to the same program for gevent and compares what they say.
 */
package dev.jevent.examples.tutorial;
