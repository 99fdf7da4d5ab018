/** Short programs that show how jevent is used. Each is run by a test. */
package dev.jevent.examples;
