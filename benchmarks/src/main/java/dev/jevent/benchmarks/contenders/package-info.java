/**
 * What is measured: one small program for each contender that runs on the JVM.
 *
 * <p>A program is started as a process of its own. It takes its numbers from the environment
 * ({@code BENCH_ROUND_MS} and so on), prints one line {@code RESULT name=value …} and ends; a
 * server prints {@code READY port} and serves until it is told to end. Programs with the same end
 * of name do the same thing in the same way: {@code Jevent…} in greenlets, {@code Jdk…} in threads
 * of the JDK. {@code JoxToolkit} and {@code KotlinToolkit}, which is written in Kotlin, have only
 * channels. {@code …Http} are whole HTTP servers; they have {@code HttpTask} in common.
 */
package dev.jevent.benchmarks.contenders;
